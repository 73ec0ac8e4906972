"""Free play: the session is put away, and what runs meanwhile has a copy of it.

The copy lies in the same dict as the session did, so everything that looks at the learner's names, the panes and
completion too, sees the copy. It is made in this process: one that has run an operation on several threads, or a
``backward()``, cannot be forked, and running everything again in a new one would take as long as it took.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

from tutor.protocol import commands, events
from tutor.protocol.freeplay import PlayName
from tutor.worker.aside import names_of, unheard
from tutor.worker.interrupts import Interrupts
from tutor.worker.judge import Judge
from tutor.worker.probe import random_state
from tutor.worker.probe.alike import alike, kind_of
from tutor.worker.probe.duplicate import duplicate, storage_bytes
from tutor.worker.probe.judging.untouched import modes
from tutor.worker.probe.observer import Observer
from tutor.worker.results import Results

_ROOM = 0.5
"""Part of the memory that is free that a copy may take."""


class FreePlay:
    """Puts one learner's session away, and brings it back."""

    def __init__(
        self, namespace: dict[str, Any], observer: Observer, interrupts: Interrupts, judge: Judge, results: Results
    ) -> None:
        self._live = namespace
        self._observer = observer
        self._interrupts = interrupts
        self._judge = judge
        self._results = results
        self._away: dict[str, Any] | None = None
        """The session while it is put away."""
        self._after = contextlib.ExitStack()

    def answer(self, command: commands.FreePlay) -> events.FreePlayed:
        """See :class:`~tutor.protocol.commands.FreePlay`."""
        with self._observer.paused(), unheard():
            match command.verb:
                case "copy" if self._away is None:
                    return self._copy(command.id)
                case "empty":
                    return self._empty(command.id)
                case "names" if self._away is not None:
                    return events.FreePlayed(command.id, True, self._changed(self._away))
                case "leave" if self._away is not None:
                    return self._leave(command.id, self._away, command.bring)
        return events.FreePlayed(command.id, self._away is not None)

    def _copy(self, number: int) -> events.FreePlayed:
        lesson = self._own()
        need, room = storage_bytes(lesson), _free_memory() * _ROOM
        if need > room:
            problem = (
                f"Your tensors hold {need / 1e9:.1f} GB, too much to copy: {room / _ROOM / 1e9:.1f} GB are free."
            )
            return events.FreePlayed(number, False, (), problem)
        after = self._prepared(lesson)
        try:
            made, left = duplicate(lesson)
        except BaseException:
            # Interrupted, or no memory is left: nothing has changed, and nothing is to be put back later.
            after.close()
            raise
        with self._interrupts.hold():
            self._swap(made)
            self._away, self._after = lesson, after
        why = tuple(PlayName(n, kind_of(lesson[n]), reason) for n, reason in left.items() if n in names_of(lesson))
        return events.FreePlayed(number, True, why)

    def _empty(self, number: int) -> events.FreePlayed:
        lesson = self._own() if self._away is None else self._away
        after = self._prepared(lesson) if self._away is None else self._after
        with self._interrupts.hold():
            self._swap({})
            self._away, self._after = lesson, after
        return events.FreePlayed(number, True)

    def _leave(self, number: int, lesson: dict[str, Any], bring: tuple[str, ...]) -> events.FreePlayed:
        brought = {name: self._live[name] for name in bring if name in self._live}
        with self._interrupts.hold():
            self._swap({**lesson, **brought})
            self._away = None
            self._after.close()
        return events.FreePlayed(number, False, tuple(PlayName(n, kind_of(v), "") for n, v in brought.items()))

    def _changed(self, lesson: dict[str, Any]) -> tuple[PlayName, ...]:
        found = []
        for name in names_of(self._live):
            value = self._live[name]
            if name not in lesson:
                found.append(PlayName(name, kind_of(value), "new"))
            elif not _unchanged(lesson[name], value):
                found.append(PlayName(name, kind_of(value), "changed"))
        return tuple(found)

    def _own(self) -> dict[str, Any]:
        return {name: value for name, value in self._live.items() if not _is_python(name)}

    def _swap(self, names: dict[str, Any]) -> None:
        for name in [name for name in self._live if not _is_python(name)]:
            del self._live[name]
        self._live.update(names)

    def _prepared(self, lesson: dict[str, Any]) -> contextlib.ExitStack:
        """What has to be put back beside the names, once it is left."""
        after = contextlib.ExitStack()
        after.enter_context(random_state.kept())
        after.enter_context(modes())
        after.enter_context(self._judge.kept())
        after.enter_context(self._results.kept())
        for value in lesson.values():
            if type(value) is type and value.__module__ == "__main__":
                after.callback(_put_back, value, dict(vars(value)))
        return after


def _put_back(cls: type, attributes: dict[str, Any]) -> None:
    """Classes are not copied: what playing set on one is undone."""
    for name in [name for name in vars(cls) if name not in attributes]:
        with contextlib.suppress(AttributeError, TypeError):
            delattr(cls, name)
    for name, value in attributes.items():
        if vars(cls).get(name) is not value:
            with contextlib.suppress(AttributeError, TypeError):
                setattr(cls, name, value)


def _unchanged(before: Any, now: Any) -> bool:
    try:
        return alike(before, now)
    except Exception:
        # A ``state_dict`` of the learner's own, for example.
        return False


def _is_python(name: object) -> bool:
    """``__name__``, ``__builtins__``: what a fresh ``__main__`` has."""
    return not isinstance(name, str) or name.startswith("__")


def _free_memory() -> float:
    """Bytes; endless where nobody says."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES"))
    except (OSError, ValueError, AttributeError):
        return float("inf")
