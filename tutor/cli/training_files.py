"""``tutor run --training``: the training runs of a script, as a table, a picture or for TensorBoard."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from tutor.render.run_files import as_csv, as_svg_curves, scalars
from tutor.render.runs import RunLine
from tutor.session import event_file
from tutor.session.runs import Runs


def check(name: str) -> None:
    """Raises click.UsageError, before anything runs, if nothing could be written under that name."""
    if name.endswith((".csv", ".svg")):
        return
    if not name.endswith("/") and not Path(name).is_dir():
        raise click.UsageError("--training FILE ends in .csv or .svg; FOLDER/ is for TensorBoard event files.")
    if not event_file.installed():
        raise click.UsageError(f"Event files need the tensorboard package: {event_file.HOW_TO_GET}")


async def write(name: str, runs: Runs) -> None:
    """Write them all; where there are none say so. Raises click.ClickException."""
    if not runs.kept:
        click.echo(f"No training loop ran: {name} was not written.", err=True)
        return
    lines = [RunLine(kept.name, kept.training, kept.seconds, "", kept.paths, kept.looks) for kept in runs.kept]
    if name.endswith((".csv", ".svg")):
        text = as_csv(lines) if name.endswith(".csv") else as_svg_curves(lines, "Training")
        try:
            await asyncio.to_thread(Path(name).write_text, text, "utf-8")
        except OSError as error:
            raise click.ClickException(f"cannot write {name}: {error.strerror}") from error
        return
    problem = await event_file.write(name, [(line.name, line.seconds, scalars(line)) for line in lines])
    if problem:
        raise click.ClickException(f"no event files in {name}: {problem}")
