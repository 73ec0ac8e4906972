"""``!command``: the shell, with what it writes in the transcript."""

from __future__ import annotations

import importlib
import re
import shlex
import subprocess
import sys

from tutor.worker.magics.context import Context, UsageError
from tutor.worker.magics.fill import filled

_PYTHON = re.compile(r"^(?:(pip)3?|python3?)(?=\s|$)")


def command(context: Context, line: str, _body: str) -> None:
    """Run one line of shell; ``pip`` and ``python`` are the session's own. See :func:`filled` for names in it."""
    _shell(context, _checked(context, line), "sh")


def lines(context: Context, line: str, _body: str) -> list[str]:
    """Run one line of shell and give what it wrote, line by line, for ``files = !ls``."""
    return _shell(context, _checked(context, line), "sh", captured=True).splitlines()


def _checked(context: Context, line: str) -> str:
    if not line:
        raise UsageError("Use: !command, for example !ls, or files = !ls")
    if re.fullmatch(r"cd(\s[^;&|]*)?", line):
        raise UsageError("A command has a shell of its own; %cd changes the folder of your session.")
    return filled(line, context.namespace)


def pip(context: Context, arguments: str, _body: str) -> None:
    _shell(context, _own_python(f"pip {arguments}"), "sh")


def bash(context: Context, _arguments: str, body: str) -> None:
    _shell(context, body, "bash")


def _shell(context: Context, line: str, shell: str, *, captured: bool = False) -> str:
    """What it wrote to its standard output if that is ``captured``."""
    process = subprocess.Popen(
        [shell, "-c", _own_python(line)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if captured else None,
    )
    try:
        written = process.communicate()[0] or b""
        status = process.returncode
    except BaseException:
        # An interrupt: the command must not go on behind the prompt.
        process.kill()
        process.wait()
        raise
    importlib.invalidate_caches()
    context.namespace["_exit_code"] = status
    if status:
        print(f"exit status {status}", file=sys.stderr)
    return written.decode(errors="replace")


def _own_python(line: str) -> str:
    match = _PYTHON.match(line)
    if match is None:
        return line
    return shlex.quote(sys.executable) + (" -m pip" if match[1] else "") + line[match.end() :]
