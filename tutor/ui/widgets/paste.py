"""Pasted text, made ready to be code. No widgets here."""

from __future__ import annotations

import re

from tutor.protocol.text import plain

_DOCTEST = re.compile(r"(?:>>>|\.\.\.)(?: |$)")
_IPYTHON = re.compile(r"In \[\d+\]: ?")
_IPYTHON_MORE = re.compile(r" *\.\.\.:(?: |$)")
_LEADING_TABS = re.compile(r"^[ \t]*\t[ \t]*", re.MULTILINE)


def clean_paste(text: str) -> str:
    """``text`` without control characters and without the prompts of a session it was copied from.

    Prompts go when every line that is not empty has ``>>>`` or ``...``, or when the first has ``In [1]:``.
    Tabs at the start of lines become spaces. The line end of a single line goes too.
    """
    text = plain(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _without_prompts(text)
    text = _LEADING_TABS.sub(lambda match: match[0].expandtabs(4), text)
    return text[:-1] if text.endswith("\n") and text.count("\n") == 1 else text


def _without_prompts(text: str) -> str:
    lines = text.split("\n")
    full = [line for line in lines if line.strip()]
    if full and all(_DOCTEST.match(line) for line in full):
        return "\n".join(_DOCTEST.sub("", line, count=1) for line in lines)
    if full and _IPYTHON.match(full[0]):
        return "\n".join(_without_ipython(line) for line in lines)
    return text


def _without_ipython(line: str) -> str:
    for mark in (_IPYTHON, _IPYTHON_MORE):
        if found := mark.match(line):
            return line[found.end() :]
    return line
