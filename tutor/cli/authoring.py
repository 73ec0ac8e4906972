"""Commands of whoever writes lessons."""

from __future__ import annotations

import sys
from typing import Any

import click

from tutor.cli.opening import run_app
from tutor.cli.settings import common_but, lessons_of, one_folder, settings_of


@click.command()
@click.argument("name", metavar="ID|DIR")
@click.option("--title", default="", help="What it is called; else made from its id.")
@click.option("--kind", "kinds", multiple=True, help="A kind of step it begins with; may be given several times.")
@common_but("trust", "threads", "python")
@click.pass_context
def new(ctx: click.Context, /, name: str, title: str, kinds: tuple[str, ...], **options: Any) -> None:
    """Write a small lesson to begin with, in a folder of its own whose number is the lesson's place.

    It has a step to read, a prediction, an exercise and something to fix, or those named with --kind: read, run,
    predict, choice, exercise, fix, fill, parsons, train, explore.
    """
    from tutor.cli import new_lesson

    settings = settings_of(ctx, options)
    new_lesson.write(name, title, kinds, one_folder(settings))


@click.command()
@click.argument("file", metavar="FILE[#STEP]")
@common_but("trust")
@click.pass_context
def preview(ctx: click.Context, /, file: str, **options: Any) -> None:
    """Open one lesson, a file or its folder, as you write it: every save shows at once.

    The step stays, its variables are made again, problems stand above the lesson with file, line and column, and
    what each check says is shown from the start. Your own progress is not touched.
    """
    from tutor.cli import previewing

    settings = settings_of(ctx, options)
    with previewing.prepared(file, one_folder(settings), settings["threads"]) as start:
        run_app(settings, start)


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: lessons, claims, findings, seconds.")
@click.option("-j", "--jobs", type=click.IntRange(1, 256), help="Workers at once; else one for each core.")
@common_but("trust", "threads")
@click.pass_context
def lint(ctx: click.Context, /, paths: tuple[str, ...], as_json: bool, jobs: int | None, **options: Any) -> None:
    """Prove lessons by running them: what is right is accepted, what is wrong is refused.

    PATH is a lesson.yaml, the folder of a lesson, or a folder of lessons; without one, all lessons are proved.
    PATH#STEP proves one step, by id or number, and nothing else.
    Each thing to put right is one line: file, line, column, what, and what to do. Exits with 0 when there is no
    error (warnings are allowed), 1 when there are any, 2 for a PATH that is not there, 130 when Ctrl+C stopped it.
    """
    from tutor.cli import proving

    settings = settings_of(ctx, options)
    wanted = proving.Wanted(settings["python"], jobs, as_json)
    sys.exit(proving.lint(list(paths) or [str(path) for path in lessons_of(settings).folders], wanted))


@click.command("import")
@click.argument("file")
@click.option("-o", "target", metavar="DIR", default="imported", help="Folder of lessons to put it in (imported).")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
@click.option("--yes", is_flag=True, help="Replace a lesson that is there.")
@common_but("trust", "threads")
@click.pass_context
def import_tutorial(
    ctx: click.Context, /, file: str, target: str, as_json: bool, yes: bool, **options: Any
) -> None:
    """Turn a tutorial (FILE.md, .ipynb or .py) into a lesson: DIR/ID/lesson.yaml.

    Headings become steps, prose their text, cells code to run. Every cell is run, offline and under a limit of
    time, to see that it works and what it shows: import only what you would run. What cannot be run here stays
    as text, and a line for each says why. Exits with 1 if nothing of it can be run; nothing is written then.
    """
    from tutor.cli import importing

    settings = settings_of(ctx, options)
    importing.run(file, target, python=settings["python"], overwrite=yes, as_json=as_json)
