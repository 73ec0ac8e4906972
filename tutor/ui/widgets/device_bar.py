"""The bottom line: what the worker is doing, and on what."""

from __future__ import annotations

import os
import time

from rich.text import Text
from textual.widget import Widget

from tutor.render.devices import device_line
from tutor.render.look import Look
from tutor.render.numbers import nbytes, seconds
from tutor.render.steering import held_words
from tutor.session.state import Phase, SessionState
from tutor.texts import _
from tutor.ui.actions import PAUSE, key_text

_SHOW_ELAPSED_AFTER = 0.5
"""Seconds; what is over sooner would only flicker."""

_SHOW_RUNNING_AFTER = 0.1
"""Seconds before which a run is not worth a repaint: the next tick shows it."""

_SLOW, _FAST = 1.0, 0.2
"""Seconds between two looks at the memory, and between two figures while something runs."""


_MUCH = 0.6
"""Part of the machine's memory from which on the worker's is a warning."""


def machine_memory() -> int:
    """Bytes of memory this machine has; 0 where nobody says."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError, AttributeError):
        return 0


class DeviceBar(Widget):
    """State, torch version, devices, memory: one line, always true."""

    DEFAULT_CSS = "DeviceBar { height: 1; }"

    def __init__(self, memory: object = None) -> None:
        super().__init__(id="devices")
        self._state = SessionState()
        self._memory_of = memory
        self._memory: int | None = None
        self._machine = machine_memory()
        self._shown: tuple[object, ...] = ()
        self._since = time.monotonic()
        self._loading_since = time.monotonic()

    def on_mount(self) -> None:
        self.set_interval(_SLOW, self._measure)
        self.set_interval(_FAST, self._tick)

    def show(self, state: SessionState) -> None:
        """Show what is true now."""
        if state.running and state.running != self._state.running:
            self._since = time.monotonic()
        first_ready = state.phase is Phase.READY and self._memory is None
        self._state = state
        if first_ready:
            self._measure()
        if state.phase is Phase.RUNNING and self._since + _SHOW_RUNNING_AFTER > time.monotonic():
            return
        shown = (state.phase, state.reason, state.ready, state.devices, state.held, state.playing)
        if shown != self._shown:
            self._shown = shown
            self.refresh()

    def _measure(self) -> None:
        measured = self._memory_of() if callable(self._memory_of) else None
        if measured != self._memory:
            self._memory = measured
            self.refresh()

    def _tick(self) -> None:
        if self._state.phase in (Phase.RUNNING, Phase.LOADING):
            self._shown = ()
            self.refresh()

    def render(self) -> Text:
        line = Text(" ", no_wrap=True, overflow="ellipsis")
        line.append_text(self._phase())
        if self._memory is not None:
            much = 0 < _MUCH * self._machine < self._memory
            words = (
                _("  ! {used} of {all}").format(used=nbytes(self._memory), all=nbytes(self._machine))
                if much
                else f"  {nbytes(self._memory)}"
            )
            line.append(words, style="bold red" if much else "dim")
        line.append("  ")
        room = self.size.width - line.cell_len
        if room >= 24 and self._state.devices is not None:
            line.append_text(device_line(self._state.devices, Look(width=room)))
        return line

    def _phase(self) -> Text:
        state = self._state
        elapsed = time.monotonic() - self._since
        match state.phase:
            case Phase.LOADING:
                what = _("loading torch") if state.stage == "torch" else _("starting Python")
                waited = time.monotonic() - self._loading_since
                return Text(
                    _("◌ {what} … {time}, you can type already").format(what=what, time=seconds(waited)),
                    style="yellow",
                )
            case Phase.READY:
                if state.ready is not None and state.ready.torch is None:
                    command = f"{state.ready.executable} -m pip install torch"
                    return Text(
                        _("● no torch in this Python. Install it: {command}").format(command=command),
                        style="bold red",
                    )
                if state.playing:
                    return Text(_("● free play"), style="bold magenta")
                return Text(_("● ready"), style="green")
            case Phase.RUNNING if state.held:
                return Text(held_words(state.held, key_text(PAUSE)), style="bold cyan")
            case Phase.RUNNING:
                shown = (
                    _(" {time} · Ctrl+C stops it").format(time=seconds(elapsed))
                    if elapsed >= _SHOW_ELAPSED_AFTER
                    else ""
                )
                return Text(_("▶ running") + shown, style="bold yellow")
            case Phase.WAITING:
                return Text(_("? your code waits for input"), style="bold cyan")
            case Phase.DEAD:
                return Text(_("✗ Python is gone: {reason}").format(reason=state.reason), style="bold red")
            case _:
                return Text(_("✗ no Python: {reason}").format(reason=state.reason), style="bold red")
