"""A review in words: what to press, when something comes again, how the sitting went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.lesson.model import Exercise
from tutor.texts import _, mark, plural

if TYPE_CHECKING:
    from tutor.lesson.model import Step
    from tutor.progress.reviews import Grade

__all__ = ["grades", "instruction", "span", "summary", "when"]

_HOUR, _DAY = 3_600, 86_400
_DAYS = (
    *(mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday")),
    *(mark("Friday"), mark("Saturday"), mark("Sunday")),
)
_MONTHS = (
    *(mark("January"), mark("February"), mark("March"), mark("April"), mark("May"), mark("June"), mark("July")),
    *(mark("August"), mark("September"), mark("October"), mark("November"), mark("December")),
)


def instruction(step: Step) -> Text:
    """What is to be pressed while a question is open."""
    if isinstance(step, Exercise):
        return Text(" " + _("Type it at the prompt: Enter runs it, F8 checks. F3: I do not know."), style="dim")
    return Text(" " + _("From memory: the number of your answer, or F3 if you do not know."), style="dim")


def grades(outlook: Mapping[Grade, float], suggested: Grade, now: float) -> Text:
    """The grades and when each would ask again; what Enter takes is marked. Without an outlook: how to go on."""
    line = Text(" ")
    if not outlook:
        return line.append(_("Enter goes on."), style="dim")
    line.append(_("How well?") + "  ", style="dim")
    for grade, due in outlook.items():
        chosen = grade is suggested
        line.append("▸" if chosen else " ", style="bold yellow")
        line.append(f"{int(grade)} {_(grade.name.lower())}", style="bold" if chosen else "")
        line.append(f" {span(due - now)}  ", style="dim")
    return line.append("  Enter: ▸", style="dim")


def span(seconds: float) -> str:
    """A time as short as it can be told: ``3 h``, ``5 d``, ``4 mo``."""
    days = seconds / _DAY
    if days < 0.9:
        return _("{n} h").format(n=max(1, round(seconds / _HOUR)))
    if days < 60:
        return _("{n} d").format(n=round(days))
    months, years = round(days / 30.4), round(days / 365)
    return _("{n} mo").format(n=months) if days < 700 else _("{n} y").format(n=years)


def when(due: float, now: float) -> str:
    """A moment as a person in this time zone names it: ``today at 14:05``, ``tomorrow``, ``on Monday 4 May``."""
    moment, today = (datetime.fromtimestamp(seconds).astimezone() for seconds in (due, now))
    days = (moment.date() - today.date()).days
    if days <= 0:
        return _("today at {time}").format(time=f"{moment:%H:%M}")
    if days == 1:
        return _("tomorrow")
    year = f" {moment.year}" if moment.year != today.year else ""
    day, month = _(_DAYS[moment.weekday()]), _(_MONTHS[moment.month - 1])
    return _("on {day} {date} {month}").format(day=day, date=moment.day, month=month) + year


def summary(given: Mapping[Grade, int], due: int, following: float | None, now: float) -> Text:
    """How a sitting went, what is still due, and when the next question is."""
    total = sum(given.values())
    text = Text.assemble((_("Review done.") + "\n\n", "bold green"))
    text.append(plural("{n} question", "{n} questions", total).format(n=total) + "\n")
    for grade in sorted(given, reverse=True):
        text.append(f"  {given[grade]:>3}  {_(grade.name.lower())}\n")
    text.append("\n")
    if due:
        text.append(
            plural("{n} more is due: m goes on with it.", "{n} more are due: m goes on with them.", due).format(
                n=due
            )
            + "\n"
        )
    elif following is not None:
        text.append(_("The next is due {when}.").format(when=when(following, now)) + "\n")
    return text.append("\n" + _("Enter goes to the list of lessons."), style="dim")
