"""Which lines belong to which cell, whatever drops off at the top."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.ui.widgets.test_transcript import numbered, shown
from tests.ui.widgets.waiting import painted, until
from tutor.ui.widgets.cells import CellPlace, CellPlaces
from tutor.ui.widgets.ring import Ring
from tutor.ui.widgets.transcript import Transcript


@dataclass
class Model:
    """Every line ever written, with the number of the cell it belongs to."""

    owners: list[int] = field(default_factory=list)
    cells: int = 0


class Lines(RuleBasedStateMachine):
    """A ring and its places against a list that forgets nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = Ring(limit=20)
        self.places = CellPlaces()
        self.model = Model()

    @rule(lines=st.integers(1, 5))
    def run(self, lines: int) -> None:
        self.model.cells += 1
        self._write(lines)
        end = self.ring.dropped + len(self.ring)
        self.places.add(CellPlace(self.model.cells, "", end - lines, end), self.ring.dropped)

    @rule(lines=st.integers(0, 5))
    def prints(self, lines: int) -> None:
        self._write(lines)

    @rule()
    def trim(self) -> None:
        self.ring.trim()

    def _write(self, lines: int) -> None:
        for _ in range(lines):
            self.ring.append("x")
            self.model.owners.append(self.model.cells)

    @invariant()
    def every_kept_line_knows_its_cell(self) -> None:
        for serial in range(self.ring.dropped, len(self.model.owners)):
            place = self.places.at(serial)
            assert (place.number if place else 0) == (self.model.owners[serial] or bool(self.model.cells))

    @invariant()
    def stepping_visits_every_kept_cell_once(self) -> None:
        kept = sorted({owner for owner in self.model.owners[self.ring.dropped :] if owner})
        place = self.places.at(len(self.model.owners))
        seen = []
        while place is not None and place.number not in seen:
            seen.append(place.number)
            end = self.places.end(place)
            assert (len(self.model.owners) if end is None else end) >= place.body
            place = self.places.next_to(place, -1, self.ring.dropped)
        assert seen == kept[::-1]


TestLines = Lines.TestCase


def fill(transcript: Transcript) -> None:
    for number, source, output in ((1, "a = 1", ""), (2, "for i in x:\n    i", "one\ntwo\n"), (3, "c", "three")):
        transcript.add_source(number, source)
        transcript.write(output, "stdout")
    transcript.note("Stopped.", "info")


def marked(transcript: Transcript) -> list[str]:
    """The rows that are painted as chosen."""
    plain = transcript.render_line(transcript.size.height - 1)
    blank = next(iter(plain)).style
    assert blank is not None
    rows = []
    for y in range(transcript.size.height):
        strip = transcript.render_line(y)
        last = [segment for segment in strip if segment.text][-1]
        if last.style and last.style.bgcolor != blank.bgcolor:
            rows.append(strip.text.rstrip())
    return rows


async def test_brackets_choose_cells_and_mark_them() -> None:
    async with shown(height=12) as (transcript, pilot):
        fill(transcript)
        await until(pilot, lambda: "· Stopped." in painted(transcript))
        await pilot.press("left_square_bracket")
        assert marked(transcript) == ["[3]▌c", "three", "· Stopped."]
        await pilot.press("K")
        assert marked(transcript) == ["[2]▌for i in x:", "   ▌    i", "one", "two"]
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert marked(transcript) == ["[1]▌a = 1"]
        await pilot.press("J", "right_square_bracket", "J")
        assert marked(transcript)[0] == "[3]▌c"
        transcript.write("\nmore\n", "stdout")
        await until(pilot, lambda: "more" in marked(transcript))
        transcript.add_source(4, "d")
        await until(pilot, lambda: "[4] d" in painted(transcript))
        assert marked(transcript)[0] == "[3]▌c"


async def test_code_and_output_are_copied_as_they_are() -> None:
    async with shown(height=12) as (transcript, pilot):
        fill(transcript)
        await until(pilot, lambda: "· Stopped." in painted(transcript))
        await pilot.press("K", "K", "y")
        assert pilot.app.clipboard == "for i in x:\n    i"
        await pilot.press("Y")
        assert pilot.app.clipboard == "one\ntwo"
        await pilot.press("J", "Y")
        assert pilot.app.clipboard == "three"
        await pilot.press("K", "K", "Y")
        assert pilot.app.clipboard == "three"


async def test_without_a_chosen_cell_the_letters_are_the_screens() -> None:
    async with shown() as (transcript, pilot):
        fill(transcript)
        for key in ("y", "Y", "r", "e", "enter", "escape"):
            await pilot.press(key)
        assert getattr(pilot.app, "letters") == ["y", "Y", "r", "e", "enter", "escape"]  # noqa: B009
        await pilot.press("K")
        transcript.screen.set_focus(None)
        await until(pilot, lambda: transcript.chosen is None)


async def test_a_cell_out_of_sight_is_scrolled_to() -> None:
    async with shown(height=6) as (transcript, pilot):
        transcript.add_source(1, "first")
        transcript.write(numbered(0, 30), "stdout")
        transcript.add_source(2, "second")
        transcript.write("end\n", "stdout")
        await until(pilot, lambda: painted(transcript)[-1] == "end")
        await pilot.press("K", "K")
        await until(pilot, lambda: painted(transcript)[0] == "[1]▌first")
        await pilot.press("J")
        await until(pilot, lambda: painted(transcript)[-1] == "end")


async def test_a_flood_leaves_the_cells_that_have_lines_left() -> None:
    async with shown(height=6, limit=100) as (transcript, pilot):
        transcript.add_source(1, "gone")
        transcript.add_source(2, "for n in range(10**6):\n    print(n)")
        transcript.write(numbered(0, 3_000), "stdout")
        await until(pilot, lambda: painted(transcript)[-1] == "line 2999")
        await pilot.press("K", "K", "y")
        assert pilot.app.clipboard == "for n in range(10**6):\n    print(n)"
        await pilot.press("Y")
        assert pilot.app.clipboard.splitlines() == [f"line {n}" for n in range(2_900, 3_000)]
        transcript.clear()
        assert transcript.chosen is None
        await pilot.press("K")
        assert transcript.chosen is None
