"""Magics about files and what was run."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from tutor.protocol.magics import cell_magic, translate
from tutor.worker.magics.context import Context, UsageError


def run(context: Context, arguments: str, _body: str) -> None:
    """Run a file as the main program: its names stay, ``sys.argv`` and ``__file__`` are its own meanwhile."""
    words = shlex.split(arguments)
    if not words:
        raise UsageError("Use: %run FILE [ARGUMENTS]")
    path = Path(words[0]).expanduser()
    source = _read(path if path.suffix or path.exists() else path.with_suffix(".py"))
    argv, folder = list(sys.argv), str(path.resolve().parent)
    sys.argv[:] = words
    sys.path.insert(0, folder)
    try:
        context.execute(source, str(path.resolve()))
    finally:
        sys.argv[:] = argv
        if folder in sys.path:
            sys.path.remove(folder)


def save(context: Context, arguments: str, _body: str) -> None:
    """Write cells to a file that runs alone; magics become comments. An existing file needs ``-f``."""
    words = shlex.split(arguments)
    force = "-f" in words
    words = [word for word in words if word != "-f"]
    if not words:
        raise UsageError("Use: %save FILE, or %save FILE 2-5 7")
    path = Path(words[0]).expanduser()
    path = path if path.suffix else path.with_suffix(".py")
    if path.exists() and not force:
        raise UsageError(f"{path} exists; %save -f {words[0]} replaces it")
    chosen = context.chosen(" ".join(words[1:]))
    cells = [(number, source) for number, source in chosen if number not in context.failed]
    path.write_text("\n\n".join(_as_python(source) for _, source in cells) + "\n", encoding="utf-8")
    print(f"{len(cells)} cell{'s' * (len(cells) != 1)} written to {path}")
    left_out = [f"[{number}]" for number, _ in chosen if number in context.failed]
    if left_out:
        print(f"Left out, because of an error: {' '.join(left_out)}")


def history(context: Context, arguments: str, _body: str) -> None:
    """Show cells; one that did not end well has a ``!`` at its number."""
    for number, source in context.chosen(arguments):
        first, *rest = source.strip("\n").split("\n")
        gutter = f"[{number}]{'!' if number in context.failed else ''} "
        print("\n".join([gutter + first, *(" " * len(gutter) + line for line in rest)]))


def writefile(_context: Context, arguments: str, body: str) -> None:
    words = shlex.split(arguments)
    if len(words) != 1:
        raise UsageError("Use: %%writefile FILE, and the lines below it")
    path = Path(words[0]).expanduser()
    verb = "replaced" if path.exists() else "written"
    path.write_text(body.removeprefix("\n").rstrip("\n") + "\n", encoding="utf-8")
    print(f"{path} {verb}")


def cd(_context: Context, arguments: str, _body: str) -> None:
    os.chdir(Path(" ".join(shlex.split(arguments)) or "~").expanduser())
    print(Path.cwd())


def pwd(_context: Context, _arguments: str, _body: str) -> str:
    return str(Path.cwd())


def _read(path: Path) -> str:
    if not path.is_file():
        raise UsageError(f"There is no file {path} (the working folder is {Path.cwd()})")
    return path.read_text(encoding="utf-8")


def _as_python(source: str) -> str:
    """A cell as it can stand in a file."""
    source = source.strip("\n")
    try:
        compile(source, "<cell>", "exec")
    except (SyntaxError, ValueError):
        if cell_magic(source) is not None:
            return "\n".join(f"# {line}" for line in source.split("\n"))
        return translate(source, lambda sign, rest, assigned: f"{'None' if assigned else 'pass'}  # {sign}{rest}")
    return source
