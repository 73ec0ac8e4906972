"""Which part of what a learner ran in a step is right by itself, run once more after the step's set-up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tutor.protocol import commands
from tutor.protocol.verdicts import CheckResult
from tutor.worker import submission
from tutor.worker.aside import captured
from tutor.worker.checks.evidence import Evidence
from tutor.worker.checks.targets import kinds_in, names_in
from tutor.worker.probe.judging.alike import alike
from tutor.worker.probe.judging.untouched import Kept
from tutor.worker.probe.said import words
from tutor.worker.reference import TimeLimit

_SPARE = 0.1
"""Seconds that finding out which part of a right answer is needed may take: its verdict waits for that."""


@dataclass(frozen=True, slots=True)
class Alone:
    """A part that is right by itself."""

    results: tuple[CheckResult, ...]
    names: dict[str, Any]
    """What it made."""
    source: str


@dataclass(frozen=True, slots=True)
class Retrial:
    """One answer, of which parts can be tried once more."""

    command: commands.Check
    evidence: Evidence
    run_again: Callable[[str], dict[str, Any]]
    """Runs Python after the set-up, and gives the namespace it leaves."""
    judged: Callable[[Evidence, Kept], Iterator[CheckResult]]
    """Judges evidence, whose namespace is kept, by one check after the other."""
    limited: TimeLimit

    def afresh(self, results: tuple[CheckResult, ...]) -> Alone | None:
        """The last try, if it is right though it was refused (``results``).

        Whoever updates `w` in place, wrongly, and then rightly, has a `w` that nothing will make right again.
        """
        failed = any(result.status == "fail" for result in results)
        if not (self.command.asked and self.evidence.cells and failed):
            return None
        if any(result.status in ("broken", "") for result in results):
            return None
        return self._found(self.command.limit)

    def enough(self, results: tuple[CheckResult, ...], seconds: float) -> Alone | None:
        """The part of a right answer that is needed; ``seconds`` is what judging all of it took.

        None also where that would take long, and of cells with magics, whose commands are not given twice.
        """
        cells = self.evidence.cells
        if len(cells) < 2 or cells != self.command.cells or any(result.status != "pass" for result in results):
            return None
        return self._found(_SPARE) if seconds < _SPARE else None

    def _found(self, seconds: float) -> Alone | None:
        """The last cell, else it and what it needs, if that is right within ``seconds`` of running."""
        if "training" in kinds_in(self.command.checks):
            return None
        cells = self.evidence.cells
        part = submission.programs(cells, names_in(self.command.checks), last=True)[:1]
        end = time.monotonic() + seconds
        for source in dict.fromkeys((cells[-1], *part)):
            try:
                with self.limited(max(end - time.monotonic(), 0.01)), captured() as output:
                    made = self.run_again(source)
            except KeyboardInterrupt:
                raise
            except BaseException:  # noqa: S112 - it does not stand alone; what is there was judged
                continue
            if not self._is_what_was_judged(made, output.getvalue(), source):
                results = self._judged(self.evidence.instead(made, output.getvalue(), (source,)))
                if results is not None:
                    return Alone(results, made, source)
        return None

    def _judged(self, tried: Evidence) -> tuple[CheckResult, ...] | None:
        """The verdicts, where all of them are good."""
        found = []
        for result in self.judged(tried, Kept(tried.live)):
            if result.status != "pass":
                return None
            found.append(result)
        return tuple(found)

    def _is_what_was_judged(self, made: dict[str, Any], printed: str, source: str) -> bool:
        """Nothing had been in its way: it would be judged as it was."""
        evidence, command = self.evidence, self.command
        return (
            evidence.cells == (source,)
            and evidence.output == printed
            and alike(evidence.live, made, words(repr(command.checks), command.helpers))
        )
