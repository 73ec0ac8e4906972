"""Why an answer was not taken, and a report of it for whoever keeps the lesson."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from tutor import __version__
from tutor.lesson.model import Lesson, Step
from tutor.protocol.events import Ready
from tutor.protocol.verdicts import CheckResult

_FENCE = "```"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One answer that was judged and not taken."""

    lesson: Lesson
    index: int
    code: str
    """What was judged: the learner's code at the step."""
    results: tuple[CheckResult, ...]
    said: str
    """What the learner was told."""
    fault: bool = False
    """Whether it was the lesson that failed, not the answer."""

    @property
    def step(self) -> Step:
        return self.lesson.steps[self.index]


def report(refusal: Refusal, ready: Ready | None) -> str:
    """All of it as Markdown: lesson, step, versions, every rule with expected and got, the code.

    Nothing else of the machine is in it: no path, no name, no other code.
    """
    torch = (ready.torch if ready else None) or "none"
    python = ready.python if ready else "not started"
    parts = [
        f"# {refusal.lesson.id}#{refusal.step.id}",
        "\n".join(
            (
                f"- lesson: {refusal.lesson.id} ({refusal.lesson.title})",
                f"- step: {refusal.step.id} ({refusal.index + 1} of {len(refusal.lesson.steps)})",
                f"- tutor {__version__}, Python {python}, torch {torch}, {platform.system()} {platform.machine()}",
                f"- verdict: {'the lesson failed' if refusal.fault else 'refused'}",
            )
        ),
        f"## What was said\n\n{refusal.said.strip() or 'nothing'}",
        "## Checks\n\n" + ("\n".join(line for result in refusal.results for line in _lines(result)) or "none"),
        f"## Code\n\n{_fenced(refusal.code)}",
        "## What should have happened\n\n(write here why you think your answer is right)",
    ]
    return "\n\n".join(parts) + "\n"


def _lines(result: CheckResult) -> list[str]:
    lines = [f"- {result.status or 'not judged'}: {result.label}"]
    for part in result.parts:
        mark = "same" if part.ok else "differs"
        lines.append(f"  - {part.label} {mark}: expected {part.expected or '–'}, got {part.got or '–'}")
    if result.message and result.status != "pass":
        lines.append(f"  - {result.message}")
    return lines


def _fenced(code: str) -> str:
    """``code`` behind a fence that is longer than any in it."""
    fence = _FENCE
    while fence in code:
        fence += "`"
    return f"{fence}python\n{code.rstrip() or '# nothing ran to its end at this step'}\n{fence}"
