"""Nodes into structs, by their types alone: every key and value that does not fit becomes a problem.

Goes on after a problem, so that one mistake does not hide the next. Knows the kinds of types the model uses
and no struct of it by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec.inspect as types

from tutor.lesson.problems import Report, did_you_mean, nearest
from tutor.lesson.yaml12 import Mapping as MappingNode
from tutor.lesson.yaml12 import Node, Refused, Scalar, Sequence

INVALID: Final = object()
"""Stands for a value that could not be read; why has been reported."""

_SHOWN = 40

Rule = Callable[[Any, MappingNode, str, Report], None]
"""Judges one struct that was read whole: the struct, its node, its path, where problems go."""

Parse = Callable[[Scalar, str, Report, str], object]
"""Judges one text that is to be Python: its node, its path, where problems go, the mode (``exec`` or ``eval``)."""


class Reader:
    """Reads nodes; ``rules`` are applied to each struct of their class that is whole, ``parse`` to all Python."""

    def __init__(self, report: Report, rules: Mapping[type, Rule], parse: Parse) -> None:
        self._report = report
        self._rules = rules
        self._parse = parse
        self._readers: dict[type, Callable[[Any, Any, str], Any]] = {
            types.StrType: self._text,
            types.IntType: self._int,
            types.FloatType: self._float,
            types.BoolType: self._bool,
            types.LiteralType: self._literal,
            types.VarTupleType: self._tuple,
            types.DictType: self._dict,
            types.StructType: self._struct,
            types.UnionType: self._union,
        }

    def read(self, kind: Any, node: Node, path: str = "") -> Any:
        """The value of ``node`` as type ``kind`` (of :mod:`msgspec.inspect`), or INVALID."""
        if isinstance(node, Refused):
            return INVALID
        if isinstance(kind, types.Metadata):
            extra = kind.extra or {}
            if isinstance(kind.type, types.StrType):
                return self._text(kind.type, node, path, extra.get("expected", "text"), extra.get("python", ""))
            kind = kind.type
        return self._readers[type(kind)](kind, node, path)

    def _wrong(self, node: Node, path: str, expected: str, hint: str = "") -> Any:
        message = f"{_named(path)} must be {expected}, not {_got(node)}{hint}"
        self._report.add(node.line, node.column, message, path)
        return INVALID

    def _text(self, kind: types.StrType, node: Node, path: str, expected: str = "text", python: str = "") -> Any:
        if not isinstance(node, Scalar):
            return self._wrong(node, path, expected)
        if node.null or (kind.min_length and not node.text.strip()):
            return self._wrong(
                node, path, expected, "; quote it if that word is meant" if node.text.strip() else ""
            )
        if kind.max_length is not None and len(node.text) > kind.max_length:
            length = f"at most {kind.max_length:,} characters long, not {len(node.text):,}"
            self._report.add(node.line, node.column, f"{_named(path)} must be {length}", path)
            return INVALID
        if kind.pattern is not None and not re.search(kind.pattern, node.text):
            return self._wrong(node, path, expected)
        if python:
            self._parse(node, path, self._report, python)
        return node.text

    def _int(self, kind: types.IntType, node: Node, path: str) -> Any:
        number = node.as_int() if isinstance(node, Scalar) else None
        return self._ranged(kind, number, node, path, "a whole number")

    def _float(self, kind: types.FloatType, node: Node, path: str) -> Any:
        number = node.as_float() if isinstance(node, Scalar) else None
        return self._ranged(kind, number, node, path, "a number")

    def _ranged(self, kind: Any, number: float | None, node: Node, path: str, expected: str) -> Any:
        if kind.ge is not None:
            expected += f" from {kind.ge:,}" if kind.le is not None else f" not below {kind.ge:g}"
        if kind.le is not None:
            expected += f" to {kind.le:,}"
        low, high = kind.ge, kind.le
        if number is None or (low is not None and number < low) or (high is not None and number > high):
            return self._wrong(node, path, expected)
        return number

    def _bool(self, _kind: types.BoolType, node: Node, path: str) -> Any:
        value = node.as_bool() if isinstance(node, Scalar) else None
        return self._wrong(node, path, "true or false") if value is None else value

    def _literal(self, kind: types.LiteralType, node: Node, path: str) -> Any:
        if isinstance(node, Scalar):
            value = node.as_int() if isinstance(kind.values[0], int) else node.text
            if value in kind.values:
                return value
        choices = "one of " * (len(kind.values) > 1) + ", ".join(f"`{value}`" for value in kind.values)
        return self._wrong(node, path, choices, _nearest(node, map(str, kind.values)))

    def _tuple(self, kind: types.VarTupleType, node: Node, path: str) -> Any:
        if not isinstance(node, Sequence):
            # A single text is the commonest of these mistakes.
            hint = (
                "; put it between `[` and `]`, or behind `- `"
                if isinstance(node, Scalar) and not node.null
                else ""
            )
            return self._wrong(node, path, "a list", hint)
        low, high, count = kind.min_length or 0, kind.max_length, len(node.items)
        if count < low or (high is not None and count > high):
            wanted = f"{low} to {high}" if high is not None else f"at least {low}"
            message = (
                f"{_named(path)} must have {wanted} {'item' if wanted.endswith(' 1') else 'items'}, not {count}"
            )
            self._report.add(node.line, node.column, message, path)
        items = [self.read(kind.item_type, item, f"{path}[{n}]") for n, item in enumerate(node.items)]
        return INVALID if INVALID in items else tuple(items)

    def _dict(self, kind: types.DictType, node: Node, path: str) -> Any:
        if not isinstance(node, MappingNode):
            return self._wrong(node, path, "a mapping")
        values = {
            key: self.read(kind.value_type, value, f"{path}.{key}") for key, (_, value) in node.entries.items()
        }
        return INVALID if INVALID in values.values() else values

    def _union(self, kind: types.UnionType, node: Node, path: str) -> Any:
        structs = [option for option in kind.types if isinstance(option, types.StructType)]
        if len(structs) > 1:
            return self._tagged(structs, node, path)
        if isinstance(node, Scalar) and node.null:
            return None
        (other,) = (option for option in kind.types if not isinstance(option, types.NoneType))
        return self.read(other, node, path)

    def _tagged(self, structs: list[types.StructType], node: Node, path: str) -> Any:
        tag = str(structs[0].tag_field)
        kinds = {str(option.tag): option for option in structs}
        choices = ", ".join(f"`{name}`" for name in kinds)
        if not isinstance(node, MappingNode):
            return self._wrong(node, path, f"a mapping with a `{tag}`")
        name = node.get(tag)
        if name is None:
            message = f"{_named(path)} has no `{tag}`; it must be one of {choices}"
            self._report.add(node.line, node.column, message, path)
            return INVALID
        chosen = kinds.get(name.text) if isinstance(name, Scalar) else None
        if chosen is None:
            return self._wrong(name, f"{path}.{tag}", f"one of {choices}", _nearest(name, kinds))
        return self._struct(chosen, node, path)

    def _struct(self, kind: types.StructType, node: Node, path: str) -> Any:
        if not isinstance(node, MappingNode):
            return self._wrong(node, path, "a mapping")
        fields = {field.name: field for field in kind.fields}
        meant = self._refuse_unknown(kind, fields, node, path)
        values: dict[str, Any] = {}
        for name, field in fields.items():
            value = node.get(name)
            if value is not None:
                values[name] = self.read(field.type, value, f"{path}.{name}" if path else name)
            elif field.required:
                # A key that is there, but misspelt, is one thing to put right and not two.
                if name not in meant:
                    self._report.add(node.line, node.column, f"{_named(path, kind)} has no `{name}`", path)
                values[name] = INVALID
        if INVALID in values.values():
            return INVALID
        built = kind.cls(**values)
        if rule := self._rules.get(kind.cls):
            rule(built, node, path, self._report)
        return built

    def _refuse_unknown(
        self, kind: types.StructType, fields: Mapping[str, Any], node: MappingNode, path: str
    ) -> set[str]:
        """Report keys that are not known; gives the keys that were likely meant by them."""
        meant = set()
        known = [*([kind.tag_field] if kind.tag_field else []), *fields]
        for name, (key, _) in node.entries.items():
            if name not in known:
                hint = did_you_mean(name, known) or f"; it may have {', '.join(f'`{word}`' for word in known)}"
                message = f"{_named(path, kind)} has no key `{_short(name)}`{hint}"
                self._report.add(key.line, key.column, message, f"{path}.{name}" if path else name)
                meant.add(nearest(name, known))
        return meant


def _named(path: str, kind: types.StructType | None = None) -> str:
    """How to speak of a path: by its last key, or as an item of it."""
    last = path.rpartition(".")[2]
    if kind is not None and kind.tag is not None:
        return f"this `{kind.tag}`"
    if not last:
        return "the lesson"
    return f"`{last}`" if not last.endswith("]") else f"an item of `{last.partition('[')[0]}`"


def _nearest(node: Node, known: Iterable[str]) -> str:
    return did_you_mean(node.text, known) if isinstance(node, Scalar) else ""


def _got(node: Node) -> str:
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, Scalar) and (node.text or node.style):
        if not node.text.strip():
            return "an empty text"
        return f"{'the text ' if node.style else ''}`{_short(node.text)}`"
    return "nothing"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
