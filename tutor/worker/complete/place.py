"""Where the cursor stands in unfinished source: behind a dot, in a call, in a string, in an import."""

from __future__ import annotations

import keyword
from dataclasses import dataclass

from tutor.worker.complete.lexer import CLOSING, OPENING, Token, opened, opener, replacement_field, tokens

_NAMED_AFTER = ("def", "class", "as", "for")
"""Behind these a new name is made up: nothing to complete."""

_VALUES = ("True", "False", "None")


@dataclass(frozen=True, slots=True)
class Place:
    """What is to be completed: ``source[start:cursor]``, which is ``prefix``."""

    kind: str
    """``attribute``, ``name``, ``key`` (in quotes), ``bare key``, ``file``, ``import``, ``from``, ``magic`` or
    ``nothing``."""
    prefix: str
    start: int
    subject: str = ""
    """The expression before the dot or bracket, the module after ``from``, the quote of a file name."""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """The innermost call the cursor is in."""

    callee: str
    index: int
    """Positional arguments before the one being typed."""
    keyword: str
    """Its name, if it is given by keyword."""
    used: tuple[str, ...]
    """Keywords of the other arguments."""
    direct: bool
    """Whether the cursor is between its own brackets and in none inside them."""


def place_at(source: str, cursor: int) -> Place:
    """What ``source[:cursor]`` ends with."""
    return _place(source[:cursor], 0)


def _place(text: str, start: int) -> Place:
    cursor = len(text)
    nothing = Place("nothing", "", cursor)
    head = text[start:].lstrip()
    if head.startswith("%") and "\n" not in head:
        name = head.lstrip("%")
        return Place("magic", name, cursor - len(name)) if not name or name.isidentifier() else nothing
    line = tokens(text, start)
    last = line[-1] if line else None
    if last is not None and last.end == cursor:
        if last.kind == "open":
            return _in_string(text, line)
        if last.kind in ("comment", "number", "string"):
            return nothing
    return _in_code(text, line, cursor)


def _in_code(text: str, line: list[Token], cursor: int) -> Place:
    nothing = Place("nothing", "", cursor)
    prefix, before = "", line
    if line and line[-1].kind == "name" and line[-1].end == cursor:
        prefix, before = line[-1].text, line[:-1]
    start = cursor - len(prefix)
    imported = _in_import(_statement(line), cursor)
    if imported is not None:
        return imported
    previous = before[-1] if before else None
    if previous is None or previous.kind == "newline":
        return Place("name", prefix, start)
    if previous.text == "." and previous.kind == "op":
        subject = expression(text, before[:-1])
        return Place("attribute", prefix, start, subject) if subject else nothing
    if previous.text in _NAMED_AFTER and previous.kind == "name":
        return nothing
    if previous.text == "[" and not prefix:
        subject = expression(text, before[:-1])
        if subject:
            return Place("bare key", prefix, start, subject)
    return Place("name", prefix, start)


def _in_string(text: str, line: list[Token]) -> Place:
    token = line[-1]
    field = replacement_field(token)
    if field is not None:
        return _place(text, field)
    prefix, quote, begin = opened(token)
    inside = text[begin:]
    if len(line) > 2 and line[-2].text == "[" and line[-2].kind == "op" and "b" not in prefix:
        subject = expression(text, line[:-2])
        if subject:
            return Place("key", inside, begin, subject, quote)
    if prefix in ("", "r", "u") and len(quote) == 1:
        start = begin + inside.rfind("/") + 1
        return Place("file", text[start:], start, inside[: start - begin], quote)
    return Place("nothing", "", len(text))


def _statement(line: list[Token]) -> list[Token]:
    """The tokens of the statement that the cursor is in."""
    begin = 0
    depth = 0
    for index, token in enumerate(line):
        if token.kind == "op" and token.text in OPENING:
            depth += 1
        elif token.kind == "op" and token.text in CLOSING:
            depth = max(0, depth - 1)
        elif not depth and (token.kind == "newline" or (token.kind == "op" and token.text in ";:")):
            begin = index + 1
    return line[begin:]


