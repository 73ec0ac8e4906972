"""A training loop held, stepped, changed and ended from outside, in a real process."""

from __future__ import annotations

import asyncio
import struct

import pytest

from tests.recorder import Recorder
from tutor.protocol import commands, events
from tutor.session.queue import Cell

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

_SETUP = """\
import torch
torch.manual_seed(0)
m = torch.nn.Linear(3, 1)
opt = torch.optim.SGD(m.parameters(), lr=0.5)
x, y = torch.randn(8, 3), torch.randn(8, 1)
count = torch.zeros(())
"""
_STEP = "    opt.zero_grad(); loss = (m(x) - y).pow(2).mean(); loss.backward(); count += 1; opt.step()\n"
_LOOP = "for n in range(100_000):\n" + _STEP
_BY_HAND = """\
w = torch.zeros(3, 1, requires_grad=True)
for n in range(100_000):
    loss = (x @ w - y).pow(2).mean()
    loss.backward()
    count += 1
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad = None
"""


async def _begin(work: Recorder, source: str, setup: str = _SETUP) -> Cell:
    """A cell whose loop has trained already."""
    assert (await work.run(setup)).status == "ok"
    cell = work.session.run(source)
    await work.begun(cell)
    await work.until(lambda: work.of(events.TrainingMoved) or cell.done.is_set())
    return cell


def _outcomes(work: Recorder) -> list[str]:
    return [event.outcome for event in work.of(events.Steered)]


async def _pause(work: Recorder) -> None:
    assert work.session.steer("pause")
    await work.until(lambda: work.session.state.held == "paused")


async def _scalar(work: Recorder, path: str) -> float:
    """What a tensor with one element holds at this moment."""
    told = len(work.of(events.Inspected))
    work.session.look(commands.Inspect(0, path))
    await work.until(lambda: len(work.of(events.Inspected)) > told)
    detail = work.of(events.Inspected)[-1].detail
    assert detail is not None
    assert detail.sample is not None
    (value,) = struct.unpack("<d", detail.sample.values)
    return float(value)


async def _step(work: Recorder) -> None:
    """One step, to its end."""
    told = len(work.of(events.Steered))
    work.session.steer("step")
    await work.until(lambda: "stepping" in _outcomes(work)[told:] and _outcomes(work)[-1] == "paused")


async def test_a_loop_is_paused_stepped_inspected_changed_resumed_and_stopped(work: Recorder) -> None:
    cell = await _begin(work, _LOOP)
    await _pause(work)
    before = await _scalar(work, "count")
    assert await _scalar(work, "count") == before > 0
    for steps in (1, 2, 3):
        await _step(work)
        assert await _scalar(work, "count") == before + steps
    assert {"m.weight", "loss"} <= {fact.path for fact in work.session.state.tensors}
    work.session.steer("rate", 0.5)
    await work.until(lambda: "rate" in _outcomes(work))
    changed = work.of(events.Steered)[-1]
    assert (changed.before, changed.after, changed.groups) == (0.5, 0.25, 1)
    work.session.steer("resume")
    await work.until(lambda: _outcomes(work)[-1] == "running")
    assert not work.session.state.held
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)
    assert cell.status == "stopped"
    assert not work.of(events.Failed)
    assert (
        await work.value("opt.param_groups[0]['lr'], 3 < n < 99_999, int(count) == n + 1") == "(0.25, True, True)"
    )


