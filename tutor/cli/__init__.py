"""The command line: parse, load, wire together, run. The only room that knows all the others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from tutor import __version__

EXAMPLES = """\b
Examples:
  tutor                          the list of lessons; Enter goes on where you stopped
  tutor shapes-and-reshaping     open a lesson
  tutor shapes-and-reshaping#4   … at its fourth step (a step's name works too)
  tutor review                   what is due to be asked again
  tutor export shapes-and-reshaping --as ipynb    your work as a notebook
  tutor repl                     the free prompt with every pane
  tutor play                     a small network that learns before your eyes
  tutor run train.py             run a file as the prompt would; # %% lines split it into cells
  tutor run --json - < train.py  … one JSON object per event
  tutor --python ~/env/bin/python repl    use the torch of another environment
"""
_ALL = "\0"
"""What ``--reset`` without a lesson stands for: nothing that can be typed."""


class LessonGroup(click.Group):
    """A first word that is no command is a lesson."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return "open", self.commands["open"], args
        return super().resolve_command(ctx, args)


def _options(command: Any) -> Any:
    """Options that stand before or after the command's name."""
    for decorate in (
        click.option("--threads", type=click.IntRange(1, 1024), help="CPU threads inside one torch operation."),
        click.option("--python", metavar="PATH", help="Run your code with this Python (and its torch)."),
        click.option("--lessons", metavar="DIR", help="Take lessons from this folder."),
    ):
        command = decorate(command)
    return command


@click.group(
    cls=LessonGroup,
    invoke_without_command=True,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="[LESSON[#STEP] | COMMAND]",
)
@_options
@click.version_option(__version__, prog_name="tutor")
@click.pass_context
def tutor(ctx: click.Context, /, **options: Any) -> None:
    """Learn PyTorch in your terminal: lessons beside a live prompt that shows every tensor and gradient."""
    ctx.obj = options
    if ctx.invoked_subcommand is None:
        _open(_settings(ctx, {}))


@tutor.command("open", hidden=True)
@click.argument("lesson")
@_options
@click.pass_context
def open_lesson(ctx: click.Context, /, lesson: str, **options: Any) -> None:
    """Open a lesson: LESSON or LESSON#STEP."""
    _open(_settings(ctx, options), lesson=lesson)


@tutor.command()
@_options
@click.pass_context
def repl(ctx: click.Context, /, **options: Any) -> None:
    """Open the free prompt: Python with torch, and every pane."""
    _open(_settings(ctx, options), free=True)


@tutor.command()
@click.argument("view", type=click.Choice(["network", "descent"]), default="network")
@_options
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
    _open(_settings(ctx, options), play=view)


@tutor.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per event.")
@click.option("--svg", metavar="FILE", default="", help="Also write all that is printed as a picture.")
@click.option(
    "--training",
    metavar="FILE",
    default="",
    help="Also write the training runs: .csv, .svg, or a folder of TensorBoard event files (FOLDER/).",
)
@_options
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
    settings = _settings(ctx, options)
    wanted = script.Wanted(as_json, svg, training)
    ok = script.run(file, wanted, python=settings["python"], threads=settings["threads"])
    sys.exit(0 if ok else 1)


@tutor.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_options
@click.pass_context
def list_lessons(ctx: click.Context, /, as_json: bool, **options: Any) -> None:
    """List the lessons and what you have done of each."""
    from tutor.cli import reports

    reports.catalogue(_lessons(_settings(ctx, options)), as_json=as_json)


@tutor.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--export", "target", metavar="FILE", help="Write it as JSON (- is standard output).")
@click.option("--import", "source", metavar="FILE", help="Merge what --export wrote (- is standard input).")
@click.option(
    "--reset", metavar="[LESSON]", is_flag=False, flag_value=_ALL, help="Forget a lesson, or all. Asks first."
)
@click.option("--yes", is_flag=True, help="Do not ask; replace a file that is there.")
@_options
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
    lessons = _lessons(_settings(ctx, options))
    if target is not None:
        work.export(target, overwrite=yes)
    elif source is not None:
        work.bring(source, as_json=as_json)
    elif reset is not None:
        work.reset(lessons, None if reset == _ALL else reset, sure=yes)
    else:
        work.show(lessons, as_json=as_json)


