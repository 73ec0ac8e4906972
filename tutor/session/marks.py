"""Marks a prediction: each axis, element or line on its own."""

from __future__ import annotations

import ast
import math
import re
from dataclasses import dataclass
from typing import Any

from tutor.texts import _

_TENSOR = re.compile(r"^tensor\((.*?)(?:,\s*(?:dtype|device|grad_fn|requires_grad|size)=.*)?\)$", re.DOTALL)
_SHAPE = re.compile(r"^\s*(?:torch\.)?(?:Size)?\s*[\[(]*\s*((?:-?\d+\s*[,x×\s]?\s*)*)[\])]*\s*$")
_DTYPES = {"float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32"}
_NUMBER_WORD = re.compile(r"^\s*[+-]?(?:nan|inf)\s*$", re.IGNORECASE)
_NEAR = 6e-5
"""Numbers are shown with four decimals."""
_MOST = 256
"""Elements that are marked one by one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One axis, element or line of an answer."""

    text: str
    """What was answered; empty where nothing was."""
    right: bool
    truth: str
    """What it is; empty where there is none."""


Rows = tuple[tuple[Mark, ...], ...]


def marks(ask: str, answer: str, truth: str) -> Rows:
    """``answer`` beside ``truth``; ``ask`` is what a ``predict`` asks for. All right is right as a whole."""
    if ask == "shape":
        return _shapes(answer, truth)
    if ask == "value":
        return _values(answer, truth)
    if ask == "output":
        pairs = _pairs(answer.strip().split("\n"), truth.strip().split("\n"))
        return tuple(
            (Mark(a or "", (a or "").rstrip() == (t or "").rstrip() and t is not None, t or ""),) for a, t in pairs
        )
    same = _word(ask, answer) == _word(ask, truth)
    return ((Mark(answer.strip(), same, truth),),)


def unreadable(ask: str, answer: str, truth: str) -> str:
    """How an answer is to be written that cannot be read as one; empty where it can, right or wrong."""
    if ask == "shape" and _sizes(truth) is not None and _sizes(answer) is None:
        return _("That is no shape: write its sizes, such as `(2, 3)`, and `()` where there are none.")
    readable = _read(answer) is not _UNREAD or _NUMBER_WORD.match(answer)
    if ask == "value" and _read(truth) is not _UNREAD and not readable:
        return _("Python cannot read that as a value: write it as `3.5`, `[1, 2]`, `True` or `'text'`.")
    return ""


def all_right(rows: Rows) -> bool:
    """Whether every mark is."""
    return all(mark.right for row in rows for mark in row)


def _word(ask: str, text: str) -> str:
    text = text.strip().casefold()
    if ask == "dtype":
        name = text.removeprefix("torch.")
        return _DTYPES.get(name, name)
    return "nothing" if text in ("no error", "none", "") else text


def _shapes(answer: str, truth: str) -> Rows:
    wanted, given = _sizes(truth), _sizes(answer)
    if wanted is None or given is None:
        return ((Mark(answer.strip(), answer.strip() == truth, truth),),)
    if not wanted and not given:
        return ((Mark("()", right=True, truth="()"),),)
    return (
        tuple(
            Mark("" if a is None else str(a), a == t, "" if t is None else str(t))
            for a, t in _pairs(given, wanted)
        ),
    )


def _sizes(text: str) -> list[int] | None:
    found = _SHAPE.match(text) if text.strip() else None
    return [int(number) for number in re.findall(r"-?\d+", found[1])] if found else None


def _values(answer: str, truth: str) -> Rows:
    wanted, given = _read(truth), _read(answer)
    whole = ((Mark(answer.strip(), " ".join(answer.split()) == " ".join(truth.split()), truth),),)
    if wanted is _UNREAD or given is _UNREAD:
        return whole
    # Rows of different lengths have no shape, and no elements that lie opposite each other.
    # A single value stands as it was written, and as Python writes it.
    if _shape(wanted) in (None, ()) or _shape(wanted) != _shape(given) or _count(wanted) > _MOST:
        return ((Mark(answer.strip(), _same(given, wanted), truth),),)
    rows = [
        tuple(Mark(_said(a), _same(a, t), _said(t)) for a, t in zip(left, right))  # noqa: B905 - of one shape
        for left, right in zip(_rows(given), _rows(wanted))  # noqa: B905 - of one shape
    ]
    return tuple(rows)


_UNREAD: Any = object()


def _read(text: str) -> Any:
    text = text.strip()
    inside = _TENSOR.match(text)
    try:
        return ast.literal_eval((inside[1] if inside else text).strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return _UNREAD


def _shape(value: Any) -> Any:
    """Lengths of nested lists, or None where they differ from one row to the next."""
    if not isinstance(value, (list, tuple)):
        return ()
    inner = {_shape(item) for item in value}
    return (len(value), *(inner.pop() if inner else ())) if len(inner) <= 1 and None not in inner else None


def _count(value: Any) -> int:
    return sum(map(_count, value)) if isinstance(value, (list, tuple)) else 1


def _rows(value: Any) -> list[list[Any]]:
    if not isinstance(value, (list, tuple)):
        return [[value]]
    if not any(isinstance(item, (list, tuple)) for item in value):
        return [list(value)]
    return [row for item in value for row in _rows(item)]


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(_same(a, b) for a, b in zip(left, right))  # noqa: B905 - lengths are equal
    numbers = (int, float, complex)
    if (
        isinstance(left, bool)
        or isinstance(right, bool)
        or not (isinstance(left, numbers) and isinstance(right, numbers))
    ):
        return bool(type(left) is type(right) and left == right)
    if isinstance(left, complex) or isinstance(right, complex):
        return abs(left - right) <= _NEAR
    return math.isclose(left, right, rel_tol=_NEAR, abs_tol=_NEAR)


def _said(value: Any) -> str:
    return (
        f"{value:.6g}" if isinstance(value, float) else str(value) if not isinstance(value, str) else repr(value)
    )


def _pairs(left: list[Any], right: list[Any]) -> list[tuple[Any, Any]]:
    length = max(len(left), len(right))
    return list(zip([*left, *[None] * (length - len(left))], [*right, *[None] * (length - len(right))]))  # noqa: B905
