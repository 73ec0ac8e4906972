"""What came of a lesson, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tutor.lesson.state import title_of
from tutor.render.prose import prose
from tutor.texts import _, plural

if TYPE_CHECKING:
    from tutor.progress.outcome import Outcome

__all__ = ["finished_lesson"]

_MOST_AGAIN = 4
_MINUTE = 60


def finished_lesson(outcome: Outcome) -> Text:
    """What was done, what can be done now, what comes next, what to try again."""
    lesson = outcome.lesson
    text = Text.assemble((_("{lesson}: finished.").format(lesson=lesson.title) + "\n", "bold green"))
    text.append(_("{done} of {total} steps done").format(done=outcome.done, total=outcome.total))
    if outcome.shown:
        text.append(", " + _("{n} shown").format(n=outcome.shown))
    if outcome.hints:
        text.append(", " + plural("{n} hint", "{n} hints", outcome.hints).format(n=outcome.hints))
    if outcome.seconds is not None:
        minutes = max(1, round(outcome.seconds / _MINUTE))
        text.append(", " + plural("in about {n} minute", "in about {n} minutes", minutes).format(n=minutes))
    text.append("\n\n" + _("You can now") + "\n", style="bold")
    for objective in lesson.objectives:
        text.append("✓ ", style="green").append_text(prose(objective)).append("\n")
    text.append("\n" + _("Next") + "\n", style="bold")
    if outcome.next is None:
        text.append("  " + _("You have finished every lesson there is.") + "\n")
    else:
        about = plural("about {n} minute", "about {n} minutes", outcome.next.minutes).format(
            n=outcome.next.minutes
        )
        text.append(f"  {outcome.next.title}", style="bold yellow").append(f", {about}. ")
        text.append(_("Enter opens it.") + "\n")
    if outcome.again:
        text.append("\n" + _("Worth another try (F3 lists the steps)") + "\n", style="bold")
        for again in outcome.again[:_MOST_AGAIN]:
            text.append(f"  {again.index + 1:>2}  {title_of(again.step)}").append(f"   {again.why}\n", style="dim")
        if (more := len(outcome.again) - _MOST_AGAIN) > 0:
            text.append("      " + _("and {n} more").format(n=more) + "\n", style="dim")
    if questions := len(lesson.recall):
        text.append("\n" + _("From memory") + "\n", style="bold")
        asked = plural("{n} question", "{n} questions", questions).format(n=questions)
        text.append(f"  {asked} ").append("(r)", style="yellow")
        text.append(
            " " + _("now, or in a day or so by themselves: the list of lessons says when they are due.") + "\n"
        )
    text.rstrip()
    return text
