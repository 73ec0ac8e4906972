"""The training runs of the session: a table, and the losses of those that were chosen in one drawing."""

from __future__ import annotations

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Static

from tutor.render.look import Look
from tutor.render.run_curves import overlay
from tutor.render.runs import MARKS, RunLine, runs_table
from tutor.render.steering import runs_line
from tutor.session.runs import Kept, Runs
from tutor.ui.panes.pane import Canvas
from tutor.ui.run_export import export
from tutor.ui.widgets.keys import OwnKeys

_NOTHING = """\
No training runs yet.

Every loop that trains is kept here until you leave, with its losses and figures: to compare up to four, \
to name them, to write them as CSV, as a picture and for TensorBoard."""


class _List(Canvas, inherit_bindings=False):
    """The table; arrows move the cursor in it."""


class RunsView(OwnKeys, Vertical):
    """The list, with a cursor; it keeps which runs are drawn."""

    BINDINGS = [
        Binding("up", "move(-1)", "Run above", show=False),
        Binding("down", "move(1)", "Run below", show=False),
        Binding("enter", "mark", "Draw it or not", show=False),
        Binding("n", "name", "Name it", show=False),
        Binding("w", "write", "Write files", show=False),
        Binding("escape", "leave_name", "Leave its name", show=False),
    ]

    class Named(Message):
        """A run is to be called something else."""

        def __init__(self, number: int, name: str) -> None:
            super().__init__()
            self.number = number
            self.name = name

    class Said(Message):
        """Something for the person to read."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def __init__(self) -> None:
        super().__init__(id="training-runs")
        self._runs = Runs()
        self._chosen = 0
        self._marked: tuple[int, ...] = ()
        self._naming = False

    def compose(self) -> ComposeResult:
        yield Input(id="training-name", placeholder="name of the run", compact=True)
        with _List(id="training-runs-list", can_focus=True):
            yield Static(id="training-runs-table", markup=False)
        with Canvas(id="training-runs-scroll", can_focus=False):
            yield Static(_NOTHING, id="training-runs-picture", markup=False)
        yield Static(id="training-runs-keys", classes="keys", markup=False)

    def on_mount(self) -> None:
        self._name_shown(False)

    def on_canvas_resized(self, event: Canvas.Resized) -> None:
        event.stop()
        self.draw()

    def show(self, runs: Runs) -> None:
        """Show these."""
        known = {kept.number for kept in runs.kept}
        newest = runs.kept[-1].number if runs.kept else 0
        # The cursor follows the newest run until it is moved.
        was_newest = not self._runs.kept or self._chosen == self._runs.kept[-1].number
        self._runs = runs
        self._marked = tuple(number for number in self._marked if number in known)
        if was_newest or self._chosen not in known:
            self._chosen = newest
        self.draw()

    def has(self, runs: Runs) -> bool:
        """Whether these are what it shows."""
        return runs is self._runs

    def take_focus(self) -> None:
        self.query_one(_List).focus()

    def action_move(self, runs: int) -> None:
        self._unless_naming()
        numbers = [kept.number for kept in self._newest_first]
        if numbers:
            place = numbers.index(self._chosen) + runs
            self._chosen = numbers[min(max(place, 0), len(numbers) - 1)]
            self.draw()

    def action_mark(self) -> None:
        self._unless_naming()
        if self._chosen in self._marked:
            self._marked = tuple(number for number in self._marked if number != self._chosen)
        elif self._chosen and len(self._marked) < len(MARKS):
            self._marked = (*self._marked, self._chosen)
        elif self._chosen:
            self.post_message(self.Said("At most four runs are drawn; Enter on one takes it out."))
        self.draw()

    def action_name(self) -> None:
        self._unless_naming()
        kept = self._runs.number(self._chosen)
        if kept is not None:
            self._name_shown(True)
            field = self.query_one(Input)
            field.value = kept.name
            field.focus()

    def action_leave_name(self) -> None:
        if not self._naming:
            raise SkipAction
        self._name_shown(False)
        self.take_focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Named(self._chosen, event.value))
        self.action_leave_name()

    async def action_write(self) -> None:
        self._unless_naming()
        lines = self._drawn()
        if lines:
            try:
                self.post_message(self.Said(await export(lines)))
            except OSError as error:
                self.post_message(self.Said(f"The runs could not be written: {error.strerror} ({error.filename})"))

    def _unless_naming(self) -> None:
        if self._naming:
            raise SkipAction

    def _name_shown(self, shown: bool) -> None:
        self._naming = shown
        self.query_one(Input).display = shown
        self.draw()

    @property
    def _newest_first(self) -> tuple[Kept, ...]:
        return self._runs.kept[::-1]

    def _line(self, kept: Kept) -> RunLine:
        mark = MARKS[self._marked.index(kept.number)] if kept.number in self._marked else ""
        return RunLine(kept.name, kept.training, kept.seconds, mark, kept.paths, kept.looks)

    def _drawn(self) -> list[RunLine]:
        """Those that are marked, or else the chosen one."""
        if self._marked:
            return [self._line(kept) for number in self._marked if (kept := self._runs.number(number))]
        kept = self._runs.number(self._chosen)
        return [RunLine(kept.name, kept.training, kept.seconds, MARKS[0], kept.paths, kept.looks)] if kept else []

    def draw(self) -> None:
        """Everything anew, if it is seen."""
        if not self.is_mounted or not self.display:
            return
        listed, canvas = self.query_one(_List), self.query_one("#training-runs-scroll")
        listed.display = bool(self._runs.kept)
        self.query_one("#training-runs-keys", Static).update(runs_line(self._naming, self.size.width))
        picture = self.query_one("#training-runs-picture", Static)
        if not self._runs.kept:
            picture.update(_NOTHING)
            return
        look = Look(width=max(listed.scrollable_content_region.width, 24))
        lines = [self._line(kept) for kept in self._newest_first]
        place = next((n for n, kept in enumerate(self._newest_first) if kept.number == self._chosen), 0)
        table = runs_table(lines, place, look)
        self.query_one("#training-runs-table", Static).update(table)
        self._keep_in_sight(listed, table.plain.split("\n"), place)
        room = canvas.scrollable_content_region
        picture.update(overlay(self._drawn(), Look(width=max(room.width, 24), height=max(room.height, 4))))

    def _keep_in_sight(self, listed: Canvas, lines: list[str], place: int) -> None:
        at = place * len(lines) // max(len(self._runs.kept), 1)
        top, height = listed.scroll_offset.y, max(listed.size.height, 1)
        if not top <= at < top + height - 1:
            listed.scroll_to(y=max(at - height // 2, 0), animate=False)
