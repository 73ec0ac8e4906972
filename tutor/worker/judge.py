"""Judges the learner's work where the tensors are: only verdicts travel.

What counts as right is never written down: it is made by running the lesson's own solution in a namespace
of its own, after the same set-ups, from the same seed.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any

from tutor.protocol import commands, events
from tutor.protocol.snapshots import CheckResult
from tutor.worker.checks import Evidence, is_right, judge
from tutor.worker.interpreter import Interpreter, shorten
from tutor.worker.probe import random_state
from tutor.worker.probe.compare import same
from tutor.worker.probe.observer import Observer

_ANSWER_LIMIT = 4_000
"""Characters of a computed answer that travel."""


class LessonFault(Exception):
    """The lesson's own code failed; the learner is not to blame."""


class Judge:
    """Prepares steps, computes true answers and checks exercises in one learner's namespace."""

    def __init__(self, namespace: dict[str, Any], observer: Observer) -> None:
        self._live = namespace
        self._observer = observer
        self._given: dict[str, int] = {}
        """Identity of each object that the lesson put under a name; the learner's own are not here."""

    def prepare(self, command: commands.Prepare) -> events.Prepared:
        """Bring the learner's names to what the step needs; see :class:`~tutor.protocol.commands.Prepare`."""
        try:
            with self._aside():
                for name in command.fresh:
                    if name in self._live and id(self._live[name]) == self._given.get(name):
                        del self._live[name]
                before = {name: id(self._live[name]) for name in _names(self._live)}
                added, repaired = self._bring(command)
                self._given.update(
                    (name, id(self._live[name]))
                    for name in _names(self._live)
                    if before.get(name) != id(self._live[name])
                )
        except LessonFault as fault:
            return events.Prepared(command.id, (), (), str(fault))
        random_state.seed(command.seed)
        return events.Prepared(command.id, added, repaired, "")

    def _bring(self, command: commands.Prepare) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if not _names(self._live):
            # A fresh session: running the code itself keeps functions, views and graphs as the author meant them.
            _run(self._live, (*command.prelude, command.setup), command.seed)
            return tuple(_names(self._live)), ()
        wanted: dict[str, Any] = {}
        _run(wanted, command.prelude, command.seed)
        before = dict(wanted)
        for name in _names(wanted):
            if name not in self._live:
                self._live[name] = wanted[name]
        _run(wanted, (command.setup,), None)
        bound = [name for name in _names(wanted) if name not in before or before[name] is not wanted[name]]
        added = tuple(name for name in bound if name not in self._live)
        repaired = tuple(name for name in bound if name not in added and not same(self._live[name], wanted[name]))
        if added or repaired:
            _run(self._live, (command.setup,), None)
        return added, repaired

    def predict(self, command: commands.Predict) -> events.Predicted:
        """Run the code aside and say what is true of it."""
        namespace: dict[str, Any] = {}
        try:
            with self._aside():
                _run(namespace, (*command.prelude, command.setup), command.seed)
                answer = _answer(namespace, command.code, command.ask)
        except LessonFault as fault:
            return events.Predicted(command.id, "", str(fault))
        return events.Predicted(command.id, shorten(answer, _ANSWER_LIMIT), "")

    def check(self, command: commands.Check) -> events.Checked:
        """Judge every check; if any fails, look whether it is a mistake the author foresaw."""
        try:
            with self._aside():
                before: dict[str, Any] = {}
                _run(before, (*command.prelude, command.setup), command.seed)
                expected: dict[str, Any] = {}
                printed = _run(expected, (*command.prelude, command.setup, command.solution), command.seed)
                evidence = Evidence(self._live, expected, before, command.output, printed)
                results = tuple(judge(check, evidence) for check in command.checks)
                mistake = self._mistake(command, results)
        except LessonFault as fault:
            return events.Checked(command.id, (), "", str(fault))
        return events.Checked(command.id, results, mistake, "")

    def _mistake(self, command: commands.Check, results: tuple[CheckResult, ...]) -> str:
        if all(result.status == "pass" for result in results):
            return ""
        failed = [check for check, result in zip(command.checks, results) if result.status == "fail"]  # noqa: B905 - equal by construction
        for mistake in command.mistakes:
            namespace: dict[str, Any] = {}
            try:
                printed = _run(namespace, (*command.prelude, command.setup, mistake.code), command.seed)
            except LessonFault:
                continue
            evidence = Evidence(self._live, namespace, {}, command.output, printed)
            if failed and all(is_right(check, evidence) for check in failed):
                return mistake.feedback
        return ""

    @contextlib.contextmanager
    def _aside(self) -> Iterator[None]:
        """Random numbers and gradient panes of the learner are as if nothing had run."""
        with random_state.kept(), self._observer.paused():
            yield


def _names(namespace: dict[str, Any]) -> list[str]:
    return [name for name in namespace if not name.startswith("_")]


def _run(namespace: dict[str, Any], sources: tuple[str, ...], seed: int | None) -> str:
    """Run the lesson's code; what it printed comes back. Raises LessonFault when it fails."""
    interpreter = Interpreter(namespace)
    printed = ""
    for source in sources:
        if seed is not None:
            random_state.seed(seed)
        with _captured() as output:
            try:
                interpreter.run(source, "<lesson>", None)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                raise LessonFault(f"the lesson's own code failed: {type(error).__name__}: {error}") from None
        printed = output.getvalue()
    return printed


@contextlib.contextmanager
def _captured() -> Iterator[io.StringIO]:
    output = io.StringIO()
    kept = sys.stdout
    sys.stdout = output
    try:
        yield output
    finally:
        sys.stdout = kept


def _answer(namespace: dict[str, Any], code: str, ask: str) -> str:
    shown: list[Any] = []
    with _captured() as output:
        try:
            Interpreter(namespace).run(code, "<lesson>", shown.append)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if ask == "raises":
                return type(error).__name__
            raise LessonFault(f"the prediction's code failed: {type(error).__name__}: {error}") from None
    if ask == "raises":
        return "nothing"
    if ask == "output":
        return output.getvalue().rstrip("\n")
    if not shown:
        raise LessonFault("the prediction's code ends without an expression to ask about")
    value = shown[0]
    if ask == "shape":
        return str(tuple(value.shape))
    return str(value.dtype) if ask == "dtype" else repr(value)
