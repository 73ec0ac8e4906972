"""The Graph pane as text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.render.autograd.strategies import views
from tests.render.strategies import looks
from tests.render.test_bounds import assert_fits, bounded
from tutor.protocol.gradients import GraphNode, SavedTensor
from tutor.protocol.graphs import GraphView
from tutor.render.autograd.drawing import Place, graph
from tutor.render.autograd.steps import along, arrived, path_to
from tutor.render.autograd.tree import Folds, rows_of, sound
from tutor.render.autograd.words import why_no_pass
from tutor.render.export import as_plain
from tutor.render.look import Look

NONE: Folds = frozenset()
KEPT = (SavedTensor("self", (), "float32", 4, 2.0, "freed"),)


def operation(
    name: str, inputs: tuple[int, ...], value: float, grad: float, *passed: float, path: str = ""
) -> GraphNode:
    return GraphNode(
        *(
            name,
            path,
            (),
            inputs,
            abs(grad),
            grad,
            "float32",
            1,
            tuple(range(len(inputs))),
            passed,
            value,
            abs(value),
        ),
        saved=KEPT if name.startswith("Pow") else (),
        settings=(("exponent", 2.0),) if name.startswith("Pow") else (),
        line=1,
        source="x**2" if name.startswith("Pow") else "",
    )


LEAF = GraphNode("AccumulateGrad", "x", (), (), 6.0, 6.0, "float32", value=2.0, value_norm=2.0)
PARABOLA = GraphView(
    "y", (), "float32",
    (
        operation("AddBackward0", (1,), 9.0, 1.0, 1.0, path="y"),
        operation("AddBackward0", (2, 4), 8.0, 1.0, 1.0, 1.0),
        operation("PowBackward0", (3,), 4.0, 1.0, 4.0),
        LEAF,
        operation("MulBackward0", (3,), 4.0, 1.0, 2.0),
    ),
    (0, 1, 2, 3, 4), (0,) * 5, 5, True, order=(0, 1, 4, 2, 3), state="freed",
)  # fmt: skip


def text(place: Place, look: Look = Look(80, colour=False), view: GraphView = PARABOLA, said: str = "") -> str:  # noqa: B008
    return as_plain(graph(view, ("y",), place, look, said))


def test_the_parabola_by_hand() -> None:
    assert text(Place(NONE)).split("\n")[:8] == [
        "y = 9  5 nodes",
        "              value  local  ∂y/∂here  log",
        "● y + Add         9                1  ████▌",
        "└─● + Add         8      1         1  ████▌",
        "  ├─● ** Pow      4      1         1  ████▌",
        "  │ └─◆ x #1      2      4         6  ████████",
        "  └─● * Mul       4      1         1  ████▌",
        "    └─↺ x #1             2",
    ]
    drawn = text(Place(NONE))
    assert drawn.count("↺ x #1") == 1
    assert drawn.count("◆ x #1") == 1
    assert "freed by backward() (1 saved tensor, 4 B): a second one" in drawn


def test_the_chosen_leaf_says_how_its_gradient_came_about() -> None:
    drawn = text(Place(NONE, cursor=3))
    assert "gradients add up: 4 (** Pow) + 2 (* Mul) = 6" in drawn
    assert "along this path ∂y/∂x = 1 · 1 · 4 = 4, one of 2 ways" in drawn
    assert "along this path ∂y/∂x = 1 · 1 · 2 = 2, one of 2 ways" in text(Place(NONE, cursor=5))


def test_the_chosen_operation_says_its_rule_in_words_and_numbers() -> None:
    drawn = text(Place(NONE, cursor=2))
    assert "→ x  1 × 4 = 4   ∂out/∂a = n·aⁿ⁻¹" in drawn
    assert "line 1: x**2" in drawn
    assert "kept for backward, now freed: self [] f32 = 2, 4 B" in drawn


def test_before_a_backward_the_rule_gives_the_local_derivative() -> None:
    nodes = tuple(
        replace(node, grad=None, grad_norm=None, passed=(None,) * len(node.inputs)) for node in PARABOLA.nodes
    )
    view = replace(PARABOLA, nodes=nodes, order=(), state="")
    assert "→ x  G × 4" in text(Place(NONE, cursor=2), view=view)


def test_in_the_smallest_terminal_a_replay_shows_how_the_gradient_goes_on() -> None:
    look = Look(76, 9, colour=False)
    drawn = text(Place(NONE, cursor=2, step=4), look)
    assert len(drawn.split("\n")) <= 9
    assert "→ x  1 × 4 = 4   ∂out/∂a = n·aⁿ⁻¹" in drawn
    both = text(Place(NONE, cursor=1, step=2), look)
    assert "→ ** Pow  1 × 1 = 1" in both
    assert "→ * Mul  1 × 1 = 1" in both


def test_the_replay_goes_node_by_node_and_adds_up() -> None:
    seen = [[one.grad for one in arrived(PARABOLA, step)] for step in range(6)]
    assert seen[0] == [1.0, None, None, None, None]
    assert seen[2] == [1.0, 1.0, 1.0, None, 1.0]
    assert seen[3] == [1.0, 1.0, 1.0, 2.0, 1.0]
    assert seen[5] == [1.0, 1.0, 1.0, 6.0, 1.0]
    assert "backward 3/5 ▸ * Mul" in text(Place(NONE, cursor=4, step=3))
    assert "2…" in text(Place(NONE, cursor=4, step=3))
    assert "2 so far: 1 of 2 sides have passed theirs on" in text(Place(NONE, cursor=3, step=3))
    assert "no gradient has arrived" in text(Place(NONE, cursor=3, step=2))


def test_the_product_along_each_path_is_what_arrives_by_it() -> None:
    rows = rows_of(PARABOLA, NONE)
    paths = [path_to(rows, i) for i, row in enumerate(rows) if row.node == 3]
    products = [along(PARABOLA, path) for path in paths]
    assert products == [[1.0, 1.0, 4.0], [1.0, 1.0, 2.0]]


def test_a_graph_too_large_to_be_recorded_says_so() -> None:
    assert "more than 60 nodes" in why_no_pass(replace(PARABOLA, order=(), total=61))
    assert "one of autograd.grad()" in why_no_pass(replace(PARABOLA, order=(), state="freed"))
    assert "y.backward()" in why_no_pass(replace(PARABOLA, order=(), state=""))


def test_what_a_key_could_not_do_is_said() -> None:
    assert "not recorded" in text(Place(NONE), said="not recorded")


def test_where_there_is_no_graph() -> None:
    view = GraphView("z", (3,), "int64", (), (), (), 0, True, note="integer")
    assert "z is int64: only floating-point" in text(Place(NONE), view=view).replace("\n", " ")
    view = replace(view, note="no_grad", line=4)
    assert "torch.no_grad() in line 4" in text(Place(NONE), view=view).replace("\n", " ")


@bounded
@given(views(), looks, st.integers(0, 40), st.none() | st.integers(0, 30), st.sets(st.integers(0, 12)))
def test_whatever_arrives_is_drawn_and_fits(
    view: GraphView, look: Look, cursor: int, step: int | None, folds: set[int]
) -> None:
    drawn = graph(sound(view), ("a", view.path), Place(frozenset(folds), cursor, step), look)
    assert_fits(drawn, look)
