"""In which order what a worker says and what its code prints arrive."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

from tutor.protocol import events
from tutor.protocol.wire import encode
from tutor.session.client import _Connection
from tutor.session.launcher import WorkerEnds

_IDLE = events.InputRequested(0, "", False)


class _Wire(socket.socket):
    """What is read from it, and what happens right after the first read."""

    then: Callable[[], None] | None = None

    def recv(self, size: int, flags: int = 0) -> bytes:
        data = super().recv(size, flags)
        then, self.then = self.then, None
        if then is not None:
            then()
        return data


async def test_what_code_prints_comes_after_the_event_that_it_runs() -> None:
    ours, theirs = socket.socketpair()
    output, capture = os.pipe()
    os.set_blocking(output, False)
    wire = _Wire(fileno=ours.detach())
    wire.setblocking(False)
    told: list[events.Event] = []
    printed, done = asyncio.Event(), asyncio.Event()

    def hear(event: events.Event) -> None:
        told.append(event)
        if isinstance(event, events.Output):
            printed.set()
        if isinstance(event, events.Finished):
            done.set()

    def begin() -> None:
        theirs.sendall(encode(events.Started(1)))
        os.write(capture, b"0\n")

    wire.then = begin
    connection = _Connection(WorkerEnds(wire, output), hear)
    # A worker that is ready says so; the code that waits for that may begin before it has been read.
    theirs.sendall(encode(_IDLE))
    await printed.wait()
    os.write(capture, b"1\n")
    theirs.sendall(encode(events.Finished(1, "ok", 0.0)))
    await done.wait()
    connection.close()
    theirs.close()
    os.close(capture)
    assert [type(event).__name__ for event in told] == [
        "InputRequested",
        "Started",
        "Output",
        "Output",
        "Finished",
    ]
