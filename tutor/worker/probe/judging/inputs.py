"""Inputs made for a learner's function: sizes that all differ, sizes of one, empty ones; the same for one seed."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_SIZES = (2, 3, 4, 5, 6, 7)
"""Small, so that a difference is easy to read, and none of them 1: an axis of 1 hides a wrong one."""

_PLAIN_CASES = 2
_MOST = 14

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One call. The arguments are made anew at each ``make()``, and are always the same."""

    described: str
    sizes: dict[str, int]
    make: Callable[[], tuple[list[Any], dict[str, Any]]]


def cases(
    arguments: list[Spec], seed: int, evaluate: Callable[[str], Any], *, small: bool = True, empty: bool = True
) -> Iterator[Case]:
    """Cases for ``arguments`` (each a dict: see ``lesson.checks.Argument``); ``evaluate`` gives a ``value``."""
    names = list(dict.fromkeys(size for a in arguments for size in a.get("shape") or () if not size.isdigit()))
    fixed = {int(size) for a in arguments for size in a.get("shape") or () if size.isdigit()}
    chance = random.Random(seed)  # noqa: S311 - not a secret
    # ``lesson.rules`` refuses more names than there are sizes.
    pool = [size for size in (*_SIZES, 8, 9, 10, 11) if size not in fixed]

    def distinct() -> dict[str, int]:
        return dict(zip(names, chance.sample(pool[: max(len(names) + 1, 4)], len(names))))  # noqa: B905

    chosen = [distinct() for _ in range(_PLAIN_CASES)]
    chosen += [{**distinct(), name: 1} for name in names if small]
    chosen += [{**distinct(), name: 0} for name in names if empty]
    for number, sizes in enumerate(chosen[:_MOST]):
        yield _case(arguments, sizes, seed * 1_000 + number, evaluate)


def _case(arguments: list[Spec], sizes: dict[str, int], seed: int, evaluate: Callable[[str], Any]) -> Case:
    def make() -> tuple[list[Any], dict[str, Any]]:
        generator = torch().Generator().manual_seed(seed)
        positional: list[Any] = []
        named: dict[str, Any] = {}
        for argument in arguments:
            value = evaluate(argument["value"]) if "value" in argument else _tensor(argument, sizes, generator)
            if argument.get("keyword"):
                named[argument["name"]] = value
            else:
                positional.append(value)
        return positional, named

    return Case(", ".join(_described(argument, sizes) for argument in arguments), sizes, make)


def torch() -> Any:
    """The learner's torch. Raises ModuleNotFoundError where there is none."""
    if "torch" not in sys.modules:
        raise ModuleNotFoundError("torch is not installed here")
    return sys.modules["torch"]


def _described(argument: Spec, sizes: dict[str, int]) -> str:
    name = argument.get("name") or "argument"
    if "value" in argument:
        return f"{name} = {argument['value'].strip()}"
    return f"{name} {_shape(argument, sizes)}"


def _shape(argument: Spec, sizes: dict[str, int]) -> list[int]:
    return [_number(size, sizes) for size in argument.get("shape") or ()]


def _number(text: str, sizes: dict[str, int]) -> int:
    return sizes[text] if text in sizes else int(text)


def _tensor(argument: Spec, sizes: dict[str, int], generator: Any) -> Any:
    shape = _shape(argument, sizes)
    dtype = getattr(torch(), argument.get("dtype", "float32"))
    if dtype.is_floating_point or dtype.is_complex:
        made = torch().randn(shape, generator=generator, dtype=dtype)
        return made.requires_grad_() if argument.get("requires_grad") else made
    if dtype is torch().bool:
        return torch().rand(shape, generator=generator) < 0.5
    low = _number(argument.get("low", "0"), sizes)
    high = max(_number(argument.get("high", "10"), sizes), low + 1)
    return torch().randint(low, high, shape, generator=generator, dtype=dtype)