@tutor.command()
@click.option("--json", "as_json", is_flag=True, help="Print what is due as JSON.")
@_options
@click.pass_context
def review(ctx: click.Context, /, as_json: bool, **options: Any) -> None:
    """Ask again what you are about to forget: due predictions, choices and short exercises."""
    from tutor.cli import review_list

    settings = _settings(ctx, options)
    if review_list.show(_lessons(settings), as_json=as_json):
        _open(settings, review=True)


@tutor.command()
@click.argument("lesson")
@click.option("--as", "form", type=click.Choice(["py", "ipynb", "md"]), help="Python, a notebook, or Markdown.")
@click.option("-o", "target", metavar="FILE", help="Where to (- is standard output); else LESSON.py and so on.")
@click.option("--yes", is_flag=True, help="Replace a file that is there.")
@_options
@click.pass_context
def export(
    ctx: click.Context, /, lesson: str, form: str | None, target: str | None, yes: bool, **options: Any
) -> None:
    """Write your work in a LESSON as a commented file that runs without the tutor.

    Your own answers where they were right, the solution where it was shown, and the task where a step is not done.
    """
    from tutor.cli import handoff

    handoff.export(_lessons(_settings(ctx, options)), lesson, form, target, overwrite=yes)


@tutor.command("import")
@click.argument("file")
@click.option("-o", "target", metavar="DIR", default="imported", help="Folder of lessons to put it in (imported).")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
@click.option("--yes", is_flag=True, help="Replace a lesson that is there.")
@_options
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

    settings = _settings(ctx, options)
    importing.run(file, target, python=settings["python"], overwrite=yes, as_json=as_json)


@tutor.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_options
@click.pass_context
def doctor(ctx: click.Context, /, as_json: bool, **options: Any) -> None:
    """Say what works here: Python, torch, devices, terminal, lessons.

    Exits with 1 if something a lesson needs does not.
    """
    from tutor.cli import reports

    settings = _settings(ctx, options)
    sys.exit(0 if reports.doctor(_lessons(settings), settings["python"], as_json=as_json) else 1)


def _settings(ctx: click.Context, options: dict[str, Any]) -> dict[str, Any]:
    """Options of the command over those of ``tutor`` itself, checked."""
    outer = ctx.obj or {}
    merged = {name: options.get(name) or outer.get(name) for name in ("lessons", "python", "threads")}
    merged["python"] = _python(merged["python"])
    if merged["lessons"] and not Path(merged["lessons"]).is_dir():
        raise click.BadParameter(f"there is no folder {merged['lessons']}", param_hint="--lessons")
    return merged


def _python(path: str | None) -> str:
    if path is None:
        return sys.executable
    import shutil

    found = shutil.which(Path(path).expanduser())
    if found is None:
        raise click.BadParameter(f"{path} is not a program that can be run", param_hint="--python")
    return found


def _lessons(settings: dict[str, Any]) -> Path:
    from tutor.paths import lessons_dir

    return Path(settings["lessons"]) if settings["lessons"] else lessons_dir()


def _open(
    settings: dict[str, Any], *, lesson: str = "", free: bool = False, play: str = "", review: bool = False
) -> None:
    lessons = _lessons(settings)
    if lesson:
        _require(lessons, lesson)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        from tutor.cli import reports

        reports.not_a_terminal(lessons)
        return
    from tutor.ui.app import Start, TutorApp

    def client(threads: int | None) -> Any:
        from tutor.session.client import ProcessClient

        return ProcessClient(settings["python"], threads=threads)

    app = TutorApp(Start(lessons, lesson, free, play=play, threads=settings["threads"], review=review), client)
    app.run()
    sys.exit(app.return_code or 0)


def _require(lessons: Path, lesson: str) -> None:
    """Ends with a clear message when there is no such lesson or step."""
    from tutor.lesson.catalogue import Catalogue, NotFound

    try:
        Catalogue(lessons).load_all().find(lesson)
    except NotFound as missing:
        raise click.ClickException(str(missing)) from missing
