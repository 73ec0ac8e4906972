"""What can be set in the playground, the values there are, and how one goes from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

MOST_LAYERS = 6
MOST_NEURONS = 8
POINTS = 200
"""Points of a data set, for training and for testing together."""
REACH = 3.0
"""Both inputs are drawn from ``-REACH`` to ``REACH``."""

CLASSIFY, REGRESS = "classify", "regress"
FEATURES = ("x1", "x2", "x1²", "x2²", "x1·x2", "sin x1", "sin x2")
DATA = {CLASSIFY: ("circle", "xor", "gaussians", "spiral", "moons"), REGRESS: ("plane", "wave", "hills")}

_CHOICES: dict[str, tuple[Any, ...]] = {
    "kind": (CLASSIFY, REGRESS),
    "noise": (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5),
    "share": (10, 20, 30, 40, 50, 60, 70, 80, 90),
    "batch": (1, 2, 5, 10, 20, 30, 50, 100, 200),
    "activation": ("relu", "tanh", "sigmoid", "linear", "gelu"),
    "optimiser": ("SGD", "momentum", "Adam"),
    "rate": (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
    "penalty": ("none", "L1", "L2"),
    "strength": (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
}
_ENDLESS = frozenset(("kind", "data", "activation", "optimiser", "penalty"))
"""Settings whose values have no order: behind the last comes the first."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the picture on the screen follows from, but for the steps taken."""

    kind: str = CLASSIFY
    data: str = "circle"
    noise: float = 0.1
    """How far the data are blurred: about the standard deviation of what is added to each point or number."""
    share: int = 50
    """Per cent of the points that are trained on."""
    batch: int = 10
    features: tuple[bool, ...] = (True, True, False, False, False, False, False)
    layers: tuple[int, ...] = (4, 2)
    """Neurons of each hidden layer; none at all is a linear model."""
    activation: str = "tanh"
    optimiser: str = "momentum"
    rate: float = 0.03
    penalty: str = "none"
    strength: float = 0.001
    seed: int = 0

    @property
    def inputs(self) -> tuple[str, ...]:
        """The features that are on."""
        return tuple(name for name, on in zip(FEATURES, self.features, strict=True) if on)


def stepped(settings: Settings, name: str, step: int) -> Settings:
    """One value further (``step`` 1) or back (-1); the same settings where there is none.

    ``name`` is a field, ``features.2`` (switches one), ``layers`` (their number) or ``layers.1`` (the
    neurons of the second).
    """
    field, _, part = name.partition(".")
    if field == "features":
        return _switched(settings, int(part))
    if field == "layers":
        return replace(settings, layers=_layers(settings.layers, part, step))
    if field == "seed":
        return replace(settings, seed=max(0, settings.seed + step))
    chosen = _next(choices(settings, field), getattr(settings, field), step, endless=field in _ENDLESS)
    if field == "kind" and chosen != settings.kind:
        return replace(settings, kind=chosen, data=DATA[chosen][0])
    return replace(settings, **{field: chosen})


def choices(settings: Settings, field: str) -> tuple[Any, ...]:
    """The values of a field that has a list of them."""
    return DATA[settings.kind] if field == "data" else _CHOICES[field]


def _next(values: tuple[Any, ...], value: Any, step: int, *, endless: bool) -> Any:
    at = values.index(value) + step
    return values[at % len(values)] if endless else values[min(max(at, 0), len(values) - 1)]


def _switched(settings: Settings, number: int) -> Settings:
    """A model needs one input at least: the last one stays on."""
    features = tuple(on != (i == number) for i, on in enumerate(settings.features))
    return replace(settings, features=features) if any(features) else settings


def _layers(layers: tuple[int, ...], part: str, step: int) -> tuple[int, ...]:
    if part:
        return tuple(
            min(max(size + step, 1), MOST_NEURONS) if i == int(part) else size for i, size in enumerate(layers)
        )
    if step > 0:
        return (*layers, layers[-1] if layers else 4)[:MOST_LAYERS]
    return layers[:-1]


_LIVE = frozenset(("rate",))
"""Fields that may change while the training goes on; any other begins it anew."""


def begins_anew(old: Settings, new: Settings) -> bool:
    """Whether the change asks for a new model or new data."""
    changed = {field.name for field in fields(Settings) if getattr(old, field.name) != getattr(new, field.name)}
    return bool(changed - _LIVE)
