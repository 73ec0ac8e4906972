"""Short ways to ask."""

from __future__ import annotations

from typing import Any

from tutor.protocol.assistance import Candidate, Description
from tutor.protocol.events import Completed
from tutor.worker.complete import describe
from tutor.worker.complete.candidates import complete


def answer(source: str, namespace: dict[str, Any] | None = None) -> Completed:
    """What Complete answers; the cursor is where ``|`` stands, or at the end."""
    before, _, after = source.partition("|")
    return complete(namespace if namespace is not None else {}, 1, before + after, len(before))


def candidates(source: str, namespace: dict[str, Any] | None = None) -> tuple[Candidate, ...]:
    return answer(source, namespace).candidates


def texts(source: str, namespace: dict[str, Any] | None = None) -> list[str]:
    return [one.text for one in candidates(source, namespace)]


def call(source: str, namespace: dict[str, Any] | None = None) -> Description | None:
    """The call at ``|``, or at the end."""
    before, _, after = source.partition("|")
    return describe.call(namespace if namespace is not None else {}, 1, before + after, len(before)).description


def current(source: str, namespace: dict[str, Any] | None = None) -> str:
    """The parameter being typed; empty if none."""
    found = call(source, namespace)
    if found is None or found.parameters is None or found.current < 0:
        return ""
    return found.parameters[found.current]


def described(expression: str, namespace: dict[str, Any] | None = None) -> Description | None:
    return describe.everything(namespace if namespace is not None else {}, 1, expression).description
