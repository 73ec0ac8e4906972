"""What a rule gets and what it says. Shapes are tuples of sizes; nothing here knows torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.protocol.flow import FlowAxis
from tutor.worker.probe.flow.values import At

Shape = tuple[int, ...]
Axes = tuple[FlowAxis, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One operation: its name, what it was told, and the shapes before and after."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    operands: tuple[Shape, ...]
    results: tuple[Shape, ...]
    dtypes: tuple[str, ...] = ()

    @property
    def result(self) -> Shape:
        """Of the first result. Raises IndexError if there is none: the operation failed."""
        return self.results[0]

    def bind(self, names: str) -> dict[str, Any]:
        """The arguments by name, for a function of these parameters in this order."""
        bound = dict(zip(names.split(), self.args))  # noqa: B905 - not every argument is given
        bound.update(self.kwargs)
        return bound


@dataclass(frozen=True, slots=True)
class Ruling:
    """What became of the axes. ``axes[i]`` is empty for an operand about which the rule says nothing."""

    kind: str
    axes: tuple[Axes, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    roles: dict[int, str] = field(default_factory=dict)


Rule = Callable[[Told], Ruling]


def kept(shape: Sequence[int], start: int = 0) -> Axes:
    """Every axis goes on, the first one to axis ``start``."""
    return tuple(FlowAxis("kept", (start + axis,)) for axis in range(len(shape)))


def positive(axis: int, count: int) -> int:
    """The axis counted from the front. Raises ValueError for one that is not there."""
    found = axis + count if axis < 0 else axis
    if not 0 <= found < max(count, 1):
        raise ValueError("no such axis")
    return found


def axes_of(value: Any, count: int) -> tuple[int, ...]:
    """``dim`` as given (None: all of them), as a tuple of axes counted from the front."""
    if value is None or value in ((), []):
        return tuple(range(count))
    values = value if isinstance(value, (tuple, list)) else (value,)
    if not all(type(axis) is int for axis in values):
        raise ValueError("axes are not plain")
    return tuple(positive(axis, count) for axis in values)


def place(value: Any) -> int:
    """Which operand an argument is. Raises ValueError if it is none."""
    if not isinstance(value, At):
        raise ValueError("not a tensor")  # noqa: TRY004 - every rule gives up by ValueError
    return value.place


def spelled(value: Any) -> str:
    """A plain argument, as it would be written."""
    if isinstance(value, (tuple, list)) and all(type(item) is int for item in value):
        return f"({', '.join(map(str, value))}{',' if len(value) == 1 else ''})"
    return str(value)
