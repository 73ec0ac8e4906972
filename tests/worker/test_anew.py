"""A worker that is used again as if it were new, and one that is ready for training at once."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.recorder import Recorder
from tutor.session.client import ProcessClient
from tutor.session.session import Session

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

SPOIL = """
from __future__ import annotations
import torch
a = torch.ones(2)
_hidden = 1
torch.set_default_dtype(torch.float64)
torch.set_default_device("meta")
torch.set_grad_enabled(False)
torch.set_num_threads(2)
torch.use_deterministic_algorithms(True)
torch.autograd.set_detect_anomaly(True)
torch.set_printoptions(precision=1)
a
"""


async def test_names_and_settings_are_those_of_a_new_worker(work: Recorder) -> None:
    await work.session.prepare((), "", 0, anew=True)
    await work.run(SPOIL)
    prepared = await work.session.prepare(("b = 1",), "c = b + 1", 3, anew=True)
    assert prepared is not None
    assert prepared.problem == ""
    names = "sorted(n for n in globals() if not n.startswith('__'))"
    assert await work.value(names) == "['b', 'c']"
    await work.run("import torch")
    settings = [
        "torch.get_default_dtype()",
        "torch.zeros(1).device.type",
        "torch.is_grad_enabled()",
        "torch.get_num_threads()",
        "torch.are_deterministic_algorithms_enabled()",
        "torch.is_anomaly_enabled()",
        "repr(torch.tensor(0.125))",
    ]
    found = await work.value(f"[{', '.join(settings)}]")
    assert found == "[torch.float32, 'cpu', True, 1, False, False, 'tensor(0.1250)']"


async def test_without_it_names_stay(work: Recorder) -> None:
    await work.run("a = 1")
    await work.session.prepare((), "b = 2", 0)
    assert await work.value("a + b") == "3"


async def test_what_an_optimiser_needs_can_be_there_before_the_first_worker() -> None:
    session = Session(ProcessClient(sys.executable, threads=1, preloaded=True))
    try:
        session.start()
        cell = session.run("import sys; print('torch._dynamo' in sys.modules)")
        await asyncio.wait_for(cell.done.wait(), 90)
        assert cell.output == "True\n"
    finally:
        session.close()
