"""Downhill on a curve: a point, its tangent, the step it leads to, and what rate and momentum make of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Footer, Input

from tutor.playground import descent as slopes
from tutor.protocol import commands, events
from tutor.protocol.playground import Descent
from tutor.render.lines import Line, sentence
from tutor.render.look import Look
from tutor.render.numbers import number
from tutor.render.playground import descent as picture
from tutor.session.state import Phase, SessionState, cause_of_death
from tutor.ui import play_keys
from tutor.ui.screens.play_base import PlayBase
from tutor.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.session.session import Session

_SPEEDS = (1, 2, 4, 8, 20)
_STARTS = 40
"""Places to begin at, from one end of the picture to the other."""
_WIDEST, _NARROWEST = 1e4, 1e-3
_WORDS = """\
The point goes against the slope: x ← x − rate · f′(x). The dashed line is the tangent at the point, the bent \
line the step it leads to, ○ where it has been. With momentum a step also keeps a part of the one before: velocity ← \
momentum · velocity + f′(x), and x ← x − rate · velocity.

f may be any expression of x and torch: x**2, torch.sin(x), abs(x - 1) + 0.1 * x**2. sin, cos, tan, exp, log, \
sqrt, tanh, sigmoid, relu, atan, erf, square, sinh and cosh may be written without torch."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the descent follows from."""

    name: str
    expression: str
    start: float
    low: float
    high: float
    hint: str = ""
    rate: float = 0.1
    momentum: float = 0.0

    @classmethod
    def of(cls, slope: slopes.Slope, rate: float = 0.1, momentum: float = 0.0) -> Choice:
        return cls(slope.name, slope.expression, slope.start, slope.low, slope.high, slope.hint, rate, momentum)


