"""Commands of whoever learns."""

from __future__ import annotations

import sys
from typing import Any

import click

from tutor.cli.opening import open_app
from tutor.cli.settings import common, lessons_of, settings_of

_ALL = "\0"
"""What ``--reset`` without a lesson stands for: nothing that can be typed."""


@click.command("open", hidden=True)
@click.argument("lesson")
@common
@click.pass_context
def open_lesson(ctx: click.Context, /, lesson: str, **options: Any) -> None:
    """Open a lesson: LESSON or LESSON#STEP."""
    open_app(settings_of(ctx, options), lesson=lesson)


@click.command()
@common
@click.pass_context
def repl(ctx: click.Context, /, **options: Any) -> None:
    """Open the free prompt: Python with torch, and every pane."""
    open_app(settings_of(ctx, options), free=True)


@click.command()
@click.argument("view", type=click.Choice(["network", "descent"]), default="network")
@common
@click.pass_context
def play(ctx: click.Context, /, view: str, **options: Any) -> None:
    """Play with a network that learns (network), or go downhill on a curve (descent).

    network: a classifier or a regression on points of the plane. Data, noise, inputs, layers, neurons,
    activation, optimiser, learning rate and regularisation are a key each; the boundary, every neuron, the
    weights and the losses are drawn while it trains.

    descent: a function of one variable, listed or typed, a point, its tangent and the steps of gradient
    descent, with momentum if you like.

    In both, c takes what you see to the prompt: the same numbers, as plain PyTorch that you can read and change.
    """
    open_app(settings_of(ctx, options), play=view)


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per event.")
@click.option("--svg", metavar="FILE", default="", help="Also write all that is printed as a picture.")
@click.option(
    "--training",
    metavar="FILE",
    default="",
    help="Also write the training runs: .csv, .svg, or a folder of TensorBoard event files (FOLDER/).",
)
@common
@click.pass_context
def run(ctx: click.Context, /, file: str, as_json: bool, svg: str, training: str, **options: Any) -> None:
    """Run a Python FILE (- is standard input) as the prompt would, and print what the panes would show.

    Lines that start with # %% split the file into cells; the last expression of each is displayed. An error
    ends its cell and not the run. Exits with 1 if any cell failed.
    """
    from tutor.cli import script, training_files

    if as_json and svg:
        raise click.UsageError("--svg is a picture of the text: leave --json away.")
    if training:
        training_files.check(training)
    settings = settings_of(ctx, options)
    wanted = script.Wanted(as_json, svg, training)
    ok = script.run(file, wanted, python=settings["python"], threads=settings["threads"])
    sys.exit(0 if ok else 1)


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
@click.pass_context
def list_lessons(ctx: click.Context, /, as_json: bool, **options: Any) -> None:
    """List the lessons and what you have done of each. Exits with 1 if anything is wrong with one of them."""
    from tutor.cli import reports

    sys.exit(0 if reports.catalogue(lessons_of(settings_of(ctx, options)), as_json=as_json) else 1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--export", "target", metavar="FILE", help="Write it as JSON (- is standard output).")
@click.option("--import", "source", metavar="FILE", help="Merge what --export wrote (- is standard input).")
@click.option(
    "--reset", metavar="[LESSON]", is_flag=False, flag_value=_ALL, help="Forget a lesson, or all. Asks first."
)
@click.option("--yes", is_flag=True, help="Do not ask; replace a file that is there.")
@common
@click.pass_context
def progress(
    ctx: click.Context,
    /,
    as_json: bool,
    target: str | None,
    source: str | None,
    reset: str | None,
    yes: bool,
    **options: Any,
) -> None:
    """Show what you have done, carry it to another machine, or forget it."""
    from tutor.cli import progress_file as work

    if sum(option is not None for option in (target, source, reset)) > 1:
        raise click.UsageError("--export, --import and --reset are three things: one at a time.")
    lessons = lessons_of(settings_of(ctx, options))
    if target is not None:
        work.export(target, overwrite=yes)
    elif source is not None:
        work.bring(source, as_json=as_json)
    elif reset is not None:
        work.reset(lessons, None if reset == _ALL else reset, sure=yes)
    else:
        work.show(lessons, as_json=as_json)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what is due as JSON.")
@common
@click.pass_context
def review(ctx: click.Context, /, as_json: bool, **options: Any) -> None:
    """Ask again what you are about to forget: due predictions, choices and short exercises."""
    from tutor.cli import review_list

    settings = settings_of(ctx, options)
    if review_list.show(lessons_of(settings), as_json=as_json):
        open_app(settings, review=True)


@click.command()
@click.argument("lesson")
@click.option("--as", "form", type=click.Choice(["py", "ipynb", "md"]), help="Python, a notebook, or Markdown.")
@click.option("-o", "target", metavar="FILE", help="Where to (- is standard output); else LESSON.py and so on.")
@click.option("--yes", is_flag=True, help="Replace a file that is there.")
@common
@click.pass_context
def export(
    ctx: click.Context, /, lesson: str, form: str | None, target: str | None, yes: bool, **options: Any
) -> None:
    """Write your work in a LESSON as a commented file that runs without the tutor.

    Your own answers where they were right, the solution where it was shown, and the task where a step is not done.
    """
    from tutor.cli import handoff

    handoff.export(lessons_of(settings_of(ctx, options)), lesson, form, target, overwrite=yes)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--forget", metavar="PACK", help="Ask again before code of this pack runs.")
@common
@click.pass_context
def packs(ctx: click.Context, /, as_json: bool, forget: str | None, **options: Any) -> None:
    """List the packs: lessons from outside, where they are from, and whether their code may run.

    Packs are folders and ZIPs named by --lessons or listed in TUTOR_LESSONS, and installed packages with an entry
    point in the group tutor.lessons. Code of a pack runs only once you have agreed, to exactly what is in it.
    """
    from tutor.cli import pack_list as work

    if forget is not None:
        work.forget(forget)
    else:
        work.show(lessons_of(settings_of(ctx, options)), as_json=as_json)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@common
@click.pass_context
def doctor(ctx: click.Context, /, as_json: bool, **options: Any) -> None:
    """Say what works here: Python, torch, devices, terminal, lessons.

    Exits with 1 if something a lesson needs does not.
    """
    from tutor.cli import reports

    settings = settings_of(ctx, options)
    sys.exit(0 if reports.doctor(lessons_of(settings), settings["python"], as_json=as_json) else 1)
