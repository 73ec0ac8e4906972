"""What a person looks at in one tensor, and how keys change it. Pure: shapes in, indices out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tutor.render.drawings import Grid, View
from tutor.render.drawings.view import PARTS

Window = tuple[tuple[int, int], ...]
Shape = tuple[int, ...]

_LEAST = 2
"""Elements along an axis that a window shows at least."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A view, and the part of the last axes that is looked at; () is all of it."""

    view: View = field(default_factory=View)
    window: Window = ()


def is_batch(shape: Shape, view: View) -> bool:
    """Whether small pictures are drawn: four axes or more, and none of the pictures opened."""
    return len(shape) >= 4 and len(view.index) < len(shape) - 2


def leading(shape: Shape, view: View) -> int:
    """How many of the first axes one can move along."""
    rank = len(shape)
    if rank == 3 and view.merged:
        return 0
    return 0 if rank < 3 else rank - 3 if is_batch(shape, view) else rank - 2


def with_cursor(sight: Sight, shape: Shape) -> Sight:
    """The same with a cursor: where it was, or at the first element that is shown."""
    if sight.view.cursor is not None and len(sight.view.cursor) == len(shape):
        return sight
    lead = sight.view.index[: len(shape)]
    rest = [first for first, _ in sight.window][-(len(shape) - len(lead)) :] if len(shape) > len(lead) else []
    missing = len(shape) - len(lead) - len(rest)
    return replace(sight, view=replace(sight.view, cursor=(*lead, *[0] * missing, *rest)))


def moved(sight: Sight, shape: Shape, grid: Grid, tiles: bool, down: int, across: int) -> Sight:
    """The cursor one cell on. Past the edge of a window, the window follows; of a batch, the row of pictures."""
    sight = with_cursor(sight, shape)
    cursor = sight.view.cursor or ()
    if tiles:
        return _moved_tile(sight, shape, grid, cursor, down, across)
    if grid.axes == 1:
        return _moved_along(sight, shape, grid, cursor, down, across)
    place = list(cursor)
    row, column = grid.cell(cursor)
    for axis, lines, at, step in ((-2, grid.rows, row, down), (-1, grid.columns, column, across)):
        if step:
            place[axis] = _next(lines, at, step, shape[axis])
    return _seen(replace(sight, view=replace(sight.view, cursor=tuple(place))), shape)


def _next(lines: tuple[int, ...], at: int, step: int, size: int) -> int:
    """The index a step further along one axis, whose cells begin at ``lines``."""
    wanted = at + step
    if 0 <= wanted < len(lines):
        return lines[wanted]
    width = lines[1] - lines[0] if len(lines) > 1 else 1
    beyond = lines[0] - width if step < 0 else lines[-1] + width
    return beyond if 0 <= beyond < size else lines[at]


def _moved_along(sight: Sight, shape: Shape, grid: Grid, cursor: Shape, down: int, across: int) -> Sight:
    starts = tuple(first + second for first in grid.rows for second in grid.columns)
    row, column = grid.cell(cursor)
    at = row * len(grid.columns) + column
    step = across + down * (len(grid.columns) if len(grid.rows) > 1 else 0)
    if not step or (down and not 0 <= row + down < len(grid.rows)):
        return sight
    place = min(_next(starts, at, step, shape[-1]), shape[-1] - 1)
    return _seen(replace(sight, view=replace(sight.view, cursor=(*cursor[:-1], place))), shape)


def _moved_tile(sight: Sight, shape: Shape, grid: Grid, cursor: Shape, down: int, across: int) -> Sight:
    n_axis = len(shape) - 4
    row, column = grid.cell((cursor[n_axis + 1], cursor[n_axis]))
    row = min(max(row + down, 0), len(grid.rows) - 1)
    n = min(max(grid.columns[column] + across, 0), shape[n_axis] - 1)
    cursor = (*cursor[:n_axis], n, grid.rows[row], *cursor[n_axis + 2 :])
    index = _index(sight.view.index, n_axis + 1)
    if not grid.columns[0] <= n <= grid.columns[-1]:
        index = (*index[:-1], max(0, n if across < 0 else n - len(grid.columns) + 1))
    return replace(sight, view=replace(sight.view, cursor=cursor, index=index))


def _seen(sight: Sight, shape: Shape) -> Sight:
    """The window moved by half of itself where the cursor has left it."""
    cursor = sight.view.cursor or ()
    window: list[tuple[int, int]] = []
    sizes, places = shape[len(shape) - len(sight.window) :], cursor[len(cursor) - len(sight.window) :]
    for (first, end), size, place in zip(sight.window, sizes, places, strict=True):
        if not first <= place < end:
            first = place - (end - first) // 2
            end += first - sight.window[len(window)][0]
        shift = max(0, -first) - max(0, end - size)
        window.append((first + shift, end + shift))
    return replace(sight, window=tuple(window))


