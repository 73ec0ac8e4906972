from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.render.samples import gradients, leaf, node, parabola, small_net
from tutor.protocol.gradients import GradientGraph
from tutor.render import gradients as render
from tutor.render.curves import curve, sparkline
from tutor.render.export import as_plain
from tutor.render.look import Look

WIDE = Look(80, colour=False)


def test_the_parabola_by_hand() -> None:
    assert as_plain(render.gradients(parabola(), WIDE)).split("\n") == [
        "backward() ran once   loss 9",
        "",
        "leaf  shape  value  .grad",
        "x     []         2      6",
        "",
        "graph                     ∂loss/∂here",
        "● + AddBackward0       []           1 ████▌",
        "└─● + AddBackward0     []           1 ████▌",
        "  ├─● ** PowBackward0  []           1 ████▌",
        "  │ └─◆ x #1           []           6 ████████",
        "  └─● * MulBackward0   []           1 ████▌",
        "    └─↺ x #1",
        "● operation   ◆ leaf   ↺ drawn above   bars: log scale, 0.1 to 6",
    ]


def test_long_leaves_are_given_by_their_norm_and_short_ones_in_full() -> None:
    rows = {line.split()[0]: line for line in as_plain(render.leaves_table(small_net(), Look(100))).split("\n")}
    assert "‖0.2828‖" in rows["model.0.weight"]
    assert "[0.20, 0.10, -0.40, 0.05]" in rows["model.2.weight"]
    assert rows["model.2.bias"].split()[1:3] == ["0.3", "0.151"]
    assert "None" in rows["frozen"]


def test_a_list_that_does_not_fit_gives_way_to_the_norm() -> None:
    rows = as_plain(render.leaves_table(small_net(), Look(36))).split("\n")
    assert "‖0.461‖" in next(row for row in rows if "model.2.we" in row)
    assert not any("[" in row for row in rows)


def test_bars_are_longer_for_larger_gradients_and_absent_for_none_and_zero() -> None:
    leaves = [leaf(n, (), [1.0], g) for n, g in (("a", [1.0]), ("b", [1e-5]), ("c", [0.0]), ("d", None))]
    rows = as_plain(render.leaves_table(gradients(leaves), WIDE)).split("\n")[1:5]
    lengths = [sum(c in "▏▎▍▌▋▊▉█" for c in row) for row in rows]
    assert lengths[0] > lengths[1] > lengths[2] == lengths[3] == 0


def test_leaves_left_out_are_counted() -> None:
    assert "… 12 more leaves" in render.leaves_table(replace(parabola(), more_leaves=12), WIDE).plain


def test_a_gradient_that_is_not_finite_is_seen() -> None:
    for bad, word in ((math.nan, "nan"), (math.inf, "inf")):
        text = render.leaves_table(gradients([leaf("w", (), [1.0], [bad])]), Look(60))
        style = next(s.style for s in text.spans if text.plain[s.start : s.end].strip() == word)
        assert style == Look(60).palette.missing


def test_a_narrow_tree_does_not_indent_chains() -> None:
    wide = as_plain(render.graph(small_net_graph(), Look(100)))
    narrow = as_plain(render.graph(small_net_graph(), Look(40)))
    assert "└─● - SubBackward0" in wide
    assert "\n● - SubBackward0" in narrow
    for name in ("model.0.weight", "model.2.bias", "TanhBackward0"):
        assert name in narrow


def small_net_graph() -> GradientGraph:
    graph = small_net().graph
    assert graph is not None
    return graph


def test_shared_operations_are_drawn_once_and_numbered() -> None:
    nodes = (
        node("AddBackward0", (1, 2), 1.0),
        node("MulBackward0", (3, 3), 2.0),
        node("ExpBackward0", (3,), 2.0),
        node("SinBackward0", (), 4.0),
    )
    text = as_plain(render.graph(GradientGraph(nodes, 4), WIDE))
    assert text.count("● SinBackward0 #1") == 1
    assert text.count("↺ SinBackward0 #1") == 2


def test_signs_and_norms() -> None:
    nodes = (
        node("SubBackward0", (1, 2), 1.0),
        node("", (), -3.5, path="b"),
        node("MmBackward0", norm=2.5, shape=(2, 2)),
    )
    text = as_plain(render.graph(GradientGraph(nodes, 3), WIDE))
    assert " -3.5 " in text
    assert " ‖2.5‖ " in text


def test_a_graph_too_large_says_how_large() -> None:
    assert (
        as_plain(render.graph(GradientGraph((), 12345), WIDE)) == "The graph has 12,345 nodes: too many to draw."
    )


def test_a_loop_shows_its_curves_and_that_it_runs() -> None:
    text = as_plain(render.gradients(small_net(), WIDE))
    assert "ran 200 times  ● running" in text
    assert "loss 2.31 → 0.04426   200 values, log axis" in text
    assert "‖grad‖ 3 █" in text


def test_a_falling_curve_falls() -> None:
    rows = as_plain(curve([10.0 - i for i in range(10)], Look(20), "loss")).split("\n")[1:]
    braille = [[i for i, c in enumerate(row) if "\u2800" < c <= "\u28ff"] for row in rows]
    starts = [cells[0] for cells in braille]
    assert starts == sorted(starts)
    assert starts[0] < starts[-1]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], "loss  no values yet"),
        ([2.5], "loss 2.5"),
        ([1.0, 2.0, 3.0], "loss 1 ▁▅█ 3"),
        ([1.0, math.nan], "loss 1 ▅! nan"),
        ([2.0, 2.0], "loss 2 ▅▅ 2"),
    ],
)
def test_one_line_curves(values: list[float], text: str) -> None:
    assert as_plain(curve(values, Look(40, 1), "loss")) == text


def test_a_thinned_sparkline_keeps_first_and_last() -> None:
    line = sparkline([0.0, *[5.0] * 100, 10.0], 10, Look(40))
    assert (len(line), line[0], line[-1]) == (10, "▁", "█")


def test_curves_say_when_values_were_not_finite() -> None:
    assert "NaN or Inf" in curve([1.0, math.nan, 2.0, 3.0], Look(40), "loss").plain


def test_a_graph_of_an_earlier_call_says_which() -> None:
    snapshot = gradients(
        [leaf("w", (), [1.0], [1.0])], GradientGraph((node("AccumulateGrad", (), 1.0, path="w"),), 1)
    )
    late = replace(snapshot, step=88)
    assert "graph, call 1" in as_plain(render.gradients(late, WIDE))
    assert "graph, call" not in as_plain(render.gradients(snapshot, WIDE))
