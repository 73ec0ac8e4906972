"""The parts of a step as text: its code, what counts as done, hints, marks, what was said, the solution."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from rich.text import Text

from tutor.lesson.model import Choice, Explore, Fill, Fix, Judged, Parsons, Predict, Read, Run, Train
from tutor.lesson.state import solution_of, starter_of
from tutor.render.checks import checklist
from tutor.render.code import python_source
from tutor.render.look import Look
from tutor.render.prose import prose
from tutor.render.puzzles import marked
from tutor.session.sources import same_code
from tutor.session.steps import StepView
from tutor.texts import _
from tutor.ui.actions import WHY, key_text
from tutor.ui.widgets.line_order import KEYS_TEXT

TYPED_GAP = "____"
"""Stands where a prediction is typed."""

_BETWEEN = 4
"""Cells between two solutions that stand side by side."""

_MOODS = {"info": ("·", "italic"), "good": ("✓", "green"), "bad": ("✗", "red")}


def code_lines(view: StepView, look: Look) -> list[Text]:
    """The code of a step that is shown as it is."""
    step = view.step
    if isinstance(step, (Read, Explore)):
        code = step.example
    elif isinstance(step, (Run, Predict)):
        code = step.code
    else:
        code = starter_of(step)
    if isinstance(step, Predict) and step.setup.strip():
        code = step.setup.rstrip() + "\n" + code
    return python_source(code.rstrip(), look, "", "") if code.strip() else []


def code_hint(view: StepView) -> list[Text]:
    """What can be done with it."""
    if view.busy and view.step.id and isinstance(view.step, (Judged, Predict)) and view.tried:
        return [Text(f"▸ {view.busy} …", style="dim")]
    text = _hint(view)
    return [Text(f"▸ {text}", style="dim")] if text else []


def _hint(view: StepView) -> str:
    step = view.step
    match step:
        case Run():
            return _("F5 runs it")
        case Read() | Explore():
            return _("F5 runs it") if step.example.strip() else ""
        case Predict() if view.typed:
            return _asked(step) if view.status == "open" else ""
        case Predict() | Choice():
            unanswered = view.chosen is None and view.status == "open"
            return (_("Press the number of your answer") if view.options else view.busy) if unanswered else ""
        case Fill():
            return _("Type into the gaps; Enter goes on, and at the end runs it") if view.status == "open" else ""
        case Parsons():
            return _(KEYS_TEXT) if view.status == "open" else ""
        case Fix():
            return _("F5 puts it into the prompt, to be put right")
        case Train() if not step.starter.strip():
            return _("Run your loop at the prompt, then F8")
        case _:
            return _("F5 puts it into the prompt") if starter_of(step).strip() else ""


def _asked(step: Predict) -> str:
    return {
        "shape": _("Type the shape, then Enter"),
        "value": _("Type the value, then Enter"),
        "dtype": _("Type the dtype, then Enter"),
        "raises": _("Type the name of the error, or nothing, then Enter"),
        "output": _("Type the line that is printed, then Enter"),
    }[step.ask]


def checks(view: StepView, look: Look) -> list[Text]:
    """What counts as done; nothing is called wrong before it was tried."""
    step = view.step
    lines = (
        [Text.assemble((_("Goal") + "  ", "bold"), prose(step.goal))]
        if isinstance(step, Explore) and step.goal
        else []
    )
    if not view.results or view.status == "shown":
        return lines
    judged = view.tried or view.status != "open"
    results = view.results if judged else tuple(replace(result, status="pending") for result in view.results)
    lines.append(checklist(results, look))
    if view.status == "open" and any(result.status not in ("pass", "pending", "") for result in results):
        lines.append(Text("▸ " + _("{key}: every rule, expected and got").format(key=key_text(WHY)), style="dim"))
    return lines


def hints(view: StepView) -> list[Text]:
    """The rungs of the ladder that were asked for."""
    total = len(getattr(view.step, "hints", ()))
    return [
        Text.assemble(
            (_("Hint {number} of {total}").format(number=number, total=total) + "  ", "bold yellow"), prose(hint)
        )
        for number, hint in enumerate(view.hints, 1)
    ]


def marks_of(view: StepView, look: Look) -> list[Text]:
    """The prediction that was made, part by part; a right one that was chosen needs no marks."""
    rows = [[(mark.text, mark.right, mark.truth) for mark in row] for row in view.marks]
    if not rows or (view.options and all(right for row in rows for _given, right, _truth in row)):
        return []
    above = [] if view.options else [Text()]
    heading = Text(_("Your answer"), style="bold")
    if any(not right for row in rows for _given, right, _truth in row):
        heading.append("   " + _("yours ✗ what it is"), style="not bold dim")
    return [*above, heading, marked(rows, look)]


def message(view: StepView) -> list[Text]:
    """What was said last."""
    if not view.message:
        return []
    mark, style = _MOODS.get(view.mood, _MOODS["info"])
    # Only the mark is coloured: the words are to be read, not to alarm.
    words = prose(view.message, style if view.mood == "info" else "")
    return [Text.assemble((f"{mark} ", f"bold {style}"), words)]


def solution(view: StepView, look: Look) -> list[Text]:
    """The lesson's own answer, once the step is behind the learner."""
    code = solution_of(view.step).rstrip()
    if view.status == "open" or not code:
        return []
    if view.own and same_code(view.own, code):
        return [Text(_("Yours is the lesson's own solution"), style="bold")]
    theirs = [Text(_("The lesson's solution"), style="bold"), *python_source(code, look, "", "")]
    if not view.own:
        return theirs
    mine = [Text(_("Yours"), style="bold"), *python_source(view.own.rstrip(), look, "", "")]
    column = max(line.cell_len for line in mine) + _BETWEEN
    if column + max(line.cell_len for line in theirs) > look.width:
        return [*mine, Text(), *theirs]
    return [_beside(left, right, column) for left, right in zip_longest(mine, theirs)]


def _beside(left: Text | None, right: Text | None, column: int) -> Text:
    line = left.copy() if left is not None else Text()
    if right is not None:
        line.pad_right(column - line.cell_len)
        line.append_text(right)
    return line
