"""Which names a step may count on: what the lesson's own code leaves behind before it."""

from __future__ import annotations

from tutor.lesson.model import Exercise, Lesson, Run, Step, TensorCheck, ValueCheck


def setup_of(step: Step) -> str:
    """Code that makes what the step needs."""
    setup: str = step.setup
    return setup


def result_of(step: Step) -> str:
    """Code that leaves what later steps may count on; the code of a prediction is not that: it may raise."""
    if isinstance(step, Exercise):
        return step.solution
    return step.code if isinstance(step, Run) else ""


def prelude(lesson: Lesson, index: int) -> tuple[str, ...]:
    """Sources to run, in order, before the set-up of step ``index``: as if every earlier step had been done."""
    sources = [lesson.setup]
    for step in lesson.steps[:index]:
        sources += [setup_of(step), result_of(step)]
    return tuple(source for source in sources if source.strip())


def targets(step: Exercise) -> tuple[str, ...]:
    """Names the learner is asked to make in an exercise, as its checks tell."""
    named = [check.target for check in step.checks if isinstance(check, (TensorCheck, ValueCheck))]
    return tuple(dict.fromkeys(name for name in named if name.isidentifier()))
