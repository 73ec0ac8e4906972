"""Choosing a cell in the transcript: to edit it, to run it again, to copy it or what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.actions import SkipAction
from textual.message import Message

from tutor.ui.widgets.cells import CellPlace, CellPlaces

if TYPE_CHECKING:
    from textual.scroll_view import ScrollView

    from tutor.ui.widgets.ring import Ring

    _Base = ScrollView
else:
    _Base = object

_NOTES = {"info", "good", "warn", "bad"}
_COPY_UP_TO = 500_000
"""Characters; a terminal takes a copy as one escape sequence, and drops those that are too long."""
_HELP = "Enter edits it, r runs it, y copies it, Y its output, Esc leaves."


class CellRequested(Message, namespace="transcript"):
    """Edit or run the source of an earlier cell."""

    def __init__(self, source: str, *, run: bool) -> None:
        super().__init__()
        self.source = source
        self.run = run


class Told(Message, namespace="transcript"):
    """A line for the person; empty takes it away."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Left(Message, namespace="transcript"):
    """The person wants to go back to the prompt."""


class CellKeys(_Base):
    """Mixin of the transcript. Without a chosen cell its keys are the screen's."""

    if TYPE_CHECKING:
        _ring: Ring

        def _cells_changed(self) -> None: ...

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.places = CellPlaces()
        self.chosen: CellPlace | None = None
        self.cleared = False
        """Whether there were cells once that the person has cleared away."""

    def _add_cell(self, number: int, source: str, lines: int) -> None:
        """The last ``lines`` lines are the source of a cell."""
        end = self._ring.dropped + len(self._ring)
        self.places.add(CellPlace(number, source, end - lines, end), self._ring.dropped)

    def _is_chosen(self, serial: int) -> bool:
        if self.chosen is None or serial < self.chosen.first:
            return False
        end = self.places.end(self.chosen)
        return end is None or serial < end

    def action_choose_cell(self, direction: int) -> None:
        ring = self._ring
        if self.chosen is None:
            bottom = ring.first_row + int(self.scroll_offset.y) + self.size.height - 1
            chosen = self.places.at(ring.dropped + ring.locate(bottom)[0])
        else:
            chosen = self.places.next_to(self.chosen, direction, ring.dropped)
        if chosen is None:
            cleared = "Nothing to choose: the transcript was cleared. Up brings your cells back."
            self.post_message(Told(cleared if self.cleared else "No cell has run here yet."))
            self.post_message(Left())
            return
        self.chosen = chosen
        self._show_chosen(chosen)
        self.post_message(Told(f"[{chosen.number}] is chosen. {_HELP}"))

    def _show_chosen(self, chosen: CellPlace) -> None:
        """Scroll as little as shows the first of its rows, and if there is room the last."""
        ring = self._ring
        end = self.places.end(chosen)
        first = ring.row_of(chosen.first) - ring.first_row
        last = (ring.end_row if end is None else ring.row_of(end)) - ring.first_row - 1
        top, height = int(self.scroll_offset.y), self.size.height
        wanted = min(max(top, last - height + 1), first)
        if wanted != top:
            self.scroll_to(y=wanted, animate=False)
        self._cells_changed()

    def let_go(self) -> None:
        """No cell is chosen."""
        if self.chosen is not None:
            self.chosen = None
            self._cells_changed()

    def _on_blur(self, _event: events.Blur) -> None:
        if self.chosen is not None:
            self.let_go()
            self.post_message(Told(""))

    def _the_chosen(self) -> CellPlace:
        if self.chosen is None:
            raise SkipAction
        return self.chosen

    def action_edit_cell(self) -> None:
        self.post_message(CellRequested(self._the_chosen().source, run=False))

    def action_run_cell(self) -> None:
        self.post_message(CellRequested(self._the_chosen().source, run=True))

    def action_leave_cell(self) -> None:
        self._the_chosen()
        self.post_message(Left())

    def action_copy_cell(self) -> None:
        chosen = self._the_chosen()
        self._copy(chosen.source, f"the code of [{chosen.number}]")

    def action_copy_output(self) -> None:
        chosen = self._the_chosen()
        text = self.output_of(chosen)
        what = f"the output of [{chosen.number}]"
        if chosen.body < self._ring.dropped:
            what += ", less its first lines, which were dropped"
        if text:
            self._copy(text, what)
        else:
            self.post_message(Told(f"[{chosen.number}] has no output."))

    def output_of(self, place: CellPlace) -> str:
        """What came of a cell, as far as it is kept, without the tutor's own remarks."""
        ring = self._ring
        end = self.places.end(place)
        first = max(0, place.body - ring.dropped)
        last = len(ring) if end is None else end - ring.dropped
        lines = (ring[index] for index in range(first, last))
        return "\n".join(line.plain() for line in lines if line.kind not in _NOTES)

    def _copy(self, text: str, what: str) -> None:
        if len(text) > _COPY_UP_TO:
            what = f"the first {_COPY_UP_TO:,} of {len(text):,} characters of {what}"
        self.app.copy_to_clipboard(text[:_COPY_UP_TO])
        lines = text.count("\n") + 1
        self.post_message(Told(f"Copied {what}" + (f", {lines:,} lines." if lines > 1 else ".")))
