"""Names that the unfinished cell itself binds, read off its tokens."""

from __future__ import annotations

from tutor.worker.complete.lexer import CLOSING, OPENING, Token, tokens

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
        elif _assigns(line, index, before, after):
            found[token.text] = None
            values.pop(token.text, None)
            if after == "=" and before != ",":
                values[token.text] = _expression(source, line, index + 2, cursor)
        elif after != "as" and (before == "import" or (before == "," and _begins_with(line, index, _MODULES))):
            found[token.text] = None
    values = {name: text for name, text in values.items() if text}
    return [name for name in found if name.isidentifier()], values


def _assigns(line: list[Token], index: int, before: str, after: str) -> bool:
    if before in ("as", "for") or after == ":=":
        return True
    return after == "=" and before in ("\n", ";", ",") and not _inside_call(line, index)


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


def _expression(source: str, line: list[Token], start: int, cursor: int) -> str:
    """The text from token ``start`` to the end of its line."""
    if start >= len(line):
        return ""
    end = next((token.start for token in line[start:] if token.kind in _ENDS), cursor)
    return source[line[start].start : end].strip()
