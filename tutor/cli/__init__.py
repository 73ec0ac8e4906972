"""The command line: parse, load, wire together, run. The only room that knows all the others."""

from __future__ import annotations

from typing import Any

import click

from tutor import __version__
from tutor.cli import authoring, learning
from tutor.cli.opening import open_app
from tutor.cli.settings import common, settings_of

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


class LessonGroup(click.Group):
    """A first word that is no command is a lesson."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return "open", self.commands["open"], args
        return super().resolve_command(ctx, args)


@click.group(
    cls=LessonGroup,
    invoke_without_command=True,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="[LESSON[#STEP] | COMMAND]",
)
@common
@click.version_option(__version__, prog_name="tutor")
@click.pass_context
def tutor(ctx: click.Context, /, **options: Any) -> None:
    """Learn PyTorch in your terminal: lessons beside a live prompt that shows every tensor and gradient."""
    ctx.obj = options
    if ctx.invoked_subcommand is None:
        open_app(settings_of(ctx, {}))


for _command in (
    *(learning.open_lesson, learning.repl, learning.play, learning.run, learning.list_lessons, learning.progress),
    *(learning.review, learning.export, learning.packs, learning.doctor),
    *(authoring.new, authoring.preview, authoring.lint, authoring.import_tutorial),
):
    tutor.add_command(_command)
