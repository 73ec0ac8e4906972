"""Words are typed, and every place in the lessons that holds them is listed; Enter opens one."""

from __future__ import annotations

import asyncio
import contextlib
from typing import NamedTuple

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Lesson
from tutor.lesson.problems import LessonError
from tutor.lesson.search import MOST, Index
from tutor.lesson.state import title_of
from tutor.progress import Bookmark, Progress
from tutor.render.found import found_place
from tutor.texts import _, plural


class Chosen(NamedTuple):
    """A lesson to open, at a step or where the learner stopped."""

    lesson: Lesson
    step: str | None


class SearchScreen(ModalScreen["Chosen | None"]):
    """Dismissed with what Enter was pressed on."""

    BINDINGS = [
        Binding("escape", "dismiss", "Close"),
        Binding("down,ctrl+n", "move(1)", "Down", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", "Up", show=False, priority=True),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True),
    ]
    CSS_PATH = ["../styles/help.tcss", "../styles/searching.tcss"]

    def __init__(self, catalogue: Catalogue, progress: Progress, current: str = "") -> None:
        """``current`` is the id of the lesson that is open, if one is."""
        super().__init__()
        self._catalogue = catalogue
        self._known = progress.all_steps()
        self._bookmarks = progress.bookmarks()
        self._current = current
        self._index = Index(lambda lesson, step: self._known.get((lesson, step), (False, 0)))
        self._taken = 0
        self._places: list[Chosen] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="help") as box:
            box.border_title = _("Search all lessons")
            yield Input(placeholder=_("words from a title, a text or code"), id="search-words", compact=True)
            yield Static(id="search-count", markup=False)
            yield OptionList(id="search-places", classes="places", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._list()
        self.run_worker(self._take_in(), exclusive=True)

    async def _take_in(self) -> None:
        """Read the lessons; what has been typed meanwhile is looked for in those that are in."""
        for entry in self._catalogue.entries:
            with contextlib.suppress(LessonError):  # it was there when the list was made
                self._index.add(self._catalogue.lesson(entry.id))
            self._taken += 1
            await asyncio.sleep(0)
        self._list()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._list()

    def on_resize(self, _event: events.Resize) -> None:
        self.call_after_refresh(self._list)

    def _list(self) -> None:
        query = self.query_one(Input).value
        places = self.query_one(OptionList)
        width = places.scrollable_content_region.width - 1
        if not query.strip():
            self._show(*self._marked())
            return
        found = self._index.find(query)
        rows = [
            (
                Chosen(place.lesson, place.step.id if place.step is not None else None),
                found_place(place, found.words, width),
            )
            for place in found.places
        ]
        count = plural("{n} place", "{n} places", found.total).format(n=f"{found.total:,}")
        if found.total > MOST:
            count += _(", the first {n} of them here: another word narrows it").format(n=MOST)
        elif not found.total:
            count = _("Nothing has all of these. Fewer words, or a part of one, find more.")
        if self._taken < (total := len(self._catalogue.entries)):
            count += "   " + _("reading {n} of {total} lessons …").format(n=f"{self._taken:,}", total=f"{total:,}")
        self._show(count, rows)

    def _marked(self) -> tuple[str, list[tuple[Chosen, Text]]]:
        """What there is before anything was typed: the bookmarks."""
        marked = [mark.lesson for mark in self._bookmarks]
        lessons = {lesson.id: lesson for lesson in self._catalogue.some(marked)}
        rows = [row for mark in self._bookmarks if (row := _bookmark(mark, lessons))]
        words = _("Titles, objectives, texts, code; the hints you took and the solutions of steps you have done.")
        return (words if not rows else _("Your bookmarks. Type to search all lessons.")), rows

    def _show(self, count: str, rows: list[tuple[Chosen, Text]]) -> None:
        self._places = [chosen for chosen, _row in rows]
        places = self.query_one(OptionList)
        places.clear_options()
        places.add_options(Option(text) for _chosen, text in rows)
        places.highlighted = 0 if rows else None
        self.query_one("#search-count", Static).update(Text(count, style="dim"))
        self._tell()

    def _tell(self) -> None:
        """What Enter would do here."""
        at = self.query_one(OptionList).highlighted
        if at is None:
            self.query_one("#help").border_subtitle = _("Esc closes")
            return
        away = self._current and self._places[at].lesson.id != self._current
        enter = _("Enter leaves this lesson for it") if away else _("Enter opens it")
        self.query_one("#help").border_subtitle = f"{_('Up, Down choose')}   {enter}   {_('Esc closes')}"

    def on_option_list_option_highlighted(self) -> None:
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(OptionList).action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._places[event.option_index])

    def action_move(self, rows: int) -> None:
        places = self.query_one(OptionList)
        if rows > 0:
            places.action_cursor_down()
        else:
            places.action_cursor_up()

    def action_page(self, pages: int) -> None:
        places = self.query_one(OptionList)
        if pages > 0:
            places.action_page_down()  # type: ignore[no-untyped-call]
        else:
            places.action_page_up()  # type: ignore[no-untyped-call]


def _bookmark(mark: Bookmark, lessons: dict[str, Lesson]) -> tuple[Chosen, Text] | None:
    lesson = lessons.get(mark.lesson)
    steps = {step.id: (number, step) for number, step in enumerate(lesson.steps, 1)} if lesson else {}
    if lesson is None or mark.step not in steps:
        return None
    number, step = steps[mark.step]
    row = Text.assemble(("★ ", "yellow"), lesson.title, (" · ", "dim"), (f"{number} {title_of(step)}", "bold"))
    return Chosen(lesson, step.id), row
