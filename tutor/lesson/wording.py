"""Puts the texts of one step's overlay in place of the step's own, as far as they fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tutor.lesson.checks import AllOf, AnyOf, Check, Not, TrainingCheck
from tutor.lesson.model import Choice, Predict, Step
from tutor.lesson.overlay import CheckText, OptionText, StepText
from tutor.lesson.problems import Report, did_you_mean
from tutor.lesson.rules import tells
from tutor.lesson.state import solution_of
from tutor.lesson.yaml12 import Mapping as MappingNode
from tutor.lesson.yaml12 import Node

_PLAIN = ("title", "text", "after", "goal")
_CODE_FIELDS = ("setup", "code", "example", "starter", "solution")
_CODE = re.compile(r"`([^`\n]+)`")
_WORD = re.compile(r"[^\W\d_]{2}")


def step_words(step: Step) -> Iterator[str]:
    """Every text of a step that can be translated, and what names those that stand in a mapping."""
    yield from (getattr(step, name, "") for name in _PLAIN)
    yield from getattr(step, "hints", ())
    for option in getattr(step, "options", ()):
        yield from (option.text, option.feedback)
    for distractor in getattr(step, "distractors", ()):
        yield from (distractor.answer, distractor.feedback)
    for mistake in getattr(step, "misconceptions", ()):
        yield from (mistake.id, mistake.feedback)
    for check in getattr(step, "checks", ()):
        yield from _check_words(check)
    if step.twin is not None:
        yield from step_words(step.twin)


def _check_words(check: Check) -> Iterator[str]:
    yield from (check.label, check.feedback, getattr(check, "name", ""))
    if isinstance(check, Not):
        yield from _check_words(check.check)
    for one in check.checks if isinstance(check, (AllOf, AnyOf)) else ():
        yield from _check_words(one)


def node_at(node: Node, *keys: str) -> Node:
    """The value under keys in keys; the last one that is there."""
    for key in keys:
        inner = node.get(key) if isinstance(node, MappingNode) else None
        node = inner if inner is not None else node
    return node


class Wording:
    """One mapping of an overlay: ``node`` is where it stands, ``stale`` takes what no longer fits."""

    def __init__(self, node: Node, stale: Report, path: str) -> None:
        self._node = node
        self._stale = stale
        self._path = path
        self.missing: list[str] = []
        """Fields with words that are not translated."""

    def note(self, message: str, *keys: str) -> None:
        """Note what does not fit, where the value under these keys stands."""
        node = node_at(self._node, *keys)
        self._stale.add(node.line, node.column, message, ".".join((self._path, *keys)).strip("."))

    def listed(self, name: str, theirs: tuple[Any, ...] | None, mine: tuple[Any, ...]) -> tuple[Any, ...]:
        """The list in the other language, if it has as many items as the lesson's own."""
        if theirs is not None and self._as_many(name, theirs, mine):
            return theirs
        self._miss(name, *mine)
        return mine

    def _as_many(self, name: str, theirs: tuple[Any, ...], mine: tuple[Any, ...]) -> bool:
        if len(theirs) != len(mine):
            words = f"`{name}`: {len(theirs)} here, {len(mine)} in the lesson, whose own are shown"
            self.note(words, name)
        return len(theirs) == len(mine)

    def step(self, step: Step, text: StepText) -> Step:
        """The step in the words of the overlay."""
        changes = self._plain(step, text)
        if hasattr(step, "hints"):
            changes["hints"] = self._hints(step, text)
        if isinstance(step, Choice):
            changes["options"] = self._options(step, text)
        if isinstance(step, Predict):
            changes["distractors"] = self._named("distractors", "answer", step.distractors, text.distractors)
        if hasattr(step, "misconceptions"):
            changes["misconceptions"] = self._named(
                "misconceptions", "id", step.misconceptions, text.misconceptions
            )
        if hasattr(step, "checks"):
            changes["checks"] = self._checks(step.checks, text.checks)
        self._refuse_foreign(step, text)
        worded: Step = msgspec.structs.replace(step, **changes)
        self._mind_code(step, worded)
        if step.twin is not None:
            worded = msgspec.structs.replace(worded, twin=self.step(step.twin, _of_twin(step, step.twin, text)))
        return worded

    def _plain(self, step: Step, text: StepText) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        for name in _PLAIN:
            mine, theirs = getattr(step, name, ""), getattr(text, name)
            if theirs is None:
                self._miss(name, mine)
            elif mine.strip() or name == "title":
                changes[name] = theirs
            else:
                self.note(f"this step has no `{name}`", name)
        return changes

    def _hints(self, step: Step, text: StepText) -> tuple[str, ...]:
        mine: tuple[str, ...] = getattr(step, "hints", ())
        hints = self.listed("hints", text.hints, mine)
        solution = solution_of(step)
        if hints is not mine and any(tells(hint, solution) for hint in hints):
            self.note("a hint contains the solution: the lesson's own are shown", "hints")
            return mine
        return hints

    def _options(self, step: Choice, text: StepText) -> tuple[Any, ...]:
        fits = text.options is not None and self._as_many("options", text.options, step.options)
        texts = text.options if fits and text.options else (OptionText(),) * len(step.options)
        options = []
        for mine, theirs in zip(step.options, texts):  # noqa: B905 - as many
            self._miss("options", "" if theirs.text else mine.text, "" if theirs.feedback else mine.feedback)
            changes = {"text": theirs.text or mine.text, "feedback": theirs.feedback or mine.feedback}
            options.append(msgspec.structs.replace(mine, **changes))
        if len({option.text for option in options}) < len(options):
            self.note("two options have the same `text`: the lesson's own are shown", "options")
            return step.options
        return tuple(options)

    def _named(self, name: str, key: str, mine: tuple[Any, ...], theirs: Mapping[str, str]) -> tuple[Any, ...]:
        """Items that are named by one of their fields, with the feedback of that name."""
        known = [getattr(item, key) for item in mine]
        for wanted in theirs:
            if wanted not in known:
                hint = did_you_mean(wanted, known) or "."
                self.note(f"the lesson has no `{wanted}` among its {name}{hint}", name, wanted)
        self._miss(name, *(item.feedback for item in mine if getattr(item, key) not in theirs))
        return tuple(
            msgspec.structs.replace(item, feedback=theirs.get(getattr(item, key), item.feedback)) for item in mine
        )

    def _checks(self, mine: tuple[Check, ...], theirs: tuple[CheckText, ...] | None) -> tuple[Check, ...]:
        fits = theirs is not None and self._as_many("checks", theirs, mine)
        texts = theirs if fits and theirs else (CheckText(),) * len(mine)
        return tuple(self._check(*pair) for pair in zip(mine, texts))  # noqa: B905 - as many

    def _check(self, check: Check, text: CheckText) -> Check:
        # A check without a label says what it wants in English, so one may be given here alone.
        changes: dict[str, Any] = {}
        for name in ("label", "feedback", "name"):
            mine, theirs = getattr(check, name, ""), getattr(text, name)
            if theirs is None:
                self._miss("checks", mine)
            elif name != "name" or isinstance(check, TrainingCheck):
                changes[name] = theirs
            else:
                self.note("only a `training` check has a `name`", "checks")
        if isinstance(check, (AllOf, AnyOf)):
            changes["checks"] = self._checks(check.checks, text.checks)
        elif isinstance(check, Not):
            changes["check"] = self._check(check.check, text.check or CheckText())
        worded: Check = msgspec.structs.replace(check, **changes)
        return worded

    def _refuse_foreign(self, step: Step, text: StepText) -> None:
        """Say which fields steps of this kind do not have."""
        for name in ("hints", "options", "distractors", "misconceptions", "checks", "twin"):
            if getattr(text, name) and not getattr(step, name, None):
                self.note(f"this step has no `{name}`", name)

    def _mind_code(self, step: Step, worded: Step) -> None:
        """A name in code that stands nowhere in the original was changed by mistake, there or here."""
        known = "\n".join([*step_words(step), *(getattr(step, name, "") for name in _CODE_FIELDS)])
        for span in dict.fromkeys(span for words in step_words(worded) for span in _CODE.findall(words)):
            if not re.search(rf"(?<!\w){re.escape(span)}(?!\w)", known):
                self.note(f"`{span}` stands neither in the texts nor in the code of this step in the lesson")

    def _miss(self, name: str, *words: Any) -> None:
        """Words that stay as they are; what is code alone needs no other."""
        if any(not isinstance(text, str) or _WORD.search(_CODE.sub("", text)) for text in words):
            self.missing.append(name)


def _of_twin(step: Step, twin: Step, text: StepText) -> StepText:
    """The texts of a twin: its own, else those of the step where the lesson has the same in both."""
    own = text.twin or StepText()
    shared = {
        name: getattr(text, name)
        for name in StepText.__struct_fields__
        if name not in ("twin", "original")
        and not getattr(own, name)
        and getattr(step, name, None) == getattr(twin, name, None)
    }
    return msgspec.structs.replace(own, **shared)
