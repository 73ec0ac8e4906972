"""Docstrings, and where things are written down."""

from __future__ import annotations

import functools
import inspect
import re
import types
from typing import Any

from tutor.worker.complete.things import PROPERTIES, Thing, class_dict, is_class, known, mro, own_dict

LONGEST = 20_000
"""Characters of a docstring that are looked at."""

_SEE = re.compile(
    r"^(?:See|Alias for|In-place version of) :(?:func|meth|class):`~?([\w.]+)`\.?(?: for details\.?)?$"
)
_SIGNATURE = re.compile(r"^\s*[\w.]+\(.*\)\s*(?:(?:->|→).*)?$")


def raw_doc(thing: Thing) -> str:
    """The docstring as it stands; empty if there is none. Of an object, its class's."""
    text = _doc(thing.value) if thing.known else None
    if text is None and thing.kind is not None and not thing.is_property:
        text = _class_doc(thing.kind)
    return text[:LONGEST] if type(text) is str else ""


def _doc(value: Any) -> Any:
    """None where the class has to answer."""
    kind = type(value)
    if kind is functools.partial or kind is types.MethodType:
        inner = value.func if kind is functools.partial else value.__func__
        return raw_doc(known(inner)) if type(inner) is not kind else ""
    if kind in (*PROPERTIES, *_OWN_DOC):
        return _text(value.__doc__)
    if any(base is types.ModuleType for base in mro(kind)):
        return _text(own_dict(value).get("__doc__"))
    return _class_doc(value) if is_class(value) else None


_OWN_DOC: tuple[type, ...] = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.ClassMethodDescriptorType,
    types.MemberDescriptorType,
)


def _text(doc: Any) -> str:
    """A docstring may be anything, even an object whose truth is code."""
    return doc if type(doc) is str else ""


def _class_doc(kind: type) -> str:
    """The docstring of a class, or of the nearest base but ``object`` that has one."""
    for base in mro(kind):
        if base is object:
            return ""
        text = class_dict(base).get("__doc__")
        if type(text) is str:
            return text
    return ""


def clean_doc(thing: Thing) -> str:
    """The docstring without its common indent."""
    return inspect.cleandoc(raw_doc(thing))


def first_paragraph(text: str) -> str:
    """The first paragraph of a clean docstring that is no signature, on one line."""
    for paragraph in text.split("\n\n"):
        lines = [line.strip() for line in paragraph.strip().split("\n")]
        while lines and _SIGNATURE.match(lines[0]):
            lines = lines[1:]
        more_ways = any(map(_SIGNATURE.match, lines))
        if any(lines) and not more_ways and not lines[0].startswith(".. "):
            return " ".join(line for line in lines if line)
    return ""


def referred(paragraph: str) -> str:
    """The full name that ``See :func:`torch.sum``` sends the reader to; empty if it says more than that."""
    match = _SEE.match(paragraph)
    return match[1] if match else ""
