"""What a lesson is. The YAML has exactly these fields; the loader refuses any other.

Code fields hold Python source, text fields Markdown. Adding a kind of step or check is adding a struct here
and to the union below it; what types cannot say about it goes to :mod:`tutor.lesson.rules`.
``extra["expected"]`` of a type is how the loader names it to an author; a text with ``extra["python"]`` must
parse in that mode of :func:`ast.parse`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Union

import msgspec
from msgspec import Meta

# A step may be named by its number too, so an id never looks like one.
Slug = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        max_length=60,
        extra={"expected": "small letters, digits and single hyphens, such as `what-a-tensor-is`"},
    ),
]
Line = Annotated[
    str, Meta(min_length=1, max_length=300, pattern=r"^[^\n]*\n?$", extra={"expected": "text on one line"})
]
Prose = Annotated[str, Meta(min_length=1, max_length=6_000)]
Code = Annotated[str, Meta(max_length=6_000, extra={"python": "exec"})]
Source = Annotated[str, Meta(min_length=1, max_length=6_000, extra={"python": "exec"})]
Expression = Annotated[str, Meta(min_length=1, max_length=6_000, extra={"python": "eval"})]
Tolerance = Annotated[float, Meta(ge=0.0)]
TorchVersion = Annotated[
    str, Meta(pattern=r"^>=[0-9]+\.[0-9]+(\.[0-9]+)?$", extra={"expected": 'a lowest version, such as `">=2.6"`'})
]


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Immutable, and strict about its fields."""


class TensorCheck(_Data, frozen=True, tag_field="kind", tag="tensor"):
    """``target`` is a tensor equal to what the solution makes: shape, dtype, device, requires_grad, values."""

    target: Expression
    rtol: Tolerance | None = None
    """Relative tolerance; None is that of ``torch.testing.assert_close`` for the dtype."""
    atol: Tolerance | None = None
    label: str = ""
    feedback: str = ""


class ValueCheck(_Data, frozen=True, tag_field="kind", tag="value"):
    """The expression ``target`` has the value it has after the solution."""

    target: Expression
    rtol: Tolerance | None = None
    atol: Tolerance | None = None
    label: str = ""
    feedback: str = ""


class UnchangedCheck(_Data, frozen=True, tag_field="kind", tag="unchanged"):
    """``target`` is as the step's set-up made it."""

    target: Expression
    label: str = ""
    feedback: str = ""


class RaisesCheck(_Data, frozen=True, tag_field="kind", tag="raises"):
    """Running ``code`` raises an exception of the class named ``error``."""

    code: Source
    error: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
            extra={"expected": "the bare name of a class, such as `ValueError`"},
        ),
    ]
    label: str = ""
    feedback: str = ""


class OutputCheck(_Data, frozen=True, tag_field="kind", tag="output"):
    """What the last run printed ``contains`` or ``equals`` a text; with neither, what the solution prints."""

    contains: Prose | None = None
    equals: str | None = None
    label: str = ""
    feedback: str = ""


Check = Union[TensorCheck, ValueCheck, UnchangedCheck, RaisesCheck, OutputCheck]  # noqa: UP007 - msgspec on 3.10


class Read(_Data, frozen=True, tag_field="kind", tag="read"):
    """Text to read, with an example that can be run."""

    id: Slug
    text: Prose
    title: str = ""
    setup: Code = ""
    example: Code = ""
    view: dict[str, tuple[Line, ...]] = {}
    """Name of a drawing: the names or expressions it shows."""


class Run(_Data, frozen=True, tag_field="kind", tag="run"):
    """Code to run as it is; ``after`` is said once it ran."""

    id: Slug
    text: Prose
    code: Source
    title: str = ""
    setup: Code = ""
    after: str = ""


class Distractor(_Data, frozen=True):
    """A wrong answer, written as the true one would be, and why it tempts."""

    answer: Annotated[str, Meta(min_length=1)]
    feedback: Prose


class Predict(_Data, frozen=True, tag_field="kind", tag="predict"):
    """An answer to commit to before the code runs; the truth is computed, never typed."""

    id: Slug
    text: Prose
    code: Source
    ask: Literal["shape", "value", "dtype", "output", "raises"]
    distractors: Annotated[tuple[Distractor, ...], Meta(min_length=1, max_length=5)]
    title: str = ""
    setup: Code = ""
    after: str = ""


class Option(_Data, frozen=True):
    """One answer of a choice."""

    text: Line
    feedback: Prose
    correct: bool = False


class Choice(_Data, frozen=True, tag_field="kind", tag="choice"):
    """A question with answers to choose from."""

    id: Slug
    text: Prose
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=6)]
    title: str = ""
    setup: Code = ""


class Misconception(_Data, frozen=True):
    """A wrong solution that is to be met with words of its own."""

    id: Slug
    code: Source
    feedback: Prose


class Exercise(_Data, frozen=True, tag_field="kind", tag="exercise"):
    """Code to write, judged by what it leaves behind."""

    id: Slug
    text: Prose
    solution: Source
    hints: Annotated[tuple[Prose, ...], Meta(min_length=1, max_length=4)]
    checks: Annotated[tuple[Check, ...], Meta(min_length=1)]
    title: str = ""
    setup: Code = ""
    starter: Code = ""
    misconceptions: tuple[Misconception, ...] = ()
    accepts: tuple[Source, ...] = ()
    """Other right answers; the proof runs them."""
    rejects: tuple[Source, ...] = ()
    """Other wrong answers; the proof runs them."""


Step = Union[Read, Run, Predict, Choice, Exercise]  # noqa: UP007 - msgspec on 3.10


class Requires(_Data, frozen=True):
    """What a lesson needs of the machine it runs on."""

    torch: TorchVersion | None = None


class LessonFile(_Data, frozen=True):
    """What ``lesson.yaml`` holds. ``id`` is how progress and other lessons refer to it: stable, never reused."""

    schema: Literal[1]
    id: Slug
    title: Line
    track: Slug
    objectives: Annotated[tuple[Line, ...], Meta(min_length=1)]
    minutes: Annotated[int, Meta(ge=1, le=120)]
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    prerequisites: tuple[Slug, ...] = ()
    requires: Requires = Requires()
    # torch.manual_seed takes more, but NumPy's generator no more than 32 bits.
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    setup: Code = ""


class Lesson(LessonFile, frozen=True):
    """A lesson that was loaded: what its file holds, and where it lies."""

    file: Path | None = None
    """Its ``lesson.yaml``; data of the lesson lies beside it."""


def to_plain(check: Check) -> dict[str, Any]:
    """The check as the worker wants it: a dict with its ``kind``, without what was not given."""
    plain: dict[str, Any] = msgspec.to_builtins(check)
    return plain
