"""Options that every command takes, checked: where lessons are, which Python, which language."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tutor.lesson.places import Places


_COMMON = {
    "threads": click.option(
        "--threads", type=click.IntRange(1, 1024), help="CPU threads inside one torch operation."
    ),
    "python": click.option("--python", metavar="PATH", help="Run your code with this Python (and its torch)."),
    "lang": click.option("--lang", metavar="LANG", help="Language of interface and lessons, such as de."),
    "trust": click.option("--trust", is_flag=True, help="Do not ask before code of lessons from outside runs."),
    "lessons": click.option(
        "--lessons",
        metavar="DIR|ZIP",
        multiple=True,
        help="Take lessons from here; they ask before they run.",
    ),
}


def common(command: Any) -> Any:
    """Options that stand before or after the command's name."""
    return common_but()(command)


def common_but(*names: str) -> Callable[[Any], Any]:
    """The same without those that mean nothing to a command."""

    def decorate(command: Any) -> Any:
        for name, option in _COMMON.items():
            command = command if name in names else option(command)
        return command

    return decorate


def settings_of(ctx: click.Context, options: dict[str, Any]) -> dict[str, Any]:
    """Options of the command over those of ``tutor`` itself, checked."""
    outer = ctx.obj or {}
    names = ("lessons", "python", "threads", "lang", "trust")
    merged = {name: options.get(name) or outer.get(name) for name in names}
    _speak(merged["lang"] or "")
    merged["python"] = _python(merged["python"])
    for place in merged["lessons"] or ():
        if not Path(place).expanduser().exists():
            raise click.BadParameter(f"there is no folder {place}, and no ZIP", param_hint="--lessons")
    return merged


def lessons_of(settings: dict[str, Any]) -> Places:
    """Where lessons are: the tutor's own and packs, or what ``--lessons`` names."""
    from tutor.packs.finding import find

    return find(settings["lessons"] or ())


def one_folder(settings: dict[str, Any]) -> Path | None:
    """The folder of lessons that ``--lessons`` names, where there is to be one. Raises BadParameter."""
    named = [Path(place).expanduser() for place in settings["lessons"] or ()]
    if len(named) > 1 or (named and not named[0].is_dir()):
        raise click.BadParameter("one folder, in which the lesson lies", param_hint="--lessons")
    return named[0] if named else None


def _speak(language: str) -> None:
    from tutor import texts

    if language and not texts.tag_of(language):
        raise click.BadParameter(f"{language} is not a language such as de or pt-BR", param_hint="--lang")
    texts.choose(language)


def _python(path: str | None) -> str:
    if path is None:
        return sys.executable
    import shutil

    found = shutil.which(Path(path).expanduser())
    if found is None:
        raise click.BadParameter(f"{path} is not a program that can be run", param_hint="--python")
    return found
