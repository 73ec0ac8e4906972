"""What is said of a call while it is typed, and of an object when somebody asks."""

from __future__ import annotations

import ast
import types
from typing import Any

from tutor.protocol.assistance import Description
from tutor.protocol.events import Described
from tutor.worker.complete.docs import clean_doc, first_paragraph, referred
from tutor.worker.complete.names import bound
from tutor.worker.complete.own_class import own_class
from tutor.worker.complete.place import call_at
from tutor.worker.complete.resolve import Resolver, loaded
from tutor.worker.complete.signatures import Signature, signature_of
from tutor.worker.complete.sources import written
from tutor.worker.complete.things import FUNCTIONS, Thing, class_dict, class_name, is_class
from tutor.worker.probe import outline

_LONGEST_SOURCE = 200_000
_LONGEST_NAME = 200
_LONGEST_PARAGRAPH = 400


def call(namespace: dict[str, Any], id: int, source: str, cursor: int) -> Described:  # noqa: A002
    """The signature of the innermost call around ``cursor`` and the parameter being typed."""
    cursor = max(0, min(cursor, len(source)))
    found = call_at(source, cursor) if len(source) <= _LONGEST_SOURCE else None
    if found is None:
        return Described(id, None, full=False)
    _, values = bound(source, cursor)
    _, own_values = own_class(source, cursor)
    thing = Resolver(namespace, {**values, **own_values}).resolve(found.callee)
    words = (*found.used, found.keyword) if found.keyword else found.used
    way = signature_of(thing, found.index if found.keyword else found.index + 1, words)
    if way is None:
        return Described(id, None, full=False)
    current = way.current(found.index, found.keyword)
    said = _short_doc(thing)
    return Described(id, _description(found.callee, thing, way, current, said), full=False)


def everything(namespace: dict[str, Any], id: int, expression: str) -> Described:  # noqa: A002
    """All that is known of the object ``expression`` names, its source included."""
    name = expression.strip()
    thing = Resolver(namespace).property_of(name)
    if thing.kind is None and (callee := _callee(name)):
        # Nothing runs for a question: of a call, what is known is what would be called.
        name, thing = callee, Resolver(namespace).property_of(callee)
    if thing.kind is None:
        return Described(id, None, full=True)
    file, line, source = written(thing.value) if thing.known else ("", 0, "")
    facts = outline.facts(name[:_LONGEST_NAME], thing.value) if thing.known else None
    way = signature_of(thing)
    text = _description(name, thing, way, -1, clean_doc(thing))
    return Described(
        id,
        Description(
            text.name, text.type, text.parameters, text.returns, -1, _full_doc(text.doc), source, file, line, facts
        ),
        full=True,
    )


def _callee(expression: str) -> str:
    """``x.sum`` for ``x.sum(dim=0)``; empty for anything but a call."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return ""
    return ast.unparse(tree.func) if isinstance(tree, ast.Call) else ""


def _description(name: str, thing: Thing, way: Signature | None, current: int, doc: str) -> Description:
    parameters = way.parameters if way is not None else None
    returns = way.returns if way is not None else ""
    return Description(name[:_LONGEST_NAME], _type_text(thing), parameters, returns, current, doc)


def _type_text(thing: Thing) -> str:
    if thing.kind is None:
        return ""
    if thing.is_property:
        return "property"
    if thing.kind in FUNCTIONS:
        return "method" if thing.bound or thing.kind is types.MethodType else "function"
    if thing.known and is_class(thing.value):
        return "class"
    module = class_dict(thing.kind).get("__module__")
    plain = type(module) is not str or module in ("builtins", "__main__")
    name = class_name(thing.kind)
    return name if plain else f"{module[:_LONGEST_NAME]}.{name}"


def _short_doc(thing: Thing) -> str:
    """First paragraph; of a method that only refers to a function, the function's."""
    paragraph = first_paragraph(clean_doc(thing))
    other = referred(paragraph)
    if other:
        paragraph = first_paragraph(clean_doc(loaded(other))) or paragraph
    return paragraph[:_LONGEST_PARAGRAPH]


def _full_doc(text: str) -> str:
    """The docstring, and behind one that only refers to another, that one."""
    other = referred(first_paragraph(text))
    more = clean_doc(loaded(other)) if other else ""
    return f"{text}\n\n{more}" if more else text
