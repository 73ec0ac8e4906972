"""Python source and tracebacks, highlighted."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tutor.render.explained import explanation_lines, operand_lines
from tutor.render.lines import Line, Piece, clean, fit, take, to_text, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.explain import Explanation
    from tutor.protocol.failures import ErrorReport, Frame
    from tutor.render.look import Look

__all__ = ["error_report", "python_source", "short_path"]

_TAB = "    "
_INDENT = "  "
_PACKAGES = re.compile(r"^.*/(?:site-packages|dist-packages)/|^.*?/lib/python3\.\d+/", re.DOTALL)
_KERNEL = re.compile(r"^\w+: (?:fallthrough )?registered at \S+", re.MULTILINE)
_TABLE = 5
"""Kernels from which a message is a table of them."""
_COLOURS = {
    "Comment": "#8b919c italic",
    "Keyword": "#7cc4ff",
    "Operator.Word": "#7cc4ff",
    "Name.Builtin": "#5fd3a8",
    "Name.Function": "#e6dc5c",
    "Name.Class": "#e6dc5c",
    "Name.Decorator": "#e29ad2",
    "Literal.String": "#ffb454",
    "Literal.Number": "#b7a4ff",
    "Operator": "#c9d1d9",
    "Error": "#ff7a70",
}
_PLAIN = {"Keyword": "bold", "Comment": "dim"}


def python_source(source: str, look: Look, first_prefix: str, next_prefix: str) -> list[Text]:
    """``source`` as highlighted lines, the first behind ``first_prefix``, the others behind ``next_prefix``.

    A line wider than the look goes on on the next one, so nothing is lost. An empty source gives one line.
    """
    lines = []
    prefix = first_prefix
    for pieces in _highlighted(source.rstrip("\n"), look):
        for part in _folded(pieces, max(1, look.width - max(cell_len(first_prefix), cell_len(next_prefix)))):
            lines.append(to_text([Line(clean(prefix, look), look.palette.dim).extend(part)], look))
            prefix = next_prefix
    return lines


def _highlighted(source: str, look: Look) -> Iterator[list[Piece]]:
    """The lines of ``source`` as styled pieces."""
    from pygments.lexers.python import PythonLexer

    pieces: list[Piece] = []
    # Without these options pygments would drop blank lines at both ends.
    for token, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        style = _token_style(str(token).removeprefix("Token."), look.colour)
        head, *others = text.split("\n")
        pieces.append((_printable(head, look), style))
        for other in others:
            yield pieces
            pieces = [(_printable(other, look), style)]
    yield pieces


def _printable(text: str, look: Look) -> str:
    return clean(text.replace("\t", _TAB), look)


@lru_cache(maxsize=256)
def _token_style(token: str, colour: bool) -> Style:
    """The style of a token type, or of the nearest one above it: ``Name.Builtin.Pseudo`` is ``Name.Builtin``."""
    table = _COLOURS if colour else _PLAIN
    while token:
        if token in table:
            return Style.parse(table[token])
        token = token.rpartition(".")[0]
    return Style.null()


def _folded(pieces: Sequence[Piece], width: int) -> Iterator[list[Piece]]:
    """One source line cut into as many lines of ``width`` cells as it needs."""
    current = Line()
    for text, style in pieces:
        while current.cells + cell_len(text) > width:
            head = take(text, width - current.cells)
            if not head and not current.cells:
                head = text[:1]
            yield current.add(head, style).pieces
            current, text = Line(), text[len(head) :]
        current.add(text, style)
    yield current.pieces


def error_report(
    chain: Sequence[ErrorReport], look: Look, explanation: Explanation | None = None, more: str = ""
) -> list[Text]:
    """A chain of exceptions as lines, in the order Python prints them: the last one ended the run.

    The learner's frames come in full, with the failing part of the line underlined and the values in it below;
    library frames are folded into one line; the message is last, where the eye looks first. What ``explanation``
    says follows it, and ``more``, where to read on.
    """
    lines: list[Line] = []
    for report in chain:
        lines += _frames(report, look)
        lines += _message(report, look)
        if report.relation:
            words = (
                "That error was the direct cause of this one:"
                if report.relation == "cause"
                else "While that error was being handled, another one happened:"
            )
            lines += [Line(), *(Line(part, look.palette.warn) for part in wrap(words, look.width)), Line()]
    if explanation is not None:
        lines += explanation_lines(explanation, look, more)
    return [to_text([line], look) for line in lines]


def _message(report: ErrorReport, look: Look) -> list[Line]:
    ink = look.palette
    bold = ink.bad + Style(bold=True)
    kind = clean(report.type, look)
    meant = f". Did you mean: '{report.suggestion}'?" if report.suggestion else ""
    message, tables = _without_tables(report.message)
    head, *others = (message + meant).replace("\t", _TAB).split("\n")
    first, *rest = wrap(f"{kind}: {clean(head, look)}" if head else kind, look.width)
    lines = [Line(first[: len(kind)], bold).add(first[len(kind) :], bold)]
    lines += [Line(part, bold) for part in rest]
    lines += [Line(part, ink.bad) for other in others for part in wrap(clean(other, look), look.width)]
    if tables:
        note = f"{look.glyphs.ellipsis} {tables} more lines, about how this torch was built"
        lines += [Line(part, ink.dim) for part in wrap(note, look.width)]
    return lines + [Line(part, ink.warn) for note in report.notes for part in _note(note, look)]


def _without_tables(message: str) -> tuple[str, int]:
    """A message with torch's tables of kernels cut to its first sentence, and how many lines are cut."""
    if len(_KERNEL.findall(message)) < _TABLE:
        return message, 0
    return message.split("\n")[0].partition(". ")[0], len(message.rstrip().split("\n")) - 1


