"""YAML 1.2 with positions: plain data, and where in the file each part of it stands.

PyYAML reads YAML 1.1, where ``1e-3`` is text, ``no`` is false and of two equal keys the last wins in silence.
Only its parser is used here; scalars are resolved by the 1.2 core schema (yaml.org/spec/1.2.2, section 10.3),
duplicate keys, tags, aliases and merge keys are refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: the same events, more slowly
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

Path = tuple["str | int", ...]
Position = tuple[int, int]
"""Line and column, from 1."""

_MAX_DEPTH = 20

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_NAN = re.compile(r"\.(?:nan|NaN|NAN)")


class YamlError(Exception):
    """The text is not YAML that a lesson may use."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(slots=True)
class Document:
    """Data of one file, and the position of every key, value and item by its path."""

    data: Any = None
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)
    blocks: dict[Path, int] = field(default_factory=dict)
    """Line on which the text of a block scalar (``|``) begins."""

    def where(self, path: Path) -> Position:
        """The position of ``path``, or of the nearest thing around it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))


def parse(text: str) -> Document:
    """Raises YamlError."""
    document = Document()
    try:
        _Builder(yaml.parse(text, Loader=_Loader), document).build()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise YamlError(f"not YAML: {error.problem or error.context}", position) from error
    except yaml.YAMLError as error:
        raise YamlError(f"not YAML: {error}", (1, 1)) from error
    return document


class _Builder:
    """Builds data from the parser's events, in one pass."""

    def __init__(self, events: Iterator[Any], document: Document) -> None:
        self._events = events
        self._document = document

    def build(self) -> None:
        first = self._next_content()
        if first is None:
            raise YamlError("the file is empty", (1, 1))
        self._document.data = self._value(first, ())
        if (second := self._next_content()) is not None:
            raise YamlError("a lesson is one document: there is a second one", _position(second))

    def _next_content(self) -> Any:
        """The next event that is part of a value; None at the end."""
        for event in self._events:
            if isinstance(event, (yaml.AliasEvent, yaml.NodeEvent, yaml.CollectionEndEvent)):
                return event
        return None

    def _value(self, event: Any, path: Path) -> Any:
        here = _position(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise YamlError("anchors and aliases (& and *) are not allowed", here)
        if event.tag is not None:
            raise YamlError(f"tags ({event.tag}) are not allowed", here)
        if len(path) > _MAX_DEPTH:
            raise YamlError("nested too deeply", here)
        self._document.values[path] = here
        if isinstance(event, yaml.ScalarEvent):
            if event.style in ("|", ">"):
                self._document.blocks[path] = here[0] + 1
            return _scalar(event.value, event.style)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next_content(), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := self._next_content(), yaml.MappingEndEvent):
            here = _position(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise YamlError("a key must be a word", here)
            key = event.value
            where = (*path, key)
            if key in result:
                first = self._document.keys[where]
                raise YamlError(f"`{key}` is here twice; the first is on line {first[0]}", here)
            self._document.keys[where] = here
            result[key] = self._value(self._next_content(), where)
        return result


def _position(event: Any) -> Position:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _scalar(text: str, style: str | None) -> Any:
    if style:
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if sign := _INFINITE.fullmatch(text):
        return -math.inf if sign[1] == "-" else math.inf
    return math.nan if _NAN.fullmatch(text) else text
