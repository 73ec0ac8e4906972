from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tutor.ui.widgets.lines import Framed, Line, count, starts
from tutor.ui.widgets.ring import Ring

# A joiner between two emoji makes one of them; alone it has no width that terminals agree on.
TEXTS = st.lists(st.sampled_from([*"ab 日é\u0301\t👍", "👩\u200d🚀"]), max_size=60).map("".join)


def rows_of(line: Line, width: int) -> list[str]:
    places = [*starts(line, width), len(line.plain())]
    return [line.plain()[begin:end] for begin, end in pairwise(places)]


@given(TEXTS, st.integers(2, 30))
def test_rows_fit_and_lose_nothing(raw: str, width: int) -> None:
    line = Line(raw, "stdout", Style.null())
    rows = rows_of(line, width)
    assert "".join(rows) == line.plain()
    assert all(cell_len(row) <= width for row in rows)
    assert count(line, width) == count(raw, width) == len(rows)


@given(st.text(alphabet="ab ", max_size=60), st.integers(6, 30))
def test_rows_of_a_remark_end_between_words(raw: str, width: int) -> None:
    line = Framed(raw, "info", "· ", words=True)
    rows = rows_of(line, width)
    assert "".join(rows) == line.plain()
    for row, following in pairwise(rows):
        assert row.endswith(" ") or " " not in row or following.startswith(" ")


def test_an_aside_takes_a_row_of_its_own_only_where_it_must() -> None:
    line = Framed("x" * 10, "source", "[1] ")
    line.aside = "12 ms"
    assert count(line, 21) == 1
    assert count(line, 20) == 2


@given(st.lists(st.text("ab", max_size=12), max_size=40), st.integers(1, 10), st.integers(1, 8))
def test_every_row_belongs_to_the_line_it_shows(texts: list[str], limit: int, width: int) -> None:
    ring = Ring(limit)
    for text in texts:
        ring.append(text)
        ring.layout(width)
    kept = texts[-limit:]
    assert [ring[n].plain() for n in range(len(ring))] == kept
    assert ring.dropped == len(texts) - len(kept)
    assert ring.rows == sum(max(1, -(-len(text) // width)) for text in kept)
    rows = [ring.locate(row) for row in range(ring.first_row, ring.end_row)]
    assert rows == [(n, part) for n, text in enumerate(kept) for part in range(max(1, -(-len(text) // width)))]


def test_rows_keep_their_numbers_while_lines_drop_off() -> None:
    ring = Ring(3)
    ring.extend(["a", "bb", "ccc"])
    ring.layout(2)
    number = ring.row_of(2)
    ring.extend(["d", "e"])
    ring.layout(2)
    assert ring[ring.locate(number)[0]].plain() == "ccc"
    assert (ring.dropped, ring.first_row) == (2, 2)


def test_a_changed_line_is_measured_again() -> None:
    ring = Ring()
    line = Framed("x", "source", "")
    ring.append(line)
    ring.append("next")
    ring.layout(10)
    line.raw = "x" * 25
    ring.changed(0)
    ring.layout(10)
    assert ring.rows == 4


@given(st.lists(st.text("ab日", max_size=12), min_size=1, max_size=6), st.integers(2, 8))
def test_everything_is_extracted_as_it_was_before_wrapping(texts: list[str], width: int) -> None:
    ring = Ring()
    ring.extend(texts)
    ring.layout(width)
    assert ring.extract((ring.first_row, 0), (ring.end_row, 0)) == "\n".join(texts)


def test_extracting_leaves_the_gutter_out_and_joins_wrapped_rows() -> None:
    ring = Ring()
    ring.append(Framed("abcdefgh", "source", "[1] "))
    ring.append(Framed("second", "source", "    "))
    ring.append(Line(Text("third"), "text", Style.null()))
    ring.layout(8)
    assert ring.extract((0, 2), (2, 6)) == "abcdefgh\nse"
    assert ring.extract((1, 5), (2, 5)) == "fgh\ns"


@given(st.text(alphabet="ab ", max_size=60), st.integers(6, 30), st.sampled_from(["stderr", "text"]))
def test_rows_of_what_people_wrote_end_between_words_too(raw: str, width: int, kind: str) -> None:
    rows = rows_of(Line(raw, kind, Style.null()), width)
    assert "".join(rows) == raw
    assert all(len(row) <= width for row in rows)
    for row, following in pairwise(rows):
        assert row.endswith(" ") or " " not in row.strip() or following.startswith(" ")
