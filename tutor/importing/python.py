"""Python files as blocks: cells of ``# %%``, the galleries of Sphinx, or a plain script with comments."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings

from tutor.importing import markdown
from tutor.importing.blocks import Block, Code, Heading, Place, Prose, Tutorial
from tutor.importing.cells import of_cell
from tutor.importing.prose import one_line, readable
from tutor.importing.rst import markdown_of
from tutor.lesson.python import statements

_MARK = re.compile(r"^#\s*%%+\s*(.*)$")
_RULE = re.compile(r"^#{20,}\s*$")
_MARKDOWN = re.compile(r"\[(markdown|md)\]", re.IGNORECASE)
_TAGS = re.compile(r"\[\w*\]|\{.*\}|\b\w+=.*$")
_UNDERLINED = re.compile(r"^\S.*\n([=\-~^*#\"'])\1{2,}\s*$", re.MULTILINE)
_DECORATED = re.compile(r"^[\W_]{3,}\s*(.*?)\s*[\W_]*$")
_TITLE = 80
"""Characters of the first line of a docstring up to which it is the title."""
_UNSAID = re.compile(r"#!|#.*coding[:=]|#\s*(noqa|type:|pylint|flake8|isort|fmt:|mypy:|ruff)|#\s*---\s*$")


def read(text: str) -> Tutorial:
    """``text`` is clean."""
    lines = text.split("\n")
    doc, after = _docstring(text)
    gallery = any(map(_RULE.match, lines)) or bool(_UNDERLINED.search(doc))
    if gallery and not any(_MARK.match(line) and _MARKDOWN.search(line) for line in lines):
        made = _rst(doc, 1)
        made.add(_gallery(lines, after))
    elif any(map(_MARK.match, lines)):
        made = _percent(lines)
    else:
        made = _prose(doc, 1)
        made.add(_script(lines, after))
        first = doc.strip().split("\n")[0].rstrip(".")
        made.title = first if len(first) <= _TITLE else ""
    return made


def _docstring(text: str) -> tuple[str, int]:
    """The one at the top of the file, and the lines it takes; empty without one."""
    body = statements(text) or []
    first = body[0] if body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return textwrap.dedent(first.value.value.lstrip("\n")), first.end_lineno or 1
    return "", 0


def _prose(text: str, line: int) -> Tutorial:
    """Markdown that began in this line of the file."""
    made = markdown.read(text)
    return Tutorial([_moved(block, line - 1) for block in made.blocks], made.notes)


def _rst(text: str, line: int) -> Tutorial:
    return _prose(markdown_of(text), line)


def _moved(block: Block, lines: int) -> Block:
    place = Place(block.place.line + lines, block.place.cell)
    if isinstance(block, Heading):
        return Heading(block.text, block.level, place)
    return Prose(block.text, place) if isinstance(block, Prose) else Code(block.source, place, block.recorded)


def _gallery(lines: list[str], start: int) -> Tutorial:
    """Sphinx-Gallery: comments below a rule or ``# %%`` are reStructuredText, all else is code."""
    made = Tutorial()
    code: list[str] = []
    begun = number = start
    while number < len(lines):
        mark = _MARK.match(lines[number])
        if not mark and not _RULE.match(lines[number]):
            code.append(lines[number])
            number += 1
            continue
        made.add(of_cell("\n".join(code), Place(begun + 1)))
        words, first = [mark[1]] if mark and mark[1] else [], number
        number += 1
        while number < len(lines) and lines[number].startswith("#") and not _MARK.match(lines[number]):
            words.append("" if _RULE.match(lines[number]) else _uncommented(lines[number]))
            number += 1
        made.add(_rst("\n".join(words), first + 1))
        code, begun = [], number
    made.add(of_cell("\n".join(code), Place(begun + 1)))
    return made


def _uncommented(line: str) -> str:
    return re.sub(r"^#+ ?", "", line)


def _percent(lines: list[str]) -> Tutorial:
    """Cells of editors and of Jupytext; what stands above the first mark is one too."""
    made = Tutorial()
    head, begun, cell = "", 0, []
    for number, line in enumerate([*lines, "# %%"]):
        mark = _MARK.match(line)
        if not mark:
            cell.append(line)
            continue
        if _MARKDOWN.search(head):
            made.add(_prose(_text_of(cell), begun + 1))
        elif "[raw]" not in head:
            title = one_line(_TAGS.sub("", head))
            made.blocks += [Heading(title, 2, Place(begun))] if title else []
            made.add(_script(cell, 0, begun))
        head, begun, cell = mark[1], number + 1, []
    return made


def _text_of(cell: list[str]) -> str:
    """Text that is kept as comments, or as one long text."""
    body = statements("\n".join(cell)) or []
    if len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return textwrap.dedent(str(body[0].value.value))
    return "\n".join(re.sub(r"^#+ ?", "", line, count=1) if line.startswith("#") else line for line in cell)


def _script(lines: list[str], start: int, offset: int = 0) -> Tutorial:
    """Comments that stand alone, and texts between statements, become text; the code between them is cells."""
    made = Tutorial()
    inside = _inside_statements("\n".join(lines))
    if inside is None:
        return of_cell("\n".join(lines[start:]), Place(start + offset + 1))
    code: list[str] = []
    begun = number = start
    while number < len(lines):
        words, end = _words_at(lines, number, inside)
        if not end:
            code.append(lines[number])
            number += 1
            continue
        made.add(of_cell("\n".join(code), Place(begun + offset + 1)))
        made.blocks += _told(words, Place(number + offset + 1))
        code, begun = [], end
        number = end
    made.add(of_cell("\n".join(code), Place(begun + offset + 1)))
    return made


def _inside_statements(text: str) -> dict[int, tuple[int, str | None]] | None:
    """For the line (from 0) each statement begins in: its last line, and its words if it is only a text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body = statements(text)
    if body is None:
        return None
    found: dict[int, tuple[int, str | None]] = {}
    for node in body:
        value = node.value if isinstance(node, ast.Expr) else None
        words = value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
        end = (node.end_lineno or node.lineno) - 1
        for line in range(node.lineno - 1, end + 1):
            found[line] = (end, words)
    return found


def _words_at(lines: list[str], number: int, inside: dict[int, tuple[int, str | None]]) -> tuple[str, int]:
    """Text that begins in this line, and the line behind it; 0 where code stands."""
    if number in inside:
        end, text = inside[number]
        return ("", 0) if text is None else (textwrap.dedent(text), end + 1)
    if not lines[number].startswith("#"):
        return "", 0
    end = number
    words = []
    while end < len(lines) and end not in inside and lines[end].startswith("#"):
        words += [] if _UNSAID.match(lines[end]) else [_uncommented(lines[end])]
        end += 1
    return "\n".join(words), end


def _told(words: str, place: Place) -> list[Block]:
    """A comment as text; one line with a rule around it is a heading."""
    kept = [line for line in words.split("\n") if re.search(r"\w", line) or not line.strip()]
    text = "\n".join(kept).strip()
    whole = [line for line in kept if line.strip()]
    ruled = len(kept) < len(words.split("\n"))
    if len(whole) == 1 and (
        found := _DECORATED.match(whole[0]) if not ruled else re.match(r"\s*(.*?)\s*$", whole[0])
    ):
        name = one_line(found[1])
        return [Heading(name, 2, place)] if name else []
    shown = readable(text)
    return [Prose(shown, place)] if shown else []
