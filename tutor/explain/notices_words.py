"""The form in which the words of a rule are written down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Prose with code between backticks; ``{name}`` stands for a fact of the notice."""

    title: str
    """The mistake in a few words, without facts."""
    short: str
    why: str
    fix: str
    code: str
    topic: str
