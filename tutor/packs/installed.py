"""Packs among the installed packages: the entry points of the group ``tutor.lessons``.

    [project.entry-points."tutor.lessons"]
    deep-nets = "deep_nets.lessons"

The name is the pack's. The value names the folder that holds the lessons, with dots: ``lessons`` in the package
``deep_nets``. It is a place, never a thing to import: no module of the package is run to find it.
"""

from __future__ import annotations

import importlib.util
import re
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path

from tutor.lesson.places import Pack, holds_lessons, pack_name
from tutor.lesson.problems import Problem

GROUP = "tutor.lessons"
_FORM = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_][\w-]*)*")


def installed() -> tuple[list[Pack], list[Problem]]:
    """The packs of all installed packages, by name, and what is wrong with those that cannot be used."""
    packs: list[Pack] = []
    problems: list[Problem] = []
    for point in sorted(set(entry_points(group=GROUP)), key=lambda point: (point.name, point.value)):
        origin = _origin(point.dist)
        folder = _folder(point)
        if folder is None:
            message = f"{origin} offers lessons in `{point.value}`, where none are; install it again"
            problems.append(Problem(*_place(point), message))
        else:
            packs.append(Pack(pack_name(Path(point.name)), folder, origin))
    return packs, problems


def _folder(point: EntryPoint) -> Path | None:
    """Where the lessons are; None where they are not."""
    if not _FORM.fullmatch(point.value):
        return None
    parts = point.value.split(".")
    bases = [Path(str(point.dist.locate_file("")))] if point.dist is not None else []
    found = [base.joinpath(*parts) for base in bases]
    # An editable install has its files elsewhere. Looking up a name without a dot imports nothing.
    try:
        spec = importlib.util.find_spec(parts[0])
    except (ImportError, ValueError, AttributeError):
        spec = None
    places = spec.submodule_search_locations if spec is not None else None
    found += [Path(place).joinpath(*parts[1:]) for place in places or ()]
    return next((folder for folder in found if holds_lessons(folder)), None)


def _origin(distribution: Distribution | None) -> str:
    if distribution is None:
        return "an installed package"
    return f"the installed package {distribution.name} {distribution.version}"


def _place(point: EntryPoint) -> tuple[Path, int, int]:
    """Where the entry point is written."""
    text = (point.dist.read_text("entry_points.txt") if point.dist is not None else None) or ""
    listed = (point.dist.files if point.dist is not None else None) or ()
    file = next((Path(str(path.locate())) for path in listed if path.name == "entry_points.txt"), None)
    for number, line in enumerate(text.splitlines(), 1):
        if line.partition("=")[0].strip() == point.name and point.value in line:
            return file or Path("entry_points.txt"), number, line.index(point.value) + 1
    return file or Path("entry_points.txt"), 1, 1
