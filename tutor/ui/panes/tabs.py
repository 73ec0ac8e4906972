"""Which tabs stand in a row that is too narrow for all of them."""

from __future__ import annotations

from collections.abc import Sequence

SEPARATOR = "│"
MORE = ("‹", "›")
"""What stands where tabs are left out, before and behind."""


def in_view(titles: Sequence[str], chosen: int, room: int) -> range:
    """Neighbours that fit into ``room`` cells, ``chosen`` and the tabs beside it among them.

    The row begins as far to the left as that allows, so that it moves only when it must. Of what does not
    fit, the tab before goes first, then the one behind; the chosen one stays.
    """
    count = len(titles)
    for first in range(min(chosen, count - 1) + 1):
        last = first
        while last + 1 < count and _cells(titles, first, last + 1) <= room:
            last += 1
        beside = min(chosen + 1, count - 1) if first < chosen or chosen == 0 else chosen
        if last >= beside and _cells(titles, first, last) <= room:
            return range(first, last + 1)
    return range(chosen, chosen + 1)


def _cells(titles: Sequence[str], first: int, last: int) -> int:
    marks = (len(MORE[0]) + 1) * (first > 0) + (len(MORE[1]) + 1) * (last < len(titles) - 1)
    return sum(map(len, titles[first : last + 1])) + len(SEPARATOR) * (last - first) + marks
