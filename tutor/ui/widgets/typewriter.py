"""What a terminal would make of program output, as far as one line goes. No widgets here.

Text arrives in any pieces. A line stays open until it ends, so the next piece continues it; a carriage
return goes back to its start and a backspace one place back, and what is written there replaces what was
there (a place is a character). Colours go on until they are changed, separately for each stream. Nested progress
bars go up some lines and come down again: over lines of output only, never over anything else.
"""

from __future__ import annotations

import re

from rich.style import Style

from tutor.ui.widgets.ansi import runs, style_after, visible
from tutor.ui.widgets.lines import EditedLine, Line
from tutor.ui.widgets.ring import PLAIN_STREAM, Ring

LONGEST_LINE = 20_000
"""Characters of one line that are kept; the rest is counted."""
_STEP = re.compile(r"\x08+|\r|\x1b\[[0-2]?K|(?:(?!\x1b\[[0-2]?K)[^\r\x08])+")
_ERASE = re.compile(r"\x1b\[([0-2]?)K")
_MOVE = re.compile(r"(\n|\x1b\[[0-9]{0,2}A)")
_UP = re.compile(r"\x1b\[([0-9]{0,2})A")
_UNSEEN = ("\x1b", "\r", "\b")
_INVISIBLE = re.compile(r"\x1b\[[0-9;:]*[mK]|[\r\x08]")
_OUTPUT = ("stdout", "stderr")
_HIGHEST = 50
"""Lines the cursor goes up from the last one: bars deep in each other are ten at most."""
_CUT_ESCAPE = re.compile(r"\x1b[^m]*\Z")


