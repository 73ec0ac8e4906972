"""``tutor run``: what transcript and panes would show, as text or as JSON lines."""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console

from tutor.cli import training_files
from tutor.cli.json_report import json_report
from tutor.cli.text_report import Picture, TextReport
from tutor.protocol import events
from tutor.session.client import ProcessClient
from tutor.session.script import Report, ScriptCell, run_script, split_cells
from tutor.session.session import Session
from tutor.session.state import Phase


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the run is to leave behind."""

    as_json: bool = False
    """One JSON object per event, in place of text."""
    svg: str = ""
    """A file for a picture of all that was printed."""
    training: str = ""
    """A file or a folder for the training runs, see :mod:`tutor.cli.training_files`."""


def run(file: str, wanted: Wanted, *, python: str, threads: int | None) -> bool:
    """Run ``file`` (``-`` for standard input); True if every cell ended well. Raises click.ClickException."""
    source = _read(file)
    cells = split_cells(source)
    name = "<stdin>" if file == "-" else file
    printing: Report = (
        json_report(sys.stdout)
        if wanted.as_json
        else TextReport(Console(highlight=False, markup=False, emoji=False))
    )
    picture = Picture() if wanted.svg else None

    def report(number: int, part: ScriptCell, event: events.Event) -> None:
        printing(number, part, event)
        if picture is not None:
            picture(number, part, event)

    # With `-` standard input is the program: nothing is left in it to answer questions.
    answer = (
        (lambda _prompt: None)
        if file == "-"
        else functools.partial(_answer, sys.stderr if wanted.as_json else sys.stdout)
    )
    try:
        ok = asyncio.run(_run(cells, name, python, threads, report, answer, wanted.training))
    except BrokenPipeError:
        # Nobody reads on, as after `| head`. What Python flushes at its end must have somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    if picture is not None:
        _save(wanted.svg, picture.svg(f"tutor run {Path(name).name}"))
    return ok


def _save(file: str, picture: str) -> None:
    try:
        Path(file).write_text(picture, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {file}: {error.strerror}") from error


async def _run(
    cells: list[ScriptCell],
    name: str,
    python: str,
    threads: int | None,
    report: Report,
    answer: Callable[[str], str | None],
    training: str,
) -> bool:
    session = Session(ProcessClient(python, threads=threads))
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, session.interrupt)
    if sys.stdout.isatty():
        size = shutil.get_terminal_size()
        session.size = (size.columns, size.lines)
    session.start()
    try:
        ok = await run_script(session, cells, name, report, answer)
        if session.state.phase is Phase.UNAVAILABLE:
            click.echo(f"No Python to run this: {session.state.reason}", err=True)
        if training:
            await training_files.write(training, session.state.runs)
        return ok
    finally:
        session.close()


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 text: byte {error.start}") from error


def _answer(out: TextIO, prompt: str) -> str | None:
    print(prompt, end="", flush=True, file=out)
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None
