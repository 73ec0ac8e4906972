"""The proof of lessons: everything that is claimed of them, tried on as many workers as there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import partial

from tutor.lesson.checks import TrainingCheck, flat
from tutor.lesson.model import Lesson, Predict
from tutor.lesson.state import checks_of
from tutor.proof.findings import Finding, in_order, without_echoes
from tutor.proof.hints import telling_hints
from tutor.proof.plan import Claim, further_claims, is_judged, solution_claim, unknown_excuses
from tutor.proof.predictions import predicted
from tutor.proof.prover import Outcome, Prover
from tutor.proof.subject import Subject
from tutor.proof.trials import alone, outcome, together
from tutor.proof.verdicts import found
from tutor.proof.walks import How, length, run_shown, shown, walk
from tutor.proof.widths import too_wide
from tutor.proof.work import Piece, work_off
from tutor.session.steps import LIMIT

_TOGETHER = 40
"""Claims that are tried in one process."""

_SLOW = 0.5
"""Of the time limit, from which judging the solution is too near to it."""


class Proof:
    """One run. What it has found is there at any time, also when it is broken off."""

    def __init__(self, changed: Callable[[], None] = lambda: None, only: Collection[tuple[str, str]] = ()) -> None:
        """``changed`` is called whenever there is more in ``proved`` or ``planned``.

        ``only``: steps, as lesson and step, that are proved alone, without walks through the lesson; else all are.
        """
        self._only = only
        self.proved = 0
        """Claims that were tried."""
        self.planned = 0
        self._findings: list[Finding] = []
        self._walked: list[Finding] = []
        self._refused: set[tuple[str, str]] = set()
        """Steps whose solution fails by itself, as lesson and step: what a walk says of them is nothing new."""
        self._changed = changed

    @property
    def findings(self) -> list[Finding]:
        walked = [f for f in self._walked if (f.lesson, f.step) not in self._refused]
        return without_echoes(in_order([*self._findings, *walked]))

    async def prove(self, provers: list[Prover], lessons: Iterable[Lesson]) -> None:
        """Prove everything. Raises NoWorker when there is nobody who could."""
        for prover in provers:
            prover.begin()
        await provers[0].start()
        await work_off(provers, [piece for lesson in lessons for piece in self._pieces(lesson, provers[0])])

    def _pieces(self, lesson: Lesson, prover: Prover) -> list[Piece]:
        if too_old := _too_old(lesson, prover.torch):
            subject = Subject(lesson)
            self._findings.append(
                subject.finding(None, ("requires",), 6, "error", too_old, "Take another --python")
            )
            return []
        bare = Subject(lesson)
        everywhere = [
            n for n, step in enumerate(lesson.steps) if not self._only or (lesson.id, step.id) in self._only
        ]
        pieces = self._of(bare, everywhere)
        with_devices = Subject(lesson, prover.devices)
        there = [n for n in everywhere if with_devices.lesson.steps[n] is not bare.lesson.steps[n]]
        for n, step in enumerate(lesson.steps):
            if step.needs is not None and n in everywhere and n not in there:
                message = f"this machine has no {step.needs} device: only the step's twin is proved"
                self._findings.append(bare.finding(n, ("needs",), 6, "note", message))
        return [*pieces, *(self._of(with_devices, there) if there else [])]

    def _of(self, subject: Subject, indices: Iterable[int]) -> list[Piece]:
        lesson = subject.lesson
        first: list[Piece] = []
        for index in indices:
            step = lesson.steps[index]
            self._findings += telling_hints(subject, index)
            self._findings += too_wide(subject, index)
            self._findings += [
                subject.finding(
                    index, ("equivalents", n), 4, "error", f"there is no mutant `{name}`", "Leave it out"
                )
                for n, name in unknown_excuses(lesson, index)
            ]
            if is_judged(lesson, index):
                claims = further_claims(lesson, index)
                self._plan(1 + len(claims))
                first.append(partial(self._judge, subject, index, claims))
            if isinstance(step, Predict):
                self._plan(1)
                first.append(partial(self._predict, subject, index))
            elif shown(step)[0].strip():
                self._plan(1)
                first.append(partial(self._show, subject, index))
        walks: tuple[How, ...] = () if self._only else ("done", "skipped")
        self._plan(len(walks) * length(subject))
        return [*first, *(partial(self._walk, subject, how) for how in walks)]

    async def _judge(self, subject: Subject, index: int, claims: list[Claim], prover: Prover) -> list[Piece]:
        """First the solution; where that fails, nothing else would mean anything."""
        claim = solution_claim(subject.lesson, index)
        result = await outcome(prover, subject, claim)
        self._count(1)
        finding = found(subject, claim, result)
        if finding is not None:
            self._refused.add((finding.lesson, finding.step))
            self._findings.append(finding)
            self._count(len(claims))
            return []
        self._findings += _slow(subject, index, result)
        by_itself = [c for c in claims if c.passes and not c.other_seed]
        rest = [c for c in claims if c not in by_itself]
        parts = [rest[n : n + _TOGETHER] for n in range(0, len(rest), _TOGETHER)]
        return [
            *(partial(self._alone, subject, claim) for claim in by_itself),
            *(partial(self._together, subject, part, result.ran.seconds) for part in parts),
        ]

    async def _alone(self, subject: Subject, claim: Claim, prover: Prover) -> list[Piece]:
        finding = await alone(prover, subject, claim)
        return self._done(1, [finding] if finding is not None else [])

    async def _together(self, subject: Subject, claims: list[Claim], after: float, prover: Prover) -> list[Piece]:
        return self._done(len(claims), await together(prover, subject, claims, after))

    async def _predict(self, subject: Subject, index: int, prover: Prover) -> list[Piece]:
        findings = await predicted(prover, subject, index)
        self._refused.update((finding.lesson, finding.step) for finding in findings if finding.proof == 2)
        return self._done(1, findings)

    async def _show(self, subject: Subject, index: int, prover: Prover) -> list[Piece]:
        prover.renew()
        findings = await run_shown(prover, subject, index)
        self._refused.update((finding.lesson, finding.step) for finding in findings)
        return self._done(1, findings)

    async def _walk(self, subject: Subject, how: How, prover: Prover) -> list[Piece]:
        self._walked += await walk(prover, subject, how, partial(self._count, 1))
        return []

    def _done(self, claims: int, findings: Iterable[Finding]) -> list[Piece]:
        self._findings += findings
        self._count(claims)
        return []

    def _plan(self, claims: int) -> None:
        self.planned += claims
        self._changed()

    def _count(self, claims: int) -> None:
        self.proved += claims
        self._changed()


def _slow(subject: Subject, index: int, result: Outcome) -> list[Finding]:
    checks = checks_of(subject.lesson.steps[index])
    limit = LIMIT + sum(check.seconds or 0.0 for check in flat(checks) if isinstance(check, TrainingCheck))
    if result.seconds < _SLOW * limit:
        return []
    message = (
        f"judging the solution took {result.seconds:.1f} s; after {limit:g} s a learner is told that it failed"
    )
    return [subject.finding(index, ("checks",), 6, "warning", message, "Make the set-up or the solution smaller")]


def _too_old(lesson: Lesson, torch: str) -> str:
    wanted = (lesson.requires.torch or ">=0").removeprefix(">=")
    if _version(torch) >= _version(wanted):
        return ""
    return f"nothing was proved: the lesson needs torch {wanted}, and this is {torch}"


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text.partition("+")[0])[:3]))
