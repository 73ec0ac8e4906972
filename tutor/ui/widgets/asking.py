"""``obj?`` and ``obj??`` as people type them at a prompt. No widgets here."""

from __future__ import annotations

import ast
import re
import warnings

_ASKED = re.compile(r"\s*(?P<before>\?{0,2})\s*(?P<subject>[^?#\n]+?)\s*(?P<after>\?{0,2})\s*")
_LONGEST = 1_000


def asked_about(source: str) -> tuple[str, bool] | None:
    """The expression of ``obj?``, ``obj??``, ``?obj`` or ``??obj``, and whether its source is wanted too.

    None for everything that is not such a question.
    """
    match = _ASKED.fullmatch(source) if len(source) <= _LONGEST else None
    if match is None or bool(match["before"]) == bool(match["after"]):
        return None
    subject = match["subject"].removeprefix("import ").strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(subject, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return subject, "??" in (match["before"], match["after"])
