"""What the terms mean: those of the step, then all; each with a line of code and the lesson that teaches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.explain.topics import TOPICS
from tutor.lesson.glossary import Glossary, Term
from tutor.lesson.model import Lesson
from tutor.render.code import python_source
from tutor.render.found import with_marks
from tutor.render.look import Look
from tutor.render.prose import prose
from tutor.texts import _


class Wish(NamedTuple):
    """What is to be done after the glossary: try the example, or open the lesson."""

    example: str = ""
    lesson: Lesson | None = None


class GlossaryScreen(ModalScreen["Wish | None"]):
    """Enter takes the example to the prompt, F8 opens the lesson, Esc goes back."""

    BINDINGS = [
        Binding("escape", "dismiss", "Close"),
        Binding("down,ctrl+n", "move(1)", "Down", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", "Up", show=False, priority=True),
        Binding("pagedown", "read_on(1)", "Read on", show=False, priority=True),
        Binding("pageup", "read_on(-1)", "Back", show=False, priority=True),
        Binding("f8", "open_lesson", "Lesson", show=False, priority=True),
    ]
    CSS_PATH = ["../styles/help.tcss", "../styles/searching.tcss"]

    def __init__(
        self,
        glossary: Glossary,
        near: Sequence[Term],
        chosen: Term | None,
        taught: Callable[[Term], Lesson | None],
    ) -> None:
        """``near``: terms of the step; ``chosen``: that under the cursor; ``taught`` finds a term's lesson."""
        super().__init__()
        self._glossary = glossary
        self._near = near
        self._chosen = chosen
        self._taught = taught
        self._rows: list[Term | None] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="help") as box:
            box.border_title = _("Glossary")
            yield Input(placeholder=_("type a part of a term"), id="glossary-word", compact=True)
            yield OptionList(id="glossary-list", classes="places", markup=False)
            with VerticalScroll(id="glossary-story", can_focus=False):
                yield Static(id="glossary-text", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self._list(self._chosen)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._list(None)

    def _list(self, chosen: Term | None) -> None:
        word = self.query_one(Input).value.strip().casefold()
        terms = self.query_one(OptionList)
        terms.clear_options()
        self._rows = []
        near = [] if word else self._near
        for heading, group in ((_("In this step"), near), (_("All terms") if near else "", self._matching(word))):
            if heading and group:
                self._rows.append(None)
                terms.add_option(Option(Text(heading, style="dim italic"), disabled=True))
            for term in group:
                self._rows.append(term)
                row = with_marks(term.term, (word,) if word else ())
                row.stylize("bold")
                terms.add_option(Option(row.append(f"  {', '.join(term.also)}", style="dim not bold")))
        first = next((n for n, term in enumerate(self._rows) if term is not None), None)
        terms.highlighted = self._rows.index(chosen) if chosen in self._rows and chosen else first
        if first is None:
            self._tell(None)

    def _matching(self, word: str) -> list[Term]:
        """Terms that have ``word`` in a name: first that name itself, then those that begin with it."""

        def rank(term: Term) -> int:
            names = [one.casefold() for one in term.spellings]
            if word in names:
                return 0
            return 1 if names[0].startswith(word) else 2 if any(name.startswith(word) for name in names) else 3

        having = [term for term in self._glossary.terms if any(word in one.casefold() for one in term.spellings)]
        return sorted(having, key=rank) if word else having

    @property
    def _term(self) -> Term | None:
        at = self.query_one(OptionList).highlighted
        return self._rows[at] if at is not None else None

    def on_option_list_option_highlighted(self) -> None:
        self._tell(self._term)

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self._tell(self._term))

    def _tell(self, term: Term | None) -> None:
        story, box = self.query_one("#glossary-story"), self.query_one("#help")
        if term is None:
            self.query_one("#glossary-text", Static).update(
                _("No term has that in its name. Esc / searches the lessons.")
            )
            box.border_subtitle = _("Esc closes")
            return
        lesson = self._taught(term)
        text = Text.assemble((f"{term.term}\n", "bold"), prose(term.meaning), "\n\n")
        look = Look(width=max(story.scrollable_content_region.width - 1, 24))
        text.append_text(Text("\n").join(python_source(term.example.strip(), look, "  ", "    ")))
        where = lesson.title if lesson else TOPICS[term.topic].title
        text.append(
            "\n\n"
            + (
                _("Taught in “{lesson}”.")
                if lesson
                else _("Taught in “{lesson}”, which is not in this course yet.")
            ).format(lesson=where),
            style="dim",
        )
        self.query_one("#glossary-text", Static).update(text)
        story.scroll_home(animate=False)
        box.border_subtitle = "   ".join(
            (_("Enter tries the example"), *([_("F8 opens the lesson")] if lesson else []), _("Esc closes"))
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._term is not None:
            self.dismiss(Wish(example=self._term.example.strip()))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        term = self._rows[event.option_index]
        if term is not None:
            self.dismiss(Wish(example=term.example.strip()))

    def action_open_lesson(self) -> None:
        lesson = self._taught(self._term) if self._term is not None else None
        if lesson is not None:
            self.dismiss(Wish(lesson=lesson))

    def action_move(self, rows: int) -> None:
        terms = self.query_one(OptionList)
        if rows > 0:
            terms.action_cursor_down()
        else:
            terms.action_cursor_up()

    def action_read_on(self, pages: int) -> None:
        story = self.query_one("#glossary-story")
        story.scroll_relative(y=pages * max(1, story.size.height - 1), animate=False)
