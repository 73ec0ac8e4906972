"""Data frames and arrays of libraries that the learner imported: found in ``sys.modules``, never imported here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from tutor.protocol.snapshots import TensorFacts
from tutor.protocol.views import Column, Table

_HEAD, _TAIL = 12, 6
"""Rows that travel."""
_LEFT, _RIGHT = 18, 6
"""Columns that travel."""
_CELL = 40
"""Characters of one cell."""


def table_of(value: Any) -> Table | None:
    """The table a data frame or series is, for pandas and polars; None for everything else."""
    kind = type(value)
    pandas = sys.modules.get("pandas")
    if pandas is not None:
        if kind is getattr(pandas, "DataFrame", None):
            return _pandas(value, "DataFrame")
        if kind is getattr(pandas, "Series", None):
            return _pandas(value.to_frame(name=value.name if value.name is not None else ""), "Series")
    polars = sys.modules.get("polars")
    if polars is not None:
        if kind is getattr(polars, "DataFrame", None):
            return _polars(value, "DataFrame")
        if kind is getattr(polars, "Series", None):
            return _polars(value.to_frame(), "Series")
    return None


def array_of(value: Any, path: str) -> TensorFacts | None:
    """A NumPy array as a tensor would be described."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not getattr(numpy, "ndarray", None):
        return None
    size = max(1, value.itemsize)
    strides = tuple(step // size for step in value.strides)
    return TensorFacts(
        path, "ndarray", str(value.dtype), value.shape, strides, 0, "cpu", "strided",
        False, False, None, False, value.nbytes, bool(value.flags.c_contiguous), (), "",
    )  # fmt: skip


def table_text(value: Any) -> str:
    """``DataFrame [1000, 5]``, ``ndarray float32 [3, 4]``; empty for everything else."""
    kind = type(value)
    for library, names in (("pandas", ("DataFrame", "Series")), ("polars", ("DataFrame", "Series"))):
        module = sys.modules.get(library)
        if module is not None and any(kind is getattr(module, name, None) for name in names):
            return f"{kind.__name__} {list(value.shape)}"
    facts = array_of(value, "")
    return f"ndarray {facts.dtype} {list(facts.shape)}" if facts else ""


def _pandas(frame: Any, kind: str) -> Table:
    rows, gap_row = _ends(len(frame), _HEAD, _TAIL)
    places, gap_column = _ends(len(frame.columns), _LEFT, _RIGHT)
    part = frame.iloc[rows, places]
    columns = tuple(
        _column(frame.columns[place], frame.dtypes.iloc[place], part.iloc[:, number].tolist())
        for number, place in enumerate(places)
    )
    index = tuple(_cell(label) for label in part.index.tolist())
    return Table(kind, tuple(frame.shape), index, columns, gap_row, gap_column)


def _polars(frame: Any, kind: str) -> Table:
    rows, gap_row = _ends(frame.height, _HEAD, _TAIL)
    places, gap_column = _ends(frame.width, _LEFT, _RIGHT)
    columns = tuple(
        _column(frame.columns[place], frame.dtypes[place], frame.to_series(place).gather(rows).to_list())
        for place in places
    )
    return Table(kind, tuple(frame.shape), tuple(str(row) for row in rows), columns, gap_row, gap_column)


def _ends(count: int, head: int, tail: int) -> tuple[list[int], int]:
    """Which of ``count`` places are shown, and before which of these others were left out."""
    if count <= head + tail:
        return list(range(count)), -1
    return [*range(head), *range(count - tail, count)], head


def _column(name: Any, dtype: Any, values: Sequence[Any]) -> Column:
    numeric = all(type(value) in (int, float, bool, type(None)) for value in values)
    return Column(_cell(name), str(dtype), tuple(_cell(value) for value in values), numeric)


def _cell(value: Any) -> str:
    if type(value) is float:
        return f"{value:.6g}"
    try:
        first, *rest = str(value).split("\n", 1)
        text = f"{first} …" if rest else first
    except Exception:
        text = "?"
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"
