"""What a magic may use of the worker."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any


class UsageError(Exception):
    """A magic was used in a way it cannot be; the message says how it can."""


UsageError.__module__ = "builtins"  # as the learner sees it: a name without the tutor's own path

_RANGE = re.compile(r"(\d+)(?:-(\d+))?")


@dataclass(slots=True)
class Context:
    """The session, as far as magics may touch it."""

    namespace: dict[str, Any]
    execute: Callable[[str, str], Any]
    """Runs source under a file name in the namespace; gives the value of its last expression."""
    paused: Callable[[], AbstractContextManager[None]]
    """Nothing that runs inside is watched, so that it takes the time it takes."""
    synchronize: Callable[[], None]
    """Waits until an accelerator has done what it was given."""
    describe: Callable[[Any], str]
    """Dtype, shape and device of a tensor; empty for anything else."""
    clear: Callable[[], None]
    """Forgets every name."""
    watch: Callable[[str, bool], None]
    """Asks for an expression to be watched (True) or no longer (False; of an empty one: none at all)."""
    watched: Callable[[], tuple[str, ...]]
    """Expressions that are watched."""
    contrast: Callable[[str, Any, str, Any], Any]
    """Compares two tensors; None if one of the two values is none."""
    gradcheck: Callable[[Any, Any, Any, Any], Any]
    """Compares the gradient of a function, or a formula, with finite differences."""
    cells: list[tuple[int, str]] = field(default_factory=list)
    """Number and source of each cell that has ended."""
    failed: set[int] = field(default_factory=set)
    """Numbers of those that did not end well."""

    def ended(self, number: int, source: str, *, well: bool) -> None:
        """Remember a cell that has ended."""
        self.cells.append((number, source))
        if not well:
            self.failed.add(number)

    def own_names(self) -> list[str]:
        """Names the learner made, in alphabetical order."""
        return sorted(name for name in self.namespace if isinstance(name, str) and not name.startswith("_"))

    def chosen(self, ranges: str) -> list[tuple[int, str]]:
        """Cells named by ``2-5 8``; all of them when there is no range. Raises UsageError."""
        if not ranges.strip():
            return list(self.cells)
        numbers: set[int] = set()
        for word in ranges.replace(",", " ").split():
            match = _RANGE.fullmatch(word)
            if match is None:
                raise UsageError(f"{word!r} names no cells; write numbers and ranges: 2 4-7")
            numbers |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
        return [(number, source) for number, source in self.cells if number in numbers]
