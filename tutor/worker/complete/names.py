"""Names that the unfinished cell itself binds, read off its tokens."""

from __future__ import annotations

from tutor.worker.complete.lexer import CLOSING, OPENING, Token, tokens
from tutor.worker.complete.own_class import expression_text

_ENDS = ("newline",)
_MODULES = ("import", "from")


def bound(source: str, cursor: int) -> tuple[list[str], dict[str, str]]:
    """Names bound before the cursor, in order, and for plain ``name = expression`` the last expression's text."""
    line = tokens(source[:cursor])
    found: dict[str, None] = {}
    values: dict[str, str] = {}
    for index, token in enumerate(line):
        if token.kind != "name" or token.end >= cursor:
            continue
        before = line[index - 1].text if index else "\n"
        after = line[index + 1].text if index + 1 < len(line) else ""
        if before in ("def", "class"):
            found[token.text] = None
            values.pop(token.text, None)
            found.update(dict.fromkeys(_parameters(line, index + 1)))
        elif before in ("as", "for") or after == ":=":
            found[token.text] = None
            values.pop(token.text, None)
        elif after == "=" and before in ("\n", ";", ",") and not _inside_call(line, index):
            text = expression_text(source, line, index + 2)
            if text:
                # An assignment that is still being typed has bound nothing.
                found[token.text] = None
                values[token.text] = text if before != "," else ""
        elif after != "as" and (before == "import" or (before == "," and _begins_with(line, index, _MODULES))):
            found[token.text] = None
    values = {name: text for name, text in values.items() if text}
    return [name for name in found if name.isidentifier()], values


def _inside_call(line: list[Token], index: int) -> bool:
    """Whether ``name =`` here is a keyword argument."""
    if line[index - 1].text != ",":
        return False
    depth = 0
    for token in reversed(line[:index]):
        if token.kind == "op" and token.text in CLOSING:
            depth += 1
        elif token.kind == "op" and token.text in OPENING:
            depth -= 1
            if depth < 0:
                return True
        elif token.kind in _ENDS and depth == 0:
            return False
    return False


def _begins_with(line: list[Token], index: int, words: tuple[str, ...]) -> bool:
    for place in range(index, -1, -1):
        if place == 0 or line[place - 1].kind in _ENDS:
            return line[place].text in words
    return False


def _parameters(line: list[Token], start: int) -> list[str]:
    """Parameter names of ``def f(…``: those behind a bracket, a comma or a star, not inside a default."""
    found: list[str] = []
    depth = 0
    for place in range(start, len(line)):
        token = line[place]
        if token.kind == "op" and token.text in OPENING:
            depth += 1
        elif token.kind == "op" and token.text in CLOSING:
            depth -= 1
            if depth == 0:
                return found
        elif depth == 0:
            return found
        elif depth == 1 and token.kind == "name" and line[place - 1].text in ("(", ",", "*", "**"):
            found.append(token.text)
    return found
