"""What is done again, in order, so that a lesson's variables are as they were: the journal, read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tutor.progress.store import KeptCell

_RAN = ("ok", "error")


@dataclass(frozen=True, slots=True)
class Enter:
    """Set a step up, which seeds the random generators."""

    step: str
    open: bool | None = None
    """Whether it was to be done; None where that was not kept."""


@dataclass(frozen=True, slots=True)
class Again:
    """Run code."""

    source: str


@dataclass(frozen=True, slots=True)
class Play:
    """Run code in a copy, and bring names back from it."""

    sources: tuple[str, ...]
    bring: tuple[str, ...]
    again: bool
    """The copy was made by doing all that is before again."""


Act = Enter | Again | Play


def acts(journal: Iterable[KeptCell], steps: Collection[str]) -> list[Act]:
    """What to do, from the last new Python on that any code ran in; what is about other steps is passed over."""
    found: list[Act] = []
    here = ""
    played: list[str] = []
    again = False
    for kept in _of_last_python(list(journal)):
        if kept.step_id not in steps:
            continue
        if kept.status in ("entered", "revisited"):
            here = kept.step_id
            found.append(Enter(here, kept.status == "entered"))
        elif kept.status in ("play", "play again"):
            played, again = [], kept.status == "play again"
        elif kept.status == "played":
            played.append(kept.source)
        elif kept.status == "brought":
            names = tuple(name.strip() for name in kept.source.split(","))
            found.append(Play(tuple(played), names, again))
        elif kept.status in _RAN:
            if kept.step_id != here:
                # Kept by a tutor that made no marks.
                here = kept.step_id
                found.append(Enter(here))
            found.append(Again(kept.source))
    return found


def _of_last_python(journal: list[KeptCell]) -> list[KeptCell]:
    """A Python that nothing ran in has not taken the place of the one before."""
    starts = [number for number, kept in enumerate(journal) if kept.status == "afresh"]
    for start in reversed(starts):
        if any(kept.status in _RAN for kept in journal[start:]):
            return journal[start:]
    return journal
