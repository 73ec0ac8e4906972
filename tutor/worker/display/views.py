"""From a displayed value to what is said about it: its text, and a view of what is inside."""

from __future__ import annotations

from typing import Any

from tutor.protocol.comparison import Comparison
from tutor.protocol.gradcheck import GradientCheck
from tutor.protocol.views import ValueView
from tutor.worker.display.items import items_of
from tutor.worker.display.kinds import SIMPLE
from tutor.worker.display.tables import array_of, table_of
from tutor.worker.display.text import text_of
from tutor.worker.probe.contrast import summary
from tutor.worker.probe.gradcheck import outcome
from tutor.worker.probe.show import tree


def shown(value: Any, path: str = "_") -> tuple[str, ValueView | None]:
    """Text and view of a value. ``path`` is how the learner reaches it. Call where an interrupt may be raised:
    a learner's ``__repr__`` runs here."""
    if type(value) is Comparison:
        return summary(value), ValueView(comparison=value)
    if type(value) is GradientCheck:
        return outcome(value), ValueView(gradcheck=value)
    text = text_of(value)
    return text, None if type(value) in SIMPLE else _view(value, path, text)


def _view(value: Any, path: str, text: str) -> ValueView | None:
    try:
        if module := tree(value):
            return ValueView(module=module)
        if table := table_of(value):
            return ValueView(table=table)
        if array := array_of(value, path):
            return ValueView(array=array)
        if items := items_of(value, text):
            return ValueView(items=items)
    except Exception:
        # Whatever a strange object did while it was looked into: its text is still there.
        return None
    return None


def name_of(namespace: dict[str, Any], value: Any) -> str:
    """The first public name of the namespace that holds this very object; ``_`` where there is none."""
    if type(value) in SIMPLE:
        return "_"
    for name, held in list(namespace.items()):
        if held is value and type(name) is str and not name.startswith("_"):
            return name
    return "_"
