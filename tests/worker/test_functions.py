"""A function of torch's that a learner put something else in place of: the tutor's own work goes on."""

from __future__ import annotations

import asyncio

import pytest

from tests.recorder import Recorder
from tutor.protocol import commands, events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

SLIPS = """
import random, torch
torch.manual_seed = 3
torch.get_rng_state = torch.no_grad = torch.is_grad_enabled = None
random.seed = 1
del torch.isfinite
"""
SETUP = "import torch\ntorch.manual_seed(0)\nwith torch.no_grad():\n    x = torch.randn(3)"


async def test_steps_are_prepared_and_judged_and_the_slip_stays_the_learners(work: Recorder) -> None:
    work.session.restart(1)
    await work.run(SLIPS)
    prepared = await work.session.prepare((), SETUP, 0)
    assert prepared is not None
    assert prepared.problem == ""
    cell = await work.run("y = x * 2")
    assert cell.status == "ok"
    check = {"kind": "tensor", "target": "y"}
    request = commands.Check(
        0, (), SETUP, "y = x + x", (check,), (), 0, "", (cell.source,), "", asked=True, limit=9
    )
    checked = await work.session.check(request, 60.0)
    assert checked is not None
    assert [result.status for result in checked.results] == ["pass"], checked
    await work.run("%watch x.mean()")
    assert not work.of(events.Broken)
    assert await work.value("torch.manual_seed") == "3"
    assert await work.value("hasattr(torch, 'isfinite')") == "False"
    failed = work.session.run("torch.manual_seed(0)")
    await asyncio.wait_for(failed.done.wait(), 60)
    assert failed.status == "error"


async def test_a_fresh_session_in_the_same_process_has_its_functions_again(work: Recorder) -> None:
    work.session.restart(1)
    await work.run(SLIPS)
    await work.session.prepare((), "import torch", 0, anew=True)
    assert await work.value("torch.manual_seed(0).initial_seed()") == "0"
    assert await work.value("bool(torch.isfinite(torch.ones(())))") == "True"


async def test_another_function_in_its_place_is_a_choice(work: Recorder) -> None:
    work.session.restart(1)
    await work.run("import torch\ncalls = []\nwas = torch.relu\ntorch.relu = lambda x: calls.append(1) or was(x)")
    await work.session.prepare((), "import torch\nz = torch.relu(torch.ones(2))", 0)
    assert await work.value("len(calls)") != "0"
