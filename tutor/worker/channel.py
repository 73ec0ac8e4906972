"""The worker's end of the private wire."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

from tutor.protocol import commands
from tutor.protocol.wire import FrameReader, encode
from tutor.worker.interrupts import Interrupts

_COMMANDS: dict[str, Any] = {
    cls.__name__: cls
    for cls in (
        commands.Execute,
        commands.Interrupt,
        commands.Reply,
        commands.Inspect,
        commands.Prepare,
        commands.Predict,
        commands.Check,
        commands.Shutdown,
    )
}


class Channel:
    """Sends events and yields commands. ``send`` may be called from any thread."""

    def __init__(self, sock: socket.socket, interrupts: Interrupts) -> None:
        self._socket = sock
        self._interrupts = interrupts
        self._lock = threading.Lock()
        self._put_by = b""
        self.closed = False
        """True in a process that the learner's code forked: the wire belongs to its parent."""
        os.register_at_fork(after_in_child=self._close_in_child)

    def _close_in_child(self) -> None:
        self.closed = True
        self._socket.close()

    def send(self, event: Any) -> None:
        """Send the event, and before it those that were put by."""
        if self.closed:
            return
        frame = encode(event)
        # Hold first, then lock: an interrupt while waiting for the lock would otherwise leave it taken.
        with self._interrupts.hold(), self._lock:
            frame, self._put_by = self._put_by + frame, b""
            self._socket.sendall(frame)

    def put_by(self, event: Any) -> None:
        """Send the event together with the next one, which must be near: the reader is woken once."""
        frame = encode(event)
        with self._interrupts.hold(), self._lock:
            self._put_by += frame

    def commands(self) -> Iterator[commands.Command]:
        """Commands in order, until the other side closes."""
        reader = FrameReader()
        while data := self._socket.recv(1 << 16):
            for message in reader.feed(data):
                yield _command(message)


def _command(message: dict[str, Any]) -> commands.Command:
    kind = _COMMANDS[message.pop("message")]
    if kind is commands.Check:
        message["mistakes"] = tuple(commands.Mistake(**mistake) for mistake in message["mistakes"])
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in message.items()}
    command: commands.Command = kind(**fields)
    return command
