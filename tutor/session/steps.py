"""What a step looks like while it is being taken, its answers, and what judging it takes."""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass

from tutor.lesson.checks import TrainingCheck, flat, to_plain
from tutor.lesson.model import Choice, Explore, Fill, Judged, Lesson, Parsons, Predict, Run, Step
from tutor.lesson.needs import needed_prelude
from tutor.lesson.outputs import difference
from tutor.lesson.state import checks_of, solution_of
from tutor.protocol import commands
from tutor.protocol.verdicts import CheckResult
from tutor.session.marks import Rows
from tutor.session.sources import same_code
from tutor.texts import _

LIMIT = 10.0
"""Seconds for the lesson's own code, and for each check that says nothing else."""

_CELLS_JUDGED = 60


@dataclass(frozen=True, slots=True)
class StepView:
    """What there is to see of the current step."""

    step: Step
    index: int
    total: int
    status: str
    """``open``, ``done``, or ``shown`` when the solution was shown."""
    hints: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    """Answers to choose from, in the order shown (predict and choice)."""
    typed: bool = False
    """Whether the answer of a prediction is to be typed."""
    lines: tuple[str, ...] = ()
    """Lines to put in order (parsons), as they lie at first."""
    marks: Rows = ()
    """The prediction that was made, axis by axis or element by element."""
    chosen: int | None = None
    ruled_out: tuple[int, ...] = ()
    """Wrong answers to a choice that were chosen so far."""
    right: int | None = None
    """The right answer, once the learner may know it."""
    results: tuple[CheckResult, ...] = ()
    tried: bool = False
    """Whether the learner has tried the exercise since entering the step."""
    message: str = ""
    mood: str = "info"
    """How ``message`` is meant: ``info``, ``good``, ``bad``, or ``note``, for which no text is to scroll away."""
    said: int = 0
    """How often something was said at this step: the same words may be said anew."""
    recalled: bool = False
    """Whether ``message`` was said in an earlier visit to the step: no text is to scroll away for it either."""
    busy: str = ""
    """What is being done in the background; empty when nothing is."""
    own: str = ""
    """The learner's code that was right, once the step is done; empty where there is none."""

    @property
    def answering(self) -> bool:
        """Whether something in the lesson itself is to be worked on, not in the prompt."""
        asked = bool(self.options) or self.typed or bool(self.lines) or isinstance(self.step, Fill)
        return asked and self.status == "open"

    @property
    def choosing(self) -> bool:
        """Whether an answer is to be chosen by its number; the answers may still be on their way."""
        offers = isinstance(self.step, Choice) or (isinstance(self.step, Predict) and bool(self.step.distractors))
        return offers and self.status == "open"

    @property
    def missed(self) -> bool:
        """Whether a prediction was wrong: made once, it is behind the learner, but nothing to be ticked."""
        wrong = self.mood == "bad" or any(not mark.right for row in self.marks for mark in row)
        return isinstance(self.step, Predict) and self.status == "done" and wrong

    @property
    def will_ask(self) -> bool:
        """The same, though what there is to answer may still be on its way."""
        return isinstance(self.step, (Choice, Fill, Parsons, Predict)) and self.status == "open"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a prediction or a choice."""

    text: str
    feedback: str
    right: bool

    def explained(self, after: str) -> str:
        """What there is to say of it, without a verdict."""
        return "\n\n".join(part.strip() for part in (self.feedback, after) if part.strip())

    def verdict(self, after: str) -> str:
        """What the learner who chose it is told."""
        said = f"{_('Right.') if self.right else _('Not quite.')} {self.feedback.strip()}".strip()
        # Two words alone are no paragraph, but a list or code is one of its own.
        apart = self.feedback.strip() or after.lstrip().startswith(("`" * 3, "~~~", "- ", "* "))
        return ("\n\n" if apart else " ").join(part for part in (said, after.strip()) if part)


def check_request(
    lesson: Lesson, index: int, step: Step, output: str, cells: tuple[str, ...] = (), *, asked: bool = True
) -> commands.Check:
    """What the worker needs to judge step ``index``.

    ``output`` is what the learner's last run printed, ``cells`` what they ran in the step and ended well.
    """
    mistakes = step.misconceptions if isinstance(step, Judged) else ()
    prelude, given = needed_prelude(lesson, index), needed_prelude(lesson, index, cells)
    return commands.Check(
        0,
        prelude,
        step.setup,
        solution_of(step),
        tuple(to_plain(check) for check in checks_of(step)),
        tuple(commands.Mistake(m.code, m.feedback) for m in mistakes),
        lesson.seed,
        output,
        cells[-_CELLS_JUDGED:],
        lesson.helpers,
        asked,
        LIMIT,
        given if given != prelude else (),
    )


def patience(step: Step) -> float:
    """Seconds after which judging is given up from outside; the worker's own limits end it long before."""
    seconds = [check.seconds or LIMIT for check in checks_of(step)]
    return 2 * sum(seconds) + 4 * LIMIT


