"""``tutor progress``: what was done, carried to another machine and back, or forgotten."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from tutor.cli.reports import lesson_rows, plain_console
from tutor.lesson.catalogue import Catalogue, NotFound
from tutor.lesson.model import Lesson
from tutor.lesson.places import Places
from tutor.lesson.state import title_of
from tutor.progress import Progress
from tutor.protocol.text import plain


def show(lessons: Places, *, as_json: bool) -> None:
    """Print what has been done and marked."""
    catalogue = Catalogue(lessons).load_all()
    rows = [row for row in lesson_rows(catalogue) if row["current"] is not None]
    with opened() as store:
        bookmarks = [_bookmark(catalogue, mark.lesson, mark.step) for mark in store.bookmarks()]
    if as_json:
        print(json.dumps({"lessons": rows, "bookmarks": bookmarks}, indent=2))
        return
    console = plain_console()
    if not rows:
        console.print("Nothing yet. `tutor` opens the list of lessons.")
    for row in rows:
        finished = row["done"] + row["shown"] >= row["steps"]
        where = "finished" if finished else f"at {row['current']}"
        shown = f", {row['shown']} shown" if row["shown"] else ""
        console.print(Text(f"{row['title']}: {row['done']} of {row['steps']} steps done{shown}, {where}"))
    if bookmarks:
        console.print(Text("Bookmarks", style="bold"))
    for mark in bookmarks:
        console.print(Text(f"  ★ {mark['lesson']}#{mark['step']}   {mark['title']}"))


def _bookmark(catalogue: Catalogue, lesson_id: str, step_id: str) -> dict[str, str]:
    lesson = next((entry for entry in catalogue.entries if entry.id == lesson_id), None)
    step = next((step for step in lesson.steps if step.id == step_id), None) if lesson else None
    title = title_of(step) if step else "not among the lessons here"
    return {"lesson": plain(lesson_id), "step": plain(step_id), "title": title}


def export(target: str, *, overwrite: bool) -> None:
    """Write all progress but the attempts as JSON to a file, or to standard output (``-``)."""
    from tutor.progress import exchange

    with opened() as store:
        data = exchange.export(store.database)
    if target == "-":
        sys.stdout.write(data.decode("utf-8"))
        return
    write_file(Path(target), data, overwrite=overwrite)
    print(f"Progress written to {target} ({len(data):,} bytes). Your attempts are not in it: they stay here.")


def bring(source: str, *, as_json: bool) -> None:
    """Merge the progress in a file (``-`` is standard input), and say what that changed."""
    from dataclasses import asdict

    from tutor.progress import exchange, merge

    data = _read(source, exchange.LARGEST)
    try:
        found = exchange.decode(data)
    except exchange.NotProgress as wrong:
        raise click.ClickException(
            f"{source} cannot be imported: {plain(str(wrong))}. "
            "`tutor progress --export FILE` writes what can be. Nothing was changed."
        ) from wrong
    with opened() as store:
        merged = merge.merge(store.database, found)
    if as_json:
        print(json.dumps(asdict(merged), indent=2))
        return
    print(f"Merged {source}, written {plain(found.exported)}: {_told(asdict(merged))}.")
    if merged.cells:
        print("The code runs again when you open its lesson: import only what you trust.")
    for lesson in merged.kept:
        print(f"{lesson}: you ran other code here than there; what you ran here was kept.")


_COUNTED = {
    "lessons": ("new lesson", "new lessons"),
    "done": ("step further", "steps further"),
    "answers": ("new answer", "new answers"),
    "bookmarks": ("new bookmark", "new bookmarks"),
    "cells": ("piece of code you ran", "pieces of code you ran"),
}


def _told(merged: dict[str, Any]) -> str:
    parts = [f"{merged[name]} {words[merged[name] != 1]}" for name, words in _COUNTED.items() if merged[name]]
    return ", ".join(parts) or "nothing new"


def reset(lessons: Places, wanted: str | None, *, sure: bool) -> None:
    """Forget one lesson, or all of them (None); asks first."""
    with opened() as store:
        lesson = None if wanted is None else _known(lessons, wanted, store)
        what = f"your progress in {lesson!r}" if lesson else "your progress in every lesson"
        print(f"This deletes {what}: steps done, answers, attempts and bookmarks. `--export FILE` keeps a copy.")
        if not sure and not _agreed():
            print("Nothing was changed.")
            return
        if lesson is None:
            store.clear()
        else:
            store.clear_lesson(lesson)
        print("Done.")


def _known(lessons: Places, wanted: str, store: Progress) -> str:
    """The id of a lesson that is named, or of one that is gone but has progress."""
    if wanted in store.summary():
        return wanted
    try:
        found: Lesson = Catalogue(lessons).load_all().find(wanted)[0]
    except NotFound as missing:
        raise click.ClickException(str(missing)) from missing
    return found.id


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise click.ClickException("nobody can be asked here: add --yes if you mean it. Nothing was changed.")
    return click.confirm("Delete it?", default=False)


@contextlib.contextmanager
def opened() -> Iterator[Progress]:
    """The progress file; what was amiss with it is said on standard error."""
    store = Progress()
    try:
        yield store
    finally:
        store.close()
        if store.notice:
            print(store.notice, file=sys.stderr)


def _read(source: str, largest: int) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read(largest + 1)
    try:
        with Path(source).open("rb") as stream:
            return stream.read(largest + 1)
    except OSError as error:
        raise click.ClickException(f"cannot read {source}: {error.strerror}") from error


def write_file(file: Path, data: bytes, *, overwrite: bool) -> None:
    """Write the whole file or nothing. What is there already is replaced only when that was asked for."""
    if file.is_dir():
        raise click.ClickException(f"{file} is a folder: name a file in it")
    if file.exists() and not overwrite:
        raise click.ClickException(f"{file} is there already: name another file, or add --yes to replace it")
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as stream:
            stream.write(data)
        # A temporary file is its owner's alone; this one is as any other.
        mask = os.umask(0)
        os.umask(mask)
        Path(stream.name).chmod(0o666 & ~mask)
        try:
            Path(stream.name).replace(file)
        finally:
            Path(stream.name).unlink(missing_ok=True)
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from error
