"""The tree: each node drawn once, every edge a row, whatever is folded."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render.autograd.strategies import dags, views
from tests.render.test_bounds import bounded
from tutor.protocol.gradients import GraphNode
from tutor.protocol.graphs import GraphView
from tutor.render.autograd.tree import ROWS, beginning, opened, prefixes, rows_of, sound, span_of
from tutor.render.look import Look


def view_of(inputs: list[tuple[int, ...]], total: int = 0) -> GraphView:
    nodes = tuple(GraphNode("AddBackward0", "", (), below, None, None) for below in inputs)
    places = tuple(range(len(nodes)))
    return GraphView("y", (), "float32", nodes, places, (0,) * len(nodes), total or len(nodes), True)


@bounded
@given(dags())
def test_each_node_is_drawn_once_and_every_edge_is_shown(view: GraphView) -> None:
    rows = rows_of(view, frozenset())
    assert Counter(row.node for row in rows if not row.again) == Counter(range(len(view.nodes)))
    shown = Counter((row.source, row.edge, row.node) for row in rows if row.above >= 0)
    edges = Counter((i, k, child) for i, node in enumerate(view.nodes) for k, child in enumerate(node.inputs))
    assert shown == edges
    assert all(rows[row.above].node == row.source for row in rows if row.above >= 0)
    assert set(span_of(view).shared) == {
        n for n, c in Counter(child for _, _, child in edges.elements()).items() if c > 1
    }


@bounded
@given(dags(), st.data())
def test_folding_hides_what_is_under_a_node_and_nothing_else(view: GraphView, data: st.DataObject) -> None:
    folds = frozenset(data.draw(st.sets(st.integers(0, len(view.nodes) - 1))))
    rows = rows_of(view, folds)
    drawn = [row.node for row in rows if not row.again]
    assert len(drawn) == len(set(drawn))
    assert len(drawn) + sum(row.hidden for row in rows) == len(view.nodes)
    wanted = data.draw(st.integers(0, len(view.nodes) - 1))
    assert wanted in [row.node for row in rows_of(view, opened(view, folds, wanted)) if not row.again]


@bounded
@given(st.integers(1, 400), st.randoms(use_true_random=False))
def test_a_large_graph_begins_folded(count: int, chance: Random) -> None:
    inputs: list[list[int]] = [[] for _ in range(count)]
    for child in range(1, count):
        for above in chance.sample(range(child), min(child, chance.randint(1, 3))):
            inputs[above].append(child)
    view = view_of([tuple(below) for below in inputs])
    folds = beginning(view)
    assert len(rows_of(view, folds)) <= ROWS
    if len(rows_of(view, frozenset())) <= ROWS:
        assert not folds


def test_a_chain_of_400_begins_with_as_many_rows_as_may_be() -> None:
    view = view_of([(i + 1,) for i in range(399)] + [()])
    rows = rows_of(view, beginning(view))
    assert len(rows) == ROWS
    assert rows[-1].hidden == 400 - ROWS


@bounded
@given(views())
def test_a_view_that_does_not_hang_together_is_made_sound(view: GraphView) -> None:
    made = sound(view)
    rows = rows_of(made, frozenset())
    assert len({row.node for row in rows if not row.again}) == len([row for row in rows if not row.again])
    assert len(made.places) == len(made.beyond) == len(made.nodes)


@pytest.mark.parametrize(
    ("width", "expected"),
    [(60, ["", "└─", "  ├─", "  │ └─", "  └─"]), (12, ["", "", "├─", "│ ", "└─"])],
)
def test_a_chain_costs_no_width_where_there_is_none(width: int, expected: list[str]) -> None:
    view = view_of([(1,), (2, 4), (3,), (), ()])
    assert prefixes(rows_of(view, frozenset()), Look(width)) == expected
