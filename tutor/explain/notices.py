"""What a notice means: one quiet line, and the longer story behind it.

Prose holds code between backticks. The words of each rule are in ``notices_data``, ``notices_loss`` and
``notices_training``; facts are put into them as they came and are never read as code or markup.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.explain import notices_data, notices_loss, notices_training
from tutor.explain.notices_words import Words
from tutor.protocol.failures import Notice

WORDS: dict[str, Words] = {**notices_loss.WORDS, **notices_training.WORDS, **notices_data.WORDS}
"""By rule."""


@dataclass(frozen=True, slots=True)
class ExplainedNotice:
    """One notice in prose; ``code`` is Python, the rest prose with code between backticks."""

    rule: str
    line: int
    """1-based line of the source that ran; 0 if unknown."""
    short: str
    """What was seen and why it matters, in one line."""
    why: str
    fix: str
    code: str
    """The repaired code in general terms."""
    topic: str
    """Code of the lesson that teaches it in the curriculum: ``R4``."""


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def explain_notice(notice: Notice) -> ExplainedNotice | None:
    """The words for a notice; None for a rule that nobody has words for."""
    words = WORDS.get(notice.rule)
    if words is None:
        return None
    facts = _Facts(notice.facts)
    return ExplainedNotice(
        rule=notice.rule,
        line=notice.line,
        short=words.short.format_map(facts),
        why=words.why.format_map(facts),
        fix=words.fix.format_map(facts),
        code=words.code,
        topic=words.topic,
    )


def place(told: ExplainedNotice) -> str:
    """``line 7: `` where the line is known, else nothing."""
    return f"line {told.line}: " if told.line else ""
