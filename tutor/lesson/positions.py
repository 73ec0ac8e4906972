"""Where something stands in a lesson's file: for whoever finds fault with a lesson that could be read."""

from __future__ import annotations

from pathlib import Path

from tutor.lesson import yaml12
from tutor.lesson.problems import Report

Path_ = tuple["str | int", ...]
"""Keys and numbers of items from the top: ``("steps", 3, "hints", 0)``."""


class Places:
    """The places of one file."""

    def __init__(self, text: str = "") -> None:
        self._root = yaml12.parse(text, Report(Path(), text)) if text.strip() else None

    @classmethod
    def of(cls, file: Path | None) -> Places:
        """Of a lesson's file; without one, or if it has gone meanwhile, everything stands in its first line."""
        try:
            return cls(file.read_text(encoding="utf-8-sig")) if file is not None else cls()
        except (OSError, UnicodeDecodeError):
            return cls()

    def has(self, path: Path_) -> bool:
        """Whether the file has all of it."""
        return self._walk(path)[1] == len(path)

    def at(self, path: Path_) -> tuple[int, int]:
        """Line and column, from 1, of a value, or of the innermost thing around it that is there."""
        node, _ = self._walk(path)
        return (node.line, node.column) if node is not None else (1, 1)

    def _walk(self, path: Path_) -> tuple[yaml12.Node | None, int]:
        node = self._root
        for depth, key in enumerate(path):
            inner: yaml12.Node | None = None
            if isinstance(node, yaml12.Mapping) and isinstance(key, str):
                inner = node.get(key)
            elif isinstance(node, yaml12.Sequence) and isinstance(key, int) and key < len(node.items):
                inner = node.items[key]
            if inner is None:
                return node, depth
            node = inner
        return node, len(path)
