"""What comes back from an editor of the learner's, and what is said when nothing does."""

from __future__ import annotations

import re
import shlex
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tutor.ui.external_editor import EditorFailed, edit, editor_command


def editor(script: str) -> list[str]:
    """An editor that does what ``script`` says with ``file``."""
    return [sys.executable, "-c", f"import os, sys, pathlib, signal\nfile = pathlib.Path(sys.argv[1])\n{script}"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name != "data"]


def test_what_was_written_comes_back_and_the_file_is_gone(folder: Path) -> None:
    script = "assert file.suffix == '.py'; file.write_bytes(file.read_bytes() + b'b = 2\\r\\n\\x1b[2J\\xff\\n\\n')"
    assert edit("größe = 1", editor(script)) == "größe = 1\nb = 2\n\ufffd"
    assert left(folder) == []


def test_nobody_else_can_read_it(folder: Path) -> None:
    script = "file.write_text(oct(file.parent.stat().st_mode))"
    assert stat.S_IMODE(int(edit("x", editor(script)), 8)) == 0o700


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (editor("sys.exit(3)"), "ended with status 3. Your text is as it was."),
        (editor("os.kill(os.getpid(), signal.SIGKILL)"), "was ended by signal 9."),
        (["/does/not/exist"], "/does/not/exist: No such file or directory. Your text is as it was."),
        (["/"], "/: Permission denied."),
        (editor("file.unlink()"), "No such file or directory. Your text is as it was."),
    ],
)
def test_a_failure_is_said_and_nothing_is_left(folder: Path, command: list[str], reason: str) -> None:
    with pytest.raises(EditorFailed, match=re.escape(reason)):
        edit("a = 1", command)
    assert left(folder) == []


@pytest.mark.parametrize(
    ("script", "kept"),
    [("file.write_text('new'); sys.exit(1)", "new"), ("file.write_text('x' * 1_000_001)", "x" * 1_000_001)],
    ids=["status", "size"],
)
def test_what_was_written_before_a_failure_is_kept_and_named(folder: Path, script: str, kept: str) -> None:
    with pytest.raises(EditorFailed, match="What you wrote is in") as failure:
        edit("a = 1", editor(script))
    file = Path(str(failure.value).rpartition(" in ")[2].rstrip("."))
    assert file.read_text(encoding="utf-8") == kept


def test_ctrl_c_is_the_editors(folder: Path) -> None:
    script = "os.kill(os.getppid(), signal.SIGINT)\nfile.write_text(str(signal.getsignal(signal.SIGINT)))"
    before = signal.getsignal(signal.SIGINT)
    assert "default_int_handler" in edit("x", editor(script))
    assert signal.getsignal(signal.SIGINT) is before


def test_an_editor_that_stops_where_nobody_continues_it_goes_on(folder: Path) -> None:
    """As in a terminal that was opened for the tutor alone, without a shell that knows jobs."""
    code = (
        "import sys; from tutor.ui.external_editor import edit; "
        "print(edit('x', [sys.executable, '-c', sys.argv[1], ]))"
    )
    script = (
        "import os, signal, sys; os.kill(os.getpid(), signal.SIGSTOP); open(sys.argv[1], 'w').write('went on')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, script], capture_output=True, text=True, timeout=60, start_new_session=True
    )
    assert (done.stdout, done.stderr) == ("went on\n", "")


def test_visual_comes_before_editor() -> None:
    assert editor_command({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor_command({"VISUAL": " ", "EDITOR": shlex.quote("/my editor/vi")}) == ["/my editor/vi"]
    with pytest.raises(EditorFailed, match="export EDITOR"):
        editor_command({})
    with pytest.raises(EditorFailed, match="is not a command"):
        editor_command({"EDITOR": "vi 'x"})
