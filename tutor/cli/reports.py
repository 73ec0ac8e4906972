"""Commands that print and end: the catalogue, progress, and what works on this machine."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import shutil
import sys
import textwrap
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from rich.console import Console
from rich.text import Text

from tutor import __version__, texts
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.places import Places
from tutor.paths import data_dir
from tutor.progress import Progress
from tutor.protocol import events
from tutor.protocol.text import plain
from tutor.session.client import ProcessClient
from tutor.session.session import Session
from tutor.session.state import Phase, SessionState

_START_LIMIT = 120.0
"""Seconds the worker may take to start before the doctor gives up."""


_NARROWEST = 12
"""Columns of a text that is broken into lines."""


def plain_console() -> Console:
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def catalogue(lessons: Places, *, as_json: bool) -> bool:
    """Print the lessons by track, with progress; broken ones with their problems. Whether there are none."""
    loaded = Catalogue(lessons).load_all()
    rows = lesson_rows(loaded)
    if as_json:
        print(json.dumps({"lessons": rows, "problems": [str(problem) for problem in loaded.problems]}, indent=2))
        return not loaded.problems
    console = plain_console()
    last = None
    longest = max((len(row["id"]) for row in rows), default=0)
    for row in sorted(rows, key=_section_order(rows)):
        section = (row["pack"], row["track"])
        if section != last:
            outside = f"{row['pack']} (from outside: {loaded.packs[row['pack']].origin})  " if row["pack"] else ""
            console.print(Text(plain(f"{outside}{row['track'].capitalize()}"), style="bold"))
        last = section
        done = f"{row['done'] + row['shown']}/{row['steps']}"
        console.print(
            _hanging(
                f"  {row['id']:<{longest}}  {done:>5}  {row['minutes']:>3} min  ", row["title"].strip(), console
            )
        )
    for problem in loaded.problems:
        console.print(Text(f"✗ {problem}", style="red"))
    return not loaded.problems


def _hanging(before: str, text: str, console: Console) -> Text:
    """``before`` and ``text``, whose further lines begin below its first, where lines have an end."""
    room = console.width - len(before)
    if not console.is_terminal or room < _NARROWEST:
        return Text(before + text)
    return Text(textwrap.fill(text, console.width, initial_indent=before, subsequent_indent=" " * len(before)))


def _section_order(rows: list[dict[str, Any]]) -> Callable[[dict[str, Any]], int]:
    """Keeps the lessons of a pack and a track together, in the order in which these first come."""
    places: dict[tuple[str, str], int] = {}
    for row in rows:
        places.setdefault((row["pack"], row["track"]), len(places))
    return lambda row: places[row["pack"], row["track"]]


def lesson_rows(loaded: Catalogue) -> list[dict[str, Any]]:
    """The lessons as JSON has them, with what was done of each."""
    store = Progress()
    summaries = store.summary()
    store.close()
    if store.notice:
        print(store.notice, file=sys.stderr)
    rows = []
    for lesson in loaded.entries:
        summary = summaries.get(lesson.id)
        rows.append(
            {
                "id": lesson.id,
                "title": lesson.title,
                "track": lesson.track,
                "pack": lesson.pack,
                "minutes": lesson.minutes,
                "difficulty": lesson.difficulty,
                "steps": len(lesson.steps),
                "done": summary.done if summary else 0,
                "shown": summary.shown if summary else 0,
                "current": summary.current if summary else None,
            }
        )
    return rows


def not_a_terminal(lessons: Places) -> None:
    """What a pipe or a CI job gets instead of the screens."""
    catalogue(lessons, as_json=False)
    print()
    print("`tutor run FILE` runs Python here and prints what the panes would show.")
    print("In a terminal, `tutor` opens these lessons beside a live prompt with tensor and gradient panes.")


def doctor(lessons: Places, python: str, *, as_json: bool) -> bool:
    """Print what was found; True if everything a learner needs works."""
    loaded = Catalogue(lessons).load_all()
    store = Progress()
    notice = store.notice
    store.close()
    state = asyncio.run(_worker_state(python))
    facts = _facts(loaded, python, notice, state)
    ok = not facts["problems"]
    if as_json:
        print(json.dumps(facts, indent=2))
        return ok
    console = plain_console()
    for name, value in facts.items():
        if name not in ("problems", "devices"):
            console.print(Text(f"{name:<14} {value}"))
    if state.devices is not None:
        from tutor.render.devices import device_report
        from tutor.render.look import Look

        colour = console.color_system is not None
        console.print(device_report(state.devices, Look(width=min(console.width, 100), colour=colour)))
    for problem in facts["problems"]:
        console.print(Text(f"✗ {problem}", style="bold red"))
    console.print(
        Text(
            "✓ everything a lesson needs works" if ok else "✗ see above", style="bold green" if ok else "bold red"
        )
    )
    return ok


def _facts(loaded: Catalogue, python: str, notice: str, state: SessionState) -> dict[str, Any]:
    problems = [str(problem) for problem in loaded.problems]
    if notice:
        problems.append(notice)
    if state.phase is Phase.UNAVAILABLE:
        problems.append(state.reason)
    elif state.ready is None:
        problems.append(f"{python} did not start within {_START_LIMIT:.0f} s")
    elif state.ready.torch is None:
        problems.append(f"no torch in {python} ({state.ready.problem}); install it: {python} -m pip install torch")
    size = shutil.get_terminal_size()
    return {
        "tutor": __version__,
        "python": platform.python_version(),
        "textual": version("textual"),
        "platform": platform.platform(),
        "terminal": f"{os.environ.get('TERM', 'unknown')} {size.columns}x{size.lines}",
        "encoding": sys.stdout.encoding,
        "language": _language(loaded),
        "lessons": _where(loaded),
        "progress": str(data_dir()),
        "worker": f"{state.ready.python} at {state.ready.executable}" if state.ready else None,
        "torch": state.ready.torch if state.ready else None,
        "devices": _devices(state),
        "problems": problems,
    }


def _language(loaded: Catalogue) -> str:
    """``de (LANG): 1 of 3 lessons translated``."""
    choice = texts.chosen()
    if not texts.candidates():
        return choice.tag + (f" ({choice.source})" if choice.source else "")
    interface = "" if choice.words is not None else ", the interface is not"
    translated = sum(bool(entry.coverage) for entry in loaded.entries)
    lessons = f"{translated} of {len(loaded.entries)} lessons translated"
    return f"{choice.tag} ({choice.source}): {lessons}{interface}"


def _where(loaded: Catalogue) -> str:
    own, packs = loaded.places.own, loaded.places.packs
    places = [*([str(own)] if own else []), *(f"{pack.name} ({plain(pack.origin)})" for pack in packs)]
    return f"{len(loaded.entries)} in {', '.join(places) or 'no place'}"


def _devices(state: SessionState) -> Any:
    if state.devices is None:
        return None
    from dataclasses import asdict

    return asdict(state.devices)


async def _worker_state(python: str) -> SessionState:
    session = Session(ProcessClient(python))
    known = asyncio.Event()

    def hear(event: events.Event, _state: SessionState) -> None:
        if isinstance(event, (events.DevicesChanged, events.Unavailable)):
            known.set()

    session.subscribe(hear)
    session.start()
    try:
        await asyncio.wait_for(known.wait(), _START_LIMIT)
    except asyncio.TimeoutError:
        pass
    finally:
        state = session.state
        session.close()
    return state
