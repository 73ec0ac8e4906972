"""What a misspelt name may have been meant to be, found without running any of the learner's code.

CPython looks for such names only while it prints an error, and asks objects for their ``__dir__`` then.
"""

from __future__ import annotations

import builtins
import difflib
import re
import sys
from collections.abc import Iterable
from types import FrameType, TracebackType
from typing import Any

from tutor.worker.complete import modules, things

_ALIKE = 0.7
"""How much of two names must agree: the share of letters that stand in both in the same order."""
_LONGEST = 40
_MOST = 20_000


def suggestion(error: BaseException) -> str:
    """The nearest name that exists where ``error`` looked for one; empty if none is near."""
    try:
        wrong, names = _looked_for(error)
        return _nearest(wrong, names) if wrong else ""
    except Exception:  # an error is told in any case, if need be without a suggestion
        return ""


def _looked_for(error: BaseException) -> tuple[str, Iterable[str]]:
    # Exact classes, and their own slots: a class of the learner's may answer for these attributes itself.
    kind = type(error)
    if kind is AttributeError:
        return _name(error), things.names(things.known(_held(error, "obj")))
    if kind is NameError:
        return _name(error), _in_scope(error.__traceback__)
    if kind is ModuleNotFoundError:
        package, _, last = _name(error).rpartition(".")
        return last, modules.inside(package) if package else modules.top_level()
    if kind is ImportError:
        wrong = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", str(error))
        module = sys.modules.get(wrong[2]) if wrong else None
        if wrong and module is not None:
            return wrong[1], {*things.names(things.known(module)), *modules.inside(wrong[2])}
    return "", ()


def _held(error: BaseException, attribute: str) -> Any:
    found, slot = things.from_class(type(error), attribute)
    return slot.__get__(error) if found else None


def _name(error: BaseException) -> str:
    name = _held(error, "name")
    return name if type(name) is str else ""


def _in_scope(tb: TracebackType | None) -> Iterable[str]:
    frame: FrameType | None = None
    while tb is not None:
        frame, tb = tb.tb_frame, tb.tb_next
    if frame is None:
        return ()
    scopes = (frame.f_locals, frame.f_globals, vars(builtins))
    return [name for scope in scopes if type(scope) is dict for name in list(scope)]


def _nearest(wrong: str, names: Iterable[str]) -> str:
    hidden = wrong.startswith("_")
    near = [
        name
        for name, _ in zip(dict.fromkeys(names), range(_MOST), strict=False)
        if type(name) is str and 1 < len(name) <= _LONGEST and name != wrong and (hidden or name[0] != "_")
    ]
    if not 1 < len(wrong) <= _LONGEST:
        return ""
    letters = sorted(wrong.lower())
    same = (name for name in near if len(name) == len(wrong) and sorted(name.lower()) == letters)
    return min(
        same, key=lambda name: (name.lower() != wrong.lower(), sorted(name) != sorted(wrong)), default=""
    ) or next(iter(difflib.get_close_matches(wrong, near, 1, _ALIKE)), "")
