"""One worker at a time: commands out, events in, in the order they happened.

The only part of the UI process that touches descriptors. Everything it learns, from the wire, from the
captured output and from the operating system, leaves it as an event through one callback.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import struct
import termios
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from tutor.protocol import events
from tutor.protocol.commands import Command, Shutdown
from tutor.protocol.wire import FrameReader, WireError, encode
from tutor.session.capture import Capture
from tutor.session.decode import event_from
from tutor.session.launcher import FORKS, LaunchError, Nursery, WorkerEnds

_READ = 1 << 16
"""Bytes taken at a time: small enough that keys are answered between two reads of a flood."""


class Client(Protocol):
    """What a session needs of a worker; tests stand a fake here."""

    on_event: Callable[[events.Event], None]
    threads: int | None
    """CPU threads inside one torch operation, for workers yet to come; None is torch's own default."""

    def start(self) -> None:
        """Begin to get a worker; Ready or Unavailable follows as an event."""

    def send(self, command: Command) -> None:
        """Send one command; lost in silence when there is no worker (Died has said so)."""

    def restart(self) -> None:
        """End the worker, if there is one, and begin to get another."""

    def memory(self) -> int | None:
        """Resident bytes of the worker; None when there is none."""

    def close(self) -> None:
        """End the worker and everything that was started for it."""


