"""What the learner calls a trained tensor or an optimiser, also inside a function of theirs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from inspect import CO_OPTIMIZED
from itertools import islice
from types import FrameType
from typing import Any

from tutor.worker.probe.described import instance_dict
from tutor.worker.probe.names import members, walk
from tutor.worker.probe.watch.frames import own_frames

_FRAMES, _NAMES, _MODULES = 6, 500, 2_000


class Names:
    """Names of one run. A walk of the namespace is made only when something without a name turns up."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._paths: dict[int, str] = {}
        self._optimizers: dict[int, str] = {}
        self._without_bias: set[int] = set()

    def read(self, torch: Any, frames: bool = True) -> None:
        """Look at what there is now: the namespace, and while a loop runs the functions it runs in."""
        self._paths, self._optimizers, self._without_bias = {}, {}, set()
        self._take(torch, self._namespace)
        if not frames:
            return
        for frame in own_frames()[:_FRAMES]:
            if frame.f_code.co_flags & CO_OPTIMIZED:
                names = variables(frame)
                self._take(torch, names)
                if "self" in names:
                    self._take(torch, instance_dict(names["self"]), "self.")

    def path(self, tensor: Any) -> str:
        return self._paths.get(id(tensor), "")

    def speaks_for_units(self, tensor: Any) -> bool:
        """Whether its first axis is a layer's units: a bias, and the weight where there is none.

        Of an embedding's weight a row is a word: those that did not occur have no gradient.
        """
        return tensor.dim() == 1 or id(tensor) in self._without_bias

    def optimizer(self, optimizer: Any) -> str:
        return self._optimizers.get(id(optimizer), "")

    def _take(self, torch: Any, names: dict[str, Any], before: str = "") -> None:
        for path, tensor in walk(names)[0]:
            self._paths.setdefault(id(tensor), before + path)
        for name, value in list(names.items()):
            if type(name) is str and issubclass(type(value), torch.optim.Optimizer):
                self._optimizers.setdefault(id(value), before + name)
        layers = torch.nn.Linear, torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d
        for module in _modules(torch, names.values()):
            held = dict(members(module, "_parameters")) if isinstance(module, layers) else {}
            if held.get("weight") is not None and held.get("bias") is None:
                self._without_bias.add(id(held["weight"]))


def _modules(torch: Any, values: Iterable[Any]) -> Iterator[Any]:
    """Every module under ``values``; no method of one is called."""
    pending = [value for value in values if issubclass(type(value), torch.nn.Module)]
    seen: set[int] = set()
    while pending and len(seen) < _MODULES:
        module = pending.pop()
        if id(module) not in seen and issubclass(type(module), torch.nn.Module):
            seen.add(id(module))
            yield module
            pending += [child for _, child in members(module, "_modules")]


def variables(frame: FrameType) -> dict[str, Any]:
    """Names of a running function.

    Until Python 3.12 ``f_locals`` is a copy that the frame keeps, and with it every tensor in it: it is emptied,
    unless the learner holds it too (as ``locals()``).
    """
    held = frame.f_locals
    names = dict(islice(held.items(), _NAMES))
    if sys.version_info < (3, 13) and sys.getrefcount(held) <= 3:
        held.clear()
    return names
