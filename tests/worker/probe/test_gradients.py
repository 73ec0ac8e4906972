from __future__ import annotations

import gc
import math
import struct
import threading
import weakref
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import torch

from tutor.protocol.gradients import GradientSnapshot, GraphNode
from tutor.worker.probe.budget import Budget
from tutor.worker.probe.gradients import GradientWatch
from tutor.worker.probe.graph import Pass

MLP = """
import torch
from torch import nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
X = torch.randn(8, 2)
Y = X.sum(1, keepdim=True)
opt = torch.optim.SGD(model.parameters(), 0.1)
def step():
    opt.zero_grad()
    loss = ((model(X) - Y) ** 2).mean()
    loss.backward()
    opt.step()
    return loss.item()
"""


class Learner:
    """A namespace, a watch on it, and what it published."""

    def __init__(self, budget: Budget | None = None) -> None:
        self.namespace: dict[str, Any] = {}
        self.live: list[GradientSnapshot] = []
        self.watch = GradientWatch(self.live.append, self.namespace, budget)

    def run(self, source: str) -> GradientSnapshot | None:
        self.watch.begin_run()
        try:
            exec(source, self.namespace)
        finally:
            end = self.watch.end_run()
            assert self.watch.problem == ""
        return end

    def final(self, source: str) -> GradientSnapshot:
        end = self.run(source)
        assert end is not None
        return end


@pytest.fixture
def learner() -> Iterator[Learner]:
    learner = Learner()
    learner.watch.install()
    yield learner
    learner.watch.remove()


@pytest.fixture
def closely() -> Iterator[Learner]:
    """Every call is looked at: on this clock a hundred seconds pass between two."""
    ticks = count(0, 100)
    learner = Learner(Budget(clock=lambda: float(next(ticks))))
    learner.watch.install()
    yield learner
    learner.watch.remove()


def numbers(data: bytes) -> list[float]:
    return list(struct.unpack(f"<{len(data) // 8}d", data))


def node(nodes: tuple[GraphNode, ...], name: str, path: str = "") -> GraphNode:
    (found,) = [n for n in nodes if n.name.startswith(name) and n.path == path]
    return found


def test_the_parabola(learner: Learner) -> None:
    end = learner.final(
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x**2 + 2*x + 1\ny.backward()"
    )
    assert (end.step, end.losses, end.live) == (1, (9.0,), False)
    (leaf,) = end.leaves
    assert (leaf.path, leaf.shape, leaf.value_norm, leaf.grad_norm) == ("x", (), 2.0, 6.0)
    assert (numbers(leaf.value), numbers(leaf.grad)) == ([2.0], [6.0])
    assert end.graph is not None
    nodes = end.graph.nodes
    assert end.graph.total == len(nodes) == 5
    assert (nodes[0].name, nodes[0].grad, nodes[0].shape) == ("AddBackward0", 1.0, ())
    assert node(nodes, "AccumulateGrad", "x").grad == 6.0
    assert node(nodes, "PowBackward0").grad == 1.0
    into_x = nodes.index(node(nodes, "AccumulateGrad", "x"))
    assert [n.name for n in nodes if into_x in n.inputs] == ["PowBackward0", "MulBackward0"]
    assert learner.live[0].live
    assert learner.live[0].graph == end.graph


def test_the_gradient_at_each_node_has_its_sign_and_norm(learner: Learner) -> None:
    end = learner.final(
        "import torch\n"
        "w = torch.tensor([1.0, -2.0], requires_grad=True)\n"
        "h = w * 3\n"
        "loss = -(h ** 2).sum()\n"
        "loss.backward()"
    )
    assert end.graph is not None
    nodes = end.graph.nodes
    assert [n.name for n in nodes] == [
        "NegBackward0", "SumBackward0", "PowBackward0", "MulBackward0", "AccumulateGrad",
    ]  # fmt: skip
    assert [n.shape for n in nodes] == [(), (), (2,), (2,), (2,)]
    assert [n.grad for n in nodes] == [1.0, -1.0, None, None, None]
    # dloss/dh = -2h = [-6, 12]; dloss/dw = 3 dloss/dh
    expected = [1.0, 1.0, math.sqrt(2), math.hypot(6, 12), math.hypot(18, 36)]
    assert [n.grad_norm for n in nodes] == pytest.approx(expected)
    assert nodes[4].path == "w"


