"""Where the next NaN or infinity is. Call inside :func:`tutor.worker.probe.touch.quiet`."""

from __future__ import annotations

from typing import Any

_PIECE = 1_000_000
"""Elements looked at together."""
SEARCHED = 200_000_000
"""Elements up to which a search goes on (about half a second)."""


def next_missing(torch: Any, values: Any, after: tuple[int, ...]) -> tuple[int, ...] | None:
    """Index of the first element behind ``after``, in row-major order and round the end, that is not finite.

    ``values`` is strided. ``after`` may lie outside, and () is before everything.
    """
    shape = tuple(values.shape)
    exists = values.is_floating_point() or values.is_complex()
    if not exists or 0 in shape or values.numel() > SEARCHED:
        return None
    start = 0
    if len(after) == len(shape):
        for size, place in zip(shape, after):  # noqa: B905 - checked above
            start = start * size + min(max(place, 0), size - 1)
        start += 1
    found = _search(torch, values, start)
    if found is None and start:
        found = _search(torch, values, 0)
    if found is None:
        return None
    index = []
    for size in reversed(shape):
        found, place = divmod(found, size)
        index.append(place)
    return tuple(reversed(index))


def _search(torch: Any, values: Any, start: int) -> int | None:
    """Flat place of the first bad element at ``start`` or later."""
    count = values.numel()
    if start >= count:
        return None
    if count <= _PIECE:
        # One byte a float: torch does not answer for those themselves.
        known = values.float() if values.element_size() == 1 else values
        bad = (~known.isfinite()).reshape(-1)[start:]
        place: int = bad.to(torch.uint8).argmax().item()
        there: bool = bad[place].item()
        return start + place if there else None
    # Along the first axis in whole rows: a view each, whatever the strides.
    row: int = count // values.shape[0]
    height = max(1, _PIECE // row)
    for top in range(start // row // height * height, values.shape[0], height):
        part = values[top : top + height]
        if part.shape[0] == 1:
            part = part[0]
        found = _search(torch, part, max(0, start - top * row))
        if found is not None:
            return top * row + found
    return None
