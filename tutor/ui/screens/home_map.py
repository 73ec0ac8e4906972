"""The map of the course: lessons by track, what each builds on and leads to, how long it takes, what is done."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.texts import _, plural

if TYPE_CHECKING:
    from tutor.lesson.catalogue import Catalogue
    from tutor.lesson.entry import Entry
    from tutor.progress import LessonSummary

_BAR = 8
_HOUR = 60


class CourseMap:
    """A catalogue, and what a learner has done of it."""

    def __init__(self, catalogue: Catalogue, summaries: dict[str, LessonSummary]) -> None:
        from tutor.progress.outcome import finished

        self._catalogue = catalogue
        self._summaries = summaries
        self._lessons = {entry.id: entry for entry in catalogue.entries}
        self.finished = finished(catalogue.entries, summaries)
        """Ids of the lessons of which every step is done or shown."""

    def next_lesson(self, last: str | None) -> str | None:
        """The lesson to go on with: the last one if it is not finished, else the next; the first if all are."""
        from tutor.lesson.order import next_lesson

        lessons = self._catalogue.entries
        if last in self._lessons and last not in self.finished:
            return last
        following = next_lesson(lessons, self.finished, last) or next(iter(lessons), None)
        return following.id if following is not None else None

    def whole(self) -> str:
        """The course in a few words: how many lessons, how long, how much of it is done."""
        lessons = self._catalogue.entries
        steps = sum(len(lesson.steps) for lesson in lessons)
        done = sum(self._done(lesson) for lesson in lessons)
        count = plural("{n} lesson", "{n} lessons", len(lessons)).format(n=f"{len(lessons):,}")
        share = _("{n} % done").format(n=100 * done // steps if steps else 0)
        return f"{count} · {span(sum(lesson.minutes for lesson in lessons))} · {share}"

    def heading(self, pack: str, track: str, lessons: Collection[Entry]) -> Text:
        """The line above the lessons of a track; what is from outside says so."""
        name = _(track).capitalize()
        text = Text(f"\n {pack} · {name}" if pack else f"\n {name}", style="bold")
        finished = sum(lesson.id in self.finished for lesson in lessons)
        minutes = span(sum(lesson.minutes for lesson in lessons))
        text.append(f"   {finished}/{len(lessons)} · {minutes}", style="not bold dim")
        return text.append("   " + _("from outside"), style="not bold yellow") if pack else text

    def row(self, lesson: Entry, *, continued: bool) -> Text:
        """A lesson in the list; what builds on lessons that are not finished stands back."""
        done, total = self._done(lesson), len(lesson.steps)
        filled = round(_BAR * done / total)
        mark = "✓" if done >= total else ("▸" if continued else " ")
        row = Text.assemble((f" {mark} ", "green" if done >= total else "bold yellow"))
        row.append("█" * filled + "░" * (_BAR - filled), style="green" if done else "dim")
        row.append(f" {span(lesson.minutes):>6}  ", style="dim")
        later = not done and not continued and self._missing(lesson)
        row.append(lesson.title, style="bold" if continued else "dim" if later else "")
        if continued:
            begun = _("continue") if done else _("next") if self._summaries else _("start here")
            row.append(f"   {begun}", style="yellow")
        return row

    def size(self, lesson: Entry) -> str:
        """How much there is of a lesson, and how much of it is done."""
        total = len(lesson.steps)
        text = plural(
            "{total} step, about {minutes} minutes, {done} done",
            "{total} steps, about {minutes} minutes, {done} done",
            total,
        )
        return text.format(total=total, minutes=lesson.minutes, done=self._done(lesson))

    def builds_on(self, lesson: Entry) -> Text:
        """What a lesson builds on, in a line; empty where it needs nothing."""
        before = self._catalogue.builds_on(lesson)
        text = Text(_("Builds on") if before else "", style="bold")
        for name in before:
            text.append("  ").append_text(self._named(name))
        return text

    def leads_to(self, lesson: Entry) -> Text:
        """Where a lesson leads; empty where nothing builds on it."""
        behind = [other.id for other in self._catalogue.entries if lesson.id in self._catalogue.builds_on(other)]
        text = Text(f"\n{_('Leads to')}\n" if behind else "", style="bold")
        for name in behind:
            text.append_text(self._named(name)).append("\n")
        return text

    def _named(self, name: str) -> Text:
        """A lesson by its title, and whether it is finished."""
        title = self._lessons[name].title if name in self._lessons else name
        return Text.assemble(("✓ " if name in self.finished else "· ", "not bold green"), (title, "not bold"))

    def _missing(self, lesson: Entry) -> bool:
        """Whether a lesson builds on one of this catalogue that is not finished."""
        return any(
            name in self._lessons and name not in self.finished for name in self._catalogue.builds_on(lesson)
        )

    def _done(self, lesson: Entry) -> int:
        summary = self._summaries.get(lesson.id)
        return summary.done + summary.shown if summary else 0


def span(minutes: int) -> str:
    """``25 min``, ``2 h``, ``5 h 40 min``."""
    hours, rest = divmod(minutes, _HOUR)
    parts = [_("{n} h").format(n=hours)] if hours else []
    return " ".join([*parts, _("{n} min").format(n=rest)] if rest or not hours else parts)