async def test_the_counter_of_the_training_says_what_the_steps_were(work: Recorder) -> None:
    cell = await _begin(work, _LOOP)
    await _pause(work)
    seen = []
    for _ in range(4):
        training = work.session.state.training
        assert training is not None
        assert training.state == "paused"
        seen.append(training.step - await _scalar(work, "count"))
        assert training.step == training.curves[0].steps[-1]
        await _step(work)
    assert seen == [0, 0, 0, 0]
    work.session.steer("rate", 0.5)
    await _step(work)
    training = work.session.state.training
    assert training is not None
    assert [rate.value for rate in training.rates] == [0.25]
    work.session.steer("resume")
    await work.until(lambda: work.session.state.training and work.session.state.training.state == "running")
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)
    ended = work.session.state.training
    assert ended is not None
    assert ended.state == "stopped"
    assert await work.value(f"int(count) == {ended.step}") == "True"
    kept = work.session.state.runs.kept[-1]
    assert (kept.training.state, kept.training.step) == ("stopped", ended.step)


async def test_optimisers_that_take_turns_make_one_step_together(work: Recorder) -> None:
    setup = (
        _SETUP + "other = torch.optim.SGD([torch.ones(2, requires_grad=True)], lr=0.1)\nturns = torch.zeros(())\n"
    )
    cell = await _begin(work, f"{_LOOP.rstrip()}; other.step(); turns += 1\n", setup)
    await _pause(work)
    before, training = await _scalar(work, "turns"), work.session.state.training
    await _step(work)
    now = work.session.state.training
    assert training is not None
    assert now is not None
    assert now.step - training.step == 1 == await _scalar(work, "turns") - before
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)


async def test_three_steps_asked_at_once_are_three_steps(work: Recorder) -> None:
    cell = await _begin(work, _LOOP)
    await _pause(work)
    before = await _scalar(work, "count")
    for _ in range(3):
        work.session.steer("step")
    await work.until(lambda: _outcomes(work).count("stepping") == 3 and _outcomes(work)[-1] == "paused")
    assert await _scalar(work, "count") == before + 3
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)


async def test_ctrl_c_ends_a_loop_that_is_paused(work: Recorder) -> None:
    cell = await _begin(work, _LOOP)
    await _pause(work)
    work.session.interrupt()
    await asyncio.wait_for(cell.done.wait(), 20)
    assert cell.status == "interrupted"
    assert not work.session.state.held
    frames = [frame.file for report in work.of(events.Failed)[-1].chain for frame in report.frames]
    assert not [file for file in frames if "tutor" in file]
    assert await work.value("0 < n < 99_999") == "True"


async def test_code_that_catches_ctrl_c_while_paused_goes_on(work: Recorder) -> None:
    source = f"try:\n    for n in range(100_000):\n    {_STEP}except KeyboardInterrupt:\n    pass\nn = -1"
    cell = await _begin(work, source)
    await _pause(work)
    work.session.interrupt()
    await asyncio.wait_for(cell.done.wait(), 20)
    assert cell.status == "ok"
    assert _outcomes(work)[-1] == "running"


async def test_code_that_catches_ctrl_c_catches_a_stop(work: Recorder) -> None:
    source = f"try:\n    for n in range(100_000):\n    {_STEP}except KeyboardInterrupt:\n    caught = True"
    cell = await _begin(work, source)
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 20)
    assert cell.status == "ok"
    assert await work.value("caught") == "True"


async def test_a_wish_that_no_step_takes_is_told_to_wait_and_then_to_be_late(work: Recorder) -> None:
    cell = work.session.run("go = input()")
    await work.until(lambda: work.of(events.InputRequested))
    assert work.session.steer("pause")
    await work.until(lambda: _outcomes(work) == ["waiting"])
    work.session.reply("on")
    await asyncio.wait_for(cell.done.wait(), 20)
    await work.until(lambda: _outcomes(work) == ["waiting", "late"])
    assert cell.status == "ok"


async def test_nothing_is_steered_while_nothing_runs(work: Recorder) -> None:
    assert await work.value("1 + 1") == "2"
    assert not work.session.steer("pause")


async def test_a_wish_for_a_run_that_is_over_does_not_reach_the_next(work: Recorder) -> None:
    cell = await work.run(_SETUP)
    work.session._client.send(commands.Steer(cell.id, "stop"))
    assert (await work.run("for n in range(50):\n" + _STEP)).status == "ok"
    assert _outcomes(work) == ["late"]