def _in_import(statement: list[Token], cursor: int) -> Place | None:
    """The place inside an import statement; None if this is none."""
    if not statement or statement[0].text not in ("import", "from") or statement[0].end == cursor:
        return None
    words = [token.text for token in statement]
    if words[0] == "from" and "import" in words[:-1]:
        middle = words.index("import")
        if words[-1] not in ("(", ",", "import") and statement[-1].end < cursor:
            return Place("nothing", "", cursor)
        module = "".join(words[1:middle])
        return _last_name("from", statement[middle + 1 :], cursor, module)
    commas = [index for index, word in enumerate(words) if word == ","]
    part = statement[(commas[-1] if commas else 0) + 1 :]
    dotted = "".join(token.text for token in part)
    if any(token.text == "as" for token in part) or (part and part[-1].end < cursor):
        # Behind a whole name comes `import` or `as`: said by nobody but the keyboard.
        return Place("nothing", "", cursor)
    package, _, prefix = dotted.rpartition(".")
    return Place("import", prefix, cursor - len(prefix), package)


def _last_name(kind: str, part: list[Token], cursor: int, subject: str) -> Place:
    last = part[-1] if part else None
    if last is None or last.kind == "op":
        return Place(kind, "", cursor, subject)
    if last.kind != "name" or last.end != cursor or (len(part) > 1 and part[-2].text == "as"):
        return Place("nothing", "", cursor)
    return Place(kind, last.text, last.start, subject)


def expression(text: str, line: list[Token]) -> str:
    """The operand that ends with the last of ``line``: a name, what follows its dots, calls and subscripts."""
    index = len(line) - 1
    end = line[index].end if line else 0
    while index >= 0:
        token = line[index]
        if token.kind == "op" and token.text in CLOSING:
            begin = opener(line, index)
            if begin is None:
                return ""
            if token.text == "}" or begin == 0 or not _ends_operand(line[begin - 1]):
                return text[line[begin].start : end]
            index = begin - 1
        elif token.kind in ("name", "string", "number") and _ends_operand(token):
            if index == 0 or line[index - 1].text != "." or line[index - 1].kind != "op":
                return text[token.start : end]
            index -= 2
        else:
            return ""
    return ""


def _ends_operand(token: Token) -> bool:
    if token.kind == "name":
        return token.text in _VALUES or not keyword.iskeyword(token.text)
    return token.kind in ("string", "number") or (token.kind == "op" and token.text in CLOSING)


def call_at(source: str, cursor: int) -> Call | None:
    """The innermost call whose brackets the cursor is between; None if there is none."""
    text = source[:cursor]
    line = tokens(text)
    if line and line[-1].kind == "open" and line[-1].end == cursor:
        field = replacement_field(line[-1])
        if field is not None:
            line = tokens(text, field)
    opens = _open_brackets(line)
    for nth, index in enumerate(reversed(opens)):
        if line[index].text != "(" or index == 0 or not _ends_operand(line[index - 1]):
            continue
        callee = expression(text, line[:index])
        if callee and not _defines(line, index):
            return _call(callee, line[index + 1 :], direct=nth == 0)
    return None


def _defines(line: list[Token], index: int) -> bool:
    """Whether the bracket at ``index`` belongs to ``def name(`` or ``class name(``."""
    return index > 1 and line[index - 2].text in ("def", "class")


def _open_brackets(line: list[Token]) -> list[int]:
    opens: list[int] = []
    for index, token in enumerate(line):
        if token.kind == "op" and token.text in OPENING:
            opens.append(index)
        elif token.kind == "op" and token.text in CLOSING and opens:
            opens.pop()
    return opens


def _call(callee: str, inside: list[Token], *, direct: bool) -> Call:
    arguments: list[list[Token]] = [[]]
    depth = 0
    for token in inside:
        if token.kind == "op" and token.text in OPENING:
            depth += 1
        elif token.kind == "op" and token.text in CLOSING:
            depth -= 1
        if token.text == "," and token.kind == "op" and depth == 0:
            arguments.append([])
        else:
            arguments[-1].append(token)
    names = [_keyword(argument) for argument in arguments]
    used = tuple(name for name in names[:-1] if name)
    index = sum(1 for name in names[:-1] if not name)
    return Call(callee, index, names[-1], used, direct)


def _keyword(argument: list[Token]) -> str:
    if len(argument) > 1 and argument[0].kind == "name" and argument[1].text == "=":
        return argument[0].text
    return ""