class DescentScreen(PlayBase):
    """The whole way down is asked for at once; keys only choose how much of it is shown."""

    KEYS = play_keys.DESCENT_KEYS
    ACTIONS = play_keys.palette(KEYS)
    BINDINGS = play_keys.play_bindings(KEYS)
    TITLE = "Descent"
    AUTO_FOCUS = ""
    WORDS = _WORDS

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._choice = Choice.of(slopes.SLOPES[0])
        self._descent: Descent | None = None
        self._step = 0
        self._speed = 2
        self._pace: Timer | None = None
        self._problem = ""
        self._lost = False
        self._said = ""
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        yield Picture("play-title")
        with Horizontal(id="play"):
            with Vertical(id="play-left"):
                yield Picture("descent-curve")
                yield Picture("descent-words")
                yield Input(id="descent-input", compact=True, select_on_focus=True)
            yield Picture("descent-figures")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#descent-input").display = False
        self._picture("descent-curve").border_title = "f(x)"
        self._picture("descent-figures").border_title = "Numbers"
        self._unsubscribe = self._session.subscribe(self._hear)
        self._ask()

    def on_unmount(self) -> None:
        self._unsubscribe()

    def on_resize(self) -> None:
        width, height = self.size
        self.set_class(width < 100 or height < 30, "-bare")

    def on_picture_resized(self) -> None:
        self.call_after_refresh(self._draw)

    def _picture(self, name: str) -> Picture:
        return self.query_one(f"#{name}", Picture)

    # What the worker says

    def _ask(self) -> None:
        if self._session.state.phase in (Phase.LOADING, Phase.DEAD, Phase.UNAVAILABLE):
            return
        c = self._choice
        program = slopes.program(c.expression, c.start, c.rate, c.momentum)
        self._session.ask(commands.Descend(0, program, slopes.MOST_STEPS, c.low, c.high))

    def _hear(self, event: events.Event, _state: SessionState) -> None:
        match event:
            case events.Descended():
                self._problem = event.problem
                if event.descent is not None and event.descent.places:
                    self._descent = event.descent
                    self._step = min(self._step, len(event.descent.places) - 1)
                elif not self._problem:
                    self._problem = "f has no slope where it begins: move the start with [ and ]."
            case events.Ready() if not self._lost:
                self._ask()
            case events.Died():
                self._hold()
                self._lost = True
                self._problem = f"Python is gone: {cause_of_death(event)}. x begins again."
            case events.Unavailable():
                self._lost = True
                self._problem = f"There is no Python to compute in: {event.reason}. x tries again."
            case events.Started() | events.Finished():
                pass
            case _:
                return
        self._draw()

    # What is drawn

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        parts = {"play-title": self._title, "descent-words": self._words}
        if self._descent is not None:
            parts |= {"descent-curve": self._curve, "descent-figures": self._figures}
        for name, draw in parts.items():
            shown = self._picture(name)
            columns, rows = shown.room
            if columns > 0 and rows > 0:
                shown.draw(draw(Look(columns, rows, colour=not self.app.no_color)))
        self._picture("descent-curve").border_title = f"f(x) = {self._choice.expression}"

    def _title(self, look: Look) -> list[Line]:
        ink, c = look.palette, self._choice
        line = Line(" Descent", ink.name).add("   ")
        line.add("▸ running" if self._pace else "■ paused ", ink.good if self._pace else ink.warn)
        facts = [("step", str(self._step)), ("rate", number(c.rate)), ("momentum", number(c.momentum))]
        facts += [("start", number(c.start)), ("f", c.expression)]
        for name, value in facts:
            line.add("   ").add(f"{name} ", ink.dim).add(value, ink.name)
        return [line]

    def _curve(self, look: Look) -> list[Line]:
        assert self._descent is not None  # noqa: S101 - only asked for when there is one
        return picture.descent_lines(self._descent, self._step, look)

    def _figures(self, look: Look) -> list[Line]:
        assert self._descent is not None  # noqa: S101 - only asked for when there is one
        lines = picture.figures(self._descent, self._step, self._choice.rate, self._choice.momentum, look)
        return lines[: look.height]

    def _words(self, look: Look) -> list[Line]:
        ink = look.palette
        if self._said or self._problem:
            return sentence(self._said or self._problem, ink.warn if self._said else ink.bad, look)[:2]
        if self._session.state.running:
            return sentence(
                "Your own code is running at the prompt; the curve comes when it has ended.", ink.warn, look
            )
        if self._descent is None:
            return [Line("torch is loading …", ink.dim)]
        text, mood = picture.verdict(self._descent, self._step)
        styles = {"good": ink.good, "bad": ink.bad, "": ink.warn}
        if text:
            return sentence(text, styles[mood], look)[:2]
        name = f"{self._choice.name}: " if self._choice.name else ""
        return sentence(f"{name}{self._choice.hint}", ink.dim, look)[:2]

    def say(self, text: str) -> None:
        self._said = text
        self._draw()

    def code(self) -> Iterable[str]:
        c = self._choice
        yield from slopes.taken(c.expression, c.start, c.rate, c.momentum, self._step)

    # Keys

    def _change(self, choice: Choice, step: int | None = None) -> None:
        self._choice = choice
        if step is not None:
            self._step = step
        self._ask()
        self._draw()

    def action_go(self, steps: int) -> None:
        self._hold()
        self._go(steps)

    def _go(self, steps: int) -> None:
        last = len(self._descent.places) - 1 if self._descent else 0
        self._step = min(max(self._step + steps, 0), last)
        if self._step == last:
            self._hold()
        self._draw()

    def action_run_or_hold(self) -> None:
        if self._pace:
            self._hold()
        else:
            self._pace = self.set_interval(1 / _SPEEDS[self._speed], self._forward)
        self._draw()

    def _forward(self) -> None:
        self._go(1)

    def _hold(self) -> None:
        if self._pace is not None:
            self._pace.stop()
            self._pace = None

    def action_speed(self, by: int) -> None:
        self._speed = min(max(self._speed + by, 0), len(_SPEEDS) - 1)
        if self._pace:
            self._hold()
            self.action_run_or_hold()

    def action_rate(self, by: int) -> None:
        self._change(replace(self._choice, rate=_next(slopes.RATES, self._choice.rate, by)))

    def action_momentum(self, by: int) -> None:
        self._change(replace(self._choice, momentum=_next(slopes.MOMENTA, self._choice.momentum, by)))

    def action_start(self, by: int) -> None:
        c = self._choice
        start = round(min(max(c.start + by * (c.high - c.low) / _STARTS, c.low), c.high), 6)
        self._change(replace(c, start=start), 0)

    def action_function(self, by: int) -> None:
        names = [slope.name for slope in slopes.SLOPES]
        at = names.index(self._choice.name) + by if self._choice.name in names else 0
        self._change(Choice.of(slopes.SLOPES[at % len(names)], self._choice.rate, self._choice.momentum), 0)

    def action_scale(self, factor: float) -> None:
        """The middle of the picture stays where it is."""
        c = self._choice
        middle, half = (c.low + c.high) / 2, (c.high - c.low) / 2 * factor
        if _NARROWEST < half < _WIDEST:
            self._change(replace(c, low=middle - half, high=middle + half))

    def action_edit(self) -> None:
        self._hold()
        field = self.query_one("#descent-input", Input)
        field.value = self._choice.expression
        field.display = True
        field.focus()
        self.say("f(x) =  (Enter takes it, Esc leaves it as it was)")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        problem = slopes.problem_of(text)
        if problem:
            self.say(problem)
            return
        self._end_edit()
        self._change(replace(self._choice, name="", hint="A function of your own.", expression=text), 0)

    def _end_edit(self) -> None:
        self.query_one("#descent-input").display = False
        self.set_focus(None)
        self.say("")

    def action_leave(self) -> None:
        """Esc first leaves the field."""
        if self.query_one("#descent-input").display:
            self._end_edit()
        else:
            super().action_leave()

    def action_other_view(self) -> None:
        self.tutor.open_play("network")

    def action_restart(self) -> None:
        if self._lost:
            self._lost = False
            self._problem = ""
            if self._session.state.phase in (Phase.DEAD, Phase.UNAVAILABLE):
                self._session.restart(self._session.threads)
            self._ask()
            self._draw()
        elif self.ask_again("A fresh Python forgets the prompt's variables too. x again does it."):
            self.say("")
            self._session.restart(self._session.threads)


def _next(values: tuple[float, ...], value: float, by: int) -> float:
    return values[min(max(values.index(value) + by, 0), len(values) - 1)]
