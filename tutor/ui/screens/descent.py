"""Downhill on a curve: a point, its tangent, the step it leads to, and what rate and momentum make of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Input

from tutor.render.lines import Line, sentence
from tutor.render.look import Look
from tutor.render.numbers import number
from tutor.render.playground import descent as picture
from tutor.session.downhill import Downhill
from tutor.ui import play_keys
from tutor.ui.screens.play_base import PlayBase
from tutor.ui.widgets.key_line import KeyLine
from tutor.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from tutor.session.session import Session

_SPEEDS = (1, 2, 4, 8, 20)
"""Steps a second."""
_WORDS = """\
The point goes against the slope: x ← x − rate · f′(x). The dashed line is the tangent at the point, the bent \
line the step it leads to, ○ where it has been. With momentum a step also keeps a part of the one before: \
velocity ← momentum · velocity + f′(x), and x ← x − rate · velocity.

f may be any expression of x and torch: x**2, torch.sin(x), abs(x - 1) + 0.1 * x**2. sin, cos, tan, exp, log, \
sqrt, tanh, sigmoid, relu, atan, erf, square, sinh and cosh may be written without torch."""


class DescentScreen(PlayBase):
    """The curve left, the numbers right, a sentence below."""

    KEYS = play_keys.DESCENT_KEYS
    ACTIONS = play_keys.palette(KEYS)
    BINDINGS = play_keys.play_bindings(KEYS)
    TITLE = "Descent"
    AUTO_FOCUS = ""
    WORDS = _WORDS

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._speed = 2
        self._pace: Timer | None = None
        self._said = ""
        self._downhill: Downhill | None = None

    def compose(self) -> ComposeResult:
        yield Picture("play-title")
        with Horizontal(id="play"):
            with Vertical(id="play-left"):
                yield Picture("descent-curve")
                yield Picture("descent-words")
                yield Input(id="descent-input", compact=True, select_on_focus=True)
            yield Picture("descent-figures")
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#descent-input").display = False
        self._picture("descent-figures").border_title = "Numbers"
        self._downhill = Downhill(self.session, self._draw)

    def on_unmount(self) -> None:
        self.downhill.close()

    @property
    def downhill(self) -> Downhill:
        assert self._downhill is not None  # noqa: S101 - made when the screen is mounted, before any key arrives
        return self._downhill

    def on_resize(self) -> None:
        width, height = self.size
        self.set_class(width < 100 or height < 30, "-bare")

    def on_picture_resized(self) -> None:
        self.call_after_refresh(self._draw)

    def _picture(self, name: str) -> Picture:
        return self.query_one(f"#{name}", Picture)

    # What is drawn

    def _draw(self) -> None:
        if not self.is_mounted or self._downhill is None:
            return
        if self.downhill.problem:
            self._hold()
        parts = {"play-title": self._title, "descent-words": self._words}
        if self.downhill.descent is not None:
            parts |= {"descent-curve": self._curve, "descent-figures": self._figures}
        for name, draw in parts.items():
            shown = self._picture(name)
            columns, rows = shown.room
            if columns > 0 and rows > 0:
                shown.draw(draw(Look(columns, rows, colour=not self.app.no_color)))
        self._picture("descent-curve").border_title = f"f(x) = {self.downhill.choice.expression}"

    def _title(self, look: Look) -> list[Line]:
        ink, c = look.palette, self.downhill.choice
        line = Line(" Descent", ink.name).add("   ")
        line.add("▸ running" if self._pace else "■ paused ", ink.good if self._pace else ink.warn)
        facts = [("step", str(self.downhill.step)), ("rate", number(c.rate)), ("momentum", number(c.momentum))]
        facts += [("start", number(c.start)), ("f", c.expression)]
        for name, value in facts:
            line.add("   ").add(f"{name} ", ink.dim).add(value, ink.name)
        return [line]

    def _curve(self, look: Look) -> list[Line]:
        assert self.downhill.descent is not None  # noqa: S101 - only drawn when there is one
        return picture.descent_lines(self.downhill.descent, self.downhill.step, look)

    def _figures(self, look: Look) -> list[Line]:
        assert self.downhill.descent is not None  # noqa: S101 - only drawn when there is one
        c = self.downhill.choice
        lines = picture.figures(self.downhill.descent, self.downhill.step, c.rate, c.momentum, look)
        return lines[: look.height]

    def _words(self, look: Look) -> list[Line]:
        text, mood = self._sentence()
        ink = look.palette
        styles = {"good": ink.good, "bad": ink.bad, "hint": ink.dim}
        return sentence(text, styles.get(mood, ink.warn), look)[:2]

    def _sentence(self) -> tuple[str, str]:
        """What there is to say, and how it is meant."""
        downhill = self.downhill
        if self._said or downhill.problem:
            return self._said or downhill.problem, "" if self._said else "bad"
        if downhill.busy:
            return "Your own code is running at the prompt; the curve comes when it has ended.", ""
        if downhill.descent is None:
            return "torch is loading …", "hint"
        verdict = picture.verdict(downhill.descent, downhill.step)
        if verdict[0]:
            return verdict
        name = f"{downhill.choice.name}: " if downhill.choice.name else ""
        return f"{name}{downhill.choice.hint}", "hint"

    def say(self, text: str) -> None:
        self._said = text
        self._draw()

    def code(self) -> Iterable[str]:
        self._hold()
        return self.downhill.taken()

    # Keys

    def action_go(self, steps: int) -> None:
        self._hold()
        self.downhill.go(steps)

    def action_run_or_hold(self) -> None:
        if self._pace:
            self._hold()
        elif not self.downhill.problem:
            self._pace = self.set_interval(1 / _SPEEDS[self._speed], self._forward)
        self._draw()

    def _forward(self) -> None:
        if self.downhill.step + 1 >= self.downhill.last:
            self._hold()
        self.downhill.go(1)

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
        self.downhill.rate(by)

    def action_momentum(self, by: int) -> None:
        self.downhill.momentum(by)

    def action_start(self, by: int) -> None:
        self.downhill.start(by)

    def action_function(self, by: int) -> None:
        self.downhill.function(by)

    def action_scale(self, factor: float) -> None:
        self.downhill.scale(factor)

    def action_edit(self) -> None:
        self._hold()
        field = self.query_one("#descent-input", Input)
        field.value = self.downhill.choice.expression
        field.display = True
        field.focus()
        self.say("f(x) =  (Enter takes it, Esc leaves it as it was)")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        problem = self.downhill.typed(event.value)
        if problem:
            self.say(problem)
        else:
            self._end_edit()

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
        if self.downhill.lost:
            self.downhill.restart()
        else:
            self.restart_worker()
