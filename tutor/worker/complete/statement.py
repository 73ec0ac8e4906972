"""The statement at the cursor of an unfinished cell, and what stands before it, as far as Python can parse it."""

from __future__ import annotations

import ast
import re

from tutor.worker.complete.lexer import CLOSING, OPENING, Token, tokens

_LONGEST = 4_000
"""Characters of a cell that are looked at."""
_DROPPED = 12
"""Tokens that are given up, from the end, until what is left can be parsed."""
_INTRODUCES = re.compile(r"\s*(?:if|elif|while|return|assert|yield|await|with|del|raise)\b")


def statements(source: str, cursor: int) -> tuple[list[str], str, int]:
    """The simple statements before the one at ``cursor``, that one, whole, and where it begins."""
    if len(source) > _LONGEST:
        return [], "", 0
    parts: list[tuple[int, int]] = []
    begin = depth = 0
    for token in tokens(source):
        if token.kind == "op" and token.text in OPENING:
            depth += 1
        elif token.kind == "op" and token.text in CLOSING:
            depth = max(0, depth - 1)
        ends = token.kind == "newline" or (token.kind == "op" and token.text in ";:")
        if ends and not depth:
            if token.end > cursor:
                parts.append((begin, token.start))
                break
            parts.append((begin, token.start))
            begin = token.end
    else:
        parts.append((begin, len(source)))
    texts = [source[start:end] for start, end in parts]
    return texts[:-1], texts[-1], parts[-1][0]


def parsed(text: str) -> tuple[ast.stmt, str, int] | None:
    """A statement that may be unfinished: brackets are closed, and what makes no sense yet is left out.

    With it the text that was parsed in the end, and how far into ``text`` that begins.
    """
    head = _INTRODUCES.match(text)
    begin = head.end() if head else 0
    begin += len(text[begin:]) - len(text[begin:].lstrip())
    text = text[begin:].rstrip()
    line = [token for token in tokens(text) if token.kind not in ("newline", "comment")]
    if any(token.kind == "open" for token in line):
        return None
    for _ in range(_DROPPED):
        if not line:
            return None
        whole = text[: line[-1].end] + _closers(line)
        found = _parse(whole)
        if found is not None:
            return found, whole, begin
        line.pop()
    return None


def names_in(text: str) -> list[str]:
    """Names that a statement nobody can parse might bind: all but those with a dot or a bracket behind them."""
    line = tokens(text)
    return [
        token.text
        for place, token in enumerate(line)
        if token.kind == "name" and (place + 1 == len(line) or line[place + 1].text not in (".", "("))
    ]


def _parse(text: str) -> ast.stmt | None:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return body[0] if len(body) == 1 else None


def _closers(line: list[Token]) -> str:
    open_brackets: list[str] = []
    for token in line:
        if token.kind == "op" and token.text in OPENING:
            open_brackets.append(CLOSING[OPENING.index(token.text)])
        elif token.kind == "op" and token.text in CLOSING and open_brackets:
            open_brackets.pop()
    return "".join(reversed(open_brackets))
