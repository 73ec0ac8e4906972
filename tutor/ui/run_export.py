"""Writes training runs where the person can find them: a table, a picture, an event file."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

from tutor.render.numbers import count
from tutor.render.run_files import as_csv, as_svg_curves, scalars
from tutor.render.runs import RunLine
from tutor.session import event_file


async def export(runs: Sequence[RunLine]) -> str:
    """Write ``tutor-training-N.csv``, ``.svg`` and a folder of event files here; gives what was written, in words.

    Raises OSError.
    """
    stem = _save(runs)
    written = f"Written: {stem}.csv and {stem}.svg{_thinned(runs)}"
    if not event_file.installed():
        return f"{written}. For a TensorBoard event file too: {event_file.HOW_TO_GET}"
    problem = await write_events(stem, runs)
    return f"{written}; no event file: {problem}" if problem else f"{written}, event files in {stem}/"


async def write_events(folder: str, runs: Sequence[RunLine]) -> str:
    """An event file for each run under ``folder``; why not, if it went wrong."""
    return await event_file.write(folder, [(run.name, run.seconds, scalars(run)) for run in runs])


def _thinned(runs: Sequence[RunLine]) -> str:
    """What the table leaves out: of a long run not every step is kept."""
    long = max(runs, key=lambda run: run.training.step)
    kept = max((len(curve.values) for curve in long.training.curves), default=0)
    if not kept or long.training.step <= kept:
        return ""
    return f" ({count(kept)} of {count(long.training.step)} steps of {long.name}: no more are kept)"


def _save(runs: Sequence[RunLine]) -> str:
    """Table and picture under the first free name, which is given back without its ending."""
    stems = (f"tutor-training-{number}" for number in itertools.count(1))
    stem = next(stem for stem in stems if not any(Path(stem + end).exists() for end in ("", ".csv", ".svg")))
    Path(f"{stem}.csv").write_text(as_csv(runs), encoding="utf-8")
    Path(f"{stem}.svg").write_text(as_svg_curves(runs, "Training"), encoding="utf-8")
    return stem
