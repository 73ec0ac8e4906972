"""No hint gives the solution away.

The rule: without its spaces, a hint must not contain the whole solution, nor any statement of it that is long
enough (20 characters without spaces) to be the answer to something, nor what such a statement assigns or returns. Quotes of either kind are one, comments do not count. What the learner sees anyway may be quoted: the text
of the step, its starter, its set-up, its open gaps, and whatever earlier steps have shown.
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

_LONG = 20
"""Characters, without spaces, from which a statement is the answer to something."""


def telling_hints(subject: Subject, index: int) -> list[Finding]:
    """The hints of a step that tell too much."""
    step = subject.lesson.steps[index]
    if not isinstance(step, (Judged, Explore)):
        return []
    seen = _packed("\n".join(_seen(subject.lesson, index)))
    secrets = {secret: code for secret, code in _secrets(solution_of(step)).items() if secret not in seen}
    findings = []
    for n, hint in enumerate(step.hints):
        packed = _packed(hint)
        told = next((code for secret, code in secrets.items() if secret in packed), None)
        if told is not None:
            message = f"this hint contains `{told}`, which is the solution or a line of it"
            advice = "Say what to look for; the solution has a key of its own"
            findings.append(subject.finding(index, ("hints", n), 5, "error", message, advice))
    return findings


def _secrets(solution: str) -> dict[str, str]:
    """What must not be told, without spaces, and as it is written."""
    body = statements(solution) or []
    whole = "\n".join(ast.unparse(statement) for statement in body)
    secrets = {_packed(whole): " ".join(whole.split()), _packed(solution): " ".join(solution.split())}
    for statement in (node for part in body for node in ast.walk(part) if isinstance(node, ast.stmt)):
        if hasattr(statement, "body"):
            continue
        value = getattr(statement, "value", None)
        for node in (statement, value):
            if not isinstance(node, ast.AST):
                continue
            for code in {ast.unparse(node), ast.get_source_segment(solution, node) or ""}:
                if len(_packed(code)) >= _LONG:
                    secrets[_packed(code)] = " ".join(code.split())
    return {secret: code for secret, code in secrets.items() if secret}


def _seen(lesson: Lesson, index: int) -> list[str]:
    """What the learner has seen by then."""
    texts = [lesson.setup]
    for step in lesson.steps[:index]:
        texts += [step.text, setup_of(step), shown(step)[0], result_of(step)]
    return [*texts, *_of(lesson.steps[index])]


def _of(step: Step) -> tuple[str, ...]:
    code = step.code if isinstance(step, Fill) else shown(step)[0]
    return step.text, setup_of(step), starter_of(step), code


def _packed(text: str) -> str:
    kept = "".join(text.split())
    return kept.replace("'", '"')
