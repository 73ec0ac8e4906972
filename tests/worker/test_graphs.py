"""Graphs, leaves and gradient checks, with a real worker."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import commands, events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

PARABOLA = "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x**2 + 2*x + 1"


async def test_a_graph_before_and_after_backward(work: Recorder) -> None:
    await work.run(PARABOLA)
    work.session.look(commands.LookAtGraph(0))
    await work.until(lambda: work.of(events.GraphSeen))
    view = work.of(events.GraphSeen)[-1].view
    assert view is not None
    assert [node.value for node in view.nodes] == [9.0, 8.0, 4.0, 2.0, 4.0]
    assert view.nodes[2].source == "x**2"
    await work.run("y.backward()")
    work.session.look(commands.LookAtGraph(0))
    await work.until(lambda: len(work.of(events.GraphSeen)) == 2)
    view = work.session.state.graph.view if work.session.state.graph else None
    assert view is not None
    assert (view.state, view.nodes[3].grad, len(view.order)) == ("freed", 6.0, 5)
    work.session.look(commands.LookAtLeaves(0))
    await work.until(lambda: work.of(events.LeavesSeen))
    assert work.session.state.leaves is not None
    assert [(row.path, row.reason) for row in work.session.state.leaves.rows] == [("x", ""), ("y", "inner")]


async def test_gradcheck(work: Recorder) -> None:
    await work.run(
        "import torch\n"
        "class Square(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, a):\n        ctx.save_for_backward(a)\n        return a ** 2\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g * ctx.saved_tensors[0]\n"
        "x = torch.tensor([1.0, 2.0], requires_grad=True)"
    )
    cell = await work.run("%gradcheck Square.apply(x)")
    assert cell.status == "ok"
    shown = work.of(events.Displayed)[-1]
    assert shown.view is not None
    found = shown.view.gradcheck
    assert found is not None
    assert not found.ok
    assert found.inputs[0].ratio == pytest.approx(0.5, abs=1e-6)
    assert await work.value("x.grad is None") == "True"
    await work.run("c = %gradcheck torch.sin, torch.cos, x")
    assert await work.value("c.ok") == "True"
    assert (await work.run("%gradcheck torch.sin, lambda a: a, x")).status == "ok"
    assert not work.of(events.GradientsChanged)


@pytest.mark.parametrize("line", ["%gradcheck", "%gradcheck x", "%gradcheck f(*x)", "%gradcheck torch.sin(3)"])
async def test_a_gradcheck_that_cannot_be_done_says_why(work: Recorder, line: str) -> None:
    await work.run("import torch\nx = torch.ones(2)")
    assert (await work.run(line)).status == "error"
    assert work.of(events.Failed)[-1].chain[-1].type in ("UsageError", "NotCheckable")


async def test_a_formula_without_a_place_to_check_it_at_says_how_to_write_it(work: Recorder) -> None:
    await work.run("import torch")
    assert (await work.run("%gradcheck torch.sin, torch.cos")).status == "error"
    assert "f, df, x" in work.of(events.Failed)[-1].chain[-1].message