def test_both_spellings_are_seen(learner: Learner) -> None:
    source = "import torch\nx = torch.tensor(1.0, requires_grad=True)\n"
    for call in ("(x * 2).backward()", "torch.autograd.backward(x * 2)", "torch.autograd.backward([x * 2])"):
        end = learner.final(source + call)
        assert (end.step, end.losses, numbers(end.leaves[0].grad)) == (1, (2.0,), [2.0])


def test_backward_of_a_leaf_itself(learner: Learner) -> None:
    end = learner.final("import torch\nx = torch.tensor(3.0, requires_grad=True)\nx.backward()")
    assert end.graph is not None
    (only,) = end.graph.nodes
    assert (only.name, only.path, only.grad) == ("AccumulateGrad", "x", 1.0)


def test_a_gradient_given_by_the_learner(learner: Learner) -> None:
    end = learner.final(
        "import torch\nx = torch.ones(3, requires_grad=True)\n(x * 2).backward(torch.tensor([1.0, 2.0, 2.0]))"
    )
    assert (end.step, end.losses) == (1, ())
    assert end.leaves[0].grad_norm == pytest.approx(6.0)
    assert end.graph is not None
    assert end.graph.nodes[0].grad_norm == pytest.approx(3.0)


def test_the_gradient_of_a_leaf_node_is_that_of_this_pass_alone(closely: Learner) -> None:
    end = closely.final(
        "import torch\nx = torch.tensor(1.0, requires_grad=True)\nfor _ in range(3): (x * 2).backward()"
    )
    assert numbers(end.leaves[0].grad) == [6.0]
    assert end.graph is not None
    assert node(end.graph.nodes, "AccumulateGrad", "x").grad == 2.0
    assert end.grad_norms == (2.0, 4.0, 6.0)


def test_a_loop_of_200_steps_moves_while_it_runs(closely: Learner) -> None:
    closely.run(MLP)
    end = closely.final("history = [step() for _ in range(200)]")
    history = closely.namespace["history"]
    assert end.step == 200
    assert list(end.losses) == history
    assert len(closely.live) >= 4
    assert [shot.step for shot in closely.live] == sorted({shot.step for shot in closely.live})
    for shot in closely.live:
        assert shot.live
        assert shot.losses[-1] == history[shot.step - 1]
        assert [leaf.path for leaf in shot.leaves][:2] == ["model.0.weight", "model.0.bias"]
        assert shot.graph is not None
        assert len(shot.graph.nodes) == shot.graph.total
    assert len({shot.grad_norms[-1] for shot in closely.live}) == len(closely.live)
    assert [leaf.path for leaf in end.leaves] == [
        "model.0.weight", "model.0.bias", "model.2.weight", "model.2.bias",
    ]  # fmt: skip


def test_the_last_snapshot_is_exact(learner: Learner) -> None:
    learner.run(MLP)
    end = learner.final("for _ in range(7): step()")
    for leaf in end.leaves:
        parameter = learner.namespace["model"].get_parameter(leaf.path.removeprefix("model."))
        assert leaf.grad_norm == pytest.approx(parameter.grad.norm().item())
        assert leaf.value_norm == pytest.approx(parameter.norm().item())
        assert numbers(leaf.grad) == pytest.approx(parameter.grad.reshape(-1)[:16].tolist())
    # The 7th call was not looked at: the graph is an earlier one, and says so.
    assert end.graph is not None
    assert 1 <= end.graph.step < end.step == 7
    assert end.graph.nodes[0].grad_norm == pytest.approx(1.0)


def test_the_norm_of_all_gradients_is_that_of_clip_grad_norm(closely: Learner) -> None:
    closely.run(MLP)
    end = closely.final("step()\nnorm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1e9).item()")
    assert end.grad_norms[-1] == pytest.approx(closely.namespace["norm"])


def test_a_model_without_a_name_still_gives_losses_norms_and_a_graph(learner: Learner) -> None:
    end = learner.final(
        "import torch\ndef train():\n"
        "    w = torch.tensor(1.0, requires_grad=True)\n    (w * 3).backward()\n"
        "train()"
    )
    assert (end.leaves, end.losses, end.grad_norms) == ((), (3.0,), (3.0,))
    assert end.graph is not None
    assert node(end.graph.nodes, "AccumulateGrad").grad == 3.0


def test_runs_are_counted_apart(learner: Learner) -> None:
    learner.run(MLP)
    assert learner.run("1 + 1") is None
    assert learner.final("step()").step == 1
    assert learner.final("step(); step()").step == 2
    assert learner.run("pass") is None


