"""The quiet lines below a cell's output."""

from __future__ import annotations

from tutor.explain.notices import ExplainedNotice
from tutor.texts import _
from tutor.ui.actions import NOTICES, key_text

_SHOWN = 3


def note_lines(notices: tuple[ExplainedNotice, ...]) -> list[str]:
    """At most three, the last with how to read on."""
    lines = [f"{at_line(told)}{told.short.replace('`', '')}" for told in notices[:_SHOWN]]
    if lines:
        more = len(notices) - len(lines)
        how = _("({n} more, {key} opens)") if more else _("({key} opens)")
        how = how.format(n=more, key=key_text(NOTICES))
        # Blanks that do not break: a key is not to be torn apart at the end of a row.
        lines[-1] += "  " + how.replace(" ", "\N{NO-BREAK SPACE}")
    return lines


def at_line(told: ExplainedNotice) -> str:
    """``line 7: `` where the line is known, else nothing; in the learner's language."""
    return _("line {n}:").format(n=told.line) + " " if told.line else ""