def zoomed(sight: Sight, shape: Shape, grid: Grid | None, direction: int) -> Sight:
    """Half as much along each drawn axis, around the cursor; twice as much; or all of it (0).

    As long as cells of ``grid`` leave elements out, only the axes that do so are cut, and to no less than
    there is room for.
    """
    if not direction or not shape or is_batch(shape, sight.view):
        return replace(sight, window=())
    sight = with_cursor(sight, shape)
    cursor = sight.view.cursor or ()
    drawn = min(2, len(shape))
    sizes, places = shape[-drawn:], cursor[-drawn:]
    old = sight.window or tuple((0, size) for size in sizes)
    room = _room(grid, drawn, old)
    thinned = any(end - first > cells for (first, end), cells in zip(old, room, strict=True))
    window = []
    for (first, end), size, place, cells in zip(old, sizes, places, room, strict=True):
        length = end - first
        if direction < 0:
            length = min(size, length * 2)
        elif thinned:
            length = max(min(length, cells), -(-length // 2))
        else:
            length = max(min(size, _LEAST), -(-length // 2))
        first = min(max(0, place - length // 2), size - length)
        window.append((first, first + length))
    whole = all(first == 0 and end == size for (first, end), size in zip(window, sizes, strict=True))
    return replace(sight, window=() if whole else tuple(window))


def _room(grid: Grid | None, drawn: int, window: Window) -> list[int]:
    """Cells that the grid has along each drawn axis; as many as there are elements where it has none."""
    if grid is None or grid.axes != drawn:
        return [end - first for first, end in window]
    return [len(grid.rows) * len(grid.columns)] if drawn == 1 else [len(grid.rows), len(grid.columns)]


def around(sight: Sight, shape: Shape, place: Shape, room: tuple[int, int]) -> Sight:
    """The cursor at ``place``, and a window of at most ``room`` rows and columns around it."""
    rank, index = len(shape), sight.view.index
    if rank >= 3:
        index = place[: rank - 2]
    drawn = min(2, rank)
    window = []
    for size, at, cells in zip(shape[-drawn:], place[-drawn:], room[-drawn:], strict=True):
        length = min(size, max(_LEAST, cells))
        first = min(max(0, at - length // 2), size - length)
        window.append((first, first + length))
    return Sight(replace(sight.view, index=index, cursor=place, merged=False), tuple(window))


def sliced(sight: Sight, shape: Shape, step: int) -> Sight:
    """One further along the chosen leading axis, and from the end to the beginning."""
    lead = leading(shape, sight.view)
    if not lead:
        return sight
    axis = min(sight.view.axis, lead - 1)
    index = list(_index(sight.view.index, lead))
    index[axis] = (index[axis] + step) % max(1, shape[axis])
    cursor = sight.view.cursor
    if cursor is not None:
        cursor = (*index, *cursor[lead:])
    return replace(sight, view=replace(sight.view, index=tuple(index), cursor=cursor))


def turned(sight: Sight, shape: Shape, step: int) -> Sight:
    """Another leading axis to move along."""
    lead = leading(shape, sight.view)
    axis = (min(sight.view.axis, lead - 1) + step) % lead if lead else 0
    return replace(sight, view=replace(sight.view, axis=axis))


def opened(sight: Sight, shape: Shape) -> Sight | None:
    """A picture of a batch opened, or the open one closed; None where there is neither."""
    if len(shape) < 4:
        return None
    sight = with_cursor(sight, shape)
    cursor, lead = sight.view.cursor or (), len(shape) - 3
    if is_batch(shape, sight.view):
        return Sight(replace(sight.view, index=cursor[: lead + 1]))
    axis = min(sight.view.axis, lead - 1)
    return Sight(replace(sight.view, index=sight.view.index[:lead], axis=axis))


def other_way(sight: Sight, shape: Shape, is_complex: bool) -> Sight:
    """The next part of complex numbers; channels merged, or side by side again."""
    view = sight.view
    if is_complex:
        part = PARTS[(PARTS.index(view.part) + 1) % len(PARTS)]
        return replace(sight, view=replace(view, part=part))
    if not (is_batch(shape, view) or mergeable(shape)):
        return sight
    # The sample begins at the slice in front: all three channels are there from the first one.
    index = () if mergeable(shape) else view.index
    return replace(sight, view=replace(view, merged=not view.merged, index=index))


def mergeable(shape: Shape) -> bool:
    """Whether it may be one picture of three channels."""
    return len(shape) == 3 and shape[0] == 3


def _index(index: Shape, length: int) -> Shape:
    """The index at exactly this length; 0 where it did not say."""
    return (*index, *[0] * length)[:length]
