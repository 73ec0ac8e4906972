"""``tutor export``: a lesson's finished work as a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tutor.cli.progress_file import opened, write_file
from tutor.handoff.formats import FORMATS
from tutor.handoff.parts import work
from tutor.lesson.catalogue import Catalogue, NotFound
from tutor.lesson.places import Places


def export(lessons: Places, wanted: str, form: str | None, target: str | None, *, overwrite: bool) -> None:
    """Write the work of a lesson, and say what is in it."""
    form = _form(form, target)
    try:
        lesson, step = Catalogue(lessons).load_all().find(wanted)
    except NotFound as missing:
        raise click.ClickException(str(missing)) from missing
    if step is not None:
        raise click.UsageError(f"a lesson is exported whole: `tutor export {lesson.id}`, without `#{step}`.")
    with opened() as store:
        found = work(lesson, store.steps(lesson.id))
    try:
        data = FORMATS[form](found)
    except ModuleNotFoundError as missing:
        raise click.ClickException(
            f"notebooks need {missing.name}: {sys.executable} -m pip install nbformat. `--as py` needs nothing."
        ) from missing
    if target == "-":
        sys.stdout.write(data.decode("utf-8"))
        return
    file = Path(target or f"{lesson.id.rpartition('/')[2]}.{form}")
    write_file(file, data, overwrite=overwrite)
    shown = f", {found.shown} shown" if found.shown else ""
    print(f"Written to {file}: {found.done} of {len(lesson.steps)} steps done{shown}.")


def _form(form: str | None, target: str | None) -> str:
    """The form that was named, or the one that the file's name tells."""
    if form is not None:
        return form
    ending = Path(target or "").suffix.removeprefix(".")
    if target in (None, "-") or ending not in FORMATS:
        raise click.UsageError(f"say in which form: --as {'|'.join(FORMATS)}, or -o with such an ending.")
    return ending
