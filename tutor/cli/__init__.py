"""The command line: parse, load, wire together, run. The only room that knows all the others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tutor import __version__

if TYPE_CHECKING:
    from tutor.lesson.catalogue import Catalogue
    from tutor.lesson.places import Places
    from tutor.ui.app import Start

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
        click.option("--lang", metavar="LANG", help="Language of interface and lessons, such as de."),
        click.option("--trust", is_flag=True, help="Do not ask before code of lessons from outside runs."),
        click.option(
            "--lessons",
            metavar="DIR|ZIP",
            multiple=True,
            help="Take lessons from here; they ask before they run.",
        ),
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
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: lessons, claims, findings, seconds.")
@click.option("-j", "--jobs", type=click.IntRange(1, 256), help="Workers at once; else one for each core.")
@_options
@click.pass_context
def lint(ctx: click.Context, /, paths: tuple[str, ...], as_json: bool, jobs: int | None, **options: Any) -> None:
    """Prove lessons by running them: what is right is accepted, what is wrong is refused.

    PATH is a lesson.yaml, the folder of a lesson, or a folder of lessons; without one, all lessons are proved.
    Each thing to put right is one line: file, line, column, what, and what to do. Exits with 0 when there is no
    error (warnings are allowed), 1 when there are any, 2 for a PATH that is not there, 130 when Ctrl+C stopped it.
    """
    from tutor.cli import proving

    settings = _settings(ctx, options)
    wanted = proving.Wanted(settings["python"], jobs, as_json)
    sys.exit(proving.lint([Path(path) for path in paths] or _lessons(settings).folders, wanted))


@tutor.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--forget", metavar="PACK", help="Ask again before code of this pack runs.")
@_options
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
        work.show(_lessons(_settings(ctx, options)), as_json=as_json)


@tutor.command()
@click.argument("name", metavar="ID|DIR")
@click.option("--title", default="", help="What it is called; else made from its id.")
@click.option("--kind", "kinds", multiple=True, help="A kind of step it begins with; may be given several times.")
@_options
@click.pass_context
def new(ctx: click.Context, /, name: str, title: str, kinds: tuple[str, ...], **options: Any) -> None:
    """Write a small lesson to begin with, in a folder of its own whose number is the lesson's place.

    It has a step to read, a prediction, an exercise and something to fix, or those named with --kind: read, run,
    predict, choice, exercise, fix, fill, parsons, train, explore.
    """
    from tutor.cli import new_lesson

    settings = _settings(ctx, options)
    new_lesson.write(name, title, kinds, _one_folder(settings))


@tutor.command()
@click.argument("file", metavar="FILE[#STEP]")
@_options
@click.pass_context
def preview(ctx: click.Context, /, file: str, **options: Any) -> None:
    """Open one lesson, a file or its folder, as you write it: every save shows at once.

    The step stays, its variables are made again, problems stand above the lesson with file, line and column, and
    what each check says is shown from the start. Your own progress is not touched.
    """
    from tutor.cli import previewing

    settings = _settings(ctx, options)
    with previewing.prepared(file, _one_folder(settings), settings["threads"]) as start:
        _run(settings, start)


def _one_folder(settings: dict[str, Any]) -> Path | None:
    """The folder of lessons that ``--lessons`` names, where there is to be one. Raises BadParameter."""
    named = [Path(place).expanduser() for place in settings["lessons"] or ()]
    if len(named) > 1 or (named and not named[0].is_dir()):
        raise click.BadParameter("one folder, in which the lesson lies", param_hint="--lessons")
    return named[0] if named else None


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
    names = ("lessons", "python", "threads", "lang", "trust")
    merged = {name: options.get(name) or outer.get(name) for name in names}
    _speak(merged["lang"] or "")
    merged["python"] = _python(merged["python"])
    for place in merged["lessons"] or ():
        if not Path(place).expanduser().exists():
            raise click.BadParameter(f"there is no folder {place}, and no ZIP", param_hint="--lessons")
    return merged


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


def _lessons(settings: dict[str, Any]) -> Places:
    """Where lessons are: the tutor's own and packs, or what ``--lessons`` names."""
    from tutor.packs.finding import find

    return find(settings["lessons"] or ())


def _open(
    settings: dict[str, Any], *, lesson: str = "", free: bool = False, play: str = "", review: bool = False
) -> None:
    visible = sys.stdin.isatty() and sys.stdout.isatty()
    catalogue = _require(_lessons(settings), lesson, may_ask=visible or settings["trust"]) if lesson else None
    if not visible:
        from tutor.cli import reports

        reports.not_a_terminal(_lessons(settings))
        return
    from tutor.paths import lessons_dir
    from tutor.ui.app import Start

    start = Start(
        lessons_dir(),
        lesson,
        free,
        play=play,
        threads=settings["threads"],
        review=review,
        find=lambda: _lessons(settings),
        catalogue=catalogue,
        trust=bool(settings["trust"]),
    )
    _run(settings, start)


def _run(settings: dict[str, Any], start: Start) -> None:
    """The app, until it is left."""
    from tutor.ui.app import TutorApp

    def client(threads: int | None) -> Any:
        from tutor.session.client import ProcessClient

        return ProcessClient(settings["python"], threads=threads)

    app = TutorApp(start, client)
    app.run()
    sys.exit(app.return_code or 0)


def _require(lessons: Places, lesson: str, *, may_ask: bool) -> Catalogue:
    """All lessons. Ends with a message without such a lesson or step, or with nobody to ask if it may run."""
    from tutor.lesson.catalogue import Catalogue, NotFound

    catalogue = Catalogue(lessons).load_all()
    try:
        found, _ = catalogue.find(lesson)
    except NotFound as missing:
        raise click.ClickException(str(missing)) from missing
    if found.pack and not may_ask:
        from tutor.cli.pack_list import require_agreement

        require_agreement(catalogue.packs[found.pack])
    return catalogue
