"""All places of lessons: the tutor's own, or those of ``--lessons``; ``TUTOR_LESSONS``; installed packages."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tutor.lesson.places import Pack, Places, lessons_within, pack_name
from tutor.lesson.problems import Problem
from tutor.packs.archive import Refused, unpacked
from tutor.packs.installed import installed
from tutor.paths import lessons_dir

VARIABLE = "TUTOR_LESSONS"


def find(chosen: Iterable[str] = ()) -> Places:
    """The places to look for lessons in. ``chosen``, what ``--lessons`` names, stands alone.

    Else the tutor's own come first, then the packs of ``TUTOR_LESSONS``, a list of folders and ZIPs as ``PATH`` is
    one, then those of installed packages. Of two packs with one name the first is taken.
    """
    named = list(chosen)
    packs: list[Pack] = []
    problems: list[Problem] = []
    listed = [item for item in os.environ.get(VARIABLE, "").split(os.pathsep) if item.strip()]
    for path in named or listed:
        try:
            packs.append(_pack(Path(path).expanduser()))
        except Refused as reason:
            problems.append(Problem(Path(path), 1, 1, str(reason)))
    if not named:
        there, wrong = installed()
        packs += there
        problems += wrong
    # The tutor's own lessons are no pack, whoever names their folder.
    outside = [pack for pack in packs if not _same(pack.folder, lessons_dir())]
    own = lessons_dir() if not named or len(outside) < len(packs) else None
    return _one_of_each(own, outside, problems)


def _pack(path: Path) -> Pack:
    """The pack in a folder or ZIP. Raises Refused."""
    name, origin = pack_name(path.absolute()), str(path.absolute())
    if path.is_dir():
        return Pack(name, lessons_within(path), origin)
    if path.is_file():
        return Pack(name, lessons_within(unpacked(path)), origin)
    raise Refused("there is no such folder or ZIP of lessons")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _one_of_each(own: Path | None, packs: list[Pack], problems: list[Problem]) -> Places:
    taken: dict[str, Pack] = {}
    for pack in packs:
        first = taken.setdefault(pack.name, pack)
        if first is not pack and not _same(first.folder, pack.folder):
            message = f"left out: {first.origin} is a pack named `{pack.name}` too; rename one of them"
            problems.append(Problem(Path(pack.origin), 1, 1, message))
    return Places(own, tuple(taken.values()), tuple(problems))
