"""The graph behind a tensor: torch's own nodes and edges, with the learner's names, values and gradients."""

from __future__ import annotations

import gc
import math
import weakref
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from tests.worker.probe.learner import Learner
from tutor.protocol.gradients import GraphNode
from tutor.protocol.graphs import GraphView
from tutor.render.autograd.rules import derivative, rule_of

PARABOLA = "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x**2 + 2*x + 1"
NET = """
import torch
from torch import nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
X = torch.randn(8, 2)
Y = X.sum(1, keepdim=True)
loss = ((model(X) - Y) ** 2).mean()
"""


@pytest.fixture
def learner() -> Iterator[Learner]:
    with Learner() as learner:
        yield learner


def node(view: GraphView, name: str, path: str = "") -> GraphNode:
    (found,) = [n for n in view.nodes if n.name.startswith(name) and n.path == path]
    return found


def edges_of_torch(tensor: torch.Tensor) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Names of nodes, and of the two ends of each edge, as torchviz walks them: ``next_functions``."""
    nodes: Counter[str] = Counter()
    edges: Counter[tuple[str, str]] = Counter()
    seen: set[Any] = set()
    pending = [tensor.grad_fn]
    while pending:
        one = pending.pop()
        if one is None or one in seen:
            continue
        seen.add(one)
        nodes[type(one).__name__] += 1
        for below, _ in one.next_functions:
            if below is not None:
                edges[type(one).__name__, type(below).__name__] += 1
                pending.append(below)
    return nodes, edges


PROGRAMS = {
    "parabola": (PARABOLA, "y"),
    "square of itself": (PARABOLA + "\nz = (y * y).exp()", "z"),
    "net": (NET, "loss"),
    "shared": ("import torch\na = torch.ones(3, requires_grad=True)\nh = a.sin()\nz = (h * h + h).sum()", "z"),
    "pieces": (
        "import torch\na = torch.ones(4, requires_grad=True)\np, q = a.chunk(2)\nz = torch.cat([q, p])",
        "z",
    ),
    "cross entropy": (
        """import torch
w, x = torch.randn(3, 4, requires_grad=True), torch.randn(5, 3)
z = torch.nn.functional.cross_entropy(x @ w, torch.tensor([0, 1, 2, 3, 0]))""",
        "z",
    ),
    "convolution": (
        """import torch
from torch import nn
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2, 1))
z = net(torch.randn(1, 1, 4, 4)).sum()""",
        "z",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_nodes_and_edges_are_those_torch_has(learner: Learner, name: str) -> None:
    source, path = PROGRAMS[name]
    learner.run(source)
    view = learner.view(path)
    nodes, edges = edges_of_torch(learner.namespace[path])
    assert Counter(n.name for n in view.nodes) == nodes
    ends = [(above.name, view.nodes[child].name) for above in view.nodes for child in above.inputs]
    assert Counter(ends) == edges
    assert (view.total, view.complete) == (sum(nodes.values()), True)


def test_names_values_sources_and_saved_tensors_before_backward(learner: Learner) -> None:
    learner.run(PARABOLA)
    view = learner.view()
    assert (view.path, view.state, view.order) == ("y", "", ())
    assert [n.value for n in view.nodes] == [9.0, 8.0, 4.0, 2.0, 4.0]
    assert [n.source for n in view.nodes] == ["x**2 + 2*x + 1", "x**2 + 2*x", "x**2", "", "2*x"]
    assert {n.line for n in view.nodes} == {3, 0}
    assert view.nodes[0].path == "y"
    assert node(view, "AccumulateGrad", "x").grad is None
    (saved,) = node(view, "PowBackward0").saved
    assert (saved.name, saved.value, saved.nbytes, saved.state) == ("self", 2.0, 4, "")


def test_the_pass_is_at_the_nodes_after_backward(learner: Learner) -> None:
    learner.run(PARABOLA)
    learner.run("y.backward()")
    view = learner.view()
    assert view.state == "freed"
    assert [n.grad for n in view.nodes] == [1.0, 1.0, 1.0, 6.0, 1.0]
    assert node(view, "PowBackward0").passed == (4.0,)
    assert node(view, "MulBackward0").passed == (2.0,)
    assert {one.state for n in view.nodes for one in n.saved} == {"freed"}
    assert sum(one.nbytes for n in view.nodes for one in n.saved) == 12
    assert sorted(view.order) == list(range(5))


def test_what_is_kept_is_said_to_be_kept(learner: Learner) -> None:
    learner.run(PARABOLA)
    learner.run("y.backward(retain_graph=True)")
    assert learner.view().state == "kept"
    learner.run("y.backward()")
    assert learner.view().state == "freed"


def test_a_graph_that_is_gone_is_shown_as_it_was_recorded(learner: Learner) -> None:
    learner.run("import torch\nw = torch.tensor(3.0, requires_grad=True)\n(w * w).backward()")
    view = learner.view()
    assert (view.alive, view.path, view.state) == (False, "", "freed")
    assert view.nodes[0].passed == (3.0, 3.0)
    assert [n.grad for n in view.nodes] == [1.0, 6.0]


def test_the_newest_graph_is_shown_first(learner: Learner) -> None:
    learner.run(PARABOLA)
    learner.run("y.backward()\nz = x * 3")
    assert learner.view().path == "z"
    view, names = learner.observer.graph("y", 0)
    assert view is not None
    assert (view.path, names) == ("y", ("y", "z"))


def test_the_order_is_that_of_autograd(learner: Learner) -> None:
    """Leaves tell by a hook of torch's own when they ran; operations by one each."""
    learner.run(
        "import torch\n"
        "a, b, c = (torch.tensor(float(n), requires_grad=True) for n in (1, 2, 3))\n"
        "ran = []\n"
        "for name, leaf in (('a', a), ('b', b), ('c', c)):\n"
        "    leaf.register_post_accumulate_grad_hook(lambda _, name=name: ran.append(name))\n"
        "h = a * b\n"
        "h.grad_fn.register_hook(lambda *_: ran.append('h'))\n"
        "k = h.sin() * c + a\n"
        "k.grad_fn.register_hook(lambda *_: ran.append('k'))\n"
        "k.backward()"
    )
    view = learner.view("k")
    told = [view.nodes[i].path for i in view.order]
    assert [name for name in told if name] == learner.namespace["ran"]
    place = {i: at for at, i in enumerate(view.order)}
    assert all(place[i] < place[child] for i in view.order for child in view.nodes[i].inputs)