async def test_every_optimiser_of_the_loop_gets_the_rate_and_no_other(work: Recorder) -> None:
    setup = _SETUP + (
        "groups = [{'params': [m.weight]}, {'params': [m.bias], 'lr': torch.tensor(0.2)}]\n"
        "other = torch.optim.Adam(groups, lr=0.1)\n"
        "tensor_rate = other.param_groups[1]['lr']\n"
        "unused = torch.optim.SGD(m.parameters(), lr=0.7)\n"
    )
    cell = await _begin(work, _LOOP.rstrip("\n") + "; other.step()\n", setup)
    work.session.steer("rate", 2.0)
    await work.until(lambda: "rate" in _outcomes(work))
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)
    rates = "[round(float(g['lr']), 6) for o in (opt, other, unused) for g in o.param_groups]"
    assert await work.value(rates) == "[1.0, 0.2, 0.4, 0.7]"
    assert await work.value("other.param_groups[1]['lr'] is tensor_rate") == "True"


_SCHEDULERS = {
    "LambdaLR": "(opt, lambda step: 1.0)",
    "StepLR": "(opt, 10**9)",
    "CosineAnnealingLR": "(opt, 10**9)",
    "ExponentialLR": "(opt, 1.0)",
    "CosineAnnealingWarmRestarts": "(opt, 10**9)",
    "ReduceLROnPlateau": "(opt, patience=10**9)",
}


@pytest.mark.parametrize("name", _SCHEDULERS)
async def test_a_scheduler_does_not_undo_the_rate(work: Recorder, name: str) -> None:
    setup = _SETUP + f"schedule = torch.optim.lr_scheduler.{name}{_SCHEDULERS[name]}\n"
    step = "schedule.step(0.0)" if name == "ReduceLROnPlateau" else "schedule.step()"
    cell = await _begin(work, f"{_LOOP.rstrip()}; {step}\n", setup)
    await _pause(work)
    work.session.steer("rate", 0.5)
    for _ in range(3):
        await _step(work)
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)
    assert await work.value("round(opt.param_groups[0]['lr'], 6)") == "0.25"


async def test_a_cycle_of_rates_is_scaled_as_a_whole(work: Recorder) -> None:
    setup = _SETUP + "schedule = torch.optim.lr_scheduler.OneCycleLR(opt, 1.0, total_steps=200_000)\n"
    cell = await _begin(work, f"{_LOOP.rstrip()}; schedule.step()\n", setup)
    await _pause(work)
    work.session.steer("rate", 0.5)
    await _step(work)
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)
    setup = (
        "twin = torch.optim.SGD([torch.zeros(1)], lr=0.5)\n"
        "plain = torch.optim.lr_scheduler.OneCycleLR(twin, 1.0, total_steps=200_000)\n"
        "for _ in range(schedule.last_epoch): twin.step(); plain.step()\n"
    )
    await work.run(setup)
    assert await work.value("round(opt.param_groups[0]['lr'] / twin.param_groups[0]['lr'], 6)") == "0.5"


async def test_a_rate_that_learns_itself_is_left_alone(work: Recorder) -> None:
    setup = (
        _SETUP
        + "opt.param_groups[0]['lr'] = torch.tensor(0.5, requires_grad=True)\nkept = opt.param_groups[0]['lr']"
    )
    cell = await _begin(work, _LOOP, setup)
    work.session.steer("rate", 2.0)
    await work.until(lambda: "no rate" in _outcomes(work))
    assert work.of(events.Steered)[-1].left == 1
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)
    assert await work.value("float(kept), kept._version") == "(0.5, 0)"


