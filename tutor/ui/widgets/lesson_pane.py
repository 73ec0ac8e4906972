"""The lesson's side of the screen: the text of a step, its code, its answers, what counts as done."""

from __future__ import annotations

from dataclasses import replace

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Markdown, OptionList, Static
from textual.widgets.option_list import Option

from tutor.lesson.model import Choice, Exercise, Predict, Read, Run
from tutor.render.checks import checklist
from tutor.render.code import python_source
from tutor.render.look import Look
from tutor.render.prose import prose
from tutor.session.steps import StepView

_MOODS = {"info": ("·", "italic"), "good": ("✓", "green"), "bad": ("✗", "red")}


class LessonPane(VerticalScroll):
    """Shows one :class:`StepView`; posts what the learner chooses."""

    class Answered(Message):
        """Option ``number`` (from 0) was chosen."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__(id="lesson")
        self._view: StepView | None = None

    def compose(self) -> ComposeResult:
        yield Markdown(id="step-text", open_links=False)
        yield Static(id="step-code", markup=False)
        yield Static(id="step-code-hint", markup=False)
        yield OptionList(id="step-answers", markup=False)
        yield Static(id="step-checks", markup=False)
        yield Static(id="step-hints", markup=False)
        yield Static(id="step-message", markup=False)
        yield Static(id="step-solution", markup=False)

    async def show(self, view: StepView) -> None:
        """Show this view; only what changed is drawn again."""
        before, self._view = self._view, view
        if before is None or before.step is not view.step:
            self.border_title = view.step.title or view.step.id.replace("-", " ")
            self.scroll_home(animate=False)
            await self.query_one("#step-text", Markdown).update(view.step.text)
        if before is None or _answers(before) != _answers(view):
            self._show_answers(view)
        self._redraw()
        if before is not None and view.hints != before.hints and view.hints:
            self.call_after_refresh(self.query_one("#step-hints").scroll_visible, animate=False)
        if before is not None and view.message and view.message != before.message:
            self._show_message()

    def on_resize(self) -> None:
        if self._view is not None:
            self._redraw()
            if self._view.message:
                self._show_message()

    def _show_message(self) -> None:
        self.call_after_refresh(self.query_one("#step-message").scroll_visible, animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Answered(event.option_index))

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
        self._put("#step-code", *_code_lines(view, look))
        self._put("#step-code-hint", *_code_hint(view))
        self._put("#step-checks", *_checks(view, look))
        self._put("#step-hints", *_hints(view))
        self._put("#step-message", *_message(view))
        self._put("#step-solution", *_solution(view, look))

    def _put(self, where: str, *lines: Text) -> None:
        target = self.query_one(where, Static)
        target.display = bool(lines)
        if lines:
            target.update(Text("\n").join(lines))


def _answers(view: StepView) -> tuple[object, ...]:
    return view.step.id, view.options, view.chosen, view.right


def _mark(view: StepView, number: int) -> tuple[str, str]:
    """What stands before an answer: the right one is marked once it is known, the chosen one when it was wrong."""
    if number == view.right:
        return "✓", "bold green"
    return ("✗", "red") if number == view.chosen else (" ", "")


def _code_lines(view: StepView, look: Look) -> list[Text]:
    step = view.step
    if isinstance(step, Read):
        code = step.example or ""
    elif isinstance(step, (Run, Predict)):
        code = step.code
    elif isinstance(step, Exercise):
        code = step.starter
    else:
        code = ""
    if isinstance(step, Predict) and step.setup.strip():
        code = step.setup.rstrip() + "\n" + code
    return python_source(code.rstrip(), look, "", "") if code.strip() else []


def _code_hint(view: StepView) -> list[Text]:
    step = view.step
    if isinstance(step, Run) or (isinstance(step, Read) and step.example):
        text = "F5 runs it"
    elif isinstance(step, Exercise) and step.starter.strip():
        text = "F5 puts it into the prompt"
    elif isinstance(step, (Predict, Choice)) and view.chosen is None:
        text = "Press the number of your answer" if view.options else view.busy or ""
    else:
        return []
    return [Text(f"▸ {text}", style="dim")] if text else []


def _checks(view: StepView, look: Look) -> list[Text]:
    """What counts as done; nothing is called wrong before it was tried."""
    if not view.results:
        return []
    judged = view.tried or view.status != "open"
    results = view.results if judged else tuple(replace(result, status="pending") for result in view.results)
    return [checklist(results, look)]


def _hints(view: StepView) -> list[Text]:
    step = view.step
    if not isinstance(step, Exercise) or not view.hints:
        return []
    total = len(step.hints)
    return [
        Text.assemble((f"Hint {number} of {total}  ", "bold yellow"), prose(hint))
        for number, hint in enumerate(view.hints, 1)
    ]


def _message(view: StepView) -> list[Text]:
    if not view.message:
        return []
    mark, style = _MOODS.get(view.mood, _MOODS["info"])
    # Only the mark is coloured: the words are to be read, not to alarm.
    words = prose(view.message, style if view.mood == "info" else "")
    return [Text.assemble((f"{mark} ", f"bold {style}"), words)]


def _solution(view: StepView, look: Look) -> list[Text]:
    step = view.step
    if view.status == "open" or not isinstance(step, Exercise):
        return []
    return [Text("The lesson's solution", style="bold"), *python_source(step.solution.rstrip(), look, "", "")]