SCALARS = {
    "a + b": 1, "a - b": 1, "a * b": 2, "a / b": 2, "a ** 3": 1, "a ** b": 2, "-a": 0, "a.exp()": 1, "a.log()": 1,
    "a.sqrt()": 1, "a.tanh()": 1, "a.sigmoid()": 1, "a.relu()": 1, "a.sin()": 1, "a.cos()": 1, "a.abs()": 1,
    "a.log1p()": 1, "a.rsqrt()": 1, "a.reciprocal()": 1, "3 - a": 0, "2 * a": 1, "a.sum()": 0, "a.clone()": 0,
    "torch.add(a, b, alpha=3)": 0, "torch.sub(a, b, alpha=3)": 0,
}  # fmt: skip


@pytest.mark.parametrize("expression", SCALARS)
@pytest.mark.parametrize("at", [(0.7, 1.9), (2.5, 0.4)])
def test_rules_give_the_numbers_of_finite_differences(
    learner: Learner, expression: str, at: tuple[float, float]
) -> None:
    a, b = at
    learner.run(f"import torch\na, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in {at})")
    learner.run(f"z = {expression}")

    def f(one: float, two: float) -> float:
        names = {"a": torch.tensor(one, dtype=torch.float64), "b": torch.tensor(two, dtype=torch.float64)}
        return float(eval(expression, {"torch": torch, **names}))

    root = learner.view("z").nodes[0]
    differences = {
        "a": (f(a + 1e-6, b) - f(a - 1e-6, b)) / 2e-6,
        "b": (f(a, b + 1e-6) - f(a, b - 1e-6)) / 2e-6,
    }
    assert rule_of(root.name) is not None
    for k, child in enumerate(root.inputs):
        assert derivative(root, root.operands[k]) == pytest.approx(
            differences[learner.view("z").nodes[child].path], rel=1e-6
        )


def test_an_expression_like_those_of_micrograd(learner: Learner) -> None:
    """Two inputs, every operation used more than once; each gradient against a difference of the whole."""
    body = (
        "c = a * b + b ** 3\n"
        "c = c - 2 * c * a\n"
        "d = (b + a).relu() * 3 + d0 * c\n"
        "e = d - c\n"
        "g = e ** 2 / 2 + 10.0 / (e * e + 1)"
    )
    inputs = {"a": -1.5, "b": 2.25, "d0": 0.75}

    def value(changed: dict[str, float]) -> float:
        names: dict[str, Any] = {k: torch.tensor(v, dtype=torch.float64) for k, v in (inputs | changed).items()}
        exec(body, names)
        return float(names["g"])

    made = f"(torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in {[*inputs.values()]})"
    learner.run(f"import torch\na, b, d0 = {made}")
    learner.run(body + "\ng.backward()")
    view = learner.view("g")
    for name, at in inputs.items():
        step = 1e-6
        difference = (value({name: at + step}) - value({name: at - step})) / (2 * step)
        leaf = node(view, "AccumulateGrad", name)
        assert leaf.grad == pytest.approx(difference, rel=1e-6)
        index = view.nodes.index(leaf)
        parts = [p for n in view.nodes for p, child in zip(n.passed, n.inputs, strict=True) if child == index]
        assert math.fsum(p for p in parts if p is not None) == pytest.approx(leaf.grad)
    assert view.nodes[0].value == pytest.approx(value({}))


