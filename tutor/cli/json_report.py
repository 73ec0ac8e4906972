"""``tutor run --json``: events as JSON lines."""

from __future__ import annotations

import dataclasses
import json
import math
import struct
from collections.abc import Callable
from typing import Any, TextIO

from tutor.cli.news import News, names_differ
from tutor.explain import explain
from tutor.explain.notices import explain_notice
from tutor.protocol import events
from tutor.protocol.failures import Notice
from tutor.protocol.text import without_colour
from tutor.session.script import ScriptCell
from tutor.session.state import cause_of_death

_ASKED = (events.ModelSeen, events.Located)


def json_report(out: TextIO) -> Callable[[int, ScriptCell, events.Event], None]:
    """Prints one object per event, as the README describes them."""

    news = News()

    def report(number: int, part: ScriptCell, event: events.Event) -> None:
        record = _answer(event, news) if isinstance(event, (events.Watched, *_ASKED)) else _record(part, event)
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
        case events.GradientsChanged() | events.TrainingChanged() | events.Flowed():
            return _run_record(event)
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


def _answer(event: events.Event, news: News) -> dict[str, Any] | None:
    """What was asked after the cell, as far as it is new. Samples of values to draw are no facts."""
    match event:
        case events.Watched() if lines := news.watches(event):
            rows = [_fields(line.row) | {"change": line.change} for line in lines]
            return {"event": "watch", "watches": [_without(row, "sample", "mark") for row in rows]}
        case events.ModelSeen() if (model := news.model(event)) is not None:
            return {"event": "model", **_without(_fields(model), "cell"), "forward": model.cell}
        case events.Located() if names_differ(event.storage):
            return {"event": "storage", **_without(_fields(event.storage), "values", "start")}
        case _:
            return None


def _without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def _run_record(event: events.GradientsChanged | events.TrainingChanged | events.Flowed) -> dict[str, Any] | None:
    """What a run did as a whole; nothing while it goes on."""
    match event:
        case events.GradientsChanged():
            return None if event.gradients.live else {"event": "gradients", **_fields(event.gradients)}
        case events.TrainingChanged():
            running = event.training.state in ("running", "paused")
            return None if running else {"event": "training", **_fields(event.training)}
        case events.Flowed():
            return {"event": "flow", **_fields(event.flow)}


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
