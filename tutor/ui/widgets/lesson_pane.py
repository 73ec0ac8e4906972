"""The lesson's side of the screen: the text of a step, its code, its answers, what counts as done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Markdown, OptionList, Static
from textual.widgets.option_list import Option

from tutor.lesson.model import Choice, Fill
from tutor.lesson.state import title_of
from tutor.render.look import Look
from tutor.render.prose import prose
from tutor.session.steps import StepView
from tutor.texts import _
from tutor.ui.widgets import lesson_parts as parts
from tutor.ui.widgets.blanks import Blanks
from tutor.ui.widgets.line_order import LineOrder


class LessonPane(VerticalScroll):
    """Shows one :class:`StepView`; posts what the learner chooses."""

    class Answered(Message):
        """Option ``number`` (from 0) was chosen."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Typed(Message):
        """A prediction was typed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class PutTogether(Message):
        """Code was put together here: gaps filled, or lines ordered; it is to be run and judged."""

        def __init__(self, code: str) -> None:
            super().__init__()
            self.code = code

    def __init__(self) -> None:
        super().__init__(id="lesson")
        self._view: StepView | None = None
        self._seek: Callable[[], object] | None = None
        """Brings into view what was said last, once it has been laid out."""

    def compose(self) -> ComposeResult:
        yield Markdown(id="step-text", open_links=False)
        yield Static(id="step-code", markup=False)
        yield Blanks("step-blanks")
        yield LineOrder("step-lines")
        yield Static(id="step-code-hint", markup=False)
        yield OptionList(id="step-answers", markup=False)
        yield Static(id="step-marks", markup=False)
        yield Static(id="step-checks", markup=False)
        yield Static(id="step-hints", markup=False)
        yield Static(id="step-message", markup=False)
        yield Static(id="step-solution", markup=False)

    async def show(self, view: StepView) -> None:
        """Show this view; only what changed is drawn again."""
        before, self._view = self._view, view
        if before is None or before.step is not view.step:
            self.border_title = Content(title_of(view.step))
            if before is None or before.step.id != view.step.id:
                self.scroll_home(animate=False)
            await self.query_one("#step-text", Markdown).update(view.step.text)
        if before is None or _answers(before) != _answers(view):
            self._show_answers(view)
        self._show_work(view)
        self._redraw()
        if before is not None and view.hints != before.hints and view.hints:
            self._show_hints()
        if before is not None and (view.message, view.said) != (before.message, before.said):
            self._show_message()

    def on_resize(self) -> None:
        if self._view is not None:
            self._redraw()
            self._show_message()

    def on_mount(self) -> None:
        self.screen.screen_layout_refresh_signal.subscribe(self, self._laid_out, immediate=True)

    def _laid_out(self, _screen: Screen[object]) -> None:
        """Scroll to what was said: its place is known only now.

        ``call_after_refresh`` comes too early while a frame is held back, and goes to where something else stood.
        """
        seek, self._seek = self._seek, None
        if seek is not None:
            seek()

    def _show_hints(self) -> None:
        self._seek = partial(self.query_one("#step-hints").scroll_visible, animate=False)

    def _show_message(self) -> None:
        view = self._view
        if view is None or not view.message or view.mood == "note" or view.recalled:
            return

        def scroll() -> None:
            if self._view is not None and self._view.step is view.step:
                # What stands below it, mine and theirs, is to be seen too.
                self.query_one("#step-message").scroll_visible(animate=False, top=view.status != "open")

        self._seek = scroll

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self.answers.has_focus:
            self.answers.scroll_visible(animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._say_more()

    def watch_virtual_size(self) -> None:
        self._say_more()

    def _say_more(self) -> None:
        """Whether something stands below what is seen."""
        below = self.is_scrollable and self.max_scroll_y - self.scroll_offset.y >= 1
        self.border_subtitle = Content(_("▾ more below")) if below else ""

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Answered(event.option_index))

    def on_blanks_filled(self, event: Blanks.Filled) -> None:
        event.stop()
        view = self._view
        if view is not None and view.typed:
            self.post_message(self.Typed(event.typed[0]))
        else:
            self.post_message(self.PutTogether(event.code))

    def hand_in(self) -> str | None:
        """Hand in what is worked on here; gives why that cannot be yet, or None where there is no such thing."""
        view = self._view
        if view is None or not view.answering:
            return None
        if self._blanks.display:
            return (
                ""
                if self._blanks.hand_in()
                else (_("Type your answer first.") if view.typed else _("Fill every gap first."))
            )
        if self._lines.display:
            self.post_message(self.PutTogether(self._lines.code))
            return ""
        return None

    @property
    def _blanks(self) -> Blanks:
        return self.query_one("#step-blanks", Blanks)

    @property
    def _lines(self) -> LineOrder:
        return self.query_one("#step-lines", LineOrder)

    def focus_work(self, *, seen: bool = False) -> None:
        """The focus goes where the answer is to be given, which comes into view if it is to be ``seen``.

        Else what is read first stays where it is: its place is above the answers.
        """
        for work in (self._blanks, self._lines, self.answers):
            if work.display:
                work.focus(scroll_visible=seen and work is self.answers)
                return

    def _show_work(self, view: StepView) -> None:
        step, is_open = view.step, view.status == "open"
        self._blanks.display = isinstance(step, Fill) or (view.typed and is_open)
        if isinstance(step, Fill):
            self._blanks.load(
                step.code.rstrip(), typed=() if view.status != "shown" else step.blanks, is_open=is_open
            )
        elif view.typed:
            self._blanks.load(parts.TYPED_GAP, is_open=is_open)
        self._lines.display = bool(view.lines) and is_open
        if view.lines:
            self._lines.load(view.lines, is_open=is_open)

    @property
    def answers(self) -> OptionList:
        return self.query_one("#step-answers", OptionList)

    def _show_answers(self, view: StepView) -> None:
        answers = self.answers
        answers.display = bool(view.options)
        answers.clear_options()
        for number, option in enumerate(view.options):
            mark, style = _mark(view, number)
            text = Text(f"{mark} {number + 1}  ", style=style)
            text.append_text(
                prose(option) if isinstance(view.step, Choice) else Text("\n     ".join(option.split("\n")))
            )
            answers.add_option(Option(text))

    def _redraw(self) -> None:
        view = self._view
        if view is None:
            return
        look = Look(width=max(self.scrollable_content_region.width - 2, 24))
        self._put("#step-code", *parts.code_lines(view, look))
        self._put("#step-code-hint", *parts.code_hint(view))
        self._put("#step-marks", *parts.marks_of(view, look))
        self._put("#step-checks", *parts.checks(view, look))
        self._put("#step-hints", *parts.hints(view))
        self._put("#step-message", *parts.message(view))
        self._put("#step-solution", *parts.solution(view, look))

    def _put(self, where: str, *lines: Text) -> None:
        target = self.query_one(where, Static)
        target.display = bool(lines)
        if lines:
            target.update(Text("\n").join(lines))


def _answers(view: StepView) -> tuple[object, ...]:
    return view.step.id, view.options, view.chosen, view.right, view.ruled_out


def _mark(view: StepView, number: int) -> tuple[str, str]:
    """What stands before an answer: the right one is marked once it is known, a chosen one when it was wrong."""
    if number == view.right:
        return "✓", "bold green"
    return ("✗", "red") if number == view.chosen or number in view.ruled_out else (" ", "")
