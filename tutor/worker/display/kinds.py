"""Which containers are walked, and how Python writes them.

Only exact built-in types, and classes whose ``__repr__`` is the one that ``dataclass`` or ``namedtuple`` made:
whatever says for itself how it wants to be shown is asked, not taken apart.
"""

from __future__ import annotations

import collections
import dataclasses
import inspect
import reprlib
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from types import FunctionType
from typing import Any

Pairs = Iterator[tuple[Any, Any]]

_DATACLASS_CODE = {dataclasses.dataclass.__code__.co_filename, reprlib.recursive_repr.__code__.co_filename}
_NAMED_TUPLE_CODE = collections.namedtuple.__code__.co_filename
_KEYED_ORDER = repr(OrderedDict(a=1)).startswith("OrderedDict({")
"""Python 3.12 writes an OrderedDict like a dict, earlier ones as a list of pairs."""

_SEQUENCES: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}
_DICT_VIEWS = {
    type(view)
    for mapping in (dict[str, int](), OrderedDict[str, int]())
    for view in (mapping.keys(), mapping.values(), mapping.items())
}


@dataclasses.dataclass(frozen=True, slots=True)
class Container:
    """A container opened for reading; ``pairs`` gives ``(key, item)``, and keys count only with a ``joint``."""

    type: str
    count: int
    opening: str
    closing: str
    joint: str
    """Between key and item: ``: `` in a dict, ``=`` in a dataclass, empty where items have no key of their own."""
    pairs: Callable[[], Pairs]
    numbered: bool = False
    """Items are reached by their number, which is their key."""
    separator: str = ", "

    def ends(self, head: int, tail: int) -> Pairs:
        """The first ``head`` items and the last ``tail``; all where that is as many. Numbers are kept."""
        if self.count <= head + tail:
            return self.pairs()
        return chain(islice(self.pairs(), head), islice(self.pairs(), self.count - tail, None))

    def text_of_key(self, key: Any, write: Callable[[Any], str]) -> str:
        """How Python writes a key; a field's name is itself."""
        return str(key) if self.joint == "=" else write(key)


SIMPLE = frozenset({int, float, complex, bool, str, bytes})
"""Values with nothing inside, and equal rather than the same: a name would say nothing of them."""


def container_of(value: Any) -> Container | None:
    """The container that ``value`` is; None for everything else, subclasses included."""
    kind = type(value)
    if kind in SIMPLE:
        return None
    if kind in _SEQUENCES:
        return _sequence(value, kind)
    if kind is dict or kind is OrderedDict or kind is defaultdict:
        return _mapping(value, kind)
    if kind is deque:
        limit = "" if value.maxlen is None else f", maxlen={value.maxlen}"
        return _listing("deque", value, "deque([", f"]{limit})", numbered=True)
    if kind in _DICT_VIEWS:
        return _listing(kind.__name__, value, f"{kind.__name__}([", "])")
    return _record(value, kind)


def _sequence(value: Any, kind: type) -> Container:
    opening, closing = _SEQUENCES[kind]
    if kind is tuple and len(value) == 1:
        closing = ",)"
    elif not value and kind in (set, frozenset):
        opening, closing = f"{kind.__name__}(", ")"
    return _listing(kind.__name__, value, opening, closing, numbered=kind in (list, tuple))


def _listing(name: str, value: Any, opening: str, closing: str, *, numbered: bool = False) -> Container:
    return Container(name, len(value), opening, closing, "", lambda: iter(enumerate(value)), numbered)


def _mapping(value: dict[Any, Any], kind: type) -> Container:
    opening, closing = "{", "}"
    if kind is defaultdict:
        opening, closing = f"defaultdict({value.default_factory!r}, {{", "})"  # type: ignore[attr-defined]
    elif kind is OrderedDict:
        if not value:
            opening, closing = "OrderedDict(", ")"
        elif _KEYED_ORDER:
            opening, closing = "OrderedDict({", "})"
        else:
            opening, closing = "OrderedDict([", "])"
    return Container(kind.__name__, len(value), opening, closing, ": ", lambda: iter(value.items()))


def _record(value: Any, kind: type) -> Container | None:
    """A dataclass, a named tuple or one of C's (``torch.return_types.max``)."""
    if type(kind) is not type:
        return None  # a metaclass could answer anything
    names: Iterable[str]
    if issubclass(kind, tuple):
        names = _tuple_fields(kind)
        if not names or len(names) != tuple.__len__(value):
            return None
        return _fields(kind, tuple(zip(names, tuple.__iter__(value), strict=True)))
    written = inspect.getattr_static(kind, "__repr__", None)
    fields = inspect.getattr_static(kind, "__dataclass_fields__", None)
    if type(fields) is not dict or not _code_from(written, _DATACLASS_CODE):
        return None
    shown = [field.name for field in dataclasses.fields(value) if field.repr]
    # The generated __repr__ would read the same attributes.
    return _fields(kind, tuple((name, getattr(value, name)) for name in shown))


def _tuple_fields(kind: type) -> tuple[str, ...]:
    written = inspect.getattr_static(kind, "__repr__", None)
    if _code_from(written, {_NAMED_TUPLE_CODE}):
        names = inspect.getattr_static(kind, "_fields", ())
    elif kind.__module__ == "torch.return_types":
        names = inspect.getattr_static(kind, "__match_args__", ())
    else:
        names = ()
    return names if type(names) is tuple and all(type(name) is str for name in names) else ()


def _code_from(function: Any, files: set[str]) -> bool:
    return type(function) is FunctionType and function.__code__.co_filename in files


def _fields(kind: type, pairs: tuple[tuple[str, Any], ...]) -> Container:
    if kind.__module__ == "torch.return_types":
        opening, separator = f"torch.return_types.{kind.__name__}(\n", ",\n"
    else:
        opening, separator = f"{kind.__name__ if issubclass(kind, tuple) else kind.__qualname__}(", ", "
    return Container(kind.__name__, len(pairs), opening, ")", "=", lambda: iter(pairs), separator=separator)