def test_hooks_on_saved_tensors_are_left_alone(learner: Learner) -> None:
    learner.run(
        "import torch\nlog = []\n"
        "def pack(t): log.append('pack'); return t.numpy()\n"
        "def unpack(p): log.append('unpack'); return torch.from_numpy(p)\n"
        "x = torch.ones(3, requires_grad=True)\n"
        "with torch.autograd.graph.saved_tensors_hooks(pack, unpack):\n"
        "    y = (x.detach().requires_grad_().exp()).sum()"
    )
    before = list(learner.namespace["log"])
    saved = [one for n in learner.view("y").nodes for one in n.saved]
    assert [one.state for one in saved] == ["packed"]
    assert learner.namespace["log"] == before


def test_a_function_of_the_learners_own(learner: Learner) -> None:
    learner.run(
        "import torch\n"
        "class Cube(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, a):\n        ctx.save_for_backward(a)\n        return a ** 3\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return 3 * ctx.saved_tensors[0] ** 2 * g\n"
        "x = torch.tensor(2.0, requires_grad=True)\ny = Cube.apply(x)"
    )
    root = learner.view("y").nodes[0]
    assert (root.name, root.saved[0].value, root.value) == ("CubeBackward", 2.0, 8.0)
    learner.run("y.backward()")
    root = learner.view("y").nodes[0]
    assert (root.passed, root.saved[0].state, rule_of(root.name)) == ((12.0,), "freed", None)


def test_second_order_graphs(learner: Learner) -> None:
    learner.run(PARABOLA)
    learner.run("(g,) = torch.autograd.grad(x**3, x, create_graph=True)")
    assert node(learner.view("g"), "AccumulateGrad", "x")
    with pytest.warns(UserWarning, match="create_graph"):
        learner.run("y.backward(create_graph=True)")
    view = learner.view("x.grad")
    assert view.nodes[0].path == "x.grad"
    learner.run("x.grad = None")


@pytest.mark.parametrize(
    ("source", "note", "line"),
    [
        ("z = torch.tensor(1.0, requires_grad=True)", "leaf", 0),
        ("z = torch.arange(3)", "integer", 0),
        ("z = torch.ones(3)", "plain", 0),
        ("with torch.no_grad():\n    z = x * 2", "no_grad", 2),
        ("h = x * 2\nz = h.detach()", "detach", 2),
        ("with torch.inference_mode():\n    z = torch.ones(2) * 2", "inference", 0),
        ("z = torch.func.grad(torch.sin)(torch.tensor(1.0))", "plain", 0),
        ("held = []\ntorch.func.grad(lambda a: (held.append(a), a.sin())[1])(torch.tensor(1.0))\nz = held[0]",
         "transform", 0),
        ("pass", "gone", 0),
    ],
)  # fmt: skip
def test_where_there_is_no_graph_it_says_why(learner: Learner, source: str, note: str, line: int) -> None:
    learner.run("import torch\nx = torch.tensor(2.0, requires_grad=True)")
    learner.run(source)
    view = learner.view("z")
    assert (view.nodes, view.note, view.line) == ((), note, line)


def test_a_large_graph_is_sent_in_parts(learner: Learner) -> None:
    learner.run(
        "import torch\nx = torch.ones((), requires_grad=True)\nz = x\nfor _ in range(3000): z = z * 1.0 + x"
    )
    view = learner.view("z")
    assert (view.total, view.complete) == (6001, True)
    assert len(view.nodes) == 400
    end = next(i for i, missing in enumerate(view.beyond) if missing)
    further = learner.view("z", view.places[end])
    assert further.places[0] == view.places[end]
    assert further.nodes[0].name == view.nodes[end].name
    assert len(further.nodes) == 400


def test_nothing_is_kept_alive_by_looking(learner: Learner) -> None:
    learner.run(NET)
    learner.run("h = model(X)\nh.retain_grad()\nz = h.sum()\nz.backward()")
    names = ("loss", "z", "h", "X")
    refs = [weakref.ref(learner.namespace[name]) for name in names]
    learner.view("loss")
    learner.view("z")
    learner.table()
    for name in (*names, "model"):
        del learner.namespace[name]
    gc.collect()
    assert [ref() for ref in refs] == [None] * len(names)


def test_looking_changes_nothing(learner: Learner) -> None:
    learner.run(NET)
    state, mode = torch.get_rng_state(), torch.is_grad_enabled()
    versions = [p._version for p in learner.namespace["model"].parameters()]
    learner.view("loss")
    learner.table()
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled() == mode
    assert [p._version for p in learner.namespace["model"].parameters()] == versions
    assert all(p.grad is None for p in learner.namespace["model"].parameters())
    learner.run("loss.backward()")


def test_a_subclass_does_not_notice(learner: Learner) -> None:
    learner.run(
        "import torch\ncalls = []\n"
        "class Loud(torch.Tensor):\n"
        "    @classmethod\n"
        "    def __torch_function__(cls, func, types, args=(), kwargs=None):\n"
        "        calls.append(func)\n"
        "        return super().__torch_function__(func, types, args, kwargs or {})\n"
        "x = torch.ones(3).as_subclass(Loud).requires_grad_()\ny = (x * 2).sum()"
    )
    before = len(learner.namespace["calls"])
    assert learner.view("y").nodes[-1].path == "x"
    learner.table()
    assert len(learner.namespace["calls"]) == before
