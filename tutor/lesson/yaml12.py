"""YAML 1.2 as nodes that know where they stand.

PyYAML reads YAML 1.1, where ``1e-3`` is text, ``no`` is false and of two equal keys the last wins in silence.
Only its parser is used. Scalars keep their spelling: what a plain one means is decided by the type that is
expected, by the rules of the 1.2 core schema (yaml.org/spec/1.2.2, section 10.3), so ``3.10`` stays ``3.10``
where text is wanted. Duplicate keys, tags, anchors and aliases are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Union

import yaml

from tutor.lesson.problems import Report
from tutor.lesson.yaml_faults import explained
from tutor.protocol.text import plain

_Loader: Any
try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: the same events, more slowly
    from yaml import SafeLoader as _Loader

_MAX_DEPTH = 12
"""Levels of nesting; a lesson has six."""

_MAX_DIGITS = 20

# YAML 1.2 section 5.1, without what YAML 1.1 takes for the end of a line (NEL, LS, PS) and the byte order mark.
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))


@dataclass(slots=True)
class Scalar:
    """One text, number or word. ``style`` is its quote, ``|`` or ``>``, or None when it is plain."""

    line: int
    column: int
    text: str
    style: str | None

    @property
    def null(self) -> bool:
        return self.style is None and self.text in _NULL

    def as_bool(self) -> bool | None:
        """None when it is neither true nor false."""
        if self.style is not None or self.text not in _TRUE | _FALSE:
            return None
        return self.text in _TRUE

    def as_int(self) -> int | None:
        """None when it is no whole number, or one that is absurdly long."""
        if self.style is not None or len(self.text) > _MAX_DIGITS or not _INT.fullmatch(self.text):
            return None
        return int(self.text, 0) if self.text[:2] in ("0o", "0x") else int(self.text)

    def as_float(self) -> float | None:
        """None when it is no finite number."""
        if self.style is not None:
            return None
        if not _FLOAT.fullmatch(self.text):
            whole = self.as_int()
            return None if whole is None else float(whole)
        number = float(self.text)
        return number if abs(number) != float("inf") else None


@dataclass(slots=True)
class Sequence:
    line: int
    column: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    line: int
    column: int
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    """Key: where the key stands, and its value."""

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry[1] if entry else None


@dataclass(slots=True)
class Refused:
    """Stands for an alias, which has been reported."""

    line: int
    column: int


Node = Union[Scalar, Sequence, Mapping, Refused]  # noqa: UP007 - used before the classes are known


class _Stop(Exception):
    """What follows cannot be understood any more; the reason has been reported."""


def parse(text: str, report: Report) -> Node | None:
    """The one document in ``text``; None when nothing could be made of it. Problems go to ``report``."""
    bad = 0
    for number, line in enumerate(report.lines, 1):
        for match in _FORBIDDEN.finditer(line):
            bad += 1
            report.add(number, match.start() + 1, f"the character U+{ord(match[0]):04X} is not allowed")
    if bad:
        return None
    builder = _Builder(yaml.parse(text, Loader=_Loader), report)
    try:
        node = builder.document()
        # Of what has aliases most is missing: whatever else were said of it is noise.
        return None if builder.has_aliases else node
    except _Stop:
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        report.add(line, column, f"not YAML: {explained(error, report.lines)}")
    except yaml.YAMLError as error:
        report.add(1, 1, f"not YAML: {error}")
    finally:
        builder.tell_shared()
    return None


class _Builder:
    """Builds nodes from the parser's events, in one pass."""

    def __init__(self, events: Iterator[Any], report: Report) -> None:
        self._events = events
        self._report = report
        self._shared: list[Any] = []
        """Events with an anchor or an alias."""

    @property
    def has_aliases(self) -> bool:
        return any(isinstance(event, yaml.AliasEvent) for event in self._shared)

    def tell_shared(self) -> None:
        """Report the first anchor or alias for all of them: a bomb has as many as it likes."""
        if not self._shared:
            return
        first, more = self._shared[0], len(self._shared) - 1
        sign = "*" if isinstance(first, yaml.AliasEvent) else "&"
        others = f"; {more} more follow{'s' * (more == 1)}" if more else ""
        message = "anchors and aliases are not allowed; quote it if it is text"
        self._refuse(first, f"`{sign}{first.anchor}`: {message}{others}")

    def document(self) -> Node:
        first = self._next()
        if first is None:
            self._report.add(1, 1, "the file is empty; a lesson is a mapping: schema, id, title, …")
            raise _Stop
        node = self._node(first, 0)
        if (second := self._next()) is not None:
            self._refuse(second, "a lesson is one document: a second one begins here")
        return node

    def _next(self) -> Any:
        """The next event that is part of a value; None at the end."""
        for event in self._events:
            if isinstance(event, (yaml.NodeEvent, yaml.CollectionEndEvent)):
                return event
            if isinstance(event, yaml.DocumentStartEvent) and event.version not in (None, (1, 2)):
                self._refuse(event, "lessons are YAML 1.2; leave the %YAML line out")
        return None

    def _refuse(self, event: Any, message: str) -> None:
        self._report.add(event.start_mark.line + 1, event.start_mark.column + 1, message)

    def _node(self, event: Any, depth: int) -> Node:
        if event.anchor is not None:
            self._shared.append(event)
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent):
            return Refused(line, column)
        if event.tag is not None:
            self._refuse(event, f"`{event.tag}`: tags are not allowed; quote it if it is text")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(line, column, plain(event.value), event.style or None)
        if depth == _MAX_DEPTH:
            self._refuse(
                event, f"nested more than {_MAX_DEPTH} levels deep; text that begins with a bracket must be quoted"
            )
            raise _Stop
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(Sequence(line, column), depth)
        return self._mapping(Mapping(line, column), depth)

    def _sequence(self, node: Sequence, depth: int) -> Sequence:
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            node.items.append(self._node(event, depth + 1))
        return node

    def _mapping(self, node: Mapping, depth: int) -> Mapping:
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(self._next(), depth + 1)
            if not isinstance(key, Scalar):
                if not isinstance(key, Refused):
                    self._refuse(event, "a key must be one word, not a list or a mapping")
            elif key.text in node.entries:
                first = node.entries[key.text][0]
                self._refuse(event, f"`{key.text}` is here twice; the first is in line {first.line}")
            else:
                node.entries[key.text] = (key, value)
        return node
