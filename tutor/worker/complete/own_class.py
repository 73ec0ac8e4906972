"""The class that the cursor is inside of, while nobody has run its statement yet."""

from __future__ import annotations

from tutor.worker.complete.lexer import Token, opener, tokens

SELF, SUPER = "self", "super()"


def own_class(source: str, cursor: int) -> tuple[list[str], dict[str, str]]:
    """Attributes that the unfinished class gives ``self``; what ``self``, ``super()`` and they stand for."""
    line = tokens(source[:cursor])
    begin = _class_statement(line, source)
    if begin is None:
        return [], {}
    object_text = f"({_base(line, begin, source)})()"
    found: dict[str, None] = {}
    values = {SELF: object_text, SUPER: object_text}
    for index in range(begin + 2, len(line) - 1):
        token = line[index]
        if token.text == "def" and line[index + 1].end < cursor:
            found[line[index + 1].text] = None
        elif _is_attribute(line[index - 1 : index + 4]):
            name = line[index + 2].text
            found[name] = None
            text = expression_text(source, line, index + 4)
            if text:
                values[f"{SELF}.{name}"] = text
    return [name for name in found if name.isidentifier()], values


def _class_statement(line: list[Token], source: str) -> int | None:
    """Index of the last ``class`` whose body the cursor can be in: nothing stands at the margin behind it."""
    begin = None
    for index, token in enumerate(line[:-1]):
        at_margin = token.start == 0 or source[token.start - 1] == "\n"
        if token.text == "class" and token.kind == "name":
            begin = index
        elif at_margin and token.kind != "newline" and (index == 0 or line[index - 1].kind == "newline"):
            begin = None
    return begin


def _base(line: list[Token], begin: int, source: str) -> str:
    """The first base class as it is written."""
    if begin + 2 >= len(line) or line[begin + 2].text != "(":
        return "object"
    for index in range(begin + 3, len(line)):
        ends = line[index].text in (",", ")") and opener(line[: index + 1], index) in (None, begin + 2)
        if ends:
            return source[line[begin + 3].start : line[index].start].strip() or "object"
    return "object"


def _is_attribute(part: list[Token]) -> bool:
    """``self.name =`` at the beginning of a statement."""
    if len(part) < 5 or (part[0].kind != "newline" and part[0].text not in (";", ":")):
        return False
    return [token.text for token in (part[1], part[2], part[4])] == [SELF, ".", "="] and part[3].kind == "name"


def expression_text(source: str, line: list[Token], start: int) -> str:
    """The text from token ``start`` to the end of its statement; empty while that has no end yet."""
    for token in line[start:]:
        if token.kind == "newline" or token.text == ";":
            return source[line[start].start : token.start].strip()
    return ""