def test_calls_outside_a_run_or_while_removed_are_not_seen(learner: Learner) -> None:
    learner.run(MLP)
    learner.live.clear()
    learner.namespace["step"]()
    learner.watch.begin_run()
    learner.namespace["step"]()
    learner.watch.remove()
    learner.namespace["step"]()
    learner.watch.install()
    learner.namespace["step"]()
    end = learner.watch.end_run()
    assert end is not None
    assert end.step == 2


def test_installing_and_removing_leaves_torch_as_it_was() -> None:
    original = torch.autograd.backward
    watch = GradientWatch(lambda _: None, {})
    watch.install()
    watch.install()
    assert torch.autograd.backward is not original
    assert torch.autograd.backward.__name__ == "backward"
    watch.remove()
    watch.remove()
    assert torch.autograd.backward is original


def test_a_wrapper_put_over_ours_stays(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, calls = torch.autograd.backward, []

    def theirs(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        ours(*args, **kwargs)

    learner.run(MLP)
    with monkeypatch.context() as patch:
        patch.setattr(torch.autograd, "backward", theirs)
        learner.watch.remove()
        learner.watch.install()
        assert torch.autograd.backward is theirs
        assert learner.final("step()").step == 1
    assert calls == [1]


def test_a_large_graph_is_counted_but_not_drawn(learner: Learner) -> None:
    source = "import torch\ny = x = torch.tensor(1.0, requires_grad=True)\n"
    source += "for _ in range({}): y = y * 1\ny.backward()"
    end = learner.final(source.format(100))
    assert end.graph is not None
    assert (end.graph.nodes, end.graph.total) == ((), 101)
    end = learner.final(source.format(20_000))
    assert end.graph is not None
    assert (end.graph.nodes, end.graph.total) == ((), 400)
    assert end.grad_norms == (1.0,)


def test_a_node_with_several_results(learner: Learner) -> None:
    end = learner.final(
        "import torch\nx = torch.arange(4.0, requires_grad=True)\n"
        "a, b = x.chunk(2)\n(a * 3 + b * 4).sum().backward()"
    )
    assert end.graph is not None
    split = node(end.graph.nodes, "SplitBackward0")
    assert (split.shape, split.grad) == (None, None)
    assert split.grad_norm == pytest.approx(math.sqrt(2 * 9 + 2 * 16))


def test_gradients_too_small_or_large_for_float32_squares(learner: Learner) -> None:
    for scale in (1e-25, 1e25):
        end = learner.final(f"import torch\nx = torch.ones(4, requires_grad=True)\n(x * {scale}).sum().backward()")
        assert end.leaves[0].grad_norm == pytest.approx(2 * scale)
        assert end.graph is not None
        assert node(end.graph.nodes, "AccumulateGrad", "x").grad_norm == pytest.approx(2 * scale)


def test_sparse_complex_and_half_gradients_have_norms(learner: Learner) -> None:
    end = learner.final(
        "import torch\n"
        "e = torch.nn.Embedding(5, 2, sparse=True)\n"
        "z = torch.tensor([3 + 4j], requires_grad=True)\n"
        "h = torch.ones(2, dtype=torch.float16, requires_grad=True)\n"
        "(e(torch.tensor([1, 1])).sum() + z.abs().sum() + (h * 200).sum()).backward()"
    )
    grads = {leaf.path: leaf.grad_norm for leaf in end.leaves}
    assert grads == pytest.approx({"e.weight": math.sqrt(8), "z": 1.0, "h": math.hypot(200, 200)})


def test_many_leaves_are_counted(learner: Learner) -> None:
    end = learner.final(
        "import torch\nps = [[torch.ones(1, requires_grad=True)] for _ in range(300)]\n"
        "for i, (p,) in enumerate(ps): globals()[f'p{i}'] = p\n"
        "sum(p for p, in ps).sum().backward()"
    )
    assert (len(end.leaves), end.more_leaves) == (256, 44)
    assert len(learner.live[0].leaves) + learner.live[0].more_leaves == 300


def test_nothing_is_kept_alive(learner: Learner) -> None:
    learner.run(MLP)
    learner.namespace.clear()
    learner.watch.begin_run()
    x = torch.ones(3, requires_grad=True)
    y = (x * 2).exp()
    learner.namespace.update(x=x)
    y.sum().backward()
    learner.watch.end_run()
    refs = [weakref.ref(x), weakref.ref(y)]
    learner.namespace.clear()
    del x, y
    gc.collect()
    assert [ref() for ref in refs] == [None, None]


def test_no_hook_stays_on_a_node(closely: Learner) -> None:
    """A hook that stayed would hold on to the pass it was made for."""
    closely.final(
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x ** 2\n"
        "for _ in range(2): y.backward(retain_graph=True)\nnode = y.grad_fn"
    )
    gc.collect()
    assert [found for found in gc.get_objects() if type(found) is Pass] == []


def test_an_exception_kept_by_the_learner_keeps_no_other_tensor(closely: Learner) -> None:
    bystander = torch.ones(3, requires_grad=True)
    closely.namespace["bystander"] = bystander
    closely.final(
        "import torch\n(torch.ones(1, requires_grad=True) * 2).backward()\n"
        "y = torch.ones(2, requires_grad=True).exp()\n"
        "try: y.backward()\nexcept RuntimeError as error: kept = error"
    )
    ref = weakref.ref(bystander)
    del bystander, closely.namespace["bystander"]
    gc.collect()
    assert "kept" in closely.namespace
    assert ref() is None


def test_what_arrives_at_a_filled_leaf_is_the_sum_over_its_uses(closely: Learner) -> None:
    end = closely.final(
        "import torch\nw = torch.tensor([1.0, 2.0], requires_grad=True)\n"
        "for _ in range(2): ((w * 3).sum() + (w ** 2).sum()).backward()"
    )
    assert end.graph is not None
    # dloss/dw = 3 + 2w = [5, 7], twice
    assert node(end.graph.nodes, "AccumulateGrad", "w").grad_norm == pytest.approx(math.hypot(5, 7))
    assert numbers(end.leaves[0].grad) == [10.0, 14.0]


def test_what_a_hook_of_the_learner_changes_on_the_way_is_not_guessed(closely: Learner) -> None:
    end = closely.final(
        "import torch\nw = torch.tensor(1.0, requires_grad=True)\nh = w.register_hook(lambda g: g * 10)\n"
        "(w * 3).backward()"
    )
    assert end.graph is not None
    assert node(end.graph.nodes, "AccumulateGrad", "w").grad == 30.0
    end = closely.final("(w * 3).backward()")
    assert end.graph is not None
    assert node(end.graph.nodes, "AccumulateGrad", "w").grad is None
    assert numbers(end.leaves[0].grad) == [60.0]


def test_a_leaf_that_nothing_reached_has_no_gradient_in_the_graph(closely: Learner) -> None:
    end = closely.final(
        "import torch\na = torch.tensor(1.0, requires_grad=True)\nb = torch.tensor(2.0, requires_grad=True)\n"
        "(a * b).backward(inputs=[a])"
    )
    assert end.graph is not None
    assert node(end.graph.nodes, "AccumulateGrad", "a").grad == 2.0
    assert node(end.graph.nodes, "AccumulateGrad", "b").grad is None


def test_backward_in_another_thread_is_left_alone(learner: Learner) -> None:
    learner.run(MLP)
    learner.live.clear()
    learner.watch.begin_run()
    thread = threading.Thread(target=learner.namespace["step"])
    thread.start()
    thread.join()
    assert learner.watch.end_run() is None
    assert learner.live == []


def test_a_failure_of_ours_ends_the_watch_for_the_run_only() -> None:
    def publish(_: GradientSnapshot) -> None:
        raise OSError("the pipe is gone")

    namespace: dict[str, Any] = {}
    watch = GradientWatch(publish, namespace)
    watch.install()
    try:
        exec(MLP, namespace)
        watch.begin_run()
        exec("losses = [step() for _ in range(3)]", namespace)
        assert watch.end_run() is None
        assert "OSError" in watch.problem
        assert namespace["losses"] == sorted(namespace["losses"], reverse=True)
        watch.begin_run()
        assert watch.problem == ""
    finally:
        watch.remove()


def test_ctrl_c_inside_the_watch_reaches_the_learner_and_leaves_no_hook() -> None:
    def publish(shot: GradientSnapshot) -> None:
        if shot.step == 1:
            raise KeyboardInterrupt

    namespace: dict[str, Any] = {}
    watch = GradientWatch(publish, namespace)
    watch.install()
    try:
        exec(MLP, namespace)
        watch.begin_run()
        with pytest.raises(KeyboardInterrupt):
            exec("step()", namespace)
        exec("step()", namespace)
        end = watch.end_run()
        assert end is not None
        assert end.step == 2
    finally:
        watch.remove()
