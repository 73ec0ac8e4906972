"""Lines that are not Python: ``%name …``, ``!command`` and ``name = !command``, as IPython users know them.

Both sides need this: the UI to see whether what was typed is whole, the worker to run it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

MAGICS = {
    "timeit": "time a statement many times: %timeit x @ w",
    "time": "run a statement once and say how long it took",
    "who": "names you made, in one line; with a type name only those: %who Tensor",
    "whos": "names you made, as a table",
    "reset": "forget every name you made (asks; -f does not)",
    "compare": "compare two tensors value by value: %compare a b",
    "gradcheck": "compare a gradient with finite differences: %gradcheck f(x), or a formula: %gradcheck f, df, x",
    "run": "run a Python file in this session: %run train.py",
    "save": "write what you ran to a file: %save FILE, or %save FILE 2-5",
    "history": "show what you ran: %history, or %history 2-5",
    "hist": "the same, shorter",
    "env": "show environment variables, or one: %env HOME; set one: %env NAME=value",
    "cd": "change the working folder",
    "pwd": "say which folder that is",
    "pip": "install into the Python that runs your code: %pip install numpy",
    "watch": "evaluate an expression after each run: %watch x.mean(0); alone: list them",
    "unwatch": "stop that: %unwatch x.mean(0); alone: all of them",
    "lsmagic": "list these",
}
"""Line magics and what they do."""

CELL_MAGICS = {
    "timeit": "time the lines below it many times",
    "time": "run the lines below it and say how long they took",
    "writefile": "write the lines below it to a file: %%writefile FILE",
    "bash": "run the lines below it in bash",
}
"""Cell magics: ``%%name`` on the first line, and what they are about below it."""

_TARGET = r"[^\W\d]\w*(?:[ \t]*,[ \t]*[^\W\d]\w*)*[ \t]*=[ \t]*"
_LINE = re.compile(rf"(?P<indent>[ \t]*)(?P<target>{_TARGET})?(?P<sign>[%!])(?P<rest>.*)")
_CELL = re.compile(r"\s*%%(?P<name>\w*)[ \t]*(?P<arguments>[^\n]*)(?P<body>\n.*)?", re.DOTALL)


_ANY = re.compile(rf"^[ \t]*(?:{_TARGET})?[%!]", re.MULTILINE)


def may_have_magics(source: str) -> bool:
    """False when no line looks like one, which is nearly always and found out fast."""
    return _ANY.search(source) is not None


def cell_magic(source: str) -> tuple[str, str, str] | None:
    """Name, arguments and body of a source whose first line is ``%%name``; None for any other."""
    match = _CELL.fullmatch(source)
    return (match["name"], match["arguments"].strip(), match["body"] or "") if match else None


def without_magics(source: str) -> str:
    """``source`` with ``None`` in the place of each magic; lines keep their numbers."""
    return translate(source, lambda _sign, _rest, _assigned: "None")


def translate(source: str, replace: Callable[[str, str, bool], str]) -> str:
    """``source`` with each line that looks like a magic replaced by ``indent + replace(sign, rest, False)``, and
    each that binds the value of one by ``indent + name = replace(sign, rest, True)``.

    Only for source that Python cannot parse: in what it can, a line that begins with ``%`` belongs to a
    string or to an expression in brackets.
    """

    def translated(line: str) -> str:
        match = _LINE.fullmatch(line)
        if match is None:
            return line
        target = match["target"] or ""
        return f"{match['indent']}{target}{replace(match['sign'], match['rest'].strip(), bool(target))}"

    return "\n".join(map(translated, source.split("\n")))
