"""Questions about what is being typed: at most one of a kind is on its way, and only the newest waits."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from tutor.protocol import commands, events

Question = commands.Complete | commands.Describe | commands.Align
Answer = events.Completed | events.Described | events.Aligned


@dataclass(slots=True)
class _Kind:
    asked: int = 0
    """Id of the question on its way; 0 when none is."""
    waiting: Question | None = None


class Assistant:
    """Asks for completions, signatures and descriptions, whatever the worker is running."""

    def __init__(self, send: Callable[[commands.Command], None], can_ask: Callable[[], bool]) -> None:
        self._send = send
        # Their own numbers: questions are no part of the sequence of commands that run.
        self._numbers = itertools.count(1)
        self._can_ask = can_ask
        self._completing = _Kind()
        self._signing = _Kind()
        self._aligning = _Kind()
        self._described: dict[int, tuple[str, bool]] = {}

    def complete(self, source: str, cursor: int) -> None:
        """Ask what can stand at ``cursor``. Completed follows unless something newer is asked first."""
        self._ask(self._completing, commands.Complete(next(self._numbers), source, cursor))

    def signature(self, source: str, cursor: int) -> None:
        """Ask about the call that ``cursor`` is in. Described follows unless something newer is asked first."""
        self._ask(self._signing, commands.Describe(next(self._numbers), source, cursor))

    def align(self, source: str, cursor: int) -> None:
        """Ask how the operands at ``cursor`` meet. Aligned follows unless something newer is asked first."""
        self._ask(self._aligning, commands.Align(next(self._numbers), source, cursor))

    def describe(self, expression: str, source: bool) -> bool:
        """Ask for all that is known of an object; False while there is nobody to ask.

        ``source``: whether the asker wants to see its source; see :meth:`question`.
        """
        if not self._can_ask():
            return False
        number = next(self._numbers)
        self._described[number] = (expression, source)
        self._send(commands.Describe(number, expression, len(expression), full=True))
        return True

    def wants(self, answer: Answer) -> bool:
        """Take note of an answer; False when it is about a text that has changed since."""
        if isinstance(answer, events.Described) and answer.full:
            return answer.id in self._described
        kind = self._signing
        if not isinstance(answer, events.Described):
            kind = self._completing if isinstance(answer, events.Completed) else self._aligning
        if answer.id != kind.asked:
            return False
        kind.asked = 0
        waiting, kind.waiting = kind.waiting, None
        if waiting is None:
            return True
        self._ask(kind, waiting)
        return False

    def question(self, number: int) -> tuple[str, bool]:
        """What :meth:`describe` was asked, by the number of the answer; it is forgotten then."""
        return self._described.pop(number)

    def reset(self) -> None:
        """The worker is another one: nothing that was asked will be answered."""
        self._completing, self._signing, self._aligning = _Kind(), _Kind(), _Kind()
        self._described.clear()

    def _ask(self, kind: _Kind, question: Question) -> None:
        if not self._can_ask():
            return
        if kind.asked:
            kind.waiting = question
        else:
            kind.asked = question.id
            self._send(question)
