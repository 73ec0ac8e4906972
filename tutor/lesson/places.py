"""Where lessons come from: the tutor's own folder, and packs from outside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tutor.lesson.problems import Problem

LESSON_FILE = "lesson.yaml"

_LONGEST_NAME = 60
_VERSION = re.compile(r"([-_ ]v?[0-9]+(\.[0-9]+)*|[-_ ](main|master))$", re.IGNORECASE)
_MEANT = ("lessons", "lesson")
"""Names of folders that say nothing of whose lessons they are."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Lessons from outside. Nothing of them runs before the learner has agreed to it."""

    name: str
    """Stands before the ids of its lessons, ``deep-nets/dropout``: no id of a pack is ever one of the tutor's."""
    folder: Path
    """Holds its lessons' folders, or is the folder of its only lesson."""
    origin: str
    """Where it is from, as a person is told: a folder, a ZIP, an installed package."""


@dataclass(frozen=True, slots=True)
class Places:
    """All of them, in the order in which they are shown."""

    own: Path | None
    """The tutor's own lessons; None where others were asked for instead."""
    packs: tuple[Pack, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What is wrong with packs that cannot be used."""

    @property
    def folders(self) -> list[Path]:
        """Where the lessons lie."""
        return [*([self.own] if self.own else []), *(pack.folder for pack in self.packs)]


def pack_name(path: Path) -> str:
    """The name of a folder or ZIP as that of a pack: without a version, so that a newer one is the same."""
    stem = path.name[: -len(path.suffix)] if path.suffix.lower() == ".zip" else path.name
    if stem.casefold() in _MEANT and path.parent.name:
        stem = path.parent.name
    bare = _VERSION.sub("", stem) or stem
    slug = re.sub(r"[^a-z0-9]+", "-", bare.casefold()).strip("-")[:_LONGEST_NAME].strip("-")
    return slug or "pack"


def lessons_within(folder: Path) -> Path:
    """The folder that holds lessons: this one, its ``lessons``, or the same within the only folder in it.

    ZIPs of a repository have everything in one folder. Gives ``folder`` itself where there are none.
    """
    for base in (folder, _only_folder(folder)):
        for place in (base, base / "lessons"):
            if holds_lessons(place):
                return place
    return folder


def holds_lessons(folder: Path) -> bool:
    """Whether it is a lesson's folder or has one in it."""
    try:
        return (folder / LESSON_FILE).is_file() or any(
            (child / LESSON_FILE).is_file() for child in folder.iterdir() if child.is_dir()
        )
    except OSError:
        return False


def _only_folder(folder: Path) -> Path:
    try:
        inside = [child for child in folder.iterdir() if not child.name.startswith((".", "__"))]
    except OSError:
        return folder
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder
