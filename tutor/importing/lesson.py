"""Blocks and what became of their cells as the data of a lesson: headings begin steps, cells are run."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from tutor.importing.blocks import Block, Code, Heading, Prose, Tutorial, fenced
from tutor.importing.prose import one_line
from tutor.importing.trial import Outcome

_COMFORTABLE = 1_500
"""Characters of text from which a new step begins, where a paragraph ends."""
_LONGEST = 5_500
"""Characters of one paragraph, below what the model allows a step."""
_LINE = 5_000
"""Characters of one line of it, and of the lines that a fence holds."""
_AFTERWORD = 280
"""Characters up to which a last paragraph is said once the code above it has run."""
_GOALS = 6
_WORDS_A_MINUTE = 120
_UNASKED = "Run the code, and look at what it shows."
_MARKED = re.compile(r"[\[\]#*_<|~]|^\s*([-+]|\d+\.)\s|^\s*```|^ {4}", re.MULTILINE)


def lesson_of(tutorial: Tutorial, outcomes: list[Outcome], name: str, seed: int, setup: str) -> dict[str, Any]:
    """What ``lesson.yaml`` is to hold. There is an outcome for each Code, in order; ``name`` is the file's."""
    title, blocks = _titled(tutorial, name)
    steps = _Steps(title)
    results = iter(outcomes)
    for block in blocks:
        steps.add(block, next(results) if isinstance(block, Code) else Outcome())
    steps.flush()
    lesson = {
        "schema": 1,
        "id": id_of(tutorial, name),
        "title": title,
        "track": "imported",
        "objectives": _goals(blocks, title),
        "minutes": _minutes(steps.made),
        "difficulty": 2,
        "seed": seed,
        "setup": setup,
        "steps": steps.made,
    }
    return {key: value for key, value in lesson.items() if value != ""}


def id_of(tutorial: Tutorial, name: str) -> str:
    """The lesson's id; ``name`` is the file's."""
    return slug(_titled(tutorial, name)[0]) or slug(name) or "tutorial"


def _titled(tutorial: Tutorial, name: str) -> tuple[str, list[Block]]:
    """The lesson's title, and the blocks without the heading it was taken from."""
    blocks = list(tutorial.blocks)
    title = one_line(tutorial.title)
    levels = [block.level for block in blocks if isinstance(block, Heading)]
    first = next((n for n, block in enumerate(blocks) if isinstance(block, Heading)), 0)
    heading = blocks[first] if blocks else None
    if isinstance(heading, Heading) and heading.level == min(levels):
        alone = levels.count(heading.level) == 1
        # One of many headings that are alike names its part only, unless all begins with it.
        if (alone and not title) or (alone and heading.text == title) or (first == 0 and not title):
            title = heading.text
            del blocks[first]
    return title or one_line(re.sub(r"[-_]+", " ", name)).capitalize() or "Tutorial", blocks


def _goals(blocks: list[Block], title: str) -> list[str]:
    headings = [block for block in blocks if isinstance(block, Heading)]
    top = min((heading.level for heading in headings), default=0)
    names = dict.fromkeys(heading.text for heading in headings if heading.level == top)
    return list(names)[:_GOALS] or [title]


def _minutes(steps: list[dict[str, Any]]) -> int:
    words = sum(len(step["text"].split()) + 2 * len(step.get("code", "").split()) for step in steps)
    return max(1, min(120, round(words / _WORDS_A_MINUTE + 0.5 * sum("code" in step for step in steps))))


def slug(text: str) -> str:
    """Small letters, digits and hyphens; empty where nothing of ``text`` can be written so."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    if words and not words[0].isalpha():
        words = f"part-{words}"
    return words[:48].rstrip("-")


@dataclass(slots=True)
class _Steps:
    """Collects text until there is code to run, a heading, or too much of it."""

    lesson: str
    made: list[dict[str, Any]] = field(default_factory=list)
    _title: str = ""
    _text: list[str] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)
    _of_title: int = 0

    def add(self, block: Block, outcome: Outcome) -> None:
        if isinstance(block, Heading):
            self.flush()
            self._title, self._of_title = block.text, 0
        elif isinstance(block, Prose):
            for part in _paragraphs(block.text):
                self._say(part)
        elif outcome.why:
            for part in _paragraphs(f"{fenced(block.source)}\n\n*Only to read: {_said(outcome.why)}.*"):
                self._say(part)
        else:
            self._step("run", "\n\n".join(self._text) or _UNASKED, code=_ended(block.source))
            if outcome.shown:
                self.made[-1]["prints"] = _ended(outcome.shown)
            self._text = []

    def _say(self, text: str) -> None:
        if self._text and sum(map(len, self._text)) + len(text) > _COMFORTABLE:
            self.flush()
        self._text.append(text)

    def flush(self) -> None:
        """What was said and leads to no code is a step to read, or the last word on the code before it."""
        text, self._text = "\n\n".join(self._text), []
        if not text.strip():
            return
        last = self.made[-1] if self.made and self._of_title else {}
        short = len(text) <= _AFTERWORD and "\n\n" not in text and not _MARKED.search(text)
        if short and last.get("kind") == "run" and "after" not in last:
            last["after"] = " ".join(text.split())
        else:
            self._step("read", text)

    def _step(self, kind: str, text: str, **more: str) -> None:
        self._of_title += 1
        title = self._title or self.lesson
        if self._of_title > 1:
            title = f"{title} ({self._of_title})"
        self.made.append({"id": self._id(title), "kind": kind, "title": title, "text": _ended(text), **more})

    def _id(self, title: str) -> str:
        base = slug(title) or f"step-{len(self.made) + 1}"
        name, number = base, 1
        while name in self._ids:
            number += 1
            name = f"{base}-{number}"
        self._ids.add(name)
        return name


def _said(why: str) -> str:
    """Within emphasis of Markdown."""
    return why.rstrip(".").replace("*", "\\*")


def _ended(text: str) -> str:
    return text.strip("\n") + "\n"


def _paragraphs(text: str) -> list[str]:
    """``text`` in parts that fit into a step: paragraphs, and fences whole if they are not too long."""
    parts: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if parts and (fence or parts[-1]) and (fence or line.strip()):
            parts[-1] += "\n" + line
        elif line.strip():
            parts = [*(part for part in parts if part), line]
        else:
            parts.append("")
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]) else fence
        elif mark:
            fence = mark[1]
    return [piece for part in parts if part.strip() for piece in _fitting(part)]


def _fitting(part: str) -> list[str]:
    if len(part) <= _LONGEST:
        return [part]
    lines = part.split("\n")
    opening = re.match(r" {0,3}(`{3,}|~{3,})", lines[0])
    body = lines[1:-1] if opening else lines
    pieces: list[list[str]] = [[]]
    size = 0
    # A line is cut only where it is too long for any step.
    whole = (line[n : n + _LINE] for line in body for n in range(0, max(len(line), 1), _LINE))
    for line in whole:
        if size and size + len(line) > _LINE:
            pieces.append([])
            size = 0
        pieces[-1].append(line)
        size += len(line) + 1
    texts = ["\n".join(piece) for piece in pieces if "".join(piece).strip()]
    if not opening:
        return texts
    return [f"{lines[0][:200]}\n{text}\n{opening[1][:200]}" for text in texts]
