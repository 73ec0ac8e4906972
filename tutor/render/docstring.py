"""Docstrings made readable: without the marks of reStructuredText, and joined where they were wrapped by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ROLE = re.compile(r":(?:\w+:)?\w+:`~?([^`<]*?)(?:\s*<[^`]*>)?`")
_EMPHASIS = re.compile(r"(\*\*|``)(?=\S)(.+?)(?<=\S)\1")
_LITERAL = re.compile(r"`([^`\n]+)`_{0,2}")
_SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)", re.DOTALL)
_DIRECTIVE = re.compile(r"^(\s*)\.\. (?:\w+:)?(\w+)::\s*(.*)$")
_DROPPED = re.compile(r"^\s*(?:\.\. _.*:|:noindex:|:nosignatures:)\s*$")
_ITEM = re.compile(r"^(?:>>>|[-*•]\s|\d+[.)]\s|\*{0,2}\w+\s?(?:\([^)]*\))?:(?:\s|$))")
_WRAPPED_AT = 55
"""A line at least as long was ended by its width, not by its author."""
_CALLED = ("function", "method", "class", "attribute", "data")


def readable(doc: str) -> str:
    """``:attr:`dim``` is ``dim``, ``.. note::`` is ``Note:``; labels and options are dropped."""
    lines = (_directive(line) for line in doc.split("\n") if not _DROPPED.match(line))
    text = _ROLE.sub(r"\1", "\n".join(lines))
    return _LITERAL.sub(r"\1", _EMPHASIS.sub(r"\2", text))


def _directive(line: str) -> str:
    match = _DIRECTIVE.match(line)
    if match is None:
        return line
    indent, name, rest = match.groups()
    if name in _CALLED:
        return f"{indent}{rest}"
    return f"{indent}{name.capitalize()}: {rest}".rstrip()


def first_sentence(doc: str) -> str:
    """The first sentence, on one line."""
    text = " ".join(readable(doc).split())
    match = _SENTENCE.match(text)
    return match[1] if match else text


def paragraphs(doc: str) -> list[str]:
    """The lines of ``readable(doc)``, those that were wrapped by hand joined; examples stay as they are."""
    found: list[str] = []
    example = -1
    for line in _single_blanks(readable(doc).strip().split("\n")):
        indent = len(line) - len(line.lstrip())
        if line.strip() and indent <= example:
            example = -1
        if example < 0 and found and _goes_on(found[-1], line):
            found[-1] = f"{found[-1]} {line.strip()}"
        else:
            found.append(line.rstrip())
        if line.rstrip().endswith("::") and example < 0:
            example = indent
            found[-1] = found[-1].removesuffix(":")
    return found


def _single_blanks(lines: Iterable[str]) -> Iterable[str]:
    blank = False
    for line in lines:
        if line.strip() or not blank:
            yield line
        blank = not line.strip()


def _goes_on(before: str, line: str) -> bool:
    if not before.strip() or not line.strip() or _ITEM.match(line.strip()):
        return False
    indents = [len(text) - len(text.lstrip()) for text in (before, line)]
    deeper_item = bool(_ITEM.match(before.strip())) and indents[1] > indents[0] and not before.endswith(":")
    return len(before) >= _WRAPPED_AT and (indents[0] == indents[1] or deeper_item)
