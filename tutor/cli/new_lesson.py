"""``tutor new``: a small lesson to begin with, in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path
from typing import get_args

import click

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.fields import Slug
from tutor.lesson.json_schema import FILE_NAME as SCHEMA
from tutor.lesson.loader import FILE_NAME
from tutor.lesson.model import Lesson
from tutor.lesson.problems import did_you_mean
from tutor.paths import assets_dir, lessons_dir

USUAL = ("read", "predict", "exercise", "fix")
"""Kinds of step that a new lesson has if nothing else is said."""

_TEMPLATE = "new-lesson.yaml"
"""In ``assets/``: a lesson with one step of each kind, separated by empty lines."""

_LONGEST = 300
"""Characters of a title."""

_NUMBERED = re.compile(r"([0-9]+)-(.+)")


def write(name: str, title: str, kinds: tuple[str, ...], lessons: Path | None) -> None:
    """Write it and say what comes next. ``name`` is an id or a folder; ``lessons`` is where an id goes."""
    path = Path(name).expanduser()
    parent = lessons if lessons is not None and path.name == name else path.parent
    there = Catalogue(parent).load_all().lessons if parent.is_dir() else []
    numbered = _NUMBERED.fullmatch(path.name)
    slug = _slug(numbered[2] if numbered else path.name)
    folder = parent / (path.name if numbered else _next_number(parent) + slug)
    file = folder / FILE_NAME
    if file.exists():
        raise click.ClickException(f"{file} is there already. Nothing was written; choose another id.")
    _refuse_taken(slug, [*there, *Catalogue(lessons_dir()).load_all().lessons])
    text = lesson_text(
        slug, title or slug.replace("-", " ").capitalize(), there[-1].track if there else "", kinds, folder
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
    shown = shlex.quote(str(folder))
    click.echo(f"Written: {file}\n")
    click.echo(f"  tutor preview {shown}    shows it, again at every save")
    click.echo(f"  tutor lint {shown}       proves it: solutions pass, wrong answers do not")
    click.echo(f"\nThe guide: {lessons_dir() / 'AUTHORING.md'}")


def lesson_text(slug: str, title: str, track: str, kinds: tuple[str, ...], folder: Path) -> str:
    """The lesson as it is to stand in ``folder``. Raises ClickException for a kind or a title there is not."""
    if not title.strip() or len(title) > _LONGEST or "\n" in title:
        raise click.BadParameter(f"one line of 1 to {_LONGEST} characters", param_hint="--title")
    head, _, rest = (assets_dir() / _TEMPLATE).read_text(encoding="utf-8").partition("steps:\n")
    steps = {_kind(block): block.strip("\n") for block in rest.split("\n\n")}
    if unknown := next((kind for kind in kinds if kind not in steps), None):
        hint = did_you_mean(unknown, steps) or f"; there are {', '.join(steps)}"
        raise click.BadParameter(f"there is no kind of step `{unknown}`{hint}", param_hint="--kind")
    head = _with(head, "id", slug)
    head = _with(head, "title", json.dumps(title, ensure_ascii=False))
    head = _with(head, "track", track) if track else head
    head = re.sub(r"\$schema=\S+", lambda _: f"$schema={schema_from(folder)}", head, count=1)
    wanted = [block for kind, block in steps.items() if kind in (kinds or USUAL)]
    return head + "steps:\n" + "\n\n".join(wanted) + "\n"


def schema_from(folder: Path) -> str:
    """How a lesson in ``folder`` names the schema: relatively inside one checkout, else as a URI."""
    schema, folder = assets_dir() / SCHEMA, folder.resolve()
    if folder.is_relative_to(assets_dir().parent):
        return Path(os.path.relpath(schema, folder)).as_posix()
    return schema.as_uri()


def _with(head: str, key: str, value: str) -> str:
    """The head with another value; what is said of it stays in its column."""

    return re.sub(
        rf"(?m)^({key}: .*?)(  #.*)?$",
        lambda found: f"{key}: {value}".ljust(len(found[1])) + found[2] if found[2] else f"{key}: {value}",
        head,
        count=1,
    )


def _kind(block: str) -> str:
    found = re.search(r"(?m)^    kind: (\w+)", block)
    return found[1] if found else ""


def _slug(name: str) -> str:
    shape = get_args(Slug)[1]
    if re.search(shape.pattern, name) and len(name) <= shape.max_length:
        return name
    near = "-".join(re.findall(r"[a-z0-9]+", name.casefold())).lstrip("0123456789-")[:40].strip("-")
    hint = f"; what about `{near}`?" if near else ""
    raise click.BadParameter(f"`{name}` must be {shape.extra['expected']}{hint}", param_hint="ID")


def _next_number(parent: Path) -> str:
    """``07-`` behind ``06-…``, with as many digits; ``01-`` where there are no numbered lessons."""
    files = parent.glob(f"*/{FILE_NAME}")
    numbers = [match[1] for file in files if (match := _NUMBERED.fullmatch(file.parent.name))]
    last = max(numbers, key=int, default="00")
    return f"{int(last) + 1:0{len(last)}d}-"


def _refuse_taken(slug: str, lessons: list[Lesson]) -> None:
    other = next((lesson for lesson in lessons if lesson.id == slug), None)
    if other is not None:
        raise click.ClickException(
            f"The id `{slug}` is taken by {other.file}. An id is used once: choose another."
        )
