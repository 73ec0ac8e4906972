"""What is wrong with a text that is not YAML, in an author's words instead of the parser's."""

from __future__ import annotations

import re

import yaml

_QUOTE_IT = "a text with `: ` in it must be quoted or begin with `|`"

# Each: what the parser's context and problem hold (libyaml and PyYAML's own differ a little), and what it means.
_WORDS: tuple[tuple[str, str, str], ...] = (
    ("flow sequence", "", "the list that `[` begins in line {line} lacks a `,` or its `]`"),
    ("flow mapping", "", "what `{{` begins in line {line} lacks a `,` or its `}}`"),
    ("", "unexpected end of stream", "the quote in line {line} is never closed"),
    ("", "unknown escape", "there is no such escape; in single quotes a backslash is only a backslash"),
    ("", "hex", "the escape has too few digits; in single quotes a backslash is only a backslash"),
    ("block scalar", "", "after `|` or `>` the text begins in the next line, indented"),
    ("block collection", "", "the list from line {line} goes on with `- …`: is this indented as it should be?"),
    (
        *("block mapping", ""),
        "a key is expected here, indented as that in line {line}; or a quote was closed before its text ended",
    ),
    ("", "sequence entries", "a list begins in a line of its own, not behind its key"),
    ("", "node content", "a value is missing before this"),
    ("", "<document start>", "what the lesson holds ended before this: is it indented as it should be?"),
    ("directive", "", "lines that begin with `%` are directives, and a lesson has none; quote it if it is text"),
)


def explained(error: yaml.MarkedYAMLError, lines: list[str]) -> str:
    """What is wrong at the error's mark and what helps; the parser's own words where there are no better ones."""
    problem, context = str(error.problem or ""), str(error.context or "")
    mark = error.problem_mark or error.context_mark
    line = "".join(lines[mark.line : mark.line + 1]) if mark else ""
    if "mapping values are not allowed" in problem:
        if mark and re.match(r"\s*[^\s:#]+:(\s|$)", line) and ": " not in line[: mark.column].strip():
            return f"a key where none can be: indented deeper than the one above it? ({_QUOTE_IT})"
        return f"a second `: ` in one line: {_QUOTE_IT}"
    if "\t" in line[:40] and ("token" in problem or "tab character" in problem):
        return "indent with spaces, not with tabs"
    if "cannot start any token" in problem:
        sign = line[mark.column : mark.column + 1] if mark else ""
        return f"a text that begins with `{sign}` must be quoted"
    since = error.context_mark.line + 1 if error.context_mark else (mark.line + 1 if mark else 1)
    for within, what, words in _WORDS:
        if within in context and what in problem:
            return words.format(line=since)
    return f"{context}: {problem}" if context and problem and context != problem else problem or context
