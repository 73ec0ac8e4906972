"""Shapes of what rearranges, reduces or makes a tensor, from shapes and plain arguments alone.

Every function gives None where torch would refuse or the shape depends on values. Rules: the pages of the
functions of the same name in torch's documentation, checked against torch in the tests.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

Shape = tuple[int, ...]
_LARGEST = 2**62
"""Elements: torch counts them in 64 bits."""


def place(dim: Any, axes: int) -> int | None:
    """``dim`` from the left; None when there is no such axis."""
    return dim % axes if type(dim) is int and axes and -axes <= dim < axes else None


def sizes(arguments: Sequence[Any]) -> Shape | None:
    """Sizes given one by one or as one tuple or list; -1 may be among them."""
    if len(arguments) == 1 and type(arguments[0]) in (tuple, list):
        arguments = arguments[0]
    found = tuple(arguments)
    return found if all(type(size) is int and abs(size) < _LARGEST for size in found) else None


def reshaped(shape: Shape, arguments: Sequence[Any]) -> Shape | None:
    wanted = sizes(arguments)
    if wanted is None or any(size < -1 for size in wanted) or wanted.count(-1) > 1:
        return None
    count, known = math.prod(shape), math.prod(size for size in wanted if size != -1)
    if -1 not in wanted:
        return wanted if known == count else None
    if not known or count % known:
        return None
    return tuple(count // known if size == -1 else size for size in wanted)


def transposed(shape: Shape, first: Any = -2, second: Any = -1) -> Shape | None:
    one, two = place(first, len(shape)), place(second, len(shape))
    if one is None or two is None:
        return None
    found = list(shape)
    found[one], found[two] = found[two], found[one]
    return tuple(found)


def permuted(shape: Shape, arguments: Sequence[Any]) -> Shape | None:
    order = sizes(arguments)
    places = [place(dim, len(shape)) for dim in order] if order is not None else []
    known = [axis for axis in places if axis is not None]
    return tuple(shape[axis] for axis in known) if sorted(known) == list(range(len(shape))) else None


def unsqueezed(shape: Shape, dim: Any) -> Shape | None:
    at = place(dim, len(shape) + 1)
    return None if at is None else (*shape[:at], 1, *shape[at:])


def squeezed(shape: Shape, dim: Any = None) -> Shape | None:
    if dim is None:
        return tuple(size for size in shape if size != 1)
    at = place(dim, len(shape))
    if at is None:
        return None
    return (*shape[:at], *shape[at + 1 :]) if shape[at] == 1 else shape


def flattened(shape: Shape, start: Any = 0, end: Any = -1) -> Shape | None:
    if not shape:
        return (1,)
    first, last = place(start, len(shape)), place(end, len(shape))
    if first is None or last is None or first > last:
        return None
    return (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :])


def expanded(shape: Shape, arguments: Sequence[Any]) -> Shape | None:
    wanted = sizes(arguments)
    if wanted is None or len(wanted) < len(shape):
        return None
    lead = len(wanted) - len(shape)
    found = []
    for at, size in enumerate(wanted):
        own = shape[at - lead] if at >= lead else None
        if size == -1 and own is not None:
            size = own
        if size < 0 or own not in (None, 1, size):
            return None
        found.append(size)
    return tuple(found)


def reduced(shape: Shape, dim: Any, keepdim: Any) -> Shape | None:
    """``sum(dim, keepdim)`` and its like; ``dim`` None is all of them."""
    wanted = range(len(shape)) if dim is None else dim if type(dim) in (tuple, list) else (dim,)
    gone = {place(axis, len(shape)) for axis in wanted}
    if None in gone or type(keepdim) is not bool:
        return None
    if keepdim:
        return tuple(1 if axis in gone else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in gone)


def indexed(shape: Shape, key: Any) -> Shape | None:
    """``x[key]`` for whole numbers, slices of whole numbers, None and Ellipsis."""
    keys = list(key) if type(key) is tuple else [key]
    taken = sum(one is not None and one is not Ellipsis for one in keys)
    if keys.count(Ellipsis) > 1 or taken > len(shape):
        return None
    if Ellipsis not in keys:
        keys.append(Ellipsis)
    found: list[int] = []
    left = list(shape)
    for one in keys:
        if one is None:
            found.append(1)
        elif one is Ellipsis:
            count = len(shape) - taken
            found += left[:count]
            left = left[count:]
        elif type(one) is int and -left[0] <= one < left[0]:
            left.pop(0)
        elif type(one) is slice and (one.step is None or one.step > 0):
            found.append(len(range(*one.indices(left.pop(0)))))
        else:
            return None
    return tuple(found)


def nested(value: Any) -> Shape | None:
    """The shape of ``torch.tensor(value)`` for nested lists of numbers; None for ragged ones."""
    if type(value) in (int, float, bool, complex):
        return ()
    if type(value) not in (list, tuple):
        return None
    inner = {nested(item) for item in value}
    if not value:
        return (0,)
    only = inner.pop() if len(inner) == 1 else None
    return None if only is None else (len(value), *only)


def counted(arguments: Sequence[Any]) -> Shape | None:
    """``arange(end)``, ``arange(start, end)``, ``arange(start, end, step)``."""
    if not 1 <= len(arguments) <= 3 or not all(type(one) in (int, float) for one in arguments):
        return None
    start, end = (0, arguments[0]) if len(arguments) == 1 else arguments[:2]
    step = arguments[2] if len(arguments) == 3 else 1
    if not all(map(math.isfinite, (start, end, step))) or not step or (end - start) / step < 0:
        return None
    return (math.ceil((end - start) / step),)
