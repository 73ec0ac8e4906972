"""The playground: a small network that learns before one's eyes, with a key for everything that can be set."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from tutor.playground.settings import stepped
from tutor.protocol.playground import Look as Wanted
from tutor.render.look import Look
from tutor.render.playground import network
from tutor.render.playground import settings as settings_picture
from tutor.session.playground import Playground
from tutor.ui import play_keys
from tutor.ui.screens import play_layout
from tutor.ui.screens.play_base import PlayBase
from tutor.ui.screens.play_drawing import Drawing, View
from tutor.ui.widgets.key_line import KeyLine
from tutor.ui.widgets.picture import Picture

if TYPE_CHECKING:
    from tutor.playground.settings import Settings
    from tutor.session.session import Session

_WORDS = """\
Each neuron is drawn as a map of the plane: warm where its answer is positive, cold where it is negative, dark \
where it is 0. A solid, warm line is a positive weight, a broken, cold one a negative weight; thick lines are \
large weights. ○ and ● are the points of the two classes, ◇ and ◆ those it was not trained on.

The training is the very program that c takes to the prompt."""


class PlayScreen(PlayBase):
    """Settings left, the network and its answer beside them, the losses below."""

    KEYS = play_keys.PLAY_KEYS
    ACTIONS = play_keys.palette(KEYS)
    BINDINGS = play_keys.play_bindings(KEYS)
    TITLE = "Playground"
    WORDS = _WORDS

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__(session)
        self._first_settings = settings
        self._view = View()
        self._said = ""
        self._settings_seen: object = None
        self.playground: Playground | None = None

    def compose(self) -> ComposeResult:
        yield Picture("play-title")
        with Horizontal(id="play"):
            yield Picture("play-settings")
            with Vertical(id="play-right"):
                with Horizontal(id="play-top"):
                    yield Picture("play-network")
                    yield Picture("play-map")
                yield Picture("play-losses")
                yield Picture("play-words")
        yield KeyLine()

    def on_mount(self) -> None:
        self.playground = Playground(self.session, self._first_settings, self._changed)
        for name, title in (
            ("settings", "Settings"),
            ("network", "Network"),
            ("map", "Answer"),
            ("losses", "Loss"),
        ):
            self._picture(name).border_title = title
        self._arrange()
        # Thirty pictures a second are much for the garbage collector; without this it looks through the whole
        # program twice a second, and a key waits for it 30 ms (150 on a busy machine).
        gc.freeze()

    def on_unmount(self) -> None:
        gc.unfreeze()
        if self.playground is not None:
            self.tutor.play_settings = self.settings
            self.playground.close()

    def on_screen_suspend(self) -> None:
        self.tutor.play_settings = self.settings

    @property
    def settings(self) -> Settings:
        return self.playground.settings if self.playground else self._first_settings

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        play_layout.arrange(self, self._view.zoomed)

    def on_picture_resized(self) -> None:
        self.call_after_refresh(self._look_and_draw)

    def _look_and_draw(self) -> None:
        if self.playground is not None:
            self.playground.look(self._wanted())
            self._draw()

    def _wanted(self) -> Wanted:
        """The maps there is room for."""
        columns, rows = self._picture("map").room
        width, height = self._picture("network").room
        made = network.plan(self.settings.inputs, self.settings.layers, max(width, 12), max(height, 4))
        layer, neuron = self._view.neuron if self._view.neuron else (-1, 0)
        return Wanted(max(columns, 4), max(2 * (rows - 1), 4), made.tile, 2 * made.tile_rows, layer, neuron)

    def _widths(self) -> tuple[int, ...]:
        return (len(self.settings.inputs), *self.settings.layers)

    def _picture(self, name: str) -> Picture:
        return self.query_one(f"#play-{name}", Picture)

    def _changed(self) -> None:
        if self.is_mounted:
            self._draw()

    def _draw(self) -> None:
        playground = self.playground
        if playground is None:
            return
        drawing = Drawing(playground, self._view, self._said)
        for name, draw in drawing.parts().items():
            picture = self._picture(name)
            columns, rows = picture.room
            seen = (drawing.settings_seen, columns, rows)
            if name == "settings" and seen == self._settings_seen:
                continue
            if picture.display and columns > 0 and rows > 0:
                self._settings_seen = seen if name == "settings" else self._settings_seen
                picture.draw(draw(Look(columns, rows, colour=not self.app.no_color)))
        self._picture("map").border_title = drawing.map_title()
        self._picture("words").display = drawing.has_words

    def say(self, text: str) -> None:
        self._said = text
        self._draw()

    def code(self) -> Iterable[str]:
        assert self.playground is not None  # noqa: S101 - no key arrives before the screen is mounted
        self.playground.run(False)
        yield from self.playground.taken()

    # Keys

    def action_run_or_hold(self) -> None:
        if self.playground is not None:
            self.playground.run(not self.playground.running)

    def action_one_step(self) -> None:
        if self.playground is not None:
            self.playground.step()

    def action_reset(self) -> None:
        if self.playground is not None:
            self.playground.begin()

    def action_speed(self, by: int) -> None:
        if self.playground is not None:
            self.playground.faster(by)

    def action_change(self, field: str, step: int) -> None:
        """The next value of a setting; it is then the one that the arrows change."""
        if field == "speed":
            self.action_speed(step)
            return
        if not field.startswith("features"):
            self._view.field = field
        self._set(stepped(self.settings, field, step))

    def action_neurons(self, by: int) -> None:
        if self._view.neuron and self._view.neuron[0] > 0:
            layer = self._view.neuron[0] - 1
        elif self._view.field.startswith("layers."):
            layer = int(self._view.field.partition(".")[2])
        else:
            layer = len(self.settings.layers) - 1
        if layer >= 0:
            self._view.field = f"layers.{layer}"
            self._set(stepped(self.settings, f"layers.{layer}", by))

    def _set(self, settings: Settings) -> None:
        if self.playground is None:
            return
        shape = self._widths()
        self.playground.settings, old = settings, self.playground.settings
        self._view.mind(settings)
        wanted = self._wanted()
        self.playground.settings = old
        if shape != (len(settings.inputs), *settings.layers):
            self.playground.prepare(wanted)
        self.playground.change(settings)

    def action_arrow(self, down: int, across: int) -> None:
        if self._view.neuron is not None:
            self._view.move(self.settings, down, across)
            self._look_and_draw()
        elif down:
            fields = [row.field for row in settings_picture.rows_of(self.settings, 0) if row.field != "features"]
            at = fields.index(self._view.field) if self._view.field in fields else 0
            self._view.field = fields[(at + down) % len(fields)]
            self._draw()
        else:
            self.action_change(self._view.field, across)

    def action_enter_network(self) -> None:
        self._view.neuron = None if self._view.neuron else (min(1, len(self.settings.layers)), 0)
        self._picture("network").set_class(self._view.neuron is not None, "-chosen")
        self._look_and_draw()

    def action_leave(self) -> None:
        """Esc first leaves what is inside the screen."""
        if self._view.neuron is not None:
            self.action_enter_network()
        elif self._view.zoomed:
            self._view.zoomed = ""
            self._arrange()
        else:
            super().action_leave()

    def action_test_points(self) -> None:
        self._view.test = not self._view.test
        self._draw()

    def action_two_colours(self) -> None:
        self._view.two = not self._view.two
        self._draw()

    def action_log_axis(self) -> None:
        self._view.log = not self._view.log
        self._draw()

    def action_zoom(self) -> None:
        order = ("", "map", "network", "losses")
        self._view.zoomed = order[(order.index(self._view.zoomed) + 1) % len(order)]
        self._arrange()

    def action_other_view(self) -> None:
        self.tutor.open_play("descent")

    def action_restart(self) -> None:
        playground = self.playground
        if playground is None:
            return
        if playground.problem or self.restart_worker():
            playground.restart()