async def test_a_stop_leaves_the_scaler_of_mixed_precision_ready_for_the_next_loop(work: Recorder) -> None:
    setup = _SETUP + "scaler = torch.amp.GradScaler('cpu', init_scale=1024.0)\n"
    source = (
        "for n in range(100_000):\n"
        "    opt.zero_grad(); loss = (m(x) - y).pow(2).mean()\n"
        "    scaler.scale(loss).backward(); scaler.step(opt); scaler.update(1024.0)\n"
    )
    cell = await _begin(work, source, setup)
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)
    assert cell.status == "stopped"
    assert (await work.run(source.replace("100_000", "20"))).status == "ok"
    assert await work.value("bool(loss < 10)") == "True"


async def test_a_loop_without_an_optimiser_is_held_after_its_backward(work: Recorder) -> None:
    cell = await _begin(work, _BY_HAND)
    await _pause(work)
    before = await _scalar(work, "count")
    for steps in (1, 2):
        await _step(work)
        assert await _scalar(work, "count") == before + steps
    work.session.steer("rate", 2.0)
    await work.until(lambda: _outcomes(work)[-1] == "no rate")
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)
    assert cell.status == "stopped"


async def test_gradients_that_add_up_are_not_taken_for_steps(work: Recorder) -> None:
    source = (
        "for n in range(100_000):\n"
        "    for part in range(4):\n"
        "        loss = (m(x) - y).pow(2).mean() / 4; loss.backward(); count += 1\n"
        "    opt.step(); opt.zero_grad()\n"
    )
    cell = await _begin(work, source)
    await _pause(work)
    before = await _scalar(work, "count")
    await _step(work)
    assert (await _scalar(work, "count"), before % 4) == (before + 4, 0)
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)


async def test_results_are_those_of_a_loop_that_was_left_alone(work: Recorder) -> None:
    loop = "for n in range(3_000):\n" + _STEP + "    noise = torch.rand(1)\n"
    assert (await work.run(_SETUP + loop + "alone = m.weight.detach().clone(), noise\n")).status == "ok"
    work.events.clear()
    cell = await _begin(work, loop)
    await _pause(work)
    for _ in range(3):
        await _step(work)
    work.session.steer("resume")
    await asyncio.wait_for(cell.done.wait(), 60)
    assert cell.status == "ok"
    assert await work.value("torch.equal(m.weight, alone[0]), torch.equal(noise, alone[1])") == "(True, True)"


async def test_what_the_run_changed_is_told_whole_at_its_end(work: Recorder) -> None:
    await work.run("kept = None")
    cell = await _begin(work, "early = torch.ones(2)\n" + _LOOP)
    await _pause(work)
    work.session.steer("stop")
    await asyncio.wait_for(cell.done.wait(), 60)
    changes = {fact.path: fact.change for fact in work.of(events.NamespaceChanged)[-1].tensors}
    assert changes["early"] == "new"
    assert changes["m.weight"] == "modified"
    assert changes["x"] == ""


async def test_a_child_process_is_not_held(work: Recorder) -> None:
    source = (
        "import os\nfor n in range(100_000):\n" + _STEP + "    if n == 300:\n"
        "        pid = os.fork()\n"
        "        if pid == 0:\n            for _ in range(50): opt.step()\n            os._exit(7)\n"
        "        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]); break\n"
    )
    cell = await _begin(work, source)
    await asyncio.wait_for(cell.done.wait(), 60)
    assert await work.value("code") == "7"


async def test_the_layer_that_is_looked_at_is_sampled_while_the_loop_runs(work: Recorder) -> None:
    cell = await _begin(work, _LOOP)

    def drawn() -> list[str]:
        training = work.session.state.training
        return [] if training is None else [layer.path for layer in training.layers if layer.spread is not None]

    await work.until(lambda: drawn() == ["m.weight"])
    work.session.choose_layer("nothing.like.it")
    work.session.choose_layer("m.bias")
    await work.until(lambda: "m.bias" in drawn() and work.session.state.training.chosen == "m.bias")  # type: ignore[union-attr]
    work.session.steer("stop")
    await cell.done.wait()
