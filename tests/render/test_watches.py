"""Watched expressions as text."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from tests.render.test_bounds import assert_fits
from tutor.protocol.snapshots import Sample, Stats, TensorFacts
from tutor.protocol.watches import WatchLine, WatchRow
from tutor.render.look import Look
from tutor.render.watches import watches

FACTS = TensorFacts(
    "x", "Tensor", "float32", (3,), (1,), 0, "cpu", "strided", False, True, None, False, 12, True, (), ""
)
VALUES = Sample((3,), (0,), (1,), struct.pack("<3d", 1, 2.5, 4))
X = WatchRow("x.mean(0)", "value", "", "Tensor", FACTS, Stats(3, 1, 4, 2.5, 1.2, 0, 0, 0, exact=True), VALUES)


def number(value: float) -> WatchRow:
    return WatchRow("n", "value", str(value), "float", number=value, mark=str(value))


def drawn(*lines: WatchLine, look: Look | None = None) -> str:
    return watches(lines, 0, look or Look(60, 30)).plain


def test_a_number_with_its_step_and_its_course() -> None:
    text = drawn(WatchLine(number(5), "changed", number(2), (1, 2, 5)))
    assert text.startswith("▸ n  5  +3  ")
    assert "▁" in text
    assert "unchanged" in drawn(WatchLine(number(5), "same", number(5), (5, 5)))


def test_a_tensor_with_its_identity_and_values() -> None:
    text = drawn(WatchLine(X, "changed", X))
    assert "x.mean(0)  changed" in text
    assert "f32  [3]  cpu  12 B" in text
    assert "[1, 2.5, 4]" in text


def test_another_form_says_what_it_was() -> None:
    assert "was float" in drawn(WatchLine(X, "type", number(2)))


def test_why_there_is_no_value() -> None:
    assert "not watched" in drawn(WatchLine(WatchRow("x.add_(1)", "refused", "changes its tensor"), "new"))
    assert "too slow" in drawn(WatchLine(WatchRow("f()", "late", "stopped"), "new"))
    assert "NameError" in drawn(WatchLine(WatchRow("q", "error", "NameError: q"), "new"))


def test_the_chosen_one_is_in_view() -> None:
    lines = tuple(WatchLine(WatchRow(f"x{n}", "value", "a\nb", "str"), "new") for n in range(30))
    for cursor in range(30):
        assert f"▸ x{cursor} " in watches(lines, cursor, Look(40, 9)).plain + " "


@given(st.lists(st.builds(number, st.floats()), max_size=4), st.integers(24, 120), st.booleans(), st.booleans())
def test_it_fits(rows: list[WatchRow], width: int, colour: bool, unicode: bool) -> None:
    look = Look(width, 20, colour, unicode)
    lines = [WatchLine(row, "changed", row, (row.number or 0.0, 1.0, 2.0)) for row in rows] + [WatchLine(X, "new")]
    assert_fits(watches(lines, 0, look), look)
