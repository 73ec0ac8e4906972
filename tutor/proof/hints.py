"""No hint gives the solution away.

The rule looks at what the learner has to write: the statements of the solution (of a loop or a block its first
line) that are not to be seen anyway, in the step's text, starter, set-up or gaps, or in what earlier steps showed.
A hint that has half of it or more, by the number of characters, is an error; one that has a long statement (20
characters) is a warning; where less than that is to be written, its place is the task. Blanks do not count,
quotes of either kind are one; of a statement that assigns something long (10 characters) that alone is as telling.
The loader has refused a hint that contains the whole solution, however short.
"""

from __future__ import annotations

import ast

from tutor.lesson.model import Explore, Fill, Judged, Lesson
from tutor.lesson.python import statements
from tutor.lesson.state import result_of, setup_of, solution_of, starter_of
from tutor.lesson.steps import Step
from tutor.proof.findings import Finding
from tutor.proof.subject import Subject
from tutor.proof.walks import shown

_LONG, _TELLING = 20, 10
"""Characters from which a statement is the answer to something; and what it assigns."""

_MOST = 0.5
"""Of what is to be written; from there a hint is the solution."""

_Piece = tuple[str, tuple[str, ...]]
"""A statement as it is written, and what of it gives it away, packed; the first is the whole statement."""


def telling_hints(subject: Subject, index: int) -> list[Finding]:
    """The hints of a step that tell too much."""
    step = subject.lesson.steps[index]
    if not isinstance(step, (Judged, Explore)):
        return []
    seen = _packed("\n".join(_seen(subject.lesson, index)))
    pieces = [piece for piece in _pieces(solution_of(step)) if piece[1][0] not in seen]
    whole = sum(len(parts[0]) for _, parts in pieces)
    findings = []
    for n, hint in enumerate(step.hints):
        packed = _packed(hint)
        told = [(code, parts[0]) for code, parts in pieces if any(part in packed for part in parts)]
        share = sum(len(part) for _, part in told)
        advice = "Say what to look for; the solution has a key of its own"
        if share >= max(_MOST * whole, _LONG):
            message = (
                f"this hint is the solution: it tells {share} of the {whole} characters that are to be written"
            )
            findings.append(subject.finding(index, ("hints", n), 5, "error", message, advice))
            continue
        for code, part in told:
            if len(part) >= _LONG:
                message = f"this hint tells a whole line of the solution: `{code}`"
                findings.append(subject.finding(index, ("hints", n), 5, "warning", message, advice))
    return findings


def _pieces(solution: str) -> list[_Piece]:
    body = statements(solution) or []
    pieces: list[_Piece] = []
    for node in (node for part in body for node in ast.walk(part)):
        if not isinstance(node, ast.stmt):
            continue
        line = ast.unparse(node).partition("\n")[0]
        value = getattr(node, "value", None)
        right = _packed(ast.unparse(value)) if isinstance(value, ast.expr) else ""
        pieces.append((line, (_packed(line), *([right] if len(right) >= _TELLING else []))))
    return pieces


def _seen(lesson: Lesson, index: int) -> list[str]:
    """What the learner has seen by then, also as Python writes it."""
    texts = [lesson.setup]
    for step in lesson.steps[:index]:
        texts += [step.text, setup_of(step), shown(step)[0], result_of(step)]
    texts += _of(lesson.steps[index])
    return [*texts, *(ast.unparse(body) for text in texts for body in statements(text) or [])]


def _of(step: Step) -> tuple[str, ...]:
    code = step.code if isinstance(step, Fill) else shown(step)[0]
    return step.text, setup_of(step), starter_of(step), code


def _packed(text: str) -> str:
    return "".join(text.split()).replace("'", '"')
