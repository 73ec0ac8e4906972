"""What is wrong with a lesson, where, and what was expected."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tutor.protocol.text import plain

_MOST = 50
"""Problems told of one file; the rest are counted."""

_LONGEST = 300
"""Characters of a message: it may quote the file, which can hold anything."""

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. Lines and columns count from 1, columns in characters."""

    file: Path
    line: int
    column: int
    message: str
    path: str = ""
    """Where in the data it is, for example ``steps[2].hints[0]`` (counted from 0); empty for the file itself."""

    def __str__(self) -> str:
        return plain(f"{self.file}:{self.line}:{self.column}: {self.message}")


class LessonError(Exception):
    """A lesson that cannot be used, with every problem that was found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Report:
    """Collects the problems of one file. Every position it gives out lies inside the file."""

    def __init__(self, file: Path, text: str = "") -> None:
        self.file = file
        self.lines = _LINE_END.split(text)
        if len(self.lines) > 1 and not self.lines[-1]:
            del self.lines[-1]
        self._found: list[Problem] = []
        self._more = 0

    def add(self, line: int, column: int, message: str, path: str = "") -> None:
        """Note a problem; a position beyond the end is moved to the end."""
        if len(self._found) >= _MOST:
            self._more += 1
            return
        if line > len(self.lines):
            line, column = len(self.lines), len(self.lines[-1]) + 1
        column = min(column, len(self.lines[line - 1]) + 1)
        message = plain(message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…")
        if any((known.line, known.column, known.message) == (line, column, message) for known in self._found):
            # A step and its twin are read apart, and share most of their lines.
            return
        self._found.append(Problem(self.file, line, column, message, path[:_LONGEST]))

    def found(self) -> list[Problem]:
        """All problems, in the order of the file."""
        found = sorted(self._found, key=lambda problem: (problem.line, problem.column))
        if self._more:
            last = found[-1]
            found.append(Problem(self.file, last.line, last.column, f"and {self._more} more problems"))
        return found

    def raise_if_any(self) -> None:
        """Raises LessonError with all problems, in the order of the file."""
        if self._found:
            raise LessonError(self.found())


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """``; did you mean `…`?``, or nothing when no known word is near. Small and capital letters are one."""
    close = nearest(word, known, cutoff)
    return f"; did you mean `{close}`?" if close else ""


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known word that is likely meant, empty when none is near. Small and capital letters are one."""
    if len(word) > _LONGEST:
        return ""
    by_key = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_key, 1, cutoff)
    return by_key[close[0]] if close else ""
