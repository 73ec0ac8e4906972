"""What came of a lesson, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tutor.lesson.search import title_of
from tutor.render.prose import prose

if TYPE_CHECKING:
    from tutor.progress.outcome import Outcome

__all__ = ["finished_lesson"]

_MOST_AGAIN = 4
_MINUTE = 60


def finished_lesson(outcome: Outcome) -> Text:
    """What was done, what can be done now, what comes next, what to try again."""
    lesson = outcome.lesson
    text = Text.assemble((f"{lesson.title}: finished.\n", "bold green"))
    text.append(f"{outcome.done} of {outcome.total} steps done")
    if outcome.shown:
        text.append(f", {outcome.shown} shown")
    if outcome.hints:
        text.append(f", {outcome.hints} {'hint' if outcome.hints == 1 else 'hints'}")
    if outcome.seconds is not None:
        minutes = max(1, round(outcome.seconds / _MINUTE))
        text.append(f", in about {minutes} {'minute' if minutes == 1 else 'minutes'}")
    text.append("\n\nYou can now\n", style="bold")
    for objective in lesson.objectives:
        text.append("✓ ", style="green").append_text(prose(objective)).append("\n")
    text.append("\nNext\n", style="bold")
    if outcome.next is None:
        text.append("  You have finished every lesson there is.\n")
    else:
        text.append(f"  {outcome.next.title}", style="bold yellow").append(
            f", about {outcome.next.minutes} minutes. "
        )
        text.append("Enter", style="yellow").append(" opens it.\n")
    if outcome.again:
        text.append("\nWorth another try (F3 lists the steps)\n", style="bold")
        for again in outcome.again[:_MOST_AGAIN]:
            text.append(f"  {again.index + 1:>2}  {title_of(again.step)}").append(f"   {again.why}\n", style="dim")
        if (more := len(outcome.again) - _MOST_AGAIN) > 0:
            text.append(f"      and {more} more\n", style="dim")
    if questions := len(lesson.recall):
        text.append("\nFrom memory\n", style="bold")
        text.append(f"  {questions} {'question' if questions == 1 else 'questions'} ").append(
            "(r)", style="yellow"
        )
        text.append(" now, or in a day or so by themselves: the list of lessons says when they are due.\n")
    text.rstrip()
    return text
