"""What an explanation is, and how a rule is declared."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.explain.topics import TOPICS, Topic

if TYPE_CHECKING:
    from tutor.explain.evidence import Failure

LINE = "line"
"""The error came out of compiled code (or Python itself) that the learner's line called."""
TORCH = "torch"
STDLIB = "stdlib"


@dataclass(frozen=True, slots=True)
class Say:
    """What a rule has to say, as prose with code between backticks."""

    what: str
    """One sentence: what went wrong, in the learner's own names and numbers."""
    why: str
    """The rule that was broken."""
    fix: str
    caution: str = ""
    """Advice that is often given and does not help here."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an error happened and what to do, in prose with code between backticks."""

    rule: str
    """Id of the rule: ``elementwise-mismatch``."""
    headline: str
    why: str
    fix: str
    caution: str
    topic: Topic


Judge = Callable[["Failure", "re.Match[str]"], "Say | None"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One mistake: how to recognise it, and what to say. ``judge`` answers None when the clues do not fit."""

    id: str
    topic: Topic
    raises: tuple[str, ...]
    text: re.Pattern[str]
    origins: tuple[str, ...]
    judge: Judge

    def explain(self, failure: Failure) -> Explanation | None:
        if failure.type not in self.raises or failure.origin not in self.origins:
            return None
        match = self.text.search(failure.message)
        say = self.judge(failure, match) if match is not None else None
        if say is None:
            return None
        return Explanation(self.id, say.what, say.why, say.fix, say.caution, self.topic)


def rule(
    lesson: str, raises: str, text: str, *, origins: tuple[str, ...] = (LINE, TORCH)
) -> Callable[[Judge], Rule]:
    """Make a rule of a function; its id is the function's name with dashes.

    ``lesson`` is the curriculum's code, ``raises`` the exception classes that fit (bare names, separated by
    spaces), ``text`` a regular expression looked for in the message, ``origins`` where the error may come from.
    """

    def declare(judge: Judge) -> Rule:
        name = judge.__name__.strip("_").replace("_", "-")
        return Rule(name, TOPICS[lesson], tuple(raises.split()), re.compile(text, re.IGNORECASE), origins, judge)

    return declare
