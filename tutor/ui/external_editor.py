"""The learner's own editor, as ``$VISUAL`` or ``$EDITOR`` names it."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tutor.protocol.text import plain
from tutor.texts import _

_LARGEST = 1_000_000
"""Bytes that are read back."""


class EditorFailed(Exception):
    """Says in a sentence why nothing came back."""


def editor_command(environment: Mapping[str, str]) -> list[str]:
    """The command, in words. Raises EditorFailed if there is none or it makes no sense."""
    for name in ("VISUAL", "EDITOR"):
        if chosen := environment.get(name, "").strip():
            try:
                return shlex.split(chosen)
            except ValueError as error:
                words = _("${name} is not a command: {error}.")
                raise EditorFailed(words.format(name=name, error=error)) from error
    raise EditorFailed(_("No editor is set. In your shell: export EDITOR=nano (or vim, or 'code --wait')."))


def edit(text: str, command: list[str]) -> str:
    """Let the person edit ``text``, in this terminal; what they left in the file.

    Raises EditorFailed. A changed file is then kept, and the message says where.
    """
    folder = Path(tempfile.mkdtemp(prefix="tutor-"))
    file = folder / "cell.py"
    try:
        file.write_text(text + "\n", encoding="utf-8")
        _run([*command, str(file)])
        after = _read(file)
    except (OSError, EditorFailed) as error:
        reason = str(error) if isinstance(error, EditorFailed) else f"{command[0]}: {error.strerror or error}."
        if _changed(file, text):
            raise EditorFailed(f"{reason} {_('What you wrote is in {file}.').format(file=file)}") from error
        shutil.rmtree(folder, ignore_errors=True)
        raise EditorFailed(f"{reason} {_('Your text is as it was.')}") from error
    shutil.rmtree(folder, ignore_errors=True)
    return after


def edit_file(file: Path, command: list[str]) -> None:
    """Let the person edit a file that stays, in this terminal. Raises EditorFailed."""
    try:
        _run([*command, str(file)])
    except OSError as error:
        raise EditorFailed(f"{command[0]}: {error.strerror or error}.") from error


def _run(command: list[str]) -> None:
    with _left_to_the_editor(signal.SIGINT), _left_to_the_editor(signal.SIGTSTP):
        status = _wait_for(subprocess.Popen(command))
    if status:
        how = _("{program} was ended by signal {n}.") if status < 0 else _("{program} ended with status {n}.")
        raise EditorFailed(how.format(program=command[0], n=abs(status)))


def _wait_for(process: subprocess.Popen[bytes]) -> int:
    """Its exit status; where it is stopped (Ctrl+Z) we stop as well, and both go on together."""
    while True:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode
        # Where no shell could continue us the system ignores this.
        ours = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, ours)
        os.kill(process.pid, signal.SIGCONT)


@contextlib.contextmanager
def _left_to_the_editor(number: signal.Signals) -> Iterator[None]:
    """The terminal sends it to both of us. A handler, because what is ignored stays so in the child."""
    before = signal.signal(number, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(number, before)


def _read(file: Path) -> str:
    with file.open("rb") as opened:
        data = opened.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise EditorFailed(_("The file has grown over {n} bytes.").format(n=f"{_LARGEST:,}"))
    return plain(data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")).rstrip("\n")


def _changed(file: Path, text: str) -> bool:
    try:
        return file.read_bytes() != f"{text}\n".encode()
    except (OSError, UnicodeError):
        return file.exists()


def own_command() -> list[str]:
    """The command that this process's environment names. Raises EditorFailed."""
    return editor_command(os.environ)
