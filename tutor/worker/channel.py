"""The worker's end of the private wire."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import termios
import threading
import time
from collections.abc import Iterator
from typing import Any, get_args

from tutor.protocol import commands, playground
from tutor.protocol.wire import FrameReader, encode
from tutor.worker.interrupts import Interrupts

_COMMANDS: dict[str, Any] = {cls.__name__: cls for cls in get_args(commands.Command)}


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

    def wait_read(self, limit: float = 0.5) -> None:
        """Wait until the other side has taken what was sent, ``limit`` seconds at most.

        What is printed from then on cannot overtake it on its way through the other pipe.
        """
        end = time.monotonic() + limit
        with contextlib.suppress(OSError):
            while time.monotonic() < end:
                (unread,) = struct.unpack("i", fcntl.ioctl(self._socket, termios.TIOCOUTQ, b"\0\0\0\0"))
                if not unread:
                    # The other side now counts what was printed so far.
                    time.sleep(0.002)
                    return
                time.sleep(0.0005)

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
    elif kind is commands.Play:
        message["look"] = playground.Look(**message["look"])
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in message.items()}
    command: commands.Command = kind(**fields)
    return command
