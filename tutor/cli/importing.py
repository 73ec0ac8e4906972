"""``tutor import``: an existing tutorial as a lesson, and an account of what could not be taken."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from tutor.cli.new_lesson import schema_from
from tutor.cli.progress_file import write_file
from tutor.importing.blocks import NotATutorial, Note
from tutor.importing.files import ENDINGS
from tutor.importing.importing import Imported, imported
from tutor.importing.trial import Tell
from tutor.lesson.loader import FILE_NAME
from tutor.protocol.text import plain


def run(source: str, target: str, *, python: str, overwrite: bool, as_json: bool) -> None:
    """Write ``target``/ID/lesson.yaml, and say what is in it. Raises click's exceptions."""
    file = Path(source)
    if file.suffix.lower() not in ENDINGS:
        raise click.UsageError(f"{source} is none of {', '.join(ENDINGS)}.")
    if not file.is_file():
        raise click.ClickException(f"{source} cannot be read: there is no such file")
    folder = Path(target)

    def free(lesson_id: str) -> None:
        there = folder / lesson_id / FILE_NAME
        if folder.exists() and not folder.is_dir():
            raise click.ClickException(f"{folder} is a file: name a folder of lessons with -o")
        if there.exists() and not overwrite:
            raise click.ClickException(
                f"{there} is there already: name another folder, or add --yes to replace it"
            )

    try:
        lesson = imported(file, python=python, tell=_progress(), check=free)
    except NotATutorial as wrong:
        _clear()
        if as_json:
            print(
                json.dumps(
                    {"lesson": None, "why": plain(str(wrong)), "notes": _rows(source, wrong.notes)}, indent=2
                )
            )
        else:
            _list(source, wrong.notes)
        raise click.ClickException(f"{source} cannot be imported: {plain(str(wrong))}") from wrong
    _clear()
    written = _write(lesson, folder, overwrite=overwrite)
    if as_json:
        print(json.dumps(_json(source, lesson, written), indent=2))
        return
    _list(source, lesson.notes)
    steps = len(lesson.lesson.steps)
    left = sum(note.kept_as_text for note in lesson.notes)
    print(
        f"Written to {written}: {steps} step{'s' * (steps != 1)}, {lesson.runs} of them with code to run "
        f"({lesson.checked} with the output to expect); {left} kept as text."
    )
    print(f"tutor --lessons {target} {lesson.lesson.id}")


def _write(lesson: Imported, folder: Path, *, overwrite: bool) -> Path:
    file = folder / lesson.lesson.id / FILE_NAME
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"cannot make the folder {file.parent}: {error.strerror}") from error
    schema = f"# yaml-language-server: $schema={schema_from(file.parent)}\n"
    write_file(file, f"{schema}{lesson.text}".encode(), overwrite=overwrite)
    return file


def _json(source: str, lesson: Imported, written: Path) -> dict[str, object]:
    return {
        "lesson": str(written),
        "id": lesson.lesson.id,
        "title": lesson.lesson.title,
        "steps": len(lesson.lesson.steps),
        "run": lesson.runs,
        "with_output": lesson.checked,
        "notes": _rows(source, lesson.notes),
    }


def _rows(source: str, notes: tuple[Note, ...]) -> list[dict[str, object]]:
    return [
        {
            "file": source,
            "line": note.place.line or None,
            "cell": note.place.cell or None,
            "kept_as_text": note.kept_as_text,
            "why": plain(note.why),
        }
        for note in notes
    ]


def _list(source: str, notes: tuple[Note, ...]) -> None:
    for note in notes:
        print(plain(f"{note.place.of(source)}: {'kept as text: ' if note.kept_as_text else ''}{note.why}"))


def _progress() -> Tell:
    """Says what is being done, on a line of its own that goes again, where somebody sits before it."""
    if not sys.stderr.isatty():
        return lambda _said: None
    return lambda said: print(f"\r\x1b[K{said} …", end="", file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
