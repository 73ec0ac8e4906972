"""Operands that meet, storages and comparisons, with a real worker."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import commands, events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

TENSORS = (
    "import torch\nx = torch.arange(6.).view(2, 3)\ny = x.t()\npred, target = torch.ones(8, 1), torch.ones(8)"
)


async def aligned(work: Recorder, source: str) -> events.Aligned:
    before = len(work.of(events.Aligned))
    work.session.assistant.align(source, len(source))
    await work.until(lambda: len(work.of(events.Aligned)) > before)
    return work.of(events.Aligned)[-1]


async def test_operands_are_lined_up_before_anything_runs_and_while_code_runs(work: Recorder) -> None:
    await work.run(TENSORS)
    found = await aligned(work, "loss = (pred - target")
    assert found.steps[found.chosen].grows
    cell = work.session.run("while True: pass")
    await work.begun(cell)
    assert (await aligned(work, "x @ y")).steps[0].result == (2, 2)
    assert not cell.done.is_set()
    work.session.interrupt()
    await cell.done.wait()
    assert work.session.state.alignment is not None
    assert len(work.of(events.Started)) == 2


async def test_an_error_lines_up_the_operands_that_failed(work: Recorder) -> None:
    await work.run(TENSORS)
    await work.run("def step(a, b):\n    return a @ b\nstep(x, x)")
    found = work.session.state.alignment
    assert found is not None
    assert (found.steps[0].source, found.steps[0].rule, found.steps[0].axis) == ("a @ b", "matmul", -1)


async def located(work: Recorder, path: str) -> events.Located:
    before = len(work.of(events.Located))
    work.session.look(commands.Locate(0, path))
    await work.until(lambda: len(work.of(events.Located)) > before)
    return work.of(events.Located)[-1]


async def test_a_write_is_seen_through_every_name(work: Recorder) -> None:
    await work.run(TENSORS)
    first = await located(work, "y")
    assert first.storage is not None
    assert [facts.path for facts in first.storage.tenants] == ["y", "x"]
    await work.run("x[0, 2] = 9")
    second = (await located(work, "y")).storage
    assert second is not None
    assert (second.changed, second.runs) == ((2,), 1)
    await work.run("del x, y")
    assert (await located(work, "y")).storage is None
    assert not work.of(events.Broken)


async def test_two_tensors_are_compared_by_name_and_by_a_magic(work: Recorder) -> None:
    await work.run(TENSORS)
    work.session.look(commands.Contrast(0, "x", "y"))
    await work.until(lambda: work.of(events.Contrasted))
    found = work.of(events.Contrasted)[0].comparison
    assert found is not None
    assert found.values is None
    assert found.shares
    cell = await work.run("%compare x, x + 1")
    assert cell.status == "ok"
    shown = work.of(events.Displayed)[-1]
    assert shown.view is not None
    assert shown.view.comparison is not None
    assert shown.view.comparison.values is not None
    assert shown.view.comparison.values.differing == 6
    assert "6 of 6 values differ, most by 1 at [0, 0]" in shown.text


@pytest.mark.parametrize(
    ("line", "why"), [("%compare x", "%compare a b"), ("%compare x torch", "must both be tensors")]
)
async def test_what_cannot_be_compared_is_said(work: Recorder, line: str, why: str) -> None:
    await work.run(TENSORS)
    cell = await work.run(line)
    assert cell.status == "error"
    assert why in work.of(events.Failed)[-1].chain[-1].message


async def test_random_state_and_tensors_are_as_if_nobody_had_looked(work: Recorder) -> None:
    await work.run(
        f"{TENSORS}\nimport weakref\nseen = weakref.ref(x.untyped_storage())\nstate = torch.get_rng_state()"
    )
    await aligned(work, "x @ y + x")
    await located(work, "y")
    work.session.look(commands.Contrast(0, "x", "x"))
    await work.until(lambda: work.of(events.Contrasted))
    assert (
        await work.value("torch.equal(state, torch.get_rng_state()), x._version, y.grad_fn") == "(True, 0, None)"
    )
    await work.run("gone = weakref.ref(x), weakref.ref(y)\ndel x, y")
    assert await work.value("[one() for one in gone]") == "[None, None]"
