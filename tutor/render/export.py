"""Pictures for files, pipes and the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text


def as_plain(text: Text) -> str:
    """The characters of ``text`` without styles and without spaces at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.plain.split("\n"))
