"""What a lesson is. The YAML has exactly these fields; the loader refuses any other.

Code fields hold Python source, text fields Markdown. Adding a kind of step or check is adding a struct here
and to the union below it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

import msgspec
from msgspec import Meta

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, Meta(min_length=1, max_length=300, pattern=r"^[^\n]*\n?$")]
Prose = Annotated[str, Meta(min_length=1, max_length=6_000)]
Code = Annotated[str, Meta(max_length=6_000)]
Source = Annotated[str, Meta(min_length=1, max_length=6_000)]


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Immutable, and strict about its fields."""


class TensorCheck(_Data, frozen=True, tag_field="kind", tag="tensor"):
    """``target`` is a tensor equal to what the solution makes: shape, dtype, device, requires_grad, values."""

    target: Source
    rtol: float | None = None
    """Relative tolerance; None is that of ``torch.testing.assert_close`` for the dtype."""
    atol: float | None = None
    label: str = ""
    feedback: str = ""


class ValueCheck(_Data, frozen=True, tag_field="kind", tag="value"):
    """The expression ``target`` has the value it has after the solution."""

    target: Source
    rtol: float | None = None
    atol: float | None = None
    label: str = ""
    feedback: str = ""


class UnchangedCheck(_Data, frozen=True, tag_field="kind", tag="unchanged"):
    """``target`` is as the step's set-up made it."""

    target: Source
    label: str = ""
    feedback: str = ""


class RaisesCheck(_Data, frozen=True, tag_field="kind", tag="raises"):
    """Running ``code`` raises an exception of the class named ``error``."""

    code: Source
    error: Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$")]
    label: str = ""
    feedback: str = ""


class OutputCheck(_Data, frozen=True, tag_field="kind", tag="output"):
    """What the last run printed ``contains`` or ``equals`` a text; with neither, what the solution prints."""

    contains: str | None = None
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


class Lesson(_Data, frozen=True):
    """One lesson. ``id`` is how progress and other lessons refer to it: stable, never reused."""

    schema: Literal[1]
    id: Slug
    title: Line
    track: Slug
    objectives: Annotated[tuple[Line, ...], Meta(min_length=1)]
    minutes: Annotated[int, Meta(ge=1, le=120)]
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]
    prerequisites: tuple[Slug, ...] = ()
    requires: dict[str, str] = {}
    seed: int = 0
    setup: Code = ""


def to_plain(check: Check) -> dict[str, Any]:
    """The check as the worker wants it: a dict with its ``kind``, without what was not given."""
    plain: dict[str, Any] = msgspec.to_builtins(check)
    return {key: value for key, value in plain.items() if value not in (None, "")}
