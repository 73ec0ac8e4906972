"""What a step's own solution leaves: that by which answers are judged.

A learner tries more than once, and each time the solution, which may train a model, would leave the same. So
that is kept until another step is judged, where nothing can tell it from one that was made anew.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tutor.protocol import commands
from tutor.protocol.verdicts import CheckResult
from tutor.worker.aside import LessonFault, run
from tutor.worker.checks.evidence import Evidence
from tutor.worker.probe import random_state
from tutor.worker.probe.judging.untouched import Kept, settings
from tutor.worker.probe.said import makers, words

_WORTH = 0.005
"""Seconds that making it takes, from which it is kept."""

_ROOM = 8_000_000
"""Bytes of tensors that may be kept."""

_FILES = re.compile(
    r"open\([^)]*[\"'][rbt]*[wax+]|\b(save\w*|load|write\w*|os|sys|io|pathlib|Path|shutil|tempfile|environ)\b"
)
"""Code that says one of these may do something outside its names, which only code that says such a thing, too,
can notice: what it leaves there has to be made again for that."""

_SETTINGS = re.compile(
    r"\b(threading|multiprocessing|subprocess|num_workers|compile|_?dynamo|globals|warnings|set_\w+(?!\s*=)\b"
    r"|register_(?!(full_)?(forward|backward)_(pre_)?hook\b|(hook|buffer|parameter|module)\b)\w+)\b"
)
"""Code that says one of these may change what any other code does: it has to run each time."""

_BACKWARD = re.compile(r"backward|(?<!no_)(?<!requires_)grad\(")
"""A check that says one of these may use up the graph that the solution left."""

_PROSE = ("label", "feedback")

Namespace = dict[str, Any]
TimeLimit = Callable[[float], "contextlib.AbstractContextManager[object]"]


class LessonRun:
    """A run of the lesson's own code, and what it leaves: made when asked for, again where that cannot be kept."""

    def __init__(self, command: commands.Check, source: str | None, limited: TimeLimit) -> None:
        """``source`` runs after the set-up; None leaves it at that."""
        self._command = command
        self._sources = (*command.prelude, command.setup, *(() if source is None else (source,)))
        self._limited = limited
        self._names: Namespace | None = None
        self._kept: Kept | None = None
        self._random: Callable[[], None] = lambda: None
        self._fault: LessonFault | None = None
        self._ran = False
        self.printed = ""
        """By the last source."""
        self.values: dict[str, Any] = {}
        """Values of expressions that were computed with its names."""
        self.verdicts: dict[str, CheckResult] = {}
        """What checks said of it."""

    def names(self) -> Namespace:
        """Its namespace. Random generators are then where this code left them. Raises LessonFault."""
        if self._names is None:
            names: Namespace = {}
            began = time.monotonic()
            with self._limited(self._command.limit):
                self.printed = run(names, self._sources, self._command.seed)
            self._names, self._random, self._ran = names, random_state.now(), True
            self._kept = self._worth_keeping(time.monotonic() - began)
        else:
            self._random()
        return self._names

    def have_run(self) -> None:
        """Run it, unless that was done: what it printed is known then. Raises LessonFault, now and ever after."""
        if self._fault is not None:
            raise self._fault
        if not self._ran:
            try:
                self.names()
            except LessonFault as fault:
                self._fault = fault
                raise

    def aside(self) -> Namespace:
        """Its namespace, in the middle of something else: random generators stay where they are."""
        with random_state.kept():
            return self.names()

    def work(self, evidence: Evidence, found: dict[str, Any]) -> Evidence:
        """The same evidence of a learner who wrote this source; ``found``: values that are known of it."""
        return replace(evidence.instead(self.names(), self.printed, self._sources[-1:], found), program=None)

    def put_back(self) -> None:
        """Make it as new, or have it made again."""
        kept = self._kept
        if kept is not None:
            kept.put_back()
        if kept is None or not kept.as_it_was():
            self._names = self._kept = None

    def _worth_keeping(self, seconds: float) -> Kept | None:
        if self._names is None or seconds < _WORTH or self._acts_outside():
            return None
        kept = Kept(self._names, words(self._reached()), _ROOM)
        return kept if kept.whole and not (kept.has_graph and self._goes_backward()) else None

    def _acts_outside(self) -> bool:
        return bool(_FILES.search(self._reached())) or any(map(_SETTINGS.search, self._sources))

    def _reached(self) -> str:
        """The code that judging looks at or may run: the step's own, and what that needs of the steps before."""
        command = self._command
        here = "\n".join((*self._sources[len(command.prelude) :], self._asked()))
        return here + "\n" + makers((*command.prelude, command.helpers), words(here))

    def _asked(self) -> str:
        """What the checks say in code."""
        return repr([[check[key] for key in check if key not in _PROSE] for check in self._command.checks])

    def _goes_backward(self) -> bool:
        asked = self._asked()
        return bool(_BACKWARD.search(asked) or _BACKWARD.search(makers((self._command.helpers,), words(asked))))


class Reference:
    """What judging a step is held against."""

    def __init__(self, command: commands.Check, limited: TimeLimit) -> None:
        self._command = command
        self._limited = limited
        self._before = LessonRun(command, None, limited)
        self._mistakes: dict[str, LessonRun] = {}
        self.solution = LessonRun(command, command.solution, limited)
        """What the solution leaves."""
        self.proven: set[str] = set()
        """Checks that were found to accept the solution."""

    def before(self) -> Namespace:
        """The namespace after the set-up, before the solution. Raises LessonFault."""
        return self._before.aside()

    def mistake(self, code: str) -> LessonRun:
        """What a mistake that was foreseen leaves."""
        return self._mistakes.setdefault(code, LessonRun(self._command, code, self._limited))

    def put_back(self) -> None:
        """Make all of it as new."""
        for made in (self.solution, self._before, *self._mistakes.values()):
            made.put_back()


class References:
    """Makes references, and keeps the last one."""

    def __init__(self, limited: TimeLimit) -> None:
        """``limited`` opens the time of the lesson's own code."""
        self._limited = limited
        self._key: object = None
        self._reference: Reference | None = None

    @contextlib.contextmanager
    def of(self, command: commands.Check) -> Iterator[Reference]:
        """The reference of a step, to judge one answer by."""
        step = replace(command, id=0, output="", cells=(), asked=True, mistakes=(), given=())
        key = (step, settings())
        reference = self._reference if self._reference is not None and key == self._key else None
        reference = reference or Reference(step, self._limited)
        # Whatever ends judging, a second interrupt too: what was not put back is not used again.
        self._reference = None
        yield reference
        reference.put_back()
        self._key, self._reference = key, reference
