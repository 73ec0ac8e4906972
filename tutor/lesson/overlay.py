"""What ``lesson.de.yaml`` beside a lesson holds: its texts in another language, by the ids of steps; no code.

The questions of ``recall`` have ids as well. Every field may be left out: what is not translated stays as it is
in ``lesson.yaml``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tutor.lesson.fields import Data, Line, Prose, Slug

Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{1,8}$", extra={"expected": "what `tutor lint` says"})]


class OptionText(Data, frozen=True):
    """An answer of a choice; in the order of the lesson."""

    text: Line | None = None
    feedback: Prose | None = None


class CheckText(Data, frozen=True):
    """What a check says; in the order of the lesson, ``{}`` for one without words."""

    label: Line | None = None
    feedback: Prose | None = None
    name: Line | None = None
    """What the metric of a ``training`` is called."""
    checks: tuple[CheckText, ...] | None = None
    check: CheckText | None = None


class StepText(Data, frozen=True):
    """The texts of one step."""

    title: Line | None = None
    text: Prose | None = None
    after: Prose | None = None
    goal: Prose | None = None
    hints: tuple[Prose, ...] | None = None
    options: tuple[OptionText, ...] | None = None
    distractors: dict[str, Prose] = {}
    """The answer as the lesson has it: the feedback."""
    misconceptions: dict[str, Prose] = {}
    """The id: the feedback."""
    checks: tuple[CheckText, ...] | None = None
    twin: StepText | None = None
    original: Digest | None = None
    """The :func:`~tutor.lesson.translation.digest` of what was translated; tells when the lesson has changed."""


class RecallText(Data, frozen=True):
    """The texts of one question from memory."""

    text: Prose | None = None
    options: tuple[OptionText, ...] | None = None
    original: Digest | None = None
    """As that of a step."""


class Overlay(Data, frozen=True):
    """The file. ``steps`` and the questions of ``recall`` are named by their ids."""

    schema: Literal[1]
    title: Line | None = None
    objectives: tuple[Line, ...] | None = None
    steps: dict[Slug, StepText] = {}
    recall: dict[Slug, RecallText] = {}
