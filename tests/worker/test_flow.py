"""The flow through a real worker: what arrives in the session after a run."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


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


@pytest.mark.parametrize(
    "cell",
    [
        "import time\nbegan = time.perf_counter()\nx + 1\ntime.perf_counter() - began",
        "from torch.utils import benchmark\nbenchmark.Timer('x + 1', globals=globals()).timeit(2)",
        "import timeit\ntimeit.timeit(lambda: x + 1, number=2)",
        "y = twice_timed()",
    ],
)
async def test_a_run_that_measures_time_is_not_watched_and_says_so(work: Recorder, cell: str) -> None:
    await work.run(
        "import time, torch\nx = torch.ones(2)\ndef timed():\n    began = time.perf_counter()\n    x + 1\n"
        "    return time.perf_counter() - began\ndef twice_timed():\n    return timed() + timed()"
    )
    await work.run("y = x + 1")
    assert work.of(events.Flowed)[-1].flow.aside == ""
    await work.run(cell)
    flow = work.of(events.Flowed)[-1].flow
    assert (flow.aside, flow.steps) == ("timed", ())
    await work.run("y = x + 2")
    assert [step.name for step in work.of(events.Flowed)[-1].flow.steps] == ["add"]


async def test_dynamo_finds_nothing_of_the_watch(work: Recorder) -> None:
    work.session.restart(1)
    define = "import torch\ndef talk(x):\n    y = x + 1\n    print('hi')\n    return y * 2\nx = torch.ones(3)"
    await work.run(define)
    found = await work.run("found = torch._dynamo.explain(talk)(x)\nprint(found.graph_count)", limit=200)
    assert found.output.splitlines() == ["hi", "2"]
    await work.run("ask = torch._dynamo.explain(talk)\ndef asked(x):\n    return ask(x)")
    for call in ("ask(x)", "asked(x)"):
        again = await work.run(f"print({call}.graph_count)", limit=200)
        assert again.output.splitlines() == ["hi", "2"]
