"""Mutants of a ``parsons``: what a learner can do wrong who has its lines, and none other, at hand."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from tutor.lesson.steps import Parsons
from tutor.proof.mutants.mutant import Mutant


def line_mutants(step: Parsons) -> Iterator[Mutant]:
    """A line left out, a line that belongs nowhere instead of the one most like it.

    Lines that change places may do so: every order that behaves is right.
    """
    lines = [line for line in step.solution.splitlines() if line.strip()]
    for extra in (line.strip() for line in step.extra):
        place = max(
            range(len(lines)), key=lambda n: difflib.SequenceMatcher(None, lines[n].strip(), extra).ratio()
        )
        instead = lines[place].replace(lines[place].strip(), extra)
        what = f"`{extra}` stands where `{lines[place].strip()}` should"
        yield _mutant("instead", place, [*lines[:place], instead, *lines[place + 1 :]], what)
    for place, line in enumerate(lines):
        yield _mutant("left-out", place, [*lines[:place], *lines[place + 1 :]], f"`{line.strip()}` is left out")


def _mutant(kind: str, place: int, lines: list[str], what: str) -> Mutant:
    return Mutant(f"{kind}:L{place + 1}", "\n".join(lines) + "\n", what)