def _note(note: str, look: Look) -> list[str]:
    return [part for line in note.split("\n") for part in wrap(clean(line, look), look.width)]


def _frames(report: ErrorReport, look: Look) -> list[Line]:
    lines: list[Line] = []
    last = max((place for place, frame in enumerate(report.frames) if frame.own), default=-1)
    for own, group in groupby(enumerate(report.frames), key=lambda pair: pair[1].own):
        if own:
            for place, frame in group:
                lines += [*_frame(frame, look), *_more(frame, look)]
                if place == last and report.failing is not None:
                    lines += operand_lines(report.failing.operands, look, _INDENT * 3)
        else:
            inner = [frame for _, frame in group]
            lines += [
                _library(inner, look),
                *(line for frame in inner if frame.left_out for line in _more(frame, look)),
            ]
    return lines


def _more(frame: Frame, look: Look) -> list[Line]:
    """What came behind a frame and is left out, in Python's words where it has some."""
    texts = []
    if frame.own and frame.repeated > 0:
        times = "time" if frame.repeated == 1 else "times"
        texts.append(f"[Previous line repeated {frame.repeated} more {times}]")
    if frame.left_out > 0:
        texts.append(f"{look.glyphs.ellipsis} {frame.left_out} frames left out")
    return [Line(f"{_INDENT}{part}", look.palette.dim) for text in texts for part in wrap(text, look.width - 2)]


def _library(frames: Sequence[Frame], look: Look) -> Line:
    """``… 3 frames in torch/nn/modules``."""
    paths = [short_path(frame.file) for frame in frames]
    where = paths[0] if len(set(paths)) == 1 else _common(paths)
    total = sum(1 + max(0, frame.repeated) for frame in frames)
    count = f"{total} frame{'' if total == 1 else 's'}"
    text = f"{_INDENT}{look.glyphs.ellipsis} {count} in {clean(where, look) or 'libraries'}"
    return Line(fit(text, look.width, look), look.palette.dim)


def _common(paths: Sequence[str]) -> str:
    """The folder the paths have in common, else the packages they begin with."""
    folders = [posixpath.dirname(path).split("/") for path in paths]
    shared = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared) or ", ".join(dict.fromkeys(path.split("/")[0] for path in paths))


def short_path(path: str) -> str:
    """A library file from its package on: ``torch/nn/modules/linear.py``; other paths stay as they are."""
    return _PACKAGES.sub("", path.replace("\\", "/"))


def _frame(frame: Frame, look: Look) -> list[Line]:
    ink = look.palette
    where = f"{_INDENT}{clean(short_path(frame.file), look)}"
    heading = Line(fit(where, max(8, look.width - 12), look), ink.accent).add(f", line {frame.line}", ink.dim)
    function = clean(frame.function, look)
    if function and function != "<module>":
        heading.add(f", in {function}", ink.dim)
    if not frame.source.strip():
        return [heading]
    return [heading, *_underlined(frame, look)]


def _underlined(frame: Frame, look: Look) -> list[Line]:
    """The source line without its indent, and ``^^^^`` under the failing part; scrolled when it is too wide."""
    source = frame.source.rstrip()
    indent = len(source) - len(source.lstrip())
    start, end = frame.column - indent, frame.end_column - indent
    body = source[indent:]
    if frame.end_line > frame.line:
        end = len(body)
    known = frame.column >= 0 and start < end and 0 <= start <= len(body)
    # Each part is cleaned by itself: the carets have to stand under what is shown, not under what was written.
    before, failing, after = (body[:start], body[start:end], body[end:]) if known else (body, "", "")
    before, failing, after = (_printable(part, look) for part in (before, failing, after))
    if known and not failing:
        failing = " "  # what is missing, such as a colon, is missing behind the last character
    margin = _INDENT * 2
    width = max(1, look.width - len(margin))
    before = _scrolled(before, failing, after, width, look)
    shift = cell_len(before)
    line = Line(margin)
    shown = take(before + failing + after, width)
    if cell_len(before + failing + after) > width:
        shown = fit(before + failing + after, width, look)
    for piece in next(_highlighted(shown, look)):
        line.add(*piece)
    carets = min(cell_len(failing), width - shift)
    if not known or carets < 1:
        return [line]
    return [line, Line(margin + " " * shift).add("^" * carets, look.palette.bad)]


def _scrolled(before: str, failing: str, after: str, width: int, look: Look) -> str:
    """``before``, cut from the left just enough that the failing part (or its beginning) is in view."""
    if cell_len(before + failing + after) <= width:
        return before
    room = max(0, width - min(cell_len(failing), width * 2 // 3) - 1)
    if cell_len(before) <= room:
        return before
    while before and cell_len(before) > room - 1:
        before = before[1:]
    return look.glyphs.ellipsis + before if room else ""
