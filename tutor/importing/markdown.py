"""Markdown as blocks: fences of Python are cells, headings begin steps, the rest is text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tutor.importing.blocks import Heading, Note, Place, Prose, Tutorial
from tutor.importing.cells import of_cell
from tutor.importing.prose import label, one_line, readable

_PYTHON = re.compile(
    r"\{?\s*\.?(python|python3|py|py3|pycon|ipython|ipython3|torch)\b|\{(code-cell|ipython)\}", re.IGNORECASE
)
_DIRECTIVE = re.compile(r"^\{([a-z:_-]+)\}\s*(.*)", re.IGNORECASE)
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title:\s*(.+)$", re.MULTILINE)
_TOP = Place()
_OPTION = re.compile(r"^(?::[\w-]+:|#\|)")


def read(text: str, place: Place = _TOP, *, cells: bool = False) -> Tutorial:
    """``text`` is clean. ``place`` is the cell it stands in; lines count from its beginning.

    With ``cells`` fences of Python are cells, as in a file that has no others; without, they are shown only.
    """
    front = _FRONT.match(text) if not place.cell else None
    named = _TITLE.search(front[1] or "") if front else None
    if front:
        # Blank lines instead: the numbers of the others stay.
        text = "\n" * front[0].count("\n") + text[front.end() :]
    tutorial = Tutorial(title=named[1].strip().strip("\"'") if named else "")
    environment: dict[str, dict[str, dict[str, str]]] = {}
    # Blocks only: what stands inside a paragraph is never asked for.
    parser = MarkdownIt("commonmark").enable("table").disable("inline")
    tokens = parser.parse(text, environment)
    known = {label(name): target["href"] for name, target in environment.get("references", {}).items()}
    lines = text.split("\n")
    for token, inside in _whole(tokens):
        first, end = token.map or (0, 0)
        at = Place(first + 1, place.cell)
        source = "\n".join(lines[first:end])
        if token.type == "heading_open":
            name = one_line(inside[0].content if inside else "")
            tutorial.blocks += [Heading(name, int(token.tag[1]), at)] if name else []
        elif token.type == "fence":
            tutorial.add(_fence(token, source, at, known, cells=cells))
        elif token.type == "code_block" and cells and _has_prompts(token.content):
            tutorial.add(of_cell(token.content, at))
        else:
            for nested in inside:
                if cells and nested.type == "fence" and _PYTHON.match(nested.info.strip()):
                    line = Place((nested.map or (first, end))[0] + 1, place.cell)
                    tutorial.notes.append(Note(line, "it is inside a list or a quotation"))
            if words := readable(source, known):
                tutorial.blocks.append(Prose(words, at))
    return tutorial


def _whole(tokens: list[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """Each block of the page itself, with the tokens inside it."""
    first: Token | None = None
    inside: list[Token] = []
    for token in tokens:
        if first is not None:
            if token.level == 0:
                yield first, inside
                first = None
            else:
                inside.append(token)
        elif token.nesting == 1:
            first, inside = token, []
        else:
            yield token, []


def _fence(token: Token, source: str, at: Place, known: dict[str, str], *, cells: bool) -> Tutorial:
    """A fence: a cell, a directive of MyST, or text."""
    info = token.info.strip()
    code = token.content
    above = int(token.type == "fence")
    python = _PYTHON.match(info) or (
        _DIRECTIVE.match(info) and re.match(r"\{code(-block)?\}\s*(i?python3?|pycon)\b", info)
    )
    if cells and python:
        if info.startswith("{"):
            code = _without_options(code)
            above += token.content.count("\n") - code.count("\n")
        return of_cell(code, at, above=above)
    if cells and not info and _has_prompts(code):
        return of_cell(code, at, above=above)
    directive = _DIRECTIVE.match(info)
    if directive and "code" not in directive[1] and directive[1] != "math":
        name = directive[2].strip() or directive[1].rpartition(":")[2].capitalize()
        words = readable(f"**{name}**\n\n{_without_options(code)}", known)
        return Tutorial([Prose(words, at)] if words else [])
    if info.lower() in ("math", "{math}", "latex", "tex"):
        words = readable(f"$${code.strip()}$$")
        return Tutorial([Prose(words, at)] if words else [])
    return Tutorial([Prose(readable(source), at)] if code.strip() else [])


def _without_options(code: str) -> str:
    """The content of a directive below its options (``:tags: [a]``, or YAML between dashes)."""
    if front := _FRONT.match(code):
        code = code[front.end() :]
    lines = code.split("\n")
    while lines and _OPTION.match(lines[0]):
        del lines[0]
    return "\n".join(lines)


def _has_prompts(code: str) -> bool:
    return bool(re.search(r"^\s*(>>> |In \[\d*\]: )", code, re.MULTILINE))
