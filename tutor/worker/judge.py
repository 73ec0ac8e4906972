"""Judges the learner's work where the tensors are: only verdicts travel.

What counts as right is never written down: it is made by running the lesson's own solution in a namespace
of its own, after the same set-ups, from the same seed.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tutor.protocol import commands, events
from tutor.protocol.verdicts import CheckResult
from tutor.worker import foreseen, submission
from tutor.worker.alone import Retrial
from tutor.worker.aside import LessonFault, answer_of, names_of, run, unheard
from tutor.worker.checks.evidence import Evidence, Program
from tutor.worker.checks.targets import names_in
from tutor.worker.checks.verdict import judge
from tutor.worker.insist import insist
from tutor.worker.interpreter import Interpreter, shorten
from tutor.worker.interrupts import Interrupts
from tutor.worker.limits import Limited, TimeIsUp
from tutor.worker.probe import random_state
from tutor.worker.probe.compare import same
from tutor.worker.probe.judging.untouched import Kept
from tutor.worker.probe.observer import Observer
from tutor.worker.reference import Reference, References

_ANSWER_LIMIT = 4_000
"""Characters of a computed answer that travel."""

Translate = Callable[[str], str]


class Judge:
    """Prepares steps, computes true answers and checks exercises in one learner's namespace."""

    def __init__(
        self, namespace: dict[str, Any], observer: Observer, interrupts: Interrupts, translate: Translate
    ) -> None:
        """``translate`` makes Python of what was typed."""
        self._live = namespace
        self._observer = observer
        self._interrupts = interrupts
        self._translate = translate
        self._given: dict[str, int] = {}
        """Identity of each object that the lesson put under a name; the learner's own are not here."""
        self._references = References(self._limited)
        self.busy = False
        """Nobody may be asked for input."""

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """What is set up inside is forgotten afterwards: it was in another namespace."""
        given = dict(self._given)
        try:
            yield
        finally:
            self._given = given

    def prepare(self, command: commands.Prepare) -> events.Prepared:
        """Bring the learner's names to what the step needs; see :class:`~tutor.protocol.commands.Prepare`."""
        try:
            with self._aside(), self._limited(command.limit):
                for name in command.fresh:
                    if name in self._live and id(self._live[name]) == self._given.get(name):
                        del self._live[name]
                before = {name: id(self._live[name]) for name in names_of(self._live)}
                added, repaired = self._bring(command)
                self._given.update(
                    (name, id(self._live[name]))
                    for name in names_of(self._live)
                    if before.get(name) != id(self._live[name])
                )
        except LessonFault as fault:
            return events.Prepared(command.id, (), (), str(fault))
        random_state.seed(command.seed)
        return events.Prepared(command.id, added, repaired, "")

    def forget(self) -> None:
        """Every name is gone, also those that the lesson had put there."""
        self._given.clear()

    def _bring(self, command: commands.Prepare) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if not names_of(self._live):
            # A fresh session: running the code itself keeps functions, views and graphs as the author meant them.
            run(self._live, (*command.prelude, command.setup), command.seed)
            return tuple(names_of(self._live)), ()
        wanted: dict[str, Any] = {}
        run(wanted, command.prelude, command.seed)
        before = dict(wanted)
        for name in names_of(wanted):
            if name not in self._live:
                self._live[name] = wanted[name]
        run(wanted, (command.setup,), None)
        bound = [name for name in names_of(wanted) if name not in before or before[name] is not wanted[name]]
        added = tuple(name for name in bound if name not in self._live)
        # A learner's own `i` is as good as the one that a loop of the set-up left.
        kept = {*added, *submission.counters(command.setup)}
        repaired = tuple(name for name in bound if name not in kept and not same(self._live[name], wanted[name]))
        if added or repaired:
            run(self._live, (command.setup,), None)
        return added, repaired

    def predict(self, command: commands.Predict) -> events.Predicted:
        """Run the code aside and say what is true of it."""
        namespace: dict[str, Any] = {}
        try:
            with self._aside(), self._limited(command.limit):
                run(namespace, (*command.prelude, command.setup), command.seed)
                answer = answer_of(namespace, command.code, command.ask)
        except LessonFault as fault:
            return events.Predicted(command.id, "", str(fault))
        return events.Predicted(command.id, shorten(answer, _ANSWER_LIMIT), "")

    def check(self, command: commands.Check) -> events.Checked:
        """Judge every check; if any fails, look whether it is a mistake the author foresaw."""
        try:
            with self._aside():
                kept = Kept(self._live)
                with kept.guard(), self._references.of(command) as reference:
                    evidence, proof = self._evidence(command, reference)
                    began = time.monotonic()
                    results = tuple(self._judged(command, proof, reference.proven, evidence, kept))
                    retrial = Retrial(
                        command,
                        evidence,
                        lambda source: self._run_again(command, source, command.seed),
                        partial(self._judged, command, proof, reference.proven),
                        self._time,
                    )
                    enough = retrial.enough(results, time.monotonic() - began)
                    again = retrial.afresh(results)
                    mistake = (
                        "" if again else foreseen.feedback(command, results, evidence, kept, reference, self._time)
                    )
        except LessonFault as fault:
            return events.Checked(command.id, (), "", str(fault))
        if again is None:
            return events.Checked(command.id, results, mistake, "", enough=enough.source if enough else "")
        # A single cell is told as it was typed, not as Python was made of its magics.
        source = dict(zip(evidence.cells, command.cells)).get(again.source, again.source)  # noqa: B905 - one for one
        self._live.update((name, again.names[name]) for name in names_in(command.checks) if name in again.names)
        return events.Checked(command.id, again.results, "", "", alone=source)

    def _evidence(self, command: commands.Check, reference: Reference) -> tuple[Evidence, Evidence]:
        """What the learner is judged by, and the same for a learner who wrote the solution."""
        solution = reference.solution
        names = solution.names()
        cells = tuple(self._translate(source) for source in command.cells)
        program = Program(
            lambda source, seed: self._run_again(command, source, seed),
            submission.programs(cells, names_in(command.checks)),
            command.seed,
        )
        given = (*(command.given or command.prelude), command.setup)
        evidence = Evidence(
            self._live, lambda: names, reference.before, command.output, solution.printed, cells, given,
            command.helpers, program, command.asked, command.seed, wanted=solution.values,
        )  # fmt: skip
        # Computed once more: a check whose value is never the same refuses the solution as well.
        return evidence, solution.work(evidence, {})

    def _judged(
        self, command: commands.Check, proof: Evidence, proven: set[str], evidence: Evidence, kept: Kept
    ) -> Iterator[CheckResult]:
        reference = Kept(evidence.expected())
        for check in command.checks:
            limit = partial(self._time, float(check.get("seconds") or command.limit))
            # One check must not see what another did.
            with kept.guard(), reference.guard():
                result = judge(check, evidence, limit, proof=proof, proven=proven)
            yield result

    def _run_again(self, command: commands.Check, source: str, seed: int) -> dict[str, Any]:
        namespace: dict[str, Any] = {}
        run(namespace, (*(command.given or command.prelude), command.setup), command.seed)
        random_state.seed(seed)
        Interpreter(namespace, before=insist).run(source, "<your code>", None)
        return namespace

    def _time(self, seconds: float) -> contextlib.AbstractContextManager[object]:
        return Limited(self._interrupts, seconds)

    @contextlib.contextmanager
    def _limited(self, seconds: float) -> Iterator[None]:
        """The time of the lesson's own code."""
        try:
            with self._time(seconds):
                yield
        except TimeIsUp:
            raise LessonFault(f"the lesson's own code did not end within {seconds:g} s") from None

    @contextlib.contextmanager
    def _aside(self) -> Iterator[None]:
        """Random numbers, streams and gradient panes of the learner are as if nothing had run."""
        self.busy = True
        try:
            with random_state.kept(), self._observer.paused(), unheard():
                yield
        finally:
            self.busy = False
