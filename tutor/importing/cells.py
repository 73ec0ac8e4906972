"""One code cell of a tutorial: prompts and magics taken out of it, and what cannot be run as text."""

from __future__ import annotations

import ast
import itertools
import re
import textwrap
import warnings

from tutor.importing.blocks import Block, Code, Note, Place, Prose, Tutorial, fenced
from tutor.lesson.python import statements

LONGEST = 6_000
"""Characters of code in one step, as the lesson's model has it."""

_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.)(?: |$)")
_IPYTHON = re.compile(r"^\s*(?:In \[\d*\]:|\.{3,}:)(?: |$)")
_DISPLAY = re.compile(r"^%%?\s*(matplotlib|autoreload|load_ext|reload_ext|config|pylab|precision|time|capture)\b")
"""Magics that only set how things are shown or timed: code means the same without them."""
_SHELL = re.compile(r"^(!|%\s*(pip|conda|mamba|bash|sh|system|cd|run|env)\b)")


def of_cell(source: str, place: Place, recorded: str | None = None, *, above: int = 0) -> Tutorial:
    """The blocks of one cell; ``source`` is clean, and begins ``above`` lines below its ``place``.

    A session that was copied with its prompts is as many cells as outputs: each shows what stood below it there.
    """
    turns = _turns(source)
    if len(turns) < 2:
        return _of_turn(source, place, recorded if recorded is not None or not turns else turns[0][2])
    made = Tutorial()
    for number, (line, typed, shown) in enumerate(turns):
        begins = Place(place.line + above + line, place.cell) if number and place.line else place
        made.add(_of_turn(typed, begins, shown))
    return made


def _turns(source: str) -> list[tuple[int, str, str | None]]:
    """A session as turns: the line it begins in (from 0), what was typed with its prompts, what it showed."""
    turns: list[tuple[int, list[str], list[str]]] = []
    for number, line in enumerate(source.split("\n")):
        if _PROMPT.match(line) and (turns or line.lstrip().startswith(">>>")):
            if not turns or (turns[-1][2] and line.lstrip().startswith(">>>")):
                turns.append((number, [], []))
            turns[-1][1].append(line)
        elif turns and line.strip():
            turns[-1][2].append("" if line.strip() == "<BLANKLINE>" else line)
    return [
        (number, "\n".join(typed), textwrap.dedent("\n".join(shown)) if shown else None)
        for number, typed, shown in turns
    ]


def _of_turn(source: str, place: Place, recorded: str | None) -> Tutorial:
    source = _without_prompts(source).strip("\n").rstrip()
    made = Tutorial()
    body = statements(source)
    if body is None:
        source = _without_magics(source, place, made)
        body = statements(source)
    if body is None:
        made.blocks.append(Prose(fenced(source), place))
        made.notes.append(Note(place, _why_not_python(source)))
    elif faulty := _refused(source):
        made.blocks.append(Prose(fenced(source), place))
        made.notes.append(Note(place, f"not Python: {faulty}"))
    elif not body:
        # Nothing but comments: there is nothing to run in it.
        made.blocks += [Prose(fenced(source), place)] if source.strip() else []
    else:
        made.add(_fitting(_spaced(source), place, recorded))
    return made


def _without_prompts(source: str) -> str:
    """What was typed of a session that was copied with its prompts; its output goes."""
    lines = source.split("\n")
    for prompt, first in ((_PROMPT, ">>>"), (_IPYTHON, "In [")):
        if any(line.lstrip().startswith(first) and prompt.match(line) for line in lines):
            return "\n".join(line[found.end() :] for line in lines if (found := prompt.match(line)))
    return textwrap.dedent(source)


def _without_magics(source: str, place: Place, made: Tutorial) -> str:
    """The lines Python knows; what a shell is to do becomes text of ``made``."""
    kept, shell = [], []
    if re.match(r"%%(?!time|capture)", source.lstrip()):
        return source
    for line in source.split("\n"):
        if _DISPLAY.match(line):
            word = line.split()[0]
            made.notes.append(Note(place, f"`{word}` was left out: it is not needed here", kept_as_text=False))
        elif _SHELL.match(line):
            shell.append(line)
        else:
            kept.append(line)
    if shell:
        made.blocks.append(Prose(fenced("\n".join(shell), "console"), place))
        made.notes.append(Note(place, f"`{_short(shell[0])}` is for a shell"))
    return "\n".join(kept).strip("\n")


def _why_not_python(source: str) -> str:
    magic = next((line for line in source.split("\n") if re.match(r"\s*(%%?\w|!)", line)), "")
    if magic:
        return f"`{_short(magic)}` is a magic of notebooks"
    try:
        ast.parse(source)
    except SyntaxError as error:
        return f"not Python: {error.msg}" + (f" (its line {error.lineno})" if error.lineno else "")
    except (ValueError, RecursionError, MemoryError):
        return "not Python: nested too deeply"
    return "Python warns of it as it reads it, such as of `\\d` in a text"


def _refused(source: str) -> str:
    """What the compiler says of code that parses, such as of a `return` outside a function."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error.msg
    except (ValueError, RecursionError, MemoryError):
        return "nested too deeply"
    return ""


def _short(line: str) -> str:
    line = line.strip().replace("`", "'")
    return line if len(line) <= 50 else line[:49] + "…"


def _spaced(source: str) -> str:
    """The same program without tabs and blanks at the ends of lines, if that is the same program."""
    lines = [line.expandtabs(4).rstrip() for line in source.split("\n")]
    better = "\n".join(lines)
    return better if better == source or _same(better, source) else source


def _same(left: str, right: str) -> bool:
    try:
        return ast.dump(ast.parse(left)) == ast.dump(ast.parse(right))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _fitting(source: str, place: Place, recorded: str | None) -> Tutorial:
    """Cells that are too long for one step are cut between two statements."""
    if len(source) < LONGEST:
        return Tutorial([Code(source, place, recorded)])
    made = Tutorial()
    blocks: list[Block] = []
    for part in _parts(source):
        if len(part) < LONGEST and statements(part) is not None:
            blocks.append(Code(part, place))
        else:
            blocks.append(Prose(fenced(part), place))
            made.notes.append(Note(place, f"one statement has {len(part):,} characters; a step has {LONGEST:,}"))
    made.blocks = blocks
    return made


def _parts(source: str) -> list[str]:
    """``source`` cut before statements, each part as long as fits."""
    lines = source.split("\n")
    starts = [
        min([s.lineno, *(d.lineno for d in getattr(s, "decorator_list", []))]) for s in statements(source) or []
    ]
    cuts = [0, *(start - 1 for start in dict.fromkeys(starts[1:])), len(lines)]
    parts: list[str] = []
    for begin, end in itertools.pairwise(cuts):
        piece = "\n".join(lines[begin:end])
        if parts and len(parts[-1]) + len(piece) + 1 < LONGEST:
            parts[-1] += "\n" + piece
        else:
            parts.append(piece)
    return [part.strip("\n") for part in parts if part.strip()]
