"""The quiet lines below a cell's output."""

from __future__ import annotations

from tutor.explain.notices import ExplainedNotice, place
from tutor.ui.actions import NOTICES, key_text

_SHOWN = 3


def note_lines(notices: tuple[ExplainedNotice, ...]) -> list[str]:
    """At most three, the last with how to read on."""
    lines = [f"{place(told)}{told.short.replace('`', '')}" for told in notices[:_SHOWN]]
    if lines:
        more = len(notices) - len(lines)
        how = f"({f'{more} more, ' if more else ''}{key_text(NOTICES)} opens)"
        # Blanks that do not break: a key is not to be torn apart at the end of a row.
        lines[-1] += "  " + how.replace(" ", "\N{NO-BREAK SPACE}")
    return lines
