"""The worker's two loops: commands come in on a thread, learner code runs on the main thread."""

from __future__ import annotations

import _sitebuiltins
import ast
import bdb
import builtins
import contextlib
import functools
import os
import queue
import shutil
import signal
import socket
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from tutor.protocol import commands, events
from tutor.protocol.snapshots import TensorFacts
from tutor.protocol.training import Progress, TrainingSnapshot
from tutor.worker import debugging, magics
from tutor.worker.boot import PRELOADED, preload
from tutor.worker.channel import Channel
from tutor.worker.definitions import DefinitionsFile
from tutor.worker.display.pictures import is_figure, outlet
from tutor.worker.display.text import type_name
from tutor.worker.display.views import name_of, shown
from tutor.worker.errors import report_chain
from tutor.worker.freeplay import FreePlay
from tutor.worker.helper import Helper
from tutor.worker.insist import HOOK, insist
from tutor.worker.interpreter import Interpreter, main_module
from tutor.worker.interrupts import Interrupts
from tutor.worker.judge import Judge
from tutor.worker.looks import Looks
from tutor.worker.probe import functions
from tutor.worker.probe.gate import Gate
from tutor.worker.probe.gradcheck import gradcheck
from tutor.worker.probe.observer import Observer
from tutor.worker.probe.settings import Settings
from tutor.worker.raised import forget_traceback
from tutor.worker.results import Results
from tutor.worker.steering import Steering, Stopped
from tutor.worker.streams import Flusher, Streams
from tutor.worker.terminal import answer_for_pipes, tell_size
from tutor.worker.watches import Watches

_PRELOAD_AFTER = 0.8
"""Seconds of idleness after which the worker imports what the first optimiser would import anyway."""

Run = Callable[[], None]