def trains(step: Step) -> int:
    """Seeds that a step is trained again under; 0 for one that trains nothing."""
    return max((check.seeds for check in flat(checks_of(step)) if isinstance(check, TrainingCheck)), default=0)


def same_effect(code: str, source: str) -> tuple[str, ...]:
    """Names to compare when ``source`` was run instead of ``code``; none where they cannot tell.

    Each name that ``code`` binds must have been bound by ``source`` too: nothing old counts.
    """
    wanted, bound = _bound(code), set(_bound(source))
    return wanted if wanted and bound.issuperset(wanted) else ()


def _bound(source: str) -> tuple[str, ...]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return ()
    stored = (
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    return tuple(dict.fromkeys(stored))


def shuffled(answers: list[Answer], key: str) -> tuple[Answer, ...]:
    """Always the same order for the same step, and no pattern a learner could learn."""
    order = list(answers)
    random.Random(key).shuffle(order)  # noqa: S311 - not a secret
    return tuple(order)


def mixed_lines(step: Parsons, key: str) -> tuple[str, ...]:
    """The lines of a ``parsons`` and those that belong nowhere, in an order that is not the solution's."""
    lines = [*step.lines, *(line.strip() for line in step.extra)]
    mixed = list(lines)
    chance = random.Random(key)  # noqa: S311 - not a secret
    while mixed[: len(step.lines)] == list(step.lines) and len(set(lines)) > 1:
        chance.shuffle(mixed)
    return tuple(mixed)


def what_is_missing(step: Step) -> str:
    """What the learner has to do before the step is done; empty where its checks say it."""
    if isinstance(step, Run):
        return _("Run the code first: F5, or type it.")
    if isinstance(step, Predict) and not step.distractors:
        return _("Type your answer first, then press Enter.")
    if isinstance(step, (Predict, Choice)):
        return _("Choose an answer first: press its number.")
    return ""


def ran_words(step: Run, source: str, shown: str) -> tuple[str, str]:
    """What is said of code that ran, and how it is meant; ``shown`` is what it printed and displayed.

    Who wrote other code with the same effect may show what they like.
    """
    recorded = step.prints if same_code(source, step.code) else ""
    differ = difference(recorded, shown) if recorded.strip() else None
    if differ is None:
        return step.after or _("Done. F8 goes on."), "good"
    recorded, got = (f"`{line}`" if line else _("nothing") for line in differ)
    told = _("Done, though it does not show what was recorded: {got} here, {recorded} there. F8 goes on.")
    told = told.format(got=got, recorded=recorded)
    return "\n\n".join(part for part in (told, step.after.strip()) if part), "info"


def right_words(step: Step, own: str = "", *, afresh: bool = False) -> str:
    """What is said when a step that is judged is done with the code ``own``."""
    if afresh:
        return _(
            "Right. An earlier try had changed what you started from, so your last one was run again by itself."
        )
    if isinstance(step, Explore):
        return _("You reached the goal. Play on, or go on with F8.")
    if same_code(own, solution_of(step)):
        return _("Right. F8 goes on.")
    return _("Right. Compare with the lesson's own solution below, then F8.")
