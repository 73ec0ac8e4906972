"""What a lesson is. The YAML has exactly these fields; the loader refuses any other.

Code fields hold Python source, text fields Markdown. What types cannot say goes to :mod:`tutor.lesson.rules`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from tutor.lesson.checks import (
    AllOf,
    AnyOf,
    Argument,
    Check,
    ForbidsCheck,
    FunctionCheck,
    GradCheck,
    ModuleCheck,
    Not,
    OutputCheck,
    PythonCheck,
    RaisesCheck,
    TensorCheck,
    TrainingCheck,
    UnchangedCheck,
    UsesCheck,
    ValueCheck,
    to_plain,
)
from tutor.lesson.fields import Code, Data, Line, Slug, TorchVersion
from tutor.lesson.steps import (
    Choice,
    Distractor,
    Equivalent,
    Exercise,
    Explore,
    Fill,
    Fix,
    Judged,
    Misconception,
    Option,
    Parsons,
    Predict,
    Read,
    Recall,
    Run,
    Step,
    Train,
)


class Requires(Data, frozen=True):
    """What a lesson needs of the machine it runs on."""

    torch: TorchVersion | None = None


class LessonFile(Data, frozen=True):
    """What ``lesson.yaml`` holds. ``id`` is how progress and other lessons refer to it: stable, never reused."""

    schema: Literal[1]
    """Version of the format."""
    id: Slug
    """How progress and other lessons refer to it: stable, never reused."""
    title: Line
    track: Slug
    """The list of lessons puts those of a track together."""
    objectives: Annotated[tuple[Line, ...], Meta(min_length=1)]
    """What the learner can do afterwards; each completes “You can now …”."""
    minutes: Annotated[int, Meta(ge=1, le=120)]
    """How long it takes, about."""
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    """1 easy, 2 some thinking, 3 hard."""
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    prerequisites: tuple[Slug, ...] = ()
    """Ids of the lessons that come before."""
    requires: Requires = Requires()
    # torch.manual_seed takes more, but NumPy's generator no more than 32 bits.
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    """What random numbers begin with, in every step."""
    setup: Code = ""
    """Code that runs before everything else, such as imports."""
    recall: Annotated[tuple[Recall, ...], Meta(max_length=6)] = ()
    """Asked from memory once the lesson is finished, then again as review sees fit; three are a good number."""


class Lesson(LessonFile, frozen=True):
    """A lesson that was loaded: what its file holds, and where it lies."""

    file: Path | None = None
    """Its ``lesson.yaml``; data of the lesson lies beside it."""
    helpers: str = ""
    """The ``checks.py`` beside it, where ``python`` checks name functions of it."""
    pack: str = ""
    """The pack from outside that it belongs to; its id then begins with that name and a slash."""


__all__ = [
    "AllOf", "AnyOf", "Argument", "Check", "Choice", "Distractor", "Equivalent", "Exercise", "Explore", "Fill",
    "Fix", "ForbidsCheck", "FunctionCheck", "GradCheck", "Judged", "Lesson", "LessonFile", "Misconception",
    "ModuleCheck", "Not", "Option", "OutputCheck", "Parsons", "Predict", "PythonCheck", "RaisesCheck", "Read",
    "Recall", "Requires", "Run", "Step", "TensorCheck", "Train", "TrainingCheck", "UnchangedCheck", "UsesCheck",
    "ValueCheck", "to_plain",
]  # fmt: skip
