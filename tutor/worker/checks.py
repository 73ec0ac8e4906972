"""The kinds of check, each a comparison of what the learner has with what the solution makes."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tutor.protocol.snapshots import CheckPart, CheckResult
from tutor.worker.interpreter import Interpreter, shorten
from tutor.worker.probe.compare import compare, isolated

_SHOWN = 300
"""Characters of an expected or a found value that a person is shown."""

_BUILTINS = frozenset(dir(builtins))

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a check may look at."""

    live: dict[str, Any]
    """The learner's namespace."""
    expected: dict[str, Any]
    """The namespace after the solution."""
    before: dict[str, Any]
    """The namespace after the step's set-up, before any solution."""
    output: str
    """What the learner's last run printed."""
    printed: str
    """What the solution printed."""


class _Missing(Exception):
    """A name the learner has not made yet."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def judge(check: Spec, evidence: Evidence) -> CheckResult:
    """The verdict of one check; never raises, a KeyboardInterrupt apart."""
    label = check.get("label") or _default_label(check)
    feedback = check.get("feedback") or ""
    kind = _KINDS.get(check.get("kind", ""))
    if kind is None:
        return CheckResult(label, "broken", (), f"this tutor knows no check of kind {check.get('kind')!r}", "")
    try:
        parts = kind(check, evidence)
    except _Missing as missing:
        part = CheckPart(missing.name, ok=False, expected="defined", got="not defined yet")
        return CheckResult(label, "fail", (part,), f"`{missing.name}` is not defined yet.", "")
    except KeyboardInterrupt:
        raise
    except Exception as error:
        return CheckResult(label, "error", (), f"{type(error).__name__}: {shorten(str(error), _SHOWN)}", feedback)
    failed = [part for part in parts if not part.ok]
    if not failed:
        return CheckResult(label, "pass", parts, "", "")
    first = failed[0]
    message = f"{first.label}: expected {first.expected}, got {first.got}."
    return CheckResult(label, "fail", parts, message, feedback)


def is_right(check: Spec, evidence: Evidence) -> bool:
    """Whether the learner has exactly what ``evidence.expected`` holds; used to recognise foreseen mistakes."""
    return check.get("kind") in ("tensor", "value", "output", "raises") and judge(check, evidence).status == "pass"


def _default_label(check: Spec) -> str:
    target = check.get("target", "")
    kind = check.get("kind")
    if kind == "unchanged":
        return f"{target} is unchanged"
    if kind == "raises":
        return f"{check.get('code', '').strip()} raises {check.get('error', '')}"
    if kind == "output":
        return "the printed text is right"
    return f"{target} is right"


def _evaluate(expression: str, namespace: dict[str, Any]) -> Any:
    tree = ast.parse(expression.strip(), mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in namespace and node.id not in _BUILTINS:
            raise _Missing(node.id)
    if not isinstance(tree.body, (ast.Name, ast.Attribute)):
        # A call may change its arguments: let it change copies.
        namespace = isolated(namespace)
    return eval(compile(tree, "<check>", "eval"), namespace)


def _tensor(check: Spec, evidence: Evidence) -> tuple[CheckPart, ...]:
    got = _evaluate(check["target"], evidence.live)
    expected = _evaluate(check["target"], evidence.expected)
    return compare(expected, got, check.get("rtol"), check.get("atol"))


def _unchanged(check: Spec, evidence: Evidence) -> tuple[CheckPart, ...]:
    got = _evaluate(check["target"], evidence.live)
    return compare(_evaluate(check["target"], evidence.before), got)


def _raises(check: Spec, evidence: Evidence) -> tuple[CheckPart, ...]:
    name = "nothing"
    try:
        Interpreter(isolated(evidence.live)).run(check["code"], "<check>", None)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        name = type(error).__name__
    return (CheckPart("raises", name == check["error"], check["error"], name),)


def _output(check: Spec, evidence: Evidence) -> tuple[CheckPart, ...]:
    got = evidence.output.strip()
    if check.get("contains") is not None:
        wanted = str(check["contains"]).strip()
        return (CheckPart("output", wanted in got, f"text with {wanted!r}", repr(shorten(got, _SHOWN))),)
    wanted = str(check["equals"] if check.get("equals") is not None else evidence.printed).strip()
    same = [line.rstrip() for line in got.splitlines()] == [line.rstrip() for line in wanted.splitlines()]
    return (CheckPart("output", same, repr(shorten(wanted, _SHOWN)), repr(shorten(got, _SHOWN))),)


_KINDS: dict[str, Callable[[Spec, Evidence], tuple[CheckPart, ...]]] = {
    "tensor": _tensor,
    "value": _tensor,
    "unchanged": _unchanged,
    "raises": _raises,
    "output": _output,
}
