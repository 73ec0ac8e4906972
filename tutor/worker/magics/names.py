"""Magics about the learner's names."""

from __future__ import annotations

import os
import reprlib
from typing import Any

from tutor.protocol.magics import CELL_MAGICS, MAGICS
from tutor.worker.magics.context import Context, UsageError

_PLAIN = (int, float, complex, bool, str, bytes, type(None))
_SIZED = (list, tuple, dict, set, frozenset)


def who(context: Context, arguments: str, _body: str) -> None:
    kinds = set(arguments.split())
    names = [name for name in context.own_names() if not kinds or _kind(context.namespace[name]) in kinds]
    print("  ".join(names) if names else "You made no names yet." if not kinds else "None of that type.")


def whos(context: Context, _arguments: str, _body: str) -> None:
    rows = [(name, _kind(value), _facts(context, value)) for name, value in _items(context)]
    if not rows:
        print("You made no names yet.")
        return
    widths = [max(len(row[column]) for row in [("name", "type", ""), *rows]) for column in (0, 1)]
    for name, kind, facts in [("name", "type", "what"), *rows]:
        print(f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {facts}".rstrip())


def reset(context: Context, arguments: str, _body: str) -> None:
    if arguments not in ("", "-f"):
        raise UsageError("Use: %reset, or %reset -f to be asked nothing")
    count = len(context.own_names())
    if arguments != "-f" and input(f"Forget {count} name{'s' * (count != 1)}? (y/n) ").strip().lower() not in (
        "y",
        "yes",
    ):
        print("Nothing was forgotten.")
        return
    context.clear()
    print("Every name is forgotten; the random state is as it was.\nEsc x starts a fresh Python.")


def env(_context: Context, arguments: str, _body: str) -> Any:
    """The environment, one variable of it, or one that is set by ``NAME=value``."""
    name, sign, value = (part.strip() for part in arguments.partition("="))
    if not name:
        return dict(os.environ)
    if sign:
        os.environ[name] = value
        return None
    if name not in os.environ:
        raise UsageError(f"There is no environment variable {name}; %env {name}=value sets it")
    return os.environ[name]


def lsmagic(_context: Context, _arguments: str, _body: str) -> None:
    rows = [(f"%{name}", words) for name, words in MAGICS.items()]
    rows += [(f"%%{name}", words) for name, words in CELL_MAGICS.items()]
    rows += [("!command", "run a command of the shell; $name and {expression} are your values in it")]
    rows += [("x = !command", "the lines it writes, as a list")]
    for name, words in rows:
        print(f"{name:<12} {words}")


def _items(context: Context) -> list[tuple[str, Any]]:
    return [(name, context.namespace[name]) for name in context.own_names()]


def _kind(value: Any) -> str:
    return type(value).__name__


def _facts(context: Context, value: Any) -> str:
    """A few words that cost nothing and run nothing of the learner's."""
    facts = context.describe(value)
    if facts:
        return facts
    if type(value) in _PLAIN:
        return reprlib.repr(value)
    if type(value) in _SIZED:
        return f"{len(value):,} item{'s' * (len(value) != 1)}"
    return ""