class Typewriter:
    """Writes to the end of a ring."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._line: Line | None = None
        self._column = 0
        self._stream = ""
        self._styles: dict[str, Style] = {}
        self._above = 0
        """Lines between the cursor and the last line."""
        self._edited: set[int] = set()
        """Serial numbers of the lines the cursor went up to, and down from; settled together."""

    @property
    def moves(self) -> bool:
        """Whether lines before the last one may have changed."""
        return bool(self._edited)

    @property
    def is_open(self) -> bool:
        """Whether the last line of the ring can still change."""
        return self._line is not None

    def end_line(self) -> None:
        """What is written next begins a new line."""
        line = self._line
        if self._edited:
            self._settle()
        elif isinstance(line, EditedLine):
            self._ring.set_last(line.settled())
        elif line is not None and line.is_bare and line.kind == PLAIN_STREAM and isinstance(line.raw, str):
            self._ring.set_last(line.raw)
        self._line = None
        self._column = 0

    def reset_colours(self) -> None:
        self._styles.clear()

    def write(self, text: str, stream: str) -> None:
        """Write output of one stream; the other stream's output never continues this one's line."""
        if stream != self._stream:
            self.end_line()
            self._stream = stream
        if self._above or ("\x1b" in text and _UP.search(text)):
            self._write_moving(text.replace("\r\n", "\n"))
            return
        first, *rest = text.replace("\r\n", "\n").split("\n")
        if first:
            self._put(first)
        if not rest:
            return
        if self._line is None:
            self._open()
        self.end_line()
        last = rest.pop()
        style = self._styles.get(stream, Style.null())
        # Looking for three characters in the whole text is what makes a plain line cost next to nothing.
        short = len(text) <= LONGEST_LINE or max(map(len, rest), default=0) <= LONGEST_LINE
        if short and not ("\x1b" in text or "\r" in text or "\b" in text):
            bare = stream == PLAIN_STREAM and not style
            self._ring.extend(rest if bare else [Line(line, stream, style) for line in rest])
        else:
            for line in rest:
                self._open()
                self._put(line)
                self.end_line()
        if last:
            self._put(last)

    def _open(self) -> Line:
        self._line = Line("", self._stream, self._styles.get(self._stream, Style.null()))
        self._ring.append(self._line)
        return self._line

    def _put(self, text: str) -> None:
        """Write a piece without line ends at the cursor. What cannot be seen does not begin a line."""
        if self._line is None and text[:1] in _UNSEEN and not _INVISIBLE.sub("", text):
            self._turn(text)
            return
        line = self._line or self._open()
        erases = "\x1b" in text and _ERASE.search(text) is not None
        if not erases and ("\r" in text or "\b" in text):
            text = self._without_overwritten(text)
        if isinstance(line, EditedLine) or erases or "\r" in text or "\b" in text:
            self._overwrite(line if isinstance(line, EditedLine) else EditedLine(line), text)
            return
        assert isinstance(line.raw, str)  # noqa: S101 - _open made it
        room = LONGEST_LINE - len(line.raw)
        if len(text) > room:
            kept = _CUT_ESCAPE.sub("", text[: max(room, 0)])
            line.hidden += len(visible(text[len(kept) :]))
        else:
            kept = text
        line.raw += kept
        self._turn(text)
        self._ring.set_last(line)

    def _turn(self, text: str) -> None:
        """Carry the colours that ``text`` leaves behind."""
        if "\x1b" in text:
            self._styles[self._stream] = style_after(self._styles.get(self._stream, Style.null()), text)

    def _without_overwritten(self, text: str) -> str:
        """``text`` less the parts that later, longer ones replace altogether: progress bars in a hurry."""
        head, *parts = text.split("\r")
        if "\b" in text or not parts:
            return text
        kept: list[str] = []
        covered = 0
        for part in reversed(parts):
            # Places, not cells: what is written over a tab replaces one character.
            length = len(_INVISIBLE.sub("", part))
            if length > covered or part is parts[-1]:
                covered = max(covered, length)
                kept.append(part)
            else:
                # Its colours still count.
                kept.append("".join(re.findall(r"\x1b\[[0-9;:]*m", part)))
        return "\r".join((head, *reversed(kept)))

    def _overwrite(self, line: EditedLine, text: str) -> None:
        if line is not self._line:
            self._column = len(line.cells)
            self._line = line
        style = self._styles.get(self._stream, Style.null())
        for step in _STEP.findall(text):
            if step == "\r":
                self._column = 0
            elif step[0] == "\b":
                self._column = max(0, self._column - len(step))
            elif erase := _ERASE.fullmatch(step):
                self._erase(line, erase[1])
            else:
                for run, run_style in runs(step, style):
                    self._replace(line, run, run_style)
                style = style_after(style, step)
        self._styles[self._stream] = style
        self._store(line)

    def _store(self, line: Line) -> None:
        if self._above:
            self._ring.put(self._place, line)
        else:
            self._ring.set_last(line)

    def _erase(self, line: EditedLine, part: str) -> None:
        """From the cursor on, up to the cursor (``1``), or all of the line (``2``)."""
        if part == "1":
            end = min(self._column + 1, len(line.cells))
            line.cells[:end] = [(" ", Style.null())] * end
        else:
            del line.cells[0 if part == "2" else self._column :]

    # Up and down

    def _write_moving(self, text: str) -> None:
        for piece in _MOVE.split(text):
            if piece == "\n":
                self._down()
            elif up := _UP.fullmatch(piece):
                self._up(max(1, int(up[1] or 1)))
            elif piece:
                self._put(piece)

    @property
    def _place(self) -> int:
        """Index in the ring of the line the cursor is on."""
        return max(0, len(self._ring) - 1 - self._above)

    def _up(self, lines: int) -> None:
        line = self._line or self._open()
        if not isinstance(line, EditedLine):
            self._column = len(EditedLine(line).cells)
        for _ in range(lines):
            # A source, a remark of ours, a picture: what is not output is not written over.
            place = self._place - 1
            if place < 0 or self._above >= _HIGHEST or self._ring[place].kind not in _OUTPUT:
                break
            self._above += 1
            self._go()

    def _down(self) -> None:
        if self._above:
            self._above -= 1
            self._go()
        else:
            line = self._line or self._open()
            if isinstance(line, EditedLine):
                self._edited.add(self._ring.dropped + self._place)
            self._line = None
        self._column = 0

    def _go(self) -> None:
        """Edit the line that the cursor came to."""
        line = self._ring[self._place]
        if not isinstance(line, EditedLine):
            line = EditedLine(line)
            self._store(line)
        self._edited.add(self._ring.dropped + self._place)
        self._line = line

    def _settle(self) -> None:
        """The cursor leaves for good: what was edited is kept as it is."""
        for place in {serial - self._ring.dropped for serial in self._edited} | {len(self._ring) - 1}:
            line = self._ring[place] if 0 <= place < len(self._ring) else None
            if isinstance(line, EditedLine):
                self._ring.put(place, line.settled())
        self._edited.clear()
        self._above = 0

    def _replace(self, line: EditedLine, run: str, style: Style) -> None:
        room = LONGEST_LINE - self._column
        if self._column > len(line.cells):
            line.cells += [(" ", Style.null())] * (self._column - len(line.cells))
        if len(run) > room:
            line.hidden += len(run) - max(room, 0)
            run = run[: max(room, 0)]
        line.cells[self._column : self._column + len(run)] = [(character, style) for character in run]
        self._column += len(run)
