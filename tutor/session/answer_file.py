"""An answer in a file, for any editor: the task as comments, the starter, and what has been saved since.

The file stays where it is, one for each step, so that nothing written in it is ever lost.
"""

from __future__ import annotations

import os
import stat
import textwrap
from dataclasses import dataclass
from pathlib import Path

from tutor.lesson.model import Explore, Fill, Judged, Lesson, Step
from tutor.lesson.state import checks_of, starter_of
from tutor.paths import data_dir
from tutor.protocol.text import plain
from tutor.texts import _

LARGEST = 1_000_000
"""Bytes that are read."""
_WIDE = 88
_GONE_AFTER = 2
"""Looks in which a file must be missing: an editor that saves by renaming takes it away for a moment."""

_Signature = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Saved:
    """What was found in the file."""

    code: str = ""
    problem: str = ""
    """In a sentence, why there is no code; empty where there is."""


def is_written(step: Step) -> bool:
    """Whether code is the answer to the step."""
    return isinstance(step, (Judged, Explore)) and bool(checks_of(step))


class AnswerFile:
    """The file of one step."""

    def __init__(self, lesson: Lesson, step: Step) -> None:
        self.step = step
        self.path = data_dir() / "answers" / lesson.id / f"{step.id}.py"
        self._head = _head(lesson, step)
        self._starter = (step.code if isinstance(step, Fill) else starter_of(step)).strip("\n")
        self._seen: _Signature | None = None
        self._missing = 0
        self._settled = True
        self._handed_in = ""

    @property
    def shown(self) -> str:
        """Its path as people write it."""
        home = str(Path.home())
        path = str(self.path)
        return f"~{path.removeprefix(home)}" if path.startswith(f"{home}{os.sep}") else path

    def begin(self) -> None:
        """Write the task and the starter, unless there is a file already. Raises OSError.

        What stands in it now is not news.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self.path.open("x", encoding="utf-8") as file:
                file.write(f"{self._head}\n\n{self._starter}\n")
        except FileExistsError:
            pass
        self._seen, self._settled, self._missing = self._look(), True, 0
        self._handed_in = self.read().code

    @property
    def as_it_was(self) -> bool:
        """Whether nothing has been written yet."""
        return self.read().code == self._starter.strip()

    @property
    def waits(self) -> bool:
        """Whether it was saved since it was looked at."""
        return self._look() not in (None, self._seen)

    def news(self) -> Saved | None:
        """What was saved since the last time; None if nothing was, or it may be half written: ask again soon."""
        now = self._look()
        if now is None:
            self._missing += 1
            gone = self._missing == _GONE_AFTER
            words = _("{file} is gone. Save it again, or ask for it anew.")
            return Saved(problem=words.format(file=self.shown)) if gone else None
        self._missing = 0
        if now != self._seen:
            self._seen, self._settled = now, False
            return None
        if self._settled:
            return None
        self._settled = True
        saved = self.read()
        if not saved.problem and saved.code == self._handed_in:
            return None
        self._handed_in = saved.code
        return saved

    def read(self) -> Saved:
        """The code, without the task above it."""
        try:
            # Only then opened: a pipe would wait for whoever writes into it.
            if not stat.S_ISREG(self.path.stat().st_mode):
                return Saved(problem=_("{file} is not a file.").format(file=self.shown))
            with self.path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            words = _("{file} cannot be read: {error}.")
            return Saved(problem=words.format(file=self.shown, error=error.strerror or error))
        if len(data) > LARGEST:
            words = _("{file} is larger than {n} MB: that is no answer. Shorten it.")
            return Saved(problem=words.format(file=self.shown, n=LARGEST // 1_000_000))
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            words = _("{file} is UTF-16. Have your editor save it as UTF-8.")
            return Saved(problem=words.format(file=self.shown))
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            words = _("{file}, line {line}: not UTF-8. Have your editor save it as UTF-8.")
            return Saved(problem=words.format(file=self.shown, line=line))
        return Saved(self._without_head(plain(text.replace("\r\n", "\n").replace("\r", "\n"))))

    def _without_head(self, text: str) -> str:
        head = {line.rstrip() for line in self._head.split("\n")}
        lines = text.split("\n")
        first = next((n for n, line in enumerate(lines) if line.strip() and line.rstrip() not in head), len(lines))
        return "\n".join(lines[first:]).strip("\n").rstrip()

    def _look(self) -> _Signature | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _head(lesson: Lesson, step: Step) -> str:
    """The task as comments. A line of it that comes back untouched is not part of the answer."""
    lines = [f"{lesson.title}: {step.title or step.id.replace('-', ' ')}", ""]
    for line in plain(step.text).strip().split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        lines += textwrap.wrap(line, _WIDE, subsequent_indent=indent, break_long_words=False) or [""]
    lines += ["", _("Each save hands your code in, without this comment.")]
    return "\n".join(f"# {line}".rstrip() for line in lines)
