"""What editing keys do to text. No widgets here."""

from __future__ import annotations

import re

from tutor.ui.widgets.complete_input import INDENT

AROUND = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'"}
"""What typing a character with text selected puts around it."""

BRACKETS = frozenset("()[]{}")
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(
    r"""(?P<quote>\"{3}|'{3})(?:\\.|.)*?(?:(?P=quote)|\Z)"""
    r"""|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?"""
    r"""|\#[^\n]*|[()\[\]{}]""",
    re.DOTALL,
)
_OPENING = {")": "(", "]": "[", "}": "{"}
_COMMENT = re.compile(r"(\s*)# ?")


def word_left(line: str, column: int) -> int:
    """Where the word left of ``column`` begins; 0 if there is none."""
    return max((word.start() for word in _WORD.finditer(line) if word.start() < column), default=0)


def word_right(line: str, column: int) -> int:
    """Where the word right of ``column`` ends; the end of the line if there is none."""
    return next((word.end() for word in _WORD.finditer(line) if word.end() > column), len(line))


def blank_left(line: str, column: int) -> int:
    """Where what stands left of ``column`` without a blank in it begins."""
    before = line[:column].rstrip()
    return max(before.rfind(" "), before.rfind("\t")) + 1


def indentation(line: str) -> int:
    """How many blanks it begins with."""
    return len(line) - len(line.lstrip())


def indented(lines: list[str]) -> list[str]:
    """One level more; lines without anything stay empty."""
    return [INDENT + line if line.strip() or len(lines) == 1 else line for line in lines]


def dedented(lines: list[str]) -> list[str]:
    """One level less, as far as there is any; to the next multiple of a level."""
    return [line[min(indentation(line), (indentation(line) - 1) % len(INDENT) + 1) :] for line in lines]


def commented(lines: list[str]) -> list[str]:
    """Without ``#`` if every line that holds anything is a comment, else each with one at the same column."""
    full = [line for line in lines if line.strip()]
    if full and all(line.lstrip().startswith("#") for line in full):
        return [_COMMENT.sub(r"\1", line, count=1) if line.strip() else line for line in lines]
    column = min(map(indentation, full), default=0)
    return [f"{line[:column]}# {line[column:]}" if line.strip() or not full else line for line in lines]


def partner(text: str, row: int, column: int) -> tuple[int, int] | None:
    """Where the partner of the bracket at a place is, or else that of the one just left of it.

    Brackets in strings and comments have none.
    """
    place = sum(len(line) + 1 for line in text.split("\n")[:row]) + column
    if column and text[place : place + 1] not in BRACKETS:
        place -= 1
    found = _pairs(text).get(place)
    return None if found is None else (text.count("\n", 0, found), found - text.rfind("\n", 0, found) - 1)


def _pairs(text: str) -> dict[int, int]:
    found: dict[int, int] = {}
    opened: list[tuple[int, str]] = []
    for token in _TOKEN.finditer(text):
        place, bracket = token.start(), token[0]
        if bracket in _OPENING.values():
            opened.append((place, bracket))
        elif bracket in _OPENING and opened:
            other, opening = opened.pop()
            if opening == _OPENING[bracket]:
                found[place], found[other] = other, place
    return found
