"""What an optimiser's step works on: the tensors it trains, their gradients and what it keeps of each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from tutor.worker.probe.described import instance_dict
from tutor.worker.probe.flow.values import Facts

_TENSORS = 500
"""Trained tensors of one optimiser that are named."""


@dataclass(frozen=True, slots=True)
class Part:
    """A tensor of an optimiser: the trained one itself, or something of it."""

    of: tuple[int, int]
    """Identity of the trained tensor (as :attr:`tutor.worker.probe.flow.values.Fact.key`)."""
    place: int
    """Which one it is, counted over all groups."""
    form: str
    """``{}`` for the tensor itself, ``{}.grad``, ``exp_avg of {}``: its name goes into the braces."""


def parts(optimizer: Any, facts: Facts, only_trained: bool) -> dict[int, Part]:
    """By ``id``, which is good as long as the step runs; ``only_trained``: without gradients and state.

    Only tensors of exactly torch's own classes: nothing of a subclass runs.
    """
    held = instance_dict(optimizer)
    groups, state = held.get("param_groups"), held.get("state")
    lists = [group.get("params") for group in groups if type(group) is dict] if type(groups) is list else []
    trained = [tensor for tensors in lists if type(tensors) is list for tensor in tensors]
    found: dict[int, Part] = {}
    for place, tensor in enumerate(islice(trained, _TENSORS)):
        if type(tensor) not in facts.own:
            continue
        key = facts.key(tensor)
        found[id(tensor)] = Part(key, place, "{}")
        if only_trained:
            continue
        if (grad := facts.grad(tensor)) is not None:
            found[id(grad)] = Part(key, place, "{}.grad")
        kept = dict.get(state, tensor) if isinstance(state, dict) else None
        for name, value in kept.items() if type(kept) is dict else ():
            if type(name) is str and type(value) in facts.own:
                found.setdefault(id(value), Part(key, place, f"{name[:40]} of {{}}"))
    return found
