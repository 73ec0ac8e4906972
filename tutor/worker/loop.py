"""The worker's two loops: commands come in on a thread, learner code runs on the main thread."""

from __future__ import annotations

import os
import queue
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from tutor.protocol import commands, events
from tutor.worker.boot import preload
from tutor.worker.channel import Channel
from tutor.worker.display.pictures import is_figure, outlet
from tutor.worker.display.text import type_name
from tutor.worker.display.views import name_of, shown
from tutor.worker.errors import report_chain
from tutor.worker.interpreter import Interpreter, main_namespace
from tutor.worker.interrupts import Interrupts
from tutor.worker.judge import Judge
from tutor.worker.probe.observer import Observer
from tutor.worker.streams import Flusher, Streams
from tutor.worker.terminal import answer_for_pipes, tell_size

_PRELOAD_AFTER = 0.8
"""Seconds of idleness after which the worker imports what the first optimiser would import anyway."""

Run = Callable[[], None]


class Worker:
    """One learner's session: namespace, streams, eyes."""

    def __init__(self, sock: socket.socket, *, torch: bool) -> None:
        self._torch = torch
        self.interrupts = Interrupts()
        self.channel = Channel(sock, self.interrupts)
        self._interpreter = Interpreter(main_namespace())
        self._streams = Streams(self._ask)
        self._streams.install_hooks()
        answer_for_pipes()
        self._flusher = Flusher(self._streams.flush, self.interrupts.nudge)
        self._inbox: queue.SimpleQueue[commands.Command] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._current = 0
        self._observer = Observer(self._interpreter.namespace, self._publish)
        self._judge = Judge(self._interpreter.namespace, self._observer)

    def serve(self) -> NoReturn:
        """Run commands until the other side closes the wire, then end the process."""
        self.interrupts.install()
        self._streams.install()
        threading.Thread(target=self._listen, name="tutor-wire", daemon=True).start()
        self._observer.install()
        self.channel.send(events.DevicesChanged(self._observer.devices()))
        preloaded = False
        while True:
            try:
                command = self._inbox.get(timeout=None if preloaded else _PRELOAD_AFTER)
            except queue.Empty:
                preloaded = True
                if self._torch:
                    preload()
                continue
            self._carry_out(command)

    def _listen(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            for command in self.channel.commands():
                if isinstance(command, commands.Interrupt):
                    self.interrupts.request(command.id)
                elif isinstance(command, commands.Reply):
                    self._replies.put(command.text)
                else:
                    self._inbox.put(command)
        finally:
            # Nobody listens any more: end at once, whatever the main thread is doing.
            os._exit(0)

    def _carry_out(self, command: commands.Command) -> None:
        """Answer one command; a command that runs code gets exactly one Finished, whatever happens."""
        if isinstance(command, commands.Shutdown):
            os._exit(0)
        if isinstance(command, commands.Inspect):
            self._guarded(command.id, lambda: self._inspect(command))
            return
        started = time.perf_counter()
        status = "error"
        self._current = command.id
        self._streams.install()
        self.channel.send(events.Started(command.id))
        self._flusher.resume()
        try:
            status = self._run(command)
        finally:
            self._flusher.pause()
            seconds = time.perf_counter() - started
            self._streams.install()
            self._streams.flush()
            if isinstance(command, (commands.Execute, commands.Prepare)):
                self._guarded(command.id, lambda: self._report(command.id))
            self._current = 0
            self.channel.send(events.Finished(command.id, status, seconds))

    def _run(self, command: commands.Command) -> str:
        """Run the command as learner code and say how it ended; errors become events."""
        try:
            self.interrupts.guard(command.id, self._action(command))
        except KeyboardInterrupt as error:
            if isinstance(command, commands.Execute):
                self._fail(command.id, error)
            return "interrupted"
        except SystemExit:
            return "exit"
        except BaseException as error:
            self._fail(command.id, error)
            return "error"
        return "ok"

    def _fail(self, command: int, error: BaseException) -> None:
        self._streams.flush()
        chain = report_chain(error)
        # The traceback's frames lead back here through f_back: cut, or they keep the learner's tensors alive.
        error.__traceback__ = None
        self.channel.send(events.Failed(command, chain))

    def _action(self, command: commands.Command) -> Run:
        if isinstance(command, commands.Execute):
            return lambda: self._execute(command)
        if isinstance(command, commands.Prepare):
            return lambda: self.channel.send(self._judge.prepare(command))
        if isinstance(command, commands.Predict):
            return lambda: self.channel.send(self._judge.predict(command))
        if isinstance(command, commands.Check):
            return lambda: self.channel.send(self._judge.check(command))
        raise TypeError(f"no action for {type(command).__name__}")

    def _execute(self, command: commands.Execute) -> None:
        display = None if command.silent else lambda value: self._display(command.id, value)
        tell_size(command.columns, command.lines)
        self._observer.begin(command.id)
        if not command.silent:
            outlet.open(command.id, self._show)
        try:
            self._interpreter.run(command.source, command.name, display)
        finally:
            outlet.close()

    def _show(self, event: events.Pictured) -> None:
        self._streams.flush()
        self.channel.send(event)
        self.channel.wait_read()

    def _display(self, command: int, value: Any) -> None:
        if is_figure(value):
            outlet.show(value)
            return
        name = name_of(self._interpreter.namespace, value)
        text, view = shown(value, name)
        self._streams.flush()
        tensor = self._observer.displayed(value, name)
        self.channel.send(events.Displayed(command, text, type_name(value), tensor, view))

    def _report(self, command: int) -> None:
        """What the panes show: tensors, gradients, devices."""
        gradients = self._observer.end()
        tensors, more = self._observer.tensors()
        self.channel.send(events.NamespaceChanged(command, tensors, more))
        if gradients is not None:
            self.channel.send(events.GradientsChanged(command, gradients))
        devices = self._observer.devices_if_changed()
        if devices is not None:
            self.channel.send(events.DevicesChanged(devices))

    def _inspect(self, command: commands.Inspect) -> None:
        detail = self._observer.detail(command.path, command.index)
        self.channel.send(events.Inspected(command.id, detail))

    def _publish(self, gradients: Any) -> None:
        self.channel.send(events.GradientsChanged(self._current, gradients))

    def _guarded(self, command: int, action: Run) -> None:
        try:
            action()
        except Exception:
            self.channel.send(events.Broken(command, traceback.format_exc(limit=-6)))

    def _ask(self, prompt: str, password: bool) -> str | None:
        """Ask the person at the prompt for one line; only the main thread may wait for an answer."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("input() works only in the main thread here")
        self._streams.flush()
        while not self._replies.empty():
            self._replies.get()
        self.channel.send(events.InputRequested(self._current, prompt, password))
        while True:
            # A plain get() cannot be interrupted by a signal on every platform; a short wait can.
            try:
                return self._replies.get(timeout=0.5)
            except queue.Empty:
                continue
