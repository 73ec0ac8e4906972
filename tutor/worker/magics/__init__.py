"""``%name`` and ``!command``: what IPython users type without thinking.

A line of that form becomes a call of :data:`HOOK`; the functions behind it are in the modules beside
this one, each with the signature ``function(context, arguments, body) -> value``.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable
from typing import Any

from tutor.protocol.magics import CELL_MAGICS, MAGICS, cell_magic, may_have_magics, translate
from tutor.worker.magics import comparing, files, gradients, names, shell, timing, watching
from tutor.worker.magics.context import Context, UsageError

__all__ = ["HOOK", "Context", "UsageError", "call", "python_of"]

HOOK = "__tutor_magic__"
"""Name in ``builtins`` of what the calls call."""

_FUNCTIONS: dict[str, Callable[[Context, str, str], Any]] = {
    "timeit": timing.timeit,
    "time": timing.time,
    "who": names.who,
    "whos": names.whos,
    "reset": names.reset,
    "compare": comparing.compare,
    "gradcheck": gradients.gradcheck,
    "run": files.run,
    "save": files.save,
    "history": files.history,
    "hist": files.history,
    "env": names.env,
    "writefile": files.writefile,
    "cd": files.cd,
    "pwd": files.pwd,
    "pip": shell.pip,
    "bash": shell.bash,
    "!": shell.command,
    "watch": watching.watch,
    "unwatch": watching.unwatch,
    "=!": shell.lines,
    "lsmagic": names.lsmagic,
}

_NOT_HERE = {
    "matplotlib": "Nothing to set: figures show by themselves here.",
    "debug": "Put breakpoint() into your code where you want to look: n, s, c, p NAME, w and q work there.",
    "pdb": "Put breakpoint() into your code where you want to look: n, s, c, p NAME, w and q work there.",
    "autoreload": "Edited a module? importlib.reload(module) reads it again.",
    "load_ext": "There are no extensions here.",
    "conda": "Use !conda in a shell; %pip installs into the Python that runs your code.",
    "ls": "!ls lists the folder.",
    "edit": "Esc then v opens what you type in your editor.",
    "paste": "Paste as usual: many lines become one cell.",
    "cpaste": "Paste as usual: many lines become one cell.",
}
"""Magics of IPython that have no counterpart, and what to do here."""


def python_of(source: str) -> str:
    """``source`` with its magics as calls; line numbers stay. What Python can parse stays as it is."""
    if not may_have_magics(source):
        return source
    cell = cell_magic(source)
    if cell is not None:
        return f"{HOOK}({'%%' + cell[0]!r}, {cell[1]!r}, {cell[2]!r})"
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return translate(source, _call)
    return source


def _call(sign: str, rest: str, assigned: bool) -> str:
    if sign == "!":
        return f"{HOOK}({'=!' if assigned else '!'!r}, {rest!r})"
    name, _, arguments = rest.partition(" ")
    return f"{HOOK}({'%' + name!r}, {arguments.strip()!r})"


def call(context: Context, name: str, arguments: str, body: str = "") -> Any:
    """Run one magic; ``name`` comes with its sign. Raises UsageError when there is none of that name."""
    known = CELL_MAGICS if name.startswith("%%") else {**MAGICS, "!": "", "=!": ""}
    bare = name.lstrip("%")
    asked = bare.rstrip("?")
    if asked in known and (asked != bare or arguments in ("?", "??")):
        print(f"{name[: len(name) - len(bare)]}{asked}: {known[asked]}")
        return None
    if bare in known:
        return _FUNCTIONS[bare](context, arguments, body)
    if bare in _NOT_HERE:
        print(_NOT_HERE[bare])
        return None
    sign = name[: len(name) - len(bare)]
    near = difflib.get_close_matches(bare, known, n=1)
    meant = f" Did you mean {sign}{near[0]}?" if near else ""
    exist = ", ".join(f"{sign}{known_name}" for known_name in known if "!" not in known_name)
    raise UsageError(f"There is no {name} here.{meant} There are: {exist}.")
