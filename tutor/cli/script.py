"""``tutor run``: what transcript and panes would show, as text or as JSON lines."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import json
import math
import shutil
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.text import Text

from tutor.explain import explain
from tutor.explain.notices import explain_notice, place
from tutor.protocol import events
from tutor.protocol.snapshots import Notice
from tutor.protocol.text import without_colour, without_steps
from tutor.session.client import ProcessClient
from tutor.session.script import ScriptCell, run_script, split_cells
from tutor.session.session import Session
from tutor.session.state import Phase, cause_of_death


def run(file: str, *, python: str, threads: int | None, as_json: bool) -> bool:
    """Run ``file`` (``-`` for standard input); True if every cell ended well. Raises click.ClickException."""
    source = _read(file)
    cells = split_cells(source)
    name = "<stdin>" if file == "-" else file
    report = _json_report(sys.stdout) if as_json else _text_report()
    # With `-` standard input is the program: nothing is left in it to answer questions.
    answer = (
        (lambda _prompt: None)
        if file == "-"
        else functools.partial(_answer, sys.stderr if as_json else sys.stdout)
    )
    return asyncio.run(_run(cells, name, python, threads, report, answer))


async def _run(
    cells: list[ScriptCell],
    name: str,
    python: str,
    threads: int | None,
    report: Callable[[int, ScriptCell, events.Event], None],
    answer: Callable[[str], str | None],
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


def _json_report(out: TextIO) -> Callable[[int, ScriptCell, events.Event], None]:
    def report(number: int, part: ScriptCell, event: events.Event) -> None:
        record = _record(part, event)
        if record is not None:
            record = {"event": record.pop("event"), "cell": number, **record}
            print(json.dumps(_finite(record), allow_nan=False), file=out)
            out.flush()

    return report


def _record(part: ScriptCell, event: events.Event) -> dict[str, Any] | None:
    match event:
        case events.Output():
            return {"event": "output", "stream": event.stream, "text": without_colour(event.text)}
        case events.Displayed():
            return {
                "event": "value",
                "text": event.text,
                "type": event.type,
                "tensor": event.tensor,
                "view": _view(event),
            }
        case events.Pictured():
            words = {"title": event.title, "axes": event.axes}
            return {
                "event": "picture",
                "width": event.width,
                "height": event.height,
                "bytes": len(event.png),
                **words,
            }
        case events.Failed():
            return _error_record(event)
        case events.NamespaceChanged():
            return {"event": "tensors", "tensors": event.tensors, "more": event.more}
        case events.GradientsChanged() if not event.gradients.live:
            return {"event": "gradients", **_fields(event.gradients)}
        case events.Noticed():
            return {"event": "notice", "notices": [_notice_record(notice) for notice in event.notices]}
        case events.Finished():
            return {"event": "finished", "line": part.line, "status": event.status, "seconds": event.seconds}
        case events.Died():
            message = f"Python is gone: {cause_of_death(event)}"
            return {"event": "finished", "line": part.line, "status": "died", "seconds": None, "message": message}
        case events.Unavailable():
            return {
                "event": "finished",
                "line": part.line,
                "status": "died",
                "seconds": None,
                "message": event.reason,
            }
        case _:
            return None


def _view(event: events.Displayed) -> dict[str, Any] | None:
    """Which of the views it is, and what it holds."""
    if event.view is None:
        return None
    if event.view.comparison is not None:
        # A sample of differences to draw is no fact about the tensors.
        return {"kind": "comparison", **_fields(dataclasses.replace(event.view.comparison, difference=None))}
    return next(
        ({"kind": name, **_fields(part)} for name, part in _fields(event.view).items() if part is not None), None
    )


def _error_record(event: events.Failed) -> dict[str, Any]:
    last = event.chain[-1]
    own = [frame for frame in last.frames if frame.own]
    where = own[-1] if own else None
    return {
        "event": "error",
        "type": last.type,
        "message": last.message,
        "file": where.file if where else None,
        "line": where.line if where else None,
        "column": where.column + 1 if where and where.column >= 0 else None,
        "chain": event.chain,
        "explanation": explain(event.chain),
    }


def _notice_record(notice: Notice) -> dict[str, Any]:
    told = explain_notice(notice)
    prose = {"text": told.short, "why": told.why, "fix": told.fix, "code": told.code} if told else {}
    return {"rule": notice.rule, "line": notice.line or None, "facts": dict(notice.facts), **prose}


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _finite(value: Any) -> Any:
    """``value`` as JSON has it: records as objects, packed numbers as lists, what is not finite as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, bytes):
        return _finite(struct.unpack(f"<{len(value) // 8}d", value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = _fields(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


class _TextReport:
    """Prints as the transcript and the panes would show it."""

    def __init__(self, console: Console) -> None:
        from tutor.render.look import Look

        self._console = console
        self._look = Look(width=min(console.width, 100), colour=console.color_system is not None)
        self._started = 0

    def __call__(self, number: int, part: ScriptCell, event: events.Event) -> None:
        match event:
            case events.Started() if number != self._started:
                self._started = number
                self._source(number, part)
            case events.Output():
                text = without_steps(event.text) if self._look.colour else without_colour(event.text)
                print(text, end="", flush=True)
            case events.Displayed():
                from tutor.render.values import value_lines

                self._print(*value_lines(event, self._look))
            case events.Pictured():
                from tutor.render.pictures import caption, picture

                self._print(
                    *(picture(event, self._look) if self._console.is_terminal else ()), *caption(event, self._look)
                )
            case events.Failed():
                from tutor.render.code import error_report

                explanation = explain(event.chain)
                more = f"the lesson “{explanation.topic.title}”" if explanation else ""
                self._print(*error_report(event.chain, self._look, explanation, more))
            case events.NamespaceChanged():
                self._tensors(event)
            case events.GradientsChanged() if not event.gradients.live:
                from tutor.render.gradients import gradients

                self._print(gradients(event.gradients, self._look), Text())
            case events.Noticed():
                told = [explain_notice(notice) for notice in event.notices]
                self._print(*(Text(f"! {place(t)}{t.short}", style="dim") for t in told if t), Text())
            case events.Died():
                self._print(
                    Text(f"✗ Python is gone: {cause_of_death(event)}. Its variables are lost.", style="bold red")
                )
            case _:
                pass

    def _source(self, number: int, part: ScriptCell) -> None:
        from tutor.render.code import python_source

        prefix = f"[{number}] "
        self._print(*python_source(part.source.strip("\n"), self._look, prefix, " " * len(prefix)))

    def _tensors(self, event: events.NamespaceChanged) -> None:
        from tutor.render.tensors import tensor_rows

        changed = [fact for fact in event.tensors if fact.change]
        if changed:
            self._print(*tensor_rows(changed, self._look))
        self._print(Text())

    def _print(self, *lines: Text) -> None:
        for line in lines:
            self._console.print(line, soft_wrap=True)


def _text_report() -> _TextReport:
    return _TextReport(Console(highlight=False, markup=False, emoji=False))
