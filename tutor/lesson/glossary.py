"""The terms of the field: what each means, a line of code that shows it, and where it is taught."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec.inspect
from msgspec import Meta

from tutor.lesson import yaml12
from tutor.lesson.fields import Data
from tutor.lesson.problems import LessonError, Problem, Report
from tutor.lesson.python import parse_python
from tutor.lesson.reader import INVALID, Reader
from tutor.paths import assets_dir

FILE_NAME = "glossary.yaml"

Spelling = Annotated[str, Meta(min_length=1, max_length=40)]
Sentences = Annotated[str, Meta(min_length=1, max_length=300)]
Example = Annotated[str, Meta(min_length=1, max_length=160, extra={"python": "exec"})]
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Term(Data, frozen=True, kw_only=True):
    """One entry."""

    term: Spelling
    also: tuple[Spelling, ...] = ()
    """Other words that lead here: plurals, and names in code."""
    meaning: Sentences
    example: Example
    """One line that runs after ``import torch``."""
    topic: Annotated[str, Meta(min_length=1, max_length=4)]
    """Code of the curriculum's lesson that teaches it, such as ``T4``."""

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.term, *self.also)


class _File(Data, frozen=True, kw_only=True):
    schema: Literal[1]
    terms: Annotated[tuple[Term, ...], Meta(min_length=1)]


class Glossary:
    """All terms, in the order of the alphabet."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(sorted(terms, key=lambda term: term.term.casefold()))
        self._by_word = {word.casefold(): term for term in self.terms for word in term.spellings}
        # Long spellings first: a gradient descent is no gradient.
        words = sorted(self._by_word, key=len, reverse=True)
        pattern = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
        self._pattern = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)

    def look_up(self, word: str) -> Term | None:
        """The term that ``word`` names; None if it names none."""
        word = word.strip().casefold()
        # `requires_grad_` does what `requires_grad` says.
        return self._by_word.get(word) or self._by_word.get(word.rstrip("_"))

    def in_text(self, text: str) -> list[Term]:
        """The terms that occur in ``text``, each once, as they come."""
        found = (self._by_word[" ".join(match[0].casefold().split())] for match in self._pattern.finditer(text))
        return list(dict.fromkeys(found))

    def at(self, line: str, column: int) -> Term | None:
        """The term in the word of ``line`` at ``column`` (from 0), or just before it; None if there is none."""
        for match in _WORD.finditer(line):
            if match.start() <= column <= match.end():
                return self.look_up(match[0])
        return None


def load_glossary(file: Path | None = None) -> Glossary:
    """The glossary that comes with the tutor, or that of ``file``. Raises LessonError."""
    return _load(file or assets_dir() / FILE_NAME)


@functools.cache
def _load(file: Path) -> Glossary:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LessonError([Problem(file, 1, 1, f"cannot be read: {error}")]) from error
    report = Report(file, text)
    root = yaml12.parse(text, report)
    value: Any = INVALID
    if root is not None:
        _check_spellings(root, report)
        value = Reader(report, {Term: _one_line}, parse_python).read(msgspec.inspect.type_info(_File), root)
    report.raise_if_any()
    return Glossary(value.terms)


def _one_line(term: Any, node: yaml12.Mapping, path: str, report: Report) -> None:
    example = node.get("example")
    if example is not None and "\n" in term.example.strip():
        report.add(example.line, example.column, "an example is one line", f"{path}.example")


def _check_spellings(root: yaml12.Node, report: Report) -> None:
    """No word leads to two terms."""
    terms = root.get("terms") if isinstance(root, yaml12.Mapping) else None
    seen: dict[str, int] = {}
    for number, term in enumerate(terms.items if isinstance(terms, yaml12.Sequence) else []):
        if not isinstance(term, yaml12.Mapping):
            continue
        also = term.get("also")
        own: set[str] = set()
        for node in (term.get("term"), *(also.items if isinstance(also, yaml12.Sequence) else [])):
            if not isinstance(node, yaml12.Scalar):
                continue
            word = node.text.strip().casefold()
            if word in seen and word not in own:
                message = f"`{node.text}` is in line {seen[word]} already"
                report.add(node.line, node.column, message, f"terms[{number}]")
            seen.setdefault(word, node.line)
            own.add(word)


__all__ = ["FILE_NAME", "Glossary", "Term", "load_glossary"]