class ProcessClient:
    """A worker in a process of its own, forked from a nursery."""

    def __init__(
        self,
        python: str,
        *,
        threads: int | None = None,
        environment: dict[str, str] | None = None,
        preloaded: bool = False,
    ) -> None:
        """``preloaded``: what the first optimiser imports is there before the first worker is."""
        self.on_event: Callable[[events.Event], None] = lambda _event: None
        self._python = python
        self.threads = threads
        self._environment = environment or {}
        self._preloaded = preloaded
        self._abandoned = 0
        self._nursery: Nursery | None = None
        self._connection: _Connection | None = None
        self._pid = 0
        self._during = 0

    def start(self) -> None:
        self._pid = 0
        self._during = 0
        options = {"threads": self.threads, "environment": self._environment, "preloaded": self._preloaded}
        try:
            if self._nursery is None:
                self._nursery = Nursery(self._python, self._heard, self._lost)
                self._nursery.start()
            self._connection = _Connection(self._nursery.request(options), self._deliver)
        except LaunchError as error:
            self._nursery = None
            self.on_event(events.Unavailable(str(error)))

    def send(self, command: Command) -> None:
        if self._connection is not None:
            self._connection.send(command)

    def restart(self) -> None:
        self._end_worker()
        self.start()

    def memory(self) -> int | None:
        import psutil

        try:
            return int(psutil.Process(self._pid).memory_info().rss) if self._pid else None
        except psutil.Error:
            return None

    def close(self) -> None:
        self._end_worker()
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None

    def _end_worker(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.send(Shutdown())
            connection.close()
            if not self._pid:
                # It was asked for and is not forked yet; when it is, nobody waits for it.
                self._abandoned += 1
        pid, self._pid = self._pid, 0
        if pid:
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
        if not FORKS and self._nursery is not None:
            self._nursery.close()
            self._nursery = None
            self._abandoned = 0

    def _deliver(self, event: events.Event) -> None:
        if isinstance(event, events.Ready):
            self._pid = event.pid
        elif isinstance(event, events.Started):
            self._during = event.id
        elif isinstance(event, events.Finished):
            self._during = 0
        self.on_event(event)

    def _heard(self, message: dict[str, Any]) -> None:
        """Something the nursery said."""
        if message["message"] == "Forked":
            if self._abandoned:
                self._abandoned -= 1
            else:
                self._pid = int(message["pid"])
        elif message["message"] == "Exited":
            if int(message["pid"]) == self._pid:
                self._died(int(message["code"]))
        else:
            self.on_event(event_from(message))

    def _lost(self, reason: str) -> None:
        """The nursery is gone; where workers are not forked, that is the worker's own death."""
        self._nursery = None
        self._abandoned = 0
        if self._pid and not FORKS:
            self._died(1)
        elif self._pid == 0:
            self._drop_connection()
            self.on_event(events.Unavailable(reason))

    def _died(self, code: int) -> None:
        self._drop_connection()
        pid, self._pid = self._pid, 0
        name = signal.Signals(-code).name if code < 0 else ""
        self.on_event(events.Died(pid, code, name, self._during))

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.drain()
            connection.close()


class _Connection:
    """The wire and the capture pipe of one worker."""

    def __init__(self, ends: WorkerEnds, deliver: Callable[[events.Event], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._wire = ends.wire
        self._output = ends.output
        self._deliver = deliver
        self._frames = FrameReader()
        self._capture = Capture()
        self._unsent: deque[memoryview] = deque()
        self._open = True
        self._running = False
        self._loop.add_reader(self._wire, self._wire_readable)
        self._loop.add_reader(self._output, self._output_readable)

    def send(self, command: Command) -> None:
        if not self._open:
            return
        self._unsent.append(memoryview(encode(command)))
        self._flush()

    def _flush(self) -> None:
        while self._unsent:
            try:
                sent = self._wire.send(self._unsent[0])
            except BlockingIOError:
                self._loop.add_writer(self._wire, self._flush)
                return
            except OSError:
                self._unsent.clear()
                return
            if sent == len(self._unsent[0]):
                self._unsent.popleft()
            else:
                self._unsent[0] = self._unsent[0][sent:]
        self._loop.remove_writer(self._wire)

    def _wire_readable(self) -> None:
        try:
            data = self._wire.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            # The death itself is told by the nursery, with its cause.
            self._loop.remove_reader(self._wire)
            return
        self._take(data, self._waiting())

    def _take(self, data: bytes, printed: int) -> None:
        """Deliver the events of ``data``; ``printed`` bytes of output were there when it arrived."""
        while True:
            try:
                self._take_frames(data, printed)
                break
            except WireError as error:
                self._deliver(events.Broken(0, str(error)))
                data = b""

    def _take_frames(self, data: bytes, printed: int) -> None:
        for message in self._frames.feed(data):
            event = event_from(message)
            if self._running:
                # What was printed before an event is in the pipe already: it comes first.
                # What was printed while we decoded is not read yet: it may have been printed after.
                self._read_output(printed)
                printed = 0
            # While nothing runs nothing is printed: what is there by now comes from the code that a Started,
            # which may not have been read yet, announces.
            self._running = isinstance(event, events.Started) or (
                self._running and not isinstance(event, events.Finished)
            )
            self._deliver(event)

    def _waiting(self) -> int:
        """Bytes in the capture pipe now; a flood that goes on cannot make this endless."""
        if not self._open:
            return 0
        count: int = struct.unpack("i", fcntl.ioctl(self._output, termios.FIONREAD, b"\0\0\0\0"))[0]
        return count

    def _output_readable(self) -> None:
        # The event that announces this output may be waiting on the wire.
        self._wire_readable()
        self._read_output(_READ)

    def _read_output(self, size: int) -> None:
        if not self._open or size <= 0:
            return
        try:
            data = os.read(self._output, size)
        except BlockingIOError:
            return
        if not data:
            self._loop.remove_reader(self._output)
            return
        for piece in self._capture.feed(data):
            self._deliver(piece)

    def drain(self) -> None:
        """Deliver what a dead worker left behind."""
        while self._open:
            try:
                data = self._wire.recv(_READ)
            except OSError:
                break
            if not data:
                break
            self._take(data, self._waiting())
        self._read_output(self._waiting())

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._wire)
        self._loop.remove_writer(self._wire)
        self._loop.remove_reader(self._output)
        self._wire.close()
        os.close(self._output)
