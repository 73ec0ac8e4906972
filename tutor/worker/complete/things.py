"""Objects seen from outside: their attributes by name, without calling anything of theirs."""

from __future__ import annotations

import functools
import types
from dataclasses import dataclass
from typing import Any

from tutor.worker.probe import outline

FUNCTIONS: tuple[type, ...] = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.ClassMethodDescriptorType,
    functools.partial,
)
PROPERTIES: tuple[type, ...] = (property, types.GetSetDescriptorType, functools.cached_property)
_METHODS: tuple[type, ...] = (types.FunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)
_SLOTS: tuple[type, ...] = (types.GetSetDescriptorType, types.MemberDescriptorType)
_WRAPPED: tuple[type, ...] = (staticmethod, classmethod)

_MRO = type.__dict__["__mro__"].__get__
_DICT = type.__dict__["__dict__"].__get__
_FLAGS = type.__dict__["__flags__"].__get__
_HEAP = 1 << 9
_MODULE_DICT = vars(types.ModuleType)["__dict__"].__get__


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """An object, or as much of one as is known without running code. Never compared: that would run ``__eq__``."""

    kind: type | None
    """Its class, known or guessed."""
    value: Any = None
    known: bool = False
    """Whether ``value`` is the object itself; for a property, the property."""
    bound: bool = False
    """A method behind its object: its first parameter is taken."""
    is_property: bool = False


NOTHING = Thing(None)


def known(value: Any, *, bound: bool = False) -> Thing:
    return Thing(type(value), value, known=True, bound=bound)


def some(kind: type | None) -> Thing:
    """An object of ``kind`` that nobody has made yet."""
    return Thing(kind)


def is_class(value: Any) -> bool:
    return any(base is type for base in _MRO(type(value)))


def mro(kind: type) -> tuple[type, ...]:
    found: tuple[type, ...] = _MRO(kind)
    return found


def class_dict(kind: type) -> Any:
    """The class's own attributes, read-only."""
    return _DICT(kind)


def is_heap_type(kind: type) -> bool:
    """Whether a ``class`` statement, or what amounts to one, made it."""
    flags: int = _FLAGS(kind)
    return bool(flags & _HEAP)


def from_class(kind: type, name: str) -> tuple[bool, Any]:
    """An attribute of the class or its bases as it is stored there: whether it was found, and what it is."""
    for base in mro(kind):
        own = class_dict(base)
        if name in own:
            return True, own[name]
    return False, None


def own_dict(value: Any) -> dict[str, Any]:
    """The object's ``__dict__`` itself; empty where it has none or a class of its own answers for it."""
    if any(base is types.ModuleType for base in mro(type(value))):
        return _exact(_MODULE_DICT(value))
    for base in mro(type(value)):
        place = class_dict(base).get("__dict__")
        if place is not None:
            # Anything else under this name is the learner's own code.
            return _exact(place.__get__(value)) if type(place) in _SLOTS else {}
    return {}


def _exact(value: Any) -> dict[str, Any]:
    return value if type(value) is dict else {}


def names(thing: Thing) -> list[str]:
    """Names that may follow its dot, in no order that matters, once each."""
    found: dict[str, None] = {}
    if thing.kind is None or thing.is_property:
        return []
    if thing.known:
        if is_class(thing.value):
            for base in mro(thing.value):
                found.update(dict.fromkeys(class_dict(base)))
            return [name for name in found if type(name) is str]
        state = own_dict(thing.value)
        found.update(dict.fromkeys(list(state)))
        if outline.is_module(thing.kind):
            found.update(dict.fromkeys(outline.members(state)))
    if not (thing.known and type(thing.value) is types.ModuleType):
        for base in mro(thing.kind):
            found.update(dict.fromkeys(class_dict(base)))
    return [name for name in found if type(name) is str]


def member(thing: Thing, name: str) -> Thing:
    """``thing.name``; NOTHING if it is not there or only code could tell."""
    if thing.kind is None or thing.is_property:
        return NOTHING
    if thing.known and is_class(thing.value):
        found, value = from_class(thing.value, name)
        return _of_class(value) if found else NOTHING
    found, value = from_class(thing.kind, name)
    if thing.known and not (found and type(value) in PROPERTIES and type(value) is not functools.cached_property):
        state = own_dict(thing.value)
        if name in state:
            return known(state[name])
        if outline.is_module(thing.kind):
            parts = outline.members(state)
            if name in parts:
                return known(parts[name])
    return _of_object(thing, value) if found else NOTHING


def _of_class(value: Any) -> Thing:
    if type(value) in _WRAPPED:
        return known(value.__func__, bound=type(value) is classmethod)
    if type(value) in PROPERTIES:
        return Thing(type(value), value, known=True, is_property=True)
    return known(value)


def _of_object(thing: Thing, value: Any) -> Thing:
    if type(value) in _METHODS:
        return known(value, bound=True)
    if type(value) in _WRAPPED or type(value) in PROPERTIES:
        return _of_class(value)
    if type(value) is types.MemberDescriptorType:
        return _slot(thing, value)
    if any("__get__" in class_dict(base) for base in mro(type(value))):
        return NOTHING
    return known(value)


def _slot(thing: Thing, slot: types.MemberDescriptorType) -> Thing:
    if not thing.known:
        return NOTHING
    try:
        return known(slot.__get__(thing.value))
    except (AttributeError, TypeError):
        return NOTHING


def property_value(thing: Thing, name: str) -> Thing:
    """What the property ``name`` of ``thing`` would give, guessed by its name."""
    return some(outline.property_type(thing.kind, name)) if thing.kind is not None else NOTHING


def sort_of(thing: Thing) -> str:
    """The kind of a candidate: ``function``, ``class``, ``module``, ``tensor``, ``property`` or ``value``."""
    if thing.kind is None:
        return "property"
    if thing.is_property:
        return "property"
    if thing.kind in FUNCTIONS:
        return "function"
    if thing.known and is_class(thing.value):
        return "class"
    if any(base is types.ModuleType for base in mro(thing.kind)):
        return "module"
    return "tensor" if outline.is_tensor(thing.kind) else "value"


def detail_of(thing: Thing, sort: str) -> str:
    """A few words behind the name."""
    if sort == "tensor" and thing.known:
        return outline.in_short(thing.value)
    if sort == "value" and thing.kind is not None:
        return class_name(thing.kind)
    return ""


def class_name(kind: type) -> str:
    """Its name as the interpreter knows it, whatever its metaclass says, at most 80 characters."""
    name: str = type.__dict__["__name__"].__get__(kind)
    return name[:80]
