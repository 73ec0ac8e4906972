"""Reads tutorials without running them, and makes lessons of them as if every cell had run."""

from __future__ import annotations

from pathlib import Path

from tutor.importing.blocks import Block, Code, Heading, Prose, Tutorial
from tutor.importing.files import parse
from tutor.importing.importing import Imported, put_together
from tutor.importing.trial import Outcome

DATA = Path(__file__).parent / "data"


def told(block: Block) -> str:
    """A block in one text: ``# heading``, the text, or ``>>> code``."""
    if isinstance(block, Heading):
        return f"{'#' * block.level} {block.text}"
    return block.text if isinstance(block, Prose) else f">>> {block.source}"


def blocks(text: str, ending: str = ".md") -> list[str]:
    return [told(block) for block in parse(text.encode(), ending).blocks]


def reasons(text: str, ending: str = ".md") -> list[tuple[int, str]]:
    """Line and words of each note."""
    return [(note.place.line, note.why) for note in parse(text.encode(), ending).notes]


def well(tutorial: Tutorial, shown: str = "") -> list[Outcome]:
    """As if every cell had run, and shown this."""
    return [Outcome(shown=shown) for block in tutorial.blocks if isinstance(block, Code)]


def lesson(text: str, ending: str = ".md", shown: str = "", name: str = "some_file.md") -> Imported:
    tutorial = parse(text.encode(), ending)
    return put_together(tutorial, well(tutorial, shown), name)
