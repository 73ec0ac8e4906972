"""From what arrived to typed records: nothing from a worker is trusted.

Every string passes the sanitiser, every field must have its declared type; what does not fit is a
:class:`~tutor.protocol.wire.WireError`, never a half-made record.
"""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from tutor.protocol import events
from tutor.protocol.text import plain
from tutor.protocol.wire import WireError

_EVENTS: dict[str, type] = {cls.__name__: cls for cls in get_args(events.Event)}


def loads(data: bytes) -> Any:
    """What one frame holds. Raises WireError."""
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise WireError("a frame is not JSON") from error


def event_from(message: dict[str, Any]) -> events.Event:
    """The event that one frame carries. Raises WireError."""
    kind = _EVENTS.get(message.get("message", ""))
    if kind is None:
        raise WireError("a frame of an unknown type arrived")
    fields = {key: _clean(value) for key, value in message.items() if key != "message"}
    try:
        event: events.Event = msgspec.convert(fields, type=kind)
    except msgspec.ValidationError as error:
        raise WireError(f"a {kind.__name__} does not have the form it should: {error}") from error
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return value
