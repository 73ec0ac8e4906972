"""What stands in each part of the playground, and what a person has chosen to see of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tutor.playground.settings import CLASSIFY, REGRESS, Settings
from tutor.render.lines import Line, sentence
from tutor.render.look import Look
from tutor.render.playground import losses, network, planes, words
from tutor.render.playground.settings import settings_lines
from tutor.session.playground import Playground
from tutor.session.state import Phase

_WELCOME = "Space trains. The letters change what stands beside them, with Shift back. ? shows every key."
_OF = {CLASSIFY: "classes", REGRESS: "number"}


@dataclass(slots=True)
class View:
    """Choices of the screen's own: none of them changes the training."""

    field: str = "data"
    """The setting that the arrows change."""
    neuron: tuple[int, int] | None = None
    """Layer (0: the inputs) and number of the neuron that is looked at."""
    test: bool = False
    two: bool = False
    log: bool = True
    zoomed: str = ""

    def mind(self, settings: Settings) -> None:
        """What was chosen may be gone."""
        if self.field.startswith("layers.") and int(self.field.partition(".")[2]) >= len(settings.layers):
            self.field = "layers"
        if self.neuron is not None:
            self.move(settings, 0, 0)

    def move(self, settings: Settings, down: int, across: int) -> None:
        """To a neighbouring neuron."""
        widths = (len(settings.inputs), *settings.layers)
        layer, neuron = self.neuron or (0, 0)
        layer = min(max(layer + across, 0), len(widths) - 1)
        self.neuron = (layer, min(max(neuron + down, 0), widths[layer] - 1))


class Drawing:
    """The playground at one moment, as lines."""

    def __init__(self, playground: Playground, view: View, said: str) -> None:
        self._playground, self._view = playground, view
        self._words = said or self._sentence()

    @property
    def has_words(self) -> bool:
        return bool(self._words)

    def parts(self) -> dict[str, Callable[[Look], list[Line]]]:
        return {
            "title": self._title,
            "settings": self._settings,
            "network": self._network,
            "map": self._map,
            "losses": self._losses,
            "words": self._said,
        }

    @property
    def settings_seen(self) -> object:
        """What the list of settings is drawn from: most pictures differ from the one before in everything else."""
        return self._playground.settings, self._playground.speed, self._view.field, self._view.neuron is None

    def map_title(self) -> str:
        if self._view.neuron is None:
            return "Answer"
        layer, neuron = self._view.neuron
        if layer == 0:
            return self._playground.settings.inputs[neuron]
        return f"hidden {layer}, neuron {neuron + 1}"

    def _sentence(self) -> str:
        playground = self._playground
        if playground.problem:
            return playground.problem
        if playground.busy:
            return "Your own code is running at the prompt; the training goes on when it has ended."
        if playground.playing is None:
            return ""
        sign = playground.playing.sign
        if sign is not None:
            return words.sign_words(sign, playground.settings.rate)
        return _WELCOME if not playground.playing.step and not playground.running else ""

    def _title(self, look: Look) -> list[Line]:
        line = Line(" Playground", look.palette.name).add("   ")
        return [line.extend(words.status_line(self._playground.playing, self._playground.running, look).pieces)]

    def _settings(self, look: Look) -> list[Line]:
        chosen = "" if self._view.neuron is not None else self._view.field
        return settings_lines(self._playground.settings, self._playground.speed, chosen, look)

    def _network(self, look: Look) -> list[Line]:
        playing = self._playground.playing
        if playing is None:
            return self._waiting(look)
        return network.network_lines(playing, self._playground.settings.inputs, look, self._view.neuron)

    def _waiting(self, look: Look) -> list[Line]:
        if self._playground.problem:
            return []
        loading = self._playground.phase is Phase.LOADING
        text = "torch is loading …" if loading else "making the model …"
        return [Line(), *sentence(text, look.palette.dim, look, indent=2)]

    def _map(self, look: Look) -> list[Line]:
        playing, data = self._playground.playing, self._playground.data
        if playing is None or data is None:
            return []
        rows = max(1, (look.height or 2) - 1)
        field = planes.Field(playing.map, playing.look.columns, playing.look.rows).resized(look.width, 2 * rows)
        marks = planes.marks_of(data, look.width, rows, look, test=self._view.test)
        of = "neuron" if self._view.neuron else _OF[self._playground.settings.kind]
        lines = planes.field_lines(field, look, marks, self._view.two)
        return [*lines, planes.legend(look, of=of, test=self._view.test)]

    def _losses(self, look: Look) -> list[Line]:
        playing = self._playground.playing
        return losses.loss_lines(playing, look, log=self._view.log) if playing is not None else []

    def _said(self, look: Look) -> list[Line]:
        ink = look.palette
        style = ink.bad if self._playground.problem else ink.dim if self._words == _WELCOME else ink.warn
        return sentence(self._words, style, look)[:2]
