"""Pasted text, made ready to be code. No widgets here."""

from __future__ import annotations

import ast
import re
import warnings
from textwrap import dedent

from tutor.protocol.text import plain

_SESSIONS = (
    (re.compile(r">>>(?: |$)"), re.compile(r"\.\.\.(?: |$)")),
    (re.compile(r"(?:\[(?:ins|nav)\] )?In \[[\d *]+\]: ?"), re.compile(r" *\.\.\.:(?: |$)")),
)
"""What a statement and its further lines begin with: at Python's prompt, at IPython's."""
_LEADING_TABS = re.compile(r"^[ \t]*\t[ \t]*", re.MULTILINE)
_FROM_THE_WEB = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{ZERO WIDTH SPACE}": None})
_PARSE_UP_TO = 100_000
"""Characters; longer texts are taken as they are."""


def clean_paste(text: str) -> str:
    """``text`` without control characters, without what all lines are indented by, and without prompts.

    Where the first line has a prompt, every statement has one: lines without are output, and left out. Tabs
    at the start of lines become spaces. The line end of a single line goes too.
    """
    text = plain(text.replace("\r\n", "\n").replace("\r", "\n")).translate(_FROM_THE_WEB)
    text = _LEADING_TABS.sub(lambda match: match[0].expandtabs(4), text)
    text = _without_prompts(_without_margin(text))
    return text[:-1] if text.endswith("\n") and text.count("\n") == 1 else text


def indent_rest(text: str, margin: str) -> str:
    """Every line but the first, if it holds anything, behind ``margin``."""
    return re.sub(r"\n(?=[^\n])", f"\n{margin}", text)


def _without_margin(text: str) -> str:
    text = dedent(text)
    first, newline, rest = text.partition("\n")
    if not newline or not rest.startswith(" ") or len(text) > _PARSE_UP_TO or _parses(text):
        return text
    # Selected from the middle of its first line on, whose indentation is missing.
    moved = f"{first}\n{dedent(rest)}"
    return moved if _parses(moved) else text


def _parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return False
    return True


def _without_prompts(text: str) -> str:
    lines = text.split("\n")
    begin = next((line for line in lines if line.strip()), "")
    for statement, more in _SESSIONS:
        if statement.match(begin) or (more.match(begin) and any(map(statement.match, lines))):
            code = "\n".join(_code(lines, statement, more)).strip("\n")
            return f"{code}\n" if "\n" in code else code
    return text


def _code(lines: list[str], statement: re.Pattern[str], more: re.Pattern[str]) -> list[str]:
    code: list[str] = []
    in_statement = True
    in_output = False
    for line in lines:
        found = statement.match(line) or (more.match(line) if in_statement else None)
        in_statement = found is not None
        in_output = not found and (in_output or bool(line.strip()))
        if found:
            code.append(line[found.end() :])
        elif not in_output:
            code.append("")
    return code
