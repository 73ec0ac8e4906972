"""What the app is to open with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.lesson.catalogue import Catalogue
    from tutor.lesson.places import Places


@dataclass(frozen=True, slots=True)
class Start:
    """What the app is to open with."""

    lessons: Path
    lesson: str = ""
    """``LESSON`` or ``LESSON#STEP``; empty for the home screen."""
    repl: bool = False
    play: str = ""
    """``network`` or ``descent``: a view of the playground."""
    threads: int | None = None
    review: bool = False
    """The questions that are due."""
    find: Callable[[], Places] | None = None
    """Finds packs and unpacks them, behind the first frame; ``lessons`` alone where there is none."""
    catalogue: Catalogue | None = None
    """All lessons, where they have been read already."""
    trust: bool = False
    """Run the code of packs without a question."""
    preview: tuple[Path, str] | None = None
    """The file of a lesson that is being written, and a step of it (its id or number; empty for the first)."""
    data: Path | None = None
    """Where progress is kept; None is where it always is."""
