"""A step that needs a device and its twin: the file holds what is different, the model has both whole."""

from __future__ import annotations

from tutor.lesson.problems import Report
from tutor.lesson.yaml12 import Mapping, Node, Scalar, Sequence

_OWN = ("id", "needs", "twin")
"""Keys that a twin has of its step."""

_COMMON = ("id", "kind", "text", "title", "setup")
"""Keys that a twin of another kind takes over."""


def complete_twins(root: Node, report: Report) -> None:
    """Put into each ``twin`` what it has in common with its step, so that it can be read as a step."""
    steps = root.get("steps") if isinstance(root, Mapping) else None
    for number, step in enumerate(steps.items if isinstance(steps, Sequence) else []):
        if not isinstance(step, Mapping):
            continue
        twin = step.get("twin")
        if isinstance(twin, Mapping):
            _complete(step, twin, f"steps[{number}].twin", report)
        _both_or_none(step, f"steps[{number}]", report)


def _complete(step: Mapping, twin: Mapping, path: str, report: Report) -> None:
    for name in _OWN:
        if entry := twin.entries.pop(name, None):
            report.add(entry[0].line, entry[0].column, f"a twin has no `{name}` of its own", path)
    kind = twin.get("kind")
    other = isinstance(kind, Scalar) and kind.text != getattr(step.get("kind"), "text", "")
    for name, entry in step.entries.items():
        if name not in ("needs", "twin") and name not in twin.entries and (not other or name in _COMMON):
            twin.entries[name] = entry


def _both_or_none(step: Mapping, path: str, report: Report) -> None:
    needs, twin = step.entries.get("needs"), step.entries.get("twin")
    if needs is not None and twin is None:
        key = needs[0]
        message = "a step that `needs` a device must have a `twin` for machines without it"
        report.add(key.line, key.column, message, f"{path}.needs")
    elif twin is not None and needs is None:
        key = twin[0]
        report.add(key.line, key.column, "a step with a `twin` must say what it `needs`", f"{path}.twin")
