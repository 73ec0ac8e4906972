"""``!command``: the shell, with what it writes in the transcript."""

from __future__ import annotations

import importlib
import re
import shlex
import subprocess
import sys
from typing import Any

from tutor.worker.magics.context import Context, UsageError

_NAME = re.compile(r"\{([^\W\d]\w*)\}")
_PYTHON = re.compile(r"^(?:(pip)3?|python3?)(?=\s|$)")


def command(context: Context, line: str, _body: str) -> None:
    """Run one line of shell. ``{name}`` is the value of a name; ``pip`` and ``python`` are the session's own."""
    if not line:
        raise UsageError("Use: !command, for example !ls")
    if re.match(r"cd(\s|$)", line):
        print("A command has a shell of its own; %cd changes the folder of your session.", file=sys.stderr)
        return
    _shell(context, _with_names(line, context.namespace), "sh")


def pip(context: Context, arguments: str, _body: str) -> None:
    _shell(context, _own_python(f"pip {arguments}"), "sh")


def bash(context: Context, _arguments: str, body: str) -> None:
    _shell(context, body, "bash")


def _shell(context: Context, line: str, shell: str) -> None:
    process = subprocess.Popen([shell, "-c", _own_python(line)], stdin=subprocess.DEVNULL)
    try:
        status = process.wait()
    except BaseException:
        # An interrupt: the command must not go on behind the prompt.
        process.kill()
        process.wait()
        raise
    importlib.invalidate_caches()
    context.namespace["_exit_code"] = status
    if status:
        print(f"exit status {status}", file=sys.stderr)


def _own_python(line: str) -> str:
    match = _PYTHON.match(line)
    if match is None:
        return line
    return shlex.quote(sys.executable) + (" -m pip" if match[1] else "") + line[match.end() :]


def _with_names(line: str, namespace: dict[str, Any]) -> str:
    def value(match: re.Match[str]) -> str:
        return str(namespace[match[1]]) if match[1] in namespace else match[0]

    return _NAME.sub(value, line)