class Worker:
    """One learner's session: namespace, streams, eyes."""

    def __init__(self, sock: socket.socket, folder: str, *, torch: bool) -> None:
        """``folder`` is the worker's own, for files that its children read; it is removed with the worker."""
        self._torch = torch
        self._folder = folder
        functions.remember()
        self.interrupts = Interrupts()
        setattr(builtins, HOOK, self.interrupts.insist)
        self.channel = Channel(sock, self.interrupts)
        main = main_module()
        self._definitions = DefinitionsFile(folder, main)
        self._interpreter = Interpreter(main.__dict__, translate=magics.python_of, before=self._before)
        self._streams = Streams(self._ask)
        self._streams.install_hooks()
        answer_for_pipes()
        self._flusher = Flusher(self._streams.flush, self.interrupts.nudge)
        self._inbox: queue.SimpleQueue[commands.Command] = queue.SimpleQueue()
        self._replies: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._current = 0
        self._shown: tuple[tuple[TensorFacts, ...], int] = ((), 0)
        self._observer = Observer(self._interpreter.namespace, self._publish, self._trained)
        self._helper = Helper(self._interpreter.namespace, self.channel.send)
        self._looks = Looks(self._observer, self.interrupts)
        self._gate = Gate(self._observer.training)
        self._steering = Steering(self.interrupts, self._steered, self._attend, self._inbox.put, self._gate.open)
        self._gate.steered_by(self._steering)
        os.register_at_fork(after_in_child=self._steering.forked)
        self._postponed: list[commands.Command] = []
        self._watches = Watches(self._interpreter.namespace, self.interrupts, self._observer)
        self._judge = Judge(self._interpreter.namespace, self._observer, self.interrupts, magics.python_of)
        self._settings = Settings()
        self._results = Results(main.__dict__, self._observer.size)
        self._free_play = FreePlay(main.__dict__, self._observer, self.interrupts, self._judge, self._results)
        self._magics = magics.Context(
            main.__dict__, self._nested, self._observer.paused, self._observer.synchronize,
            self._observer.describe, self._forget, self._ask_to_watch, lambda: self._watches.expressions,
            self._observer.contrast_values, gradcheck,
        )  # fmt: skip
        setattr(builtins, magics.HOOK, functools.partial(magics.call, self._magics))

    def serve(self) -> NoReturn:
        """Run commands until the other side closes the wire, then end the process."""
        self.interrupts.install()
        self._streams.install()
        self._helper.start()
        threading.Thread(target=self._listen, name="tutor-wire", daemon=True).start()
        debugging.install()
        self._observer.install()
        self.channel.send(events.DevicesChanged(self._observer.devices()))
        later = list(PRELOADED) if self._torch else []
        patience = _PRELOAD_AFTER
        while True:
            for command in self._postponed:
                self._carry_out(command)
            self._postponed = []
            try:
                command = self._inbox.get(timeout=patience if later else None)
            except queue.Empty:
                preload(later.pop(0))
                patience = 0.0
                continue
            patience = _PRELOAD_AFTER
            self._carry_out(command)

    def _listen(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            for command in self.channel.commands():
                if isinstance(command, commands.Interrupt):
                    self.interrupts.request(command.id)
                elif isinstance(command, commands.Reply):
                    self._replies.put(command.text)
                elif isinstance(command, commands.Steer):
                    self._steering.ask(command)
                elif isinstance(command, commands.ChooseLayer):
                    self._observer.training.wanted = command.path
                elif isinstance(command, (commands.Complete, commands.Describe, commands.Align)):
                    self._helper.ask(command)
                else:
                    self._inbox.put(command)
        finally:
            # Nobody listens any more: end at once, whatever the main thread is doing.
            self._end()

    def _end(self) -> NoReturn:
        shutil.rmtree(self._folder, ignore_errors=True)
        os._exit(0)

    def _before(self, tree: ast.Module, source: str) -> ast.Module:
        """The file for child processes gets the cell as it was written, the compiler with the extra calls."""
        self._definitions.add(tree)
        return insist(tree, source)

    def _nested(self, source: str, name: str) -> Any:
        """What a magic runs; a name that is a path is the main program's meanwhile."""
        values: list[Any] = []
        script = self._definitions.running(name) if Path(name).is_absolute() else contextlib.nullcontext()
        with script:
            self._interpreter.run(source, name, values.append)
        return values[0] if values else None

    def _forget(self) -> None:
        self._results.forget()
        self._interpreter.forget()
        self._judge.forget()

    def _carry_out(self, command: commands.Command) -> None:
        """Answer one command; a command that runs code gets exactly one Finished, whatever happens."""
        if isinstance(command, commands.Shutdown):
            self._end()
        if isinstance(command, commands.Steer):
            return  # it woke a loop that was held, and has been taken since
        if command in self._looks:
            self._guarded(command.id, lambda: self.channel.send(self._looks.answer(command)))
            return
        if isinstance(command, commands.Watch):
            self._watches.set(command.expressions)
            self._guarded(command.id, lambda: self._tell_watches(command.id, ran=False))
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
            if isinstance(command, (commands.Execute, commands.Prepare, commands.FreePlay)):
                self._guarded(command.id, lambda: self._report(command.id, status))
            self._current = 0
            self.channel.send(events.Finished(command.id, status, seconds))

    def _run(self, command: commands.Command) -> str:
        """Run the command as learner code and say how it ended; errors become events."""
        own = isinstance(command, commands.Execute)
        try:
            with contextlib.nullcontext() if own else functions.whole():
                self.interrupts.guard(command.id, self._action(command))
        except Stopped:
            return "stopped"
        except KeyboardInterrupt as error:
            if isinstance(command, commands.Execute):
                self._fail(command.id, error)
            return "interrupted"
        except SystemExit:
            return "exit"
        except bdb.BdbQuit:
            return "interrupted"
        except BaseException as error:
            self._fail(command.id, error)
            return "error"
        return "ok"

    def _fail(self, command: int, error: BaseException) -> None:
        self._streams.flush()
        chain = report_chain(error)
        # Its frames hold the learner's tensors.
        forget_traceback(error)
        self.channel.send(events.Failed(command, chain))

    def _action(self, command: commands.Command) -> Run:
        if isinstance(command, commands.Execute):
            return lambda: self._execute(command)
        if isinstance(command, commands.Prepare):
            return lambda: self._prepare(command)
        if isinstance(command, commands.Predict):
            return lambda: self.channel.send(self._judge.predict(command))
        if isinstance(command, commands.Check):
            return lambda: self.channel.send(self._judge.check(command))
        if isinstance(command, commands.FreePlay):
            return lambda: self.channel.send(self._free_play.answer(command))
        raise TypeError(f"no action for {type(command).__name__}")

    def _prepare(self, command: commands.Prepare) -> None:
        if command.anew:
            self._forget()
            functions.put_back()
            self._settings.restore()
        self.channel.send(self._judge.prepare(command))

    def _execute(self, command: commands.Execute) -> None:
        tell_size(command.columns, command.lines)
        with functions.whole():
            self._observer.begin(command.number)
            if not command.silent:
                self._observer.watch(command.source, command.name)
                outlet.open(command.id, self._show)
            self._observer.forwards(command.source, command.number)
        ended_well = False
        self._gate.begin(command.id)
        try:
            self._interpreter.run(command.source, command.name, functools.partial(self._display, command))
            outlet.show_changed()
            ended_well = True
        finally:
            functions.look()
            self._gate.end()
            self._observer.ended()
            outlet.close()
            if not command.silent:
                self._magics.ended(command.number, command.source, well=ended_well)

    def _show(self, event: events.Pictured) -> None:
        self._streams.flush()
        self.channel.send(event)
        self.channel.wait_read()

    def _display(self, command: commands.Execute, value: Any) -> None:
        if type(value) is _sitebuiltins.Quitter:
            # `exit` without its brackets.
            raise SystemExit
        if command.silent:
            self._results.keep(0, value)
            return
        self._results.keep(command.number, value)
        if is_figure(value):
            outlet.show(value)
            return
        name = name_of(self._interpreter.namespace, value)
        text, view = shown(value, name)
        self._streams.flush()
        tensor = self._observer.displayed(value, name)
        self.channel.put_by(events.Displayed(command.id, text, type_name(value), tensor, view))

    def _report(self, command: int, status: str) -> None:
        """What the panes show: tensors, gradients, devices."""
        training = self._observer.trained(status)
        gradients = self._observer.end()
        tensors = self._observer.tensors()
        if tensors != self._shown:
            self._shown = tensors
            self.channel.put_by(events.NamespaceChanged(command, *tensors, self._observer.changed(tensors[0])))
        if gradients is not None:
            self.channel.put_by(events.GradientsChanged(command, gradients))
        if training is not None:
            self.channel.put_by(events.TrainingChanged(command, training))
        notices = self._observer.notices(status, gradients)
        if notices:
            self.channel.put_by(events.Noticed(command, notices))
        flow = self._observer.flow()
        if flow is not None:
            self.channel.put_by(events.Flowed(command, flow))
        devices = self._observer.devices_if_changed()
        if devices is not None:
            self.channel.put_by(events.DevicesChanged(devices))
        if self._watches.expressions:
            self._tell_watches(command, ran=True)

    def _tell_watches(self, command: int, *, ran: bool) -> None:
        rows = self._watches.rows(command)
        (self.channel.put_by if ran else self.channel.send)(events.Watched(command, rows, ran))

    def _ask_to_watch(self, expression: str, keep: bool) -> None:
        self.channel.send(events.WatchAsked(self._current, expression, keep))

    def _publish(self, gradients: Any) -> None:
        self.channel.send(events.GradientsChanged(self._current, gradients))

    def _steered(self, event: events.Steered) -> None:
        if event.outcome in ("paused", "running") or self._steering.held:
            with self.interrupts.hold():
                self._guarded(event.id, lambda: self._show_moment(event.outcome))
        self.channel.send(event)

    def _show_moment(self, outcome: str) -> None:
        """In the middle of a run: what there is now; what the whole run changed is told at its end."""
        self._gate.show("running" if outcome in ("running", "stepping", "stopping") else "paused")
        if outcome == "paused":
            tensors = self._observer.tensors(glance=True)
            self.channel.put_by(events.NamespaceChanged(self._current, *tensors))
            self._shown = ((), 0)

    def _attend(self) -> None:
        """While a training loop is held: what the panes ask is answered, everything else waits for its turn."""
        try:
            command = self._inbox.get(timeout=0.5)
        except queue.Empty:
            return
        if isinstance(command, commands.Steer):
            return
        if command in self._looks or isinstance(command, commands.Shutdown):
            with self.interrupts.hold():
                self._carry_out(command)
        else:
            self._postponed.append(command)

    def _trained(self, told: TrainingSnapshot | Progress) -> None:
        if isinstance(told, Progress):
            self.channel.send(events.TrainingMoved(self._current, told))
        else:
            self.channel.send(events.TrainingChanged(self._current, told))

    def _guarded(self, command: int, action: Run) -> None:
        try:
            with functions.whole():
                action()
        except Exception:
            self.channel.send(events.Broken(command, traceback.format_exc(limit=-6)))

    def _ask(self, prompt: str, password: bool) -> str | None:
        """Ask the person at the prompt for one line; only the main thread may wait for an answer."""
        if self.channel.closed or self._watches.busy or self._judge.busy:
            return None
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
