"""Whatever a snapshot holds: no picture is too wide, none raises, names are shown, markup stays text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.render import strategies as some
from tests.render.samples import detail, facts, gradients, leaf, node
from tutor.protocol.gradients import GradientGraph
from tutor.render.checks import check_feedback, checklist
from tutor.render.code import error_report, python_source
from tutor.render.curves import curve
from tutor.render.devices import device_line, device_report
from tutor.render.drawings import View, drawing
from tutor.render.gradients import gradients as gradient_text
from tutor.render.gradients import graph, leaves_table
from tutor.render.lines import clean
from tutor.render.look import Look
from tutor.render.tensors import identity, tensor_row, tensor_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from tutor.explain import Explanation
    from tutor.protocol.devices import DeviceSnapshot
    from tutor.protocol.failures import ErrorReport
    from tutor.protocol.gradients import GradientGraph, GradientSnapshot
    from tutor.protocol.snapshots import TensorDetail, TensorFacts
    from tutor.protocol.verdicts import CheckResult

EXAMPLES = int(os.environ.get("TUTOR_EXAMPLES", "50"))
bounded = settings(deadline=None, max_examples=EXAMPLES)


def assert_fits(text: Text, look: Look) -> None:
    for line in text.plain.split("\n"):
        assert cell_len(line) <= look.width, line
    assert text.spans == [span for span in text.spans if 0 <= span.start <= span.end <= len(text.plain)]
    if not look.colour:
        colours = [
            span.style.color or span.style.bgcolor for span in text.spans if not isinstance(span.style, str)
        ]
        assert not any(colours)
    if not look.unicode:
        assert text.plain.isascii()


@bounded
@given(some.tensor_facts(), some.looks)
def test_identity_fits_and_names_the_tensor(tensor: TensorFacts, look: Look) -> None:
    text = identity(tensor, look)
    assert_fits(text, look)
    assert clean(tensor.path, look)[:4] in text.plain


@bounded
@given(st.lists(some.tensor_facts(), max_size=6), some.looks)
def test_rows_fit_one_line_each_and_name_the_tensor(tensors: list[TensorFacts], look: Look) -> None:
    rows = tensor_rows(tensors, look)
    assert len(rows) == len(tensors)
    for tensor, row in zip(tensors, rows, strict=True):
        assert_fits(row, look)
        assert "\n" not in row.plain
        start = clean(tensor.path, look)[:2]
        assert start in row.plain or cell_len(start) > 2


@bounded
@given(some.details(), some.looks, some.views)
def test_drawings_fit(shown: TensorDetail, look: Look, view: View) -> None:
    text = drawing(shown, look, view)
    assert_fits(text, look)
    assert clean(shown.facts.path, look)[:4] in text.plain


@bounded
@given(some.gradient_snapshots, some.looks)
def test_gradients_fit(snapshot: GradientSnapshot, look: Look) -> None:
    assert_fits(gradient_text(snapshot, look), look)
    table = leaves_table(snapshot, look)
    assert_fits(table, look)
    for shown in snapshot.leaves:
        assert clean(shown.path, look)[:2] in table.plain


@bounded
@given(some.graphs(), some.looks)
def test_graphs_fit_and_draw_every_reachable_node_once(tree: GradientGraph, look: Look) -> None:
    text = graph(tree, look)
    assert_fits(text, look)
    reached: set[int] = set()
    waiting = [0] if tree.nodes else []
    while waiting:
        at = waiting.pop()
        if at not in reached:
            reached.add(at)
            waiting += [i for i in tree.nodes[at].inputs if 0 <= i < len(tree.nodes)]
    key = text.plain.rfind(f"{look.glyphs.node} operation")
    drawn = text.plain[:key].split("\n")[1:-1]
    again = sum(f"{look.glyphs.again} " in line for line in drawn)
    if look.unicode:
        assert len(drawn) - again == len(reached)


@pytest.mark.parametrize("width", [24, 40, 80])
def test_a_chain_of_a_thousand_nodes_is_drawn(width: int) -> None:
    nodes = tuple(node("AddBackward0", (i + 1,) if i < 999 else (), 1.0) for i in range(1000))
    look = Look(width)
    text = graph(GradientGraph(nodes, 1000), look)
    assert_fits(text, look)
    assert text.plain.count("AddBackward0"[:6]) == 1000


@bounded
@given(st.lists(some.floats, max_size=200), some.looks, some.texts)
def test_curves_fit(values: list[float], look: Look, label: str) -> None:
    assert_fits(curve(values, look, label), look)


@bounded
@given(some.device_snapshots, some.looks)
def test_devices_fit(devices: DeviceSnapshot | None, look: Look) -> None:
    line = device_line(devices, look)
    assert_fits(line, look)
    assert "\n" not in line.plain
    assert_fits(device_report(devices, look), look)


@bounded
@given(some.texts, some.looks)
def test_source_fits_and_keeps_every_character(source: str, look: Look) -> None:
    lines = python_source(source, look, ">>> ", "    ")
    for line in lines:
        assert_fits(line, look)
    shown = "".join(line.plain[4:] for line in lines)
    assert shown.replace(" ", "") == clean(source, look).replace(" ", "")


@bounded
@given(st.lists(some.reports, max_size=3), some.looks, st.none() | some.explanations, st.just("") | some.texts)
def test_errors_fit(chain: Sequence[ErrorReport], look: Look, told: Explanation | None, more: str) -> None:
    for line in error_report(chain, look, told, more):
        assert_fits(line, look)
        assert "\n" not in line.plain


@bounded
@given(st.lists(some.results, max_size=4), some.looks, some.texts)
def test_checks_fit(results: list[CheckResult], look: Look, mistake: str) -> None:
    assert_fits(checklist(results, look), look)
    assert_fits(check_feedback(results, look, mistake), look)


@pytest.mark.parametrize("colour", [True, False])
def test_markup_in_names_stays_text(colour: bool) -> None:
    look = Look(80, colour=colour)
    name = "d['[red]x[/]']"
    assert name in identity(facts(name), look).plain
    assert name in tensor_row(facts(name), look).plain
    assert name in drawing(detail(name, (2,), [1.0, 2.0]), look).plain
    tree = GradientGraph((node("", (), 1.0, path=name),), 1)
    assert name in graph(tree, look).plain
    assert name in leaves_table(gradients([leaf(name, (), [1.0], [2.0])]), look).plain
