"""The playground with a real worker: one full round, and what happens around the learner's own code."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from tests.recorder import Recorder
from tutor.playground import descent
from tutor.playground.settings import Settings, stepped
from tutor.protocol import commands, events
from tutor.protocol.playground import Look, Playing
from tutor.session.playground import Playground

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

LOOK = Look(40, 40, 6, 6)


class Round:
    """A playground, and waiting for what it shows."""

    def __init__(self, work: Recorder, settings: Settings) -> None:
        self.work = work
        self.playground = Playground(work.session, settings, lambda: None)
        self.playground.look(LOOK)

    @property
    def playing(self) -> Playing:
        assert self.playground.playing is not None
        return self.playground.playing

    async def until(self, condition: Callable[[], object]) -> None:
        await self.work.until(lambda: self.playground.playing is not None and condition())


async def test_a_round_from_the_first_look_to_the_same_weights_at_the_prompt(work: Recorder) -> None:
    play = Round(work, Settings(data="xor"))
    await play.until(lambda: play.playing.step == 0)
    assert len(play.playing.map) == 40 * 40
    play.playground.run(True)
    await play.until(lambda: play.playing.step > 300)
    play.playground.change(stepped(play.playground.settings, "rate", -1))
    await play.until(lambda: len(play.playing.stretches) == 2 and play.playing.stretches[-1].steps > 50)
    play.playground.run(False)
    reached = play.playing.step
    play.playground.step()
    await play.until(lambda: play.playing.step > reached)
    taken, shown = play.playground.taken(), play.playing
    play.playground.close()
    for cell in taken:
        assert (await work.run(cell)).status == "ok"
    loss = await work.value("float(loss_fn(model(X).squeeze(-1), y))")
    assert float(loss) == shown.train_loss
    weights = await work.value("[[float(f'{w:.5g}') for w in row] for row in model[0].weight.tolist()]")
    assert weights == str([list(row) for row in shown.weights[0].rows])
    assert await work.value("opt.param_groups[0]['lr']") == "0.01"


async def test_nothing_of_it_is_in_the_learners_namespace_or_random_state(work: Recorder) -> None:
    await work.run("import torch; torch.manual_seed(3); first = torch.rand(3); torch.manual_seed(3)")
    play = Round(work, Settings())
    await play.until(lambda: play.playing.step == 0)
    play.playground.run(True)
    await play.until(lambda: play.playing.step > 20)
    play.playground.run(False)
    assert await work.value("torch.equal(first, torch.rand(3))") == "True"
    assert await work.value("'model' in globals()") == "False"
    play.playground.close()


async def test_it_waits_for_the_learners_code_and_goes_on(work: Recorder) -> None:
    play = Round(work, Settings())
    await play.until(lambda: play.playing.step == 0)
    play.playground.run(True)
    await play.until(lambda: play.playing.step > 20)
    cell = work.session.run("import time\nfor _ in range(10000): time.sleep(0.01)")
    await work.begun(cell)
    assert play.playground.busy
    assert work.session.interrupt()
    await work.until(lambda: cell.status == "interrupted")
    reached = play.playing.step
    await play.until(lambda: play.playing.step > reached)
    play.playground.close()


async def test_a_worker_that_is_killed_is_told_and_the_training_begins_again(work: Recorder) -> None:
    play = Round(work, Settings())
    await play.until(lambda: play.playing.step == 0)
    play.playground.run(True)
    await play.until(lambda: play.playing.step > 20)
    ready = work.session.state.ready
    assert ready is not None
    os.kill(ready.pid, signal.SIGKILL)
    await work.until(lambda: play.playground.problem)
    assert not play.playground.running
    assert "Python is gone" in play.playground.problem
    old = play.playing.run
    play.playground.restart()
    await play.until(lambda: play.playing.run > old and play.playing.step == 0)
    assert play.playground.problem == ""
    play.playground.close()


async def descended(work: Recorder, expression: str) -> events.Descended:
    count = len(work.of(events.Descended))
    program = descent.program(expression, 2.0, 0.1, 0.0)
    work.session.ask(commands.Descend(0, program, 50, -3.0, 3.0))
    await work.until(lambda: len(work.of(events.Descended)) > count)
    return work.of(events.Descended)[-1]


async def test_a_typed_function_is_gone_down_on(work: Recorder) -> None:
    await work.until(lambda: work.session.state.phase.name == "READY")
    found = await descended(work, "sin(x) + x**2 / 4")
    assert found.descent is not None
    assert len(found.descent.places) == 51
    assert found.problem == ""


async def test_one_that_never_ends_is_ended(work: Recorder) -> None:
    await work.until(lambda: work.session.state.phase.name == "READY")
    found = await descended(work, "x * sum(i for i in iter(int, 1))")
    assert found.descent is None
    assert "longer than" in found.problem
    assert (await descended(work, "x**2")).descent is not None
    assert await work.value("1 + 1") == "2"


async def test_one_that_raises_is_told_and_raises_nothing(work: Recorder) -> None:
    await work.until(lambda: work.session.state.phase.name == "READY")
    assert "exit" in (await descended(work, "exit(3) or x")).problem.lower()
    assert "not known" in (await descended(work, "nothing(x)")).problem
    assert not work.of(events.Broken)
