"""A lexer that forgives: unfinished Python, cut at the cursor, still has names, strings and brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass

OPENING, CLOSING = "([{", ")]}"

_PREFIX = "(?i:[rbuft]{0,2})"
_TOKEN = re.compile(
    rf"""
      (?P<comment>\#[^\n]*)
    | (?P<string>{_PREFIX}(?:
          \"\"\"(?:[^\\]|\\.)*?\"\"\" | '''(?:[^\\]|\\.)*?'''
        | "(?:[^"\\\n]|\\.)*"(?!"") | '(?:[^'\\\n]|\\.)*'(?!'') ))
    | (?P<open>{_PREFIX}(?:
          \"\"\"(?:[^\\]|\\.)*\\?\Z | '''(?:[^\\]|\\.)*\\?\Z
        | "(?:[^"\\\n]|\\.)*\\? | '(?:[^'\\\n]|\\.)*\\? ))
    | (?P<number>\.?\d(?:[eE][+-]|[\w.])*)
    | (?P<name>\w+)
    | (?P<newline>\n)
    | (?P<blank>\\\n|[^\S\n]+)
    | (?P<op>->|:=|\*\*|//|<<|>>|[=!<>+\-*/%&|^@]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENED = re.compile(r"(?P<prefix>[a-zA-Z]*)(?P<quote>\"\"\"|'''|\"|')")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    """``name``, ``number``, ``string``, ``open`` (a string without end), ``op``, ``newline`` or ``comment``."""
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(source: str, start: int = 0) -> list[Token]:
    """The tokens of ``source`` from ``start`` on, without blanks and without newlines inside brackets."""
    found: list[Token] = []
    depth = 0
    for match in _TOKEN.finditer(source, start):
        kind, text = match.lastgroup or "op", match[0]
        if kind == "blank" or (kind == "newline" and depth > 0):
            continue
        if kind == "op" and text in OPENING:
            depth += 1
        elif kind == "op" and text in CLOSING:
            depth = max(0, depth - 1)
        found.append(Token(kind, text, match.start()))
    return found


def opened(token: Token) -> tuple[str, str, int]:
    """Prefix in lower case, quote and where the text begins, of a string (ended or not)."""
    match = _OPENED.match(token.text)
    if match is None:
        return "", "", token.start
    return match["prefix"].lower(), match["quote"], token.start + match.end()


def replacement_field(token: Token) -> int | None:
    """Where the expression begins that an unfinished f-string is in the middle of; None if it is in its text."""
    prefix, _, begin = opened(token)
    if "f" not in prefix and "t" not in prefix:
        return None
    text = token.text[begin - token.start :].replace("{{", "  ").replace("}}", "  ")
    place = text.rfind("{")
    return None if place < 0 or "}" in text[place:] else begin + place + 1


def opener(line: list[Token], closing: int) -> int | None:
    """Index of the bracket that the one at ``closing`` closes; None if there is none."""
    depth = 0
    for index in range(closing, -1, -1):
        token = line[index]
        if token.kind != "op":
            continue
        if token.text in CLOSING:
            depth += 1
        elif token.text in OPENING:
            depth -= 1
            if depth == 0:
                return index
    return None
