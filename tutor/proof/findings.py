"""What a proof found, and where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from tutor.lesson.problems import Problem
from tutor.protocol.text import plain

Level = Literal["error", "warning", "note"]

_LONGEST = 400
"""Characters of a message: it may quote what a lesson's code printed."""

UNDER_SEED = " (under the seed "
"""How the message of a finding goes on that was made under another seed than the lesson's."""

_PASSES = " passes"
"""How the message of a finding ends, or goes on with a colon, that is of a wrong answer which is accepted."""

_LIMP = (
    "doing nothing at all",
    "the starter",
    "the code with its gaps left open",
    "the order in which the lines lie at first",
    "the reverse order of the lines",
)
"""Answers whose acceptance says that the checks of a step see next to nothing."""

_MUTANT = "the mutant "

PROOFS = {
    1: "the file",
    2: "solutions",
    3: "answers",
    4: "mutants",
    5: "hints",
    6: "agreement",
}
"""The proofs of a lesson, by their numbers."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right (``error``), to look at (``warning``), or to know (``note``)."""

    file: Path
    line: int
    column: int
    lesson: str
    step: str
    """Id of the step; empty where it is about the whole lesson."""
    proof: int
    """Which of ``PROOFS``."""
    level: Level
    message: str
    advice: str = ""
    """What to do about it."""

    @property
    def where(self) -> str:
        """``lesson#step``."""
        return f"{self.lesson}#{self.step}" if self.step else self.lesson

    def __str__(self) -> str:
        """One line."""
        said = " ".join(part for part in (_sentence(self.message), _sentence(self.advice)) if part)
        of = f"{self.where}: " if self.where else ""
        return plain(f"{self.file}:{self.line}:{self.column}: {self.level}: {of}{said} [{PROOFS[self.proof]}]")

    def data(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "file": str(self.file),
            "line": self.line,
            "column": self.column,
            "lesson": self.lesson,
            "step": self.step,
            "proof": self.proof,
            "level": self.level,
            "message": _line(self.message),
            "advice": _line(self.advice),
        }


def from_problem(problem: Problem, lesson: str = "", step: str = "", level: Level = "error") -> Finding:
    """What the loader found."""
    return Finding(problem.file, problem.line, problem.column, lesson, step, 1, level, problem.message)


def in_order(findings: list[Finding]) -> list[Finding]:
    """By file and line, each once."""
    return sorted(
        dict.fromkeys(findings), key=lambda f: (str(f.file), f.line, f.column, f.proof, f.level, f.message)
    )


def without_echoes(findings: list[Finding]) -> list[Finding]:
    """Without what only tells again what another one has told; they are in order.

    That is, of a later step, that code of an earlier one fails; of another seed, what is so under the own one too.
    """
    kept: list[Finding] = []
    told = {_about(finding) for finding in findings if UNDER_SEED not in finding.message}
    for finding in _one_for_limp_checks(findings):
        if UNDER_SEED in finding.message and _about(finding) in told:
            continue
        cause = finding.message.partition("the lesson's own code failed: ")[2]
        earlier = (f for f in kept if f.lesson == finding.lesson and f.step != finding.step)
        if not cause or not any(cause in other.message for other in earlier):
            kept.append(finding)
    return kept


def _one_for_limp_checks(findings: list[Finding]) -> list[Finding]:
    """Where nothing, or what a step begins with, is accepted, all else that is has the same cause."""
    passing: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if _accepted(finding):
            passing.setdefault((finding.lesson, finding.step), []).append(finding)
    kept = list(findings)
    for same in passing.values():
        same.sort(key=lambda f: _LIMP.index(_accepted(f)) if _accepted(f) in _LIMP else len(_LIMP))
        first, *others = same
        if _accepted(first) not in _LIMP or not others:
            continue
        kept = [
            replace(first, message=f"{first.message}, and so {_list_of(others)}") if finding is first else finding
            for finding in kept
            if finding not in others
        ]
    return kept


def _accepted(finding: Finding) -> str:
    """The wrong answer that is accepted, by what it is called; empty where the finding is another."""
    what, passes, rest = finding.message.partition(_PASSES)
    return what if passes and rest[:1] in ("", ":") else ""


def _list_of(findings: list[Finding]) -> str:
    names = list(dict.fromkeys(map(_accepted, findings)))
    mutants = [name.removeprefix(_MUTANT) for name in names if name.startswith(_MUTANT)]
    listed = [name for name in names if not name.startswith(_MUTANT)]
    if mutants:
        listed.append(f"the mutant{'s' * (len(mutants) > 1)} {', '.join(mutants)}")
    verb = "do" if len(names) > 1 else "does"
    return f"{verb} {', '.join(listed[:-1])}{' and ' * (len(listed) > 1)}{listed[-1]}"


def _about(finding: Finding) -> tuple[str, ...]:
    """What a finding is of, whatever numbers came of it under one seed or another."""
    what = finding.message.partition(UNDER_SEED)[0].partition(": ")[0]
    return finding.lesson, finding.step, finding.level, str(finding.line), str(finding.column), what


def _line(text: str) -> str:
    text = " ".join(plain(text).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _sentence(text: str) -> str:
    text = _line(text)
    return text if not text or text.endswith((".", "?", "!", "…")) else text + "."
