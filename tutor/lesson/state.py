"""Which names a step may count on: what the lesson's own code leaves behind before it."""

from __future__ import annotations

import ast
from collections.abc import Collection

import msgspec.structs

from tutor.lesson.checks import Check, FunctionCheck, GradCheck, ModuleCheck, TensorCheck, ValueCheck, flat
from tutor.lesson.entry import StepLine
from tutor.lesson.model import Lesson
from tutor.lesson.steps import Choice, Explore, Judged, Run, Step
from tutor.texts import _


def setup_of(step: Step) -> str:
    """Code that makes what the step needs."""
    setup: str = step.setup
    return setup


def solution_of(step: Step) -> str:
    """The lesson's own answer to a step that is judged; empty for others."""
    return getattr(step, "solution", "") if isinstance(step, (Judged, Explore)) else ""


def starter_of(step: Step) -> str:
    """What the learner of a step that is judged begins with."""
    return getattr(step, "starter", "") if isinstance(step, Judged) else ""


def result_of(step: Step) -> str:
    """Code that leaves what later steps may count on; neither a prediction nor free play is that."""
    if isinstance(step, Judged):
        return solution_of(step)
    return step.code if isinstance(step, Run) else ""


def prelude(lesson: Lesson, index: int) -> tuple[str, ...]:
    """Sources to run, in order, before the set-up of step ``index``: as if every earlier step had been done."""
    sources = [lesson.setup]
    for step in lesson.steps[:index]:
        sources += [setup_of(step), result_of(step)]
    return tuple(source for source in sources if source.strip())


def from_memory(lesson: Lesson) -> Lesson:
    """The questions of ``recall`` as a lesson of their own, of the same id: choices that need no code."""
    steps = tuple(
        Choice(id=one.id, title=_("From memory"), text=one.text, options=one.options) for one in lesson.recall
    )
    return msgspec.structs.replace(lesson, steps=steps, setup="", recall=())


def checks_of(step: Step) -> tuple[Check, ...]:
    """What the step is judged by."""
    return step.checks if isinstance(step, (Judged, Explore)) else ()


def targets(step: Step) -> tuple[str, ...]:
    """Names the learner is asked to make, as the checks tell."""
    kinds = (TensorCheck, ValueCheck, FunctionCheck, GradCheck, ModuleCheck)
    made = [check.target.strip() for check in flat(checks_of(step)) if isinstance(check, kinds)]
    names = [name if name.isidentifier() else _called(name) for name in made]
    return tuple(dict.fromkeys(name for name in names if name))


def _called(expression: str) -> str:
    """``Net`` of ``Net(4, 2)``: it is what the learner writes."""
    tree = ast.parse(expression, mode="eval").body
    return tree.func.id if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) else ""


def fitted(lesson: Lesson, devices: Collection[str]) -> Lesson:
    """The lesson as a machine with these devices (``cuda``, …) takes it: twins where something is missing."""
    steps = tuple(_fitted(step, devices) for step in lesson.steps)
    if all(new is old for new, old in zip(steps, lesson.steps)):  # noqa: B905 - as many as before
        return lesson
    return msgspec.structs.replace(lesson, steps=steps)


def _fitted(step: Step, devices: Collection[str]) -> Step:
    if step.needs is None or step.twin is None:
        return step
    there = bool(devices) if step.needs == "accelerator" else step.needs in devices
    return step if there else step.twin


def title_of(step: Step | StepLine) -> str:
    """What a step is called; a title stands where nothing can be set as code."""
    title: str = step.title or step.id.replace("-", " ")
    return title.replace("`", "")
