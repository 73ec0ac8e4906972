"""The flow through a real worker: what arrives in the session after a run."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="module")]


async def test_a_run_with_operations_is_followed_by_its_flow(work: Recorder) -> None:
    await work.run("import torch\nx, w = torch.randn(3, 4), torch.randn(4, 5)")
    await work.run("h = torch.relu(x @ w)")
    (flow,) = [event.flow for event in work.of(events.Flowed)][1:]
    assert [(step.name, step.source) for step in flow.steps] == [
        ("matmul", "x @ w"),
        ("relu", "torch.relu(x @ w)"),
    ]
    assert work.session.state.flow == flow
    await work.run("1 + 1")
    assert work.session.state.flow == flow


async def test_what_is_displayed_is_no_operation_and_an_error_is_the_last(work: Recorder) -> None:
    await work.run("import torch\nx = torch.randn(3, 4)")
    count = len(work.of(events.Flowed))
    await work.run("x")
    assert len(work.of(events.Flowed)) == count
    await work.run("y = x * 2\ny @ x")
    flow = work.of(events.Flowed)[-1].flow
    assert [(step.name, step.error) for step in flow.steps] == [("mul", ""), ("matmul", "RuntimeError")]
    (report,) = work.of(events.Failed)[-1].chain
    assert [frame.function for frame in report.frames] == ["<module>"]
    assert report.failing is not None
    assert [operand.source for operand in report.failing.operands] == ["y", "x"]


async def test_an_error_inside_a_layer_shows_no_frame_of_the_watch(work: Recorder) -> None:
    await work.run(
        "import torch\nfrom torch import nn\n"
        "net = nn.Sequential(nn.Linear(4, 2), nn.Softmax(5))\nx = torch.randn(3, 4)"
    )
    await work.run("net(x)")
    (report,) = work.of(events.Failed)[-1].chain
    functions = [frame.function for frame in report.frames]
    assert functions[0] == "<module>"
    assert "handle_torch_function" not in functions
    assert functions.count("softmax") == 1
    await work.run("import traceback\ntry:\n    net(x)\nexcept Exception:\n    print(traceback.format_exc())")
    assert "handle_torch_function" not in work.output
    assert "__torch_function__" not in work.output


async def test_timeit_measures_without_the_watch(work: Recorder) -> None:
    await work.run("import torch\nx = torch.ones(3)\ndepths = set()")
    cell = await work.run("%timeit -n 3 -r 1 depths.add(torch._C._len_torch_function_stack())")
    assert cell.status == "ok"
    assert await work.value("depths") == "{0}"
