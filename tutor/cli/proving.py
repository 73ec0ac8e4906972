"""``tutor lint``: proves lessons by running them, and prints one line for each thing to put right."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shlex
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from tutor.cli.reports import plain_console
from tutor.lesson.catalogue import NotFound
from tutor.proof.findings import Finding, in_order
from tutor.proof.proof import Proof
from tutor.proof.prover import NoWorker, Prover
from tutor.proof.sources import Source, read

_STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}

_WORTH = 60
"""Claims for which another process may import torch."""

CLEAN, FOUND, STOPPED = 0, 1, 130
"""Exit codes: nothing to put right; errors; stopped by Ctrl+C. 2 is click's own, for what was typed wrong."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to prove."""

    python: str
    jobs: int | None = None
    """Workers; None is one for each core."""
    as_json: bool = False


def lint(named: list[str], wanted: Wanted) -> int:
    """Prove the lessons that are ``named`` (``PATH`` or ``PATH#STEP``), print what was found; the exit code.

    Raises click.ClickException.
    """
    paths, steps = _split(named)
    for path in (*paths, *(path for path, _step in steps)):
        if not path.exists():
            raise click.UsageError(f"there is no {path}. Name a lesson.yaml, its folder, or a folder of lessons.")
        if path.is_file() and zipfile.is_zipfile(path):
            quoted = shlex.quote(str(path))
            raise click.UsageError(f"{path} is a ZIP. `tutor lint --lessons {quoted}` proves the lessons in it.")
    began = time.monotonic()
    try:
        source = read(paths, steps)
    except NotFound as error:
        raise click.UsageError(str(error)) from error
    with _shown() as show:
        proof = Proof(lambda: show(proof), source.only)
        stopped = bool(source.lessons) and _proved(proof, source, wanted)
    findings = in_order([*source.findings, *proof.findings])
    seconds = time.monotonic() - began
    nothing = not stopped and not findings and not proof.proved
    _print(source, proof, findings, seconds, stopped=stopped, as_json=wanted.as_json)
    if nothing:
        raise click.ClickException("nothing was proved: there is no code in what was named.")
    if stopped:
        return STOPPED
    return FOUND if any(finding.level == "error" for finding in findings) else CLEAN


def _split(named: list[str]) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Whole paths, and those with a step behind a ``#``."""
    paths: list[Path] = []
    steps: list[tuple[Path, str]] = []
    for name in named:
        path, hash_, step = name.rpartition("#")
        if hash_ and path and not Path(name).exists():
            steps.append((Path(path), step))
        else:
            paths.append(Path(name))
    if paths and steps:
        raise click.UsageError("PATH#STEP proves that step alone: name steps or whole lessons, not both.")
    return paths, steps


def _proved(proof: Proof, source: Source, wanted: Wanted) -> bool:
    """Prove all of it; True when that was stopped."""
    try:
        asyncio.run(_prove(proof, source, wanted))
    except (asyncio.CancelledError, KeyboardInterrupt):
        return True
    except NoWorker as error:
        raise click.ClickException(f"{error}. `tutor doctor` says what works here.") from error
    return False


async def _prove(proof: Proof, source: Source, wanted: Wanted) -> None:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - asyncio.run makes one
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    jobs = wanted.jobs or min(_cores(), 1 + source.size // _WORTH)
    provers = [Prover(wanted.python, preloaded=source.trains) for _ in range(jobs)]
    try:
        await proof.prove(provers, source.lessons)
    finally:
        for prover in provers:
            prover.close()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def _shown() -> Iterator[Callable[[Proof], None]]:
    """A bar on standard error, where that is a terminal."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("Proving"), BarColumn(), MofNCompleteColumn(), TextColumn("claims"), TimeElapsedColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    told = False

    def show(proof: Proof) -> None:
        nonlocal told
        bar.update(task, completed=proof.proved, total=proof.planned or None)
        if not told and not console.is_terminal and proof.proved:
            # Where there is no bar, a log should say that work goes on.
            console.print(f"Proving {proof.planned:,} {'claim' if proof.planned == 1 else 'claims'} …")
            told = True

    with bar:
        task = bar.add_task("claims", total=None)
        yield show


def _print(
    source: Source, proof: Proof, findings: list[Finding], seconds: float, *, stopped: bool, as_json: bool
) -> None:
    if as_json:
        facts = {
            "lessons": [lesson.id for lesson in source.lessons],
            "claims": proof.proved,
            "findings": [finding.data() for finding in findings],
            "seconds": round(seconds, 2),
            "stopped": stopped,
        }
        print(json.dumps(facts, indent=2))
        return
    console = plain_console()
    for finding in findings:
        line = Text(str(finding))
        line.highlight_words([f": {finding.level}: "], _STYLES[finding.level])
        console.print(line)
    console.print(Text(_summary(source, proof, findings, seconds, stopped=stopped)))
    sys.stdout.flush()


def _summary(source: Source, proof: Proof, findings: list[Finding], seconds: float, *, stopped: bool) -> str:
    counts = [
        f"{n} {level}{'s' * (n != 1)}"
        for level in ("error", "warning")
        if (n := sum(finding.level == level for finding in findings))
    ]
    lessons = len(source.lessons)
    of = f" of {proof.planned:,}" if stopped else ""
    nothing = "nothing to put right so far; the rest was not proved" if stopped else "nothing to put right"
    done = f"{lessons} lesson{'s' * (lessons != 1)}, {proof.proved:,}{of} claims in {seconds:.1f} s"
    return f"{'Stopped: ' * stopped}{done}: {', '.join(counts) or nothing}."
