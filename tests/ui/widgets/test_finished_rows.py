"""Kept rows must be those that Textual would have made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.text import Text
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tests.ui.widgets.test_transcript import numbered, shown
from tests.ui.widgets.waiting import until
from tutor.ui.widgets.finished_rows import FinishedRows
from tutor.ui.widgets.transcript import Transcript


def _select(transcript: Transcript) -> None:
    transcript.screen.selections = {transcript: Selection(None, None)}


def _is_plain(transcript: Transcript) -> bool:
    """Whether the lines in view are those that Textual makes without anything kept."""
    crop = Region(0, 0, transcript.size.width, transcript.size.height)
    kept = transcript.render_lines(crop)
    transcript._styles_cache.clear()
    plain = ScrollView.render_lines(transcript, crop)
    return [list(strip) for strip in kept] == [list(strip) for strip in plain]


CHANGES: tuple[Callable[[Transcript], object], ...] = (
    lambda transcript: None,  # nothing
    lambda transcript: transcript.write(numbered(0, 30), "stdout"),  # many lines
    lambda transcript: transcript.write(numbered(50, 53), "stdout"),  # more lines
    lambda transcript: transcript.write("half", "stdout"),  # an unfinished line
    lambda transcript: transcript.write("\rhalf again", "stderr"),  # one overwritten
    lambda transcript: transcript.add_source(7, "for i in x:\n    print(i)"),  # a cell
    lambda transcript: transcript.mark_time("1.2 s"),  # its time
    lambda transcript: transcript.scroll_to(y=5, animate=False),  # scrolled up
    lambda transcript: transcript.add_lines([Text("later", "red")]),  # news below
    _select,  # selected
    lambda transcript: transcript.screen.clear_selection(),  # no longer selected
    lambda transcript: transcript.action_go_to_end(),  # back at the end
    lambda transcript: setattr(transcript.app, "theme", "textual-light"),  # another theme
    lambda transcript: transcript.clear(),  # cleared
)


async def test_every_line_is_the_one_that_textual_makes() -> None:
    async with shown() as (transcript, pilot):
        for change in CHANGES:
            change(transcript)
            # A theme, for one, is in force only some messages later.
            await pilot.pause()
            await until(pilot, lambda: _is_plain(transcript))


@pytest.fixture
def rendered() -> list[Region]:
    return []


def _lines(rows: FinishedRows, contents: dict[int, tuple[int, object]], rendered: list[Region]) -> list[Strip]:
    def render(region: Region) -> list[Strip]:
        rendered.append(region)
        return [Strip.blank(y) for y in region.line_range]

    return rows.lines(Region(0, 0, 9, len(contents) + 1), contents.get, render)


def test_only_what_is_new_is_rendered_in_runs(rendered: list[Region]) -> None:
    rows, old = FinishedRows(8), object()
    _lines(rows, {y: (y, old) for y in range(5)}, rendered)
    rendered.clear()
    contents: dict[int, tuple[int, object]] = {y: (y, old) for y in range(5)}
    contents[1] = (1, object())
    contents[2] = (2, object())
    strips = _lines(rows, contents, rendered)
    assert rendered == [Region(0, 1, 9, 2), Region(0, 5, 9, 1)]
    assert [strip.cell_length for strip in strips] == list(range(6))


def test_rows_of_another_width_are_made_anew(rendered: list[Region]) -> None:
    rows, content = FinishedRows(8), object()

    def render(region: Region) -> list[Strip]:
        rendered.append(region)
        return [Strip.blank(region.width)]

    for width in (9, 9, 8):
        (strip,) = rows.lines(Region(0, 0, width, 1), lambda y: (y, content), render)
        assert strip.cell_length == width
    assert len(rendered) == 2
