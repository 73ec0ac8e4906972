"""What came of a lesson, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tutor.lesson.state import title_of
from tutor.render.prose import prose
from tutor.texts import _, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.lesson.model import Step
    from tutor.progress.outcome import Outcome

__all__ = ["finished_lesson"]

_MOST_STEPS = 4
_MINUTE = 60


def finished_lesson(outcome: Outcome) -> Text:
    """What was done, what can be done now, what comes next, what to try again."""
    lesson = outcome.lesson
    if outcome.left:
        said = plural(
            "{lesson}: one step is still open.", "{lesson}: {n} steps are still open.", len(outcome.left)
        )
        text = Text(said.format(lesson=lesson.title, n=len(outcome.left)) + "\n", style="bold yellow")
    else:
        text = Text(_("{lesson}: finished.").format(lesson=lesson.title) + "\n", style="bold green")
    text.append(_("{done} of {total} steps done").format(done=outcome.done, total=outcome.total))
    if outcome.shown:
        text.append(", " + _("{n} shown").format(n=outcome.shown))
    if outcome.hints:
        text.append(", " + plural("{n} hint", "{n} hints", outcome.hints).format(n=outcome.hints))
    if outcome.seconds is not None:
        minutes = max(1, round(outcome.seconds / _MINUTE))
        text.append(", " + plural("in about {n} minute", "in about {n} minutes", minutes).format(n=minutes))
    text.append("\n")
    if outcome.left:
        _append_steps(text, _("Still open"), [(index, lesson.steps[index], "") for index in outcome.left])
    text.append("\n" + (_("With them you can") if outcome.left else _("You can now")) + "\n", style="bold")
    for objective in lesson.objectives:
        text.append("· " if outcome.left else "✓ ", style="green").append_text(prose(objective)).append("\n")
    text.append("\n" + _("Next") + "\n", style="bold")
    if outcome.left:
        text.append("  " + _("Enter opens the first step that is open.") + "\n")
    elif outcome.next is None:
        text.append("  " + _("You have finished every lesson there is.") + "\n")
    else:
        about = plural("about {n} minute", "about {n} minutes", outcome.next.minutes).format(
            n=outcome.next.minutes
        )
        text.append(f"  {outcome.next.title}", style="bold yellow").append(f", {about}. ")
        text.append(_("Enter opens it.") + "\n")
    if outcome.again:
        heading = _("Worth another try (F3 lists the steps)")
        _append_steps(text, heading, [(again.index, again.step, again.why) for again in outcome.again])
    if questions := len(lesson.recall):
        text.append("\n" + _("From memory") + "\n", style="bold")
        asked = plural("{n} question", "{n} questions", questions).format(n=questions)
        text.append(f"  {asked} ").append("(r)", style="yellow")
        text.append(
            " " + _("now, or in a day or so by themselves: the list of lessons says when they are due.") + "\n"
        )
    text.rstrip()
    return text


def _append_steps(text: Text, heading: str, steps: Sequence[tuple[int, Step, str]]) -> None:
    """Some steps of a lesson below a heading: index, step, and what there is to say of it."""
    text.append(f"\n{heading}\n", style="bold")
    for index, step, why in steps[:_MOST_STEPS]:
        text.append(f"  {index + 1:>2}  {title_of(step)}").append(f"   {why}".rstrip() + "\n", style="dim")
    if (more := len(steps) - _MOST_STEPS) > 0:
        text.append("      " + _("and {n} more").format(n=more) + "\n", style="dim")
