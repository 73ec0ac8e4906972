"""The functions of torch as a worker began with them, where a learner puts something else under their names.

``torch.manual_seed = 3`` is a slip for a call, and takes the function from everyone in this process. What the
tutor does itself, and what it runs of a lesson, still finds it; the learner's own code does not, as anywhere else.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

_MODULES = (
    *(
        "torch",
        "torch.nn",
        "torch.nn.functional",
        "torch.nn.init",
        "torch.optim",
        "torch.autograd",
        "torch.random",
    ),
    *("torch.cuda", "torch.linalg", "random"),
)

_Known = tuple[dict[str, Any], str, Any]
"""The names of a module, one of them, and what it stood for."""

_known: list[_Known] = []
_gone: list[_Known] = []
_NOTHING = object()


def remember() -> None:
    """Before anything of a learner's has run."""
    _gone.clear()
    _known[:] = [
        (module.__dict__, name, value)
        for module in map(sys.modules.get, _MODULES)
        if module is not None
        for name, value in module.__dict__.items()
        if callable(value) and not name.startswith("__")
    ]


def look() -> None:
    """Find out, when a learner's code has run, what is no function any more: another function is a choice."""
    _gone[:] = [
        (names, name, function)
        for names, name, function in _known
        if (found := names.get(name, _NOTHING)) is not function and not callable(found)
    ]


def is_gone(module: ModuleType, name: str) -> bool:
    """Whether at the last look something else than a function stood under this name, where one did once."""
    return any(names is module.__dict__ and lost == name for names, lost, _ in _gone)


@contextlib.contextmanager
def whole() -> Iterator[None]:
    """Inside, every function is where it was; then it is as the learner has it, unless all were put back."""
    found = [names.get(name, _NOTHING) for names, name, _ in _gone]
    _put(_gone)
    try:
        yield
    finally:
        for (names, name, _), value in zip(list(_gone), found):  # noqa: B905 - none where all were put back
            if value is _NOTHING:
                names.pop(name, None)
            else:
                names[name] = value


def put_back() -> None:
    """For good."""
    _put(_gone)
    _gone.clear()


def _put(known: list[_Known]) -> None:
    for names, name, function in known:
        names[name] = function
