"""``tutor preview``: what it opens with, and a progress file of its own that is gone afterwards."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tutor.lesson.catalogue import NotFound, find_step
from tutor.lesson.loader import FILE_NAME, load_lesson
from tutor.lesson.problems import LessonError
from tutor.ui.app import Start


@contextmanager
def prepared(place: str, lessons: Path | None, threads: int | None) -> Iterator[Start]:
    """What to open for ``FILE`` or ``FILE#STEP``; ``lessons`` is the folder whose list stands behind it.

    A lesson with mistakes is opened too: they are shown there. Raises ClickException.
    """
    file, step = _parted(place)
    try:
        if step:
            find_step(load_lesson(file), step)
    except NotFound as missing:
        raise click.ClickException(str(missing)) from missing
    except LessonError:
        # The step may be there once the lesson can be read.
        pass
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.ClickException(
            f"a preview needs a terminal; `tutor lint {file}` proves the lesson without one."
        )
    with tempfile.TemporaryDirectory(prefix="tutor-preview-") as data:
        among = lessons or file.parent.parent
        yield Start(among, preview=(file, step), threads=threads, data=Path(data))


def _parted(place: str) -> tuple[Path, str]:
    """The file, absolute, and the step; a name with ``#`` in it is itself if it is there."""
    name, mark, step = place.rpartition("#")
    if not mark or Path(place).expanduser().exists():
        name, step = place, ""
    path = Path(name).expanduser().absolute()
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        hint = "; `tutor new ID` writes a lesson to begin with" if not path.exists() else ""
        raise click.ClickException(f"there is no lesson {file}{hint}.")
    return file, step
