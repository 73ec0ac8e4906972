"""What only a real terminal can show: first paint, keys as bytes, what is left behind."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal

pytestmark = [pytest.mark.terminal, pytest.mark.worker]

LESSONS = Path(__file__).parent.parent / "ui" / "lessons"
CTRL_C, CTRL_Q, CTRL_U, ENTER, F8, F5 = "\x03", "\x11", "\x15", "\r", "\x1b[19~", "\x1b[15~"


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.child.close(force=True)


def _open(terminals: list[Terminal], *arguments: str, data: Path, columns: int = 100, rows: int = 30) -> Terminal:
    terminal = Terminal(*arguments, data=data, columns=columns, rows=rows, cwd=data)
    terminals.append(terminal)
    return terminal


def test_the_screen_is_there_before_torch_and_early_code_runs_when_it_can(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    terminal = _open(terminals, "repl", data=tmp_path)
    terminal.until(lambda: terminal.shows("Free prompt", "[1]"))
    assert not terminal.shows("● ready")
    terminal.send("6 * 7" + ENTER)
    terminal.until(lambda: terminal.shows("● ready"))
    terminal.until(lambda: terminal.shows("[1] 6 * 7", "42"))


def test_a_gradient_by_hand_appears_in_the_pane(terminals: list[Terminal], tmp_path: Path) -> None:
    terminal = _open(terminals, "repl", data=tmp_path)
    terminal.until(lambda: terminal.shows("● ready"))
    for line in (
        "import torch",
        "x = torch.tensor(2.0, requires_grad=True)",
        "y = x**2 + 2*x + 1",
        "y.backward()",
    ):
        terminal.send(line + ENTER)
    terminal.until(lambda: terminal.shows("PowBackward0", "MulBackward0"))
    row = next(line for line in terminal.text.splitlines() if "│ x " in line)
    assert row.split()[-2] == "6"


def test_a_training_loop_moves_while_it_runs_and_stops_with_its_variables(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    terminal = _open(terminals, "repl", data=tmp_path, columns=120, rows=40)
    terminal.until(lambda: terminal.shows("● ready"))
    terminal.send("import torch, time; w = torch.zeros(3, requires_grad=True); n = 0" + ENTER)
    terminal.send(
        "for n in range(200_000): ((w - 1)**2).sum().backward(); w.data -= 0.001*w.grad; time.sleep(0.01)"
    )
    terminal.send(ENTER + ENTER)
    terminal.until(lambda: terminal.shows("● running", "times"))

    def calls() -> int:
        row = next((line for line in terminal.text.splitlines() if "backward() ran" in line), "")
        return int(row.split("ran ")[1].split()[0].replace(",", "")) if "times" in row else 0

    first = calls()
    terminal.until(lambda: calls() > first)
    terminal.send("typing_works_meanwhile")
    terminal.until(lambda: terminal.shows("typing_works_meanwhile"))
    terminal.send(CTRL_C)
    terminal.until(lambda: terminal.shows("Stopped. Your variables are still here."))
    terminal.send(CTRL_U + "'kept', w.shape, n > 0" + ENTER)
    terminal.until(lambda: terminal.shows("('kept', torch.Size([3]), True)"))


def test_a_worker_that_ends_is_told_and_replaced(terminals: list[Terminal], tmp_path: Path) -> None:
    terminal = _open(terminals, "repl", data=tmp_path)
    terminal.until(lambda: terminal.shows("● ready"))
    terminal.send("import os; os._exit(3)" + ENTER)
    terminal.until(lambda: terminal.shows("it exited with code 3"))
    terminal.send("40 + 2" + ENTER)
    terminal.until(lambda: terminal.shows("42"))


def test_escape_sequences_of_the_learners_do_not_reach_the_terminal(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    terminal = _open(terminals, "repl", data=tmp_path)
    terminal.until(lambda: terminal.shows("● ready"))
    before = len(terminal.raw)
    terminal.send(r"print('a\x1b]0;stolen title\x07b\x1b[2Jc\x9b2Jd\x1b]52;c;aGk=\x07e')" + ENTER)
    terminal.until(lambda: terminal.shows("abcde"))
    written = terminal.raw[before:]
    assert "\x1b]0;" not in written
    assert "\x1b]52;" not in written
    assert "\x1b[2J" not in written
    assert "\x9b" not in written


def test_quitting_in_the_middle_and_coming_back(terminals: list[Terminal], tmp_path: Path) -> None:
    arguments = ("--lessons", str(LESSONS), "--trust")
    terminal = _open(terminals, *arguments, data=tmp_path)
    terminal.until(lambda: terminal.shows("start here"))
    terminal.send(ENTER)
    terminal.until(lambda: terminal.shows("lined up from the right", "● ready"))
    terminal.send(F8)
    terminal.until(lambda: terminal.shows("2/5"))
    terminal.send("mine = torch.arange(5)" + ENTER)
    terminal.until(lambda: terminal.shows("[1] mine"))
    terminal.send(F5)
    terminal.until(lambda: terminal.shows("done"))
    terminal.send(CTRL_Q)
    assert terminal.end() == 0
    again = _open(terminals, *arguments, data=tmp_path)
    again.until(lambda: again.shows("continue"))
    again.send(ENTER)
    again.until(lambda: again.shows("2/5", "ran again"))
    again.send("mine.sum()" + ENTER)
    again.until(lambda: again.shows("tensor(10)"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(
    terminals: list[Terminal], tmp_path: Path, number: signal.Signals
) -> None:
    terminal = _open(terminals, "repl", data=tmp_path)
    terminal.until(lambda: terminal.shows("● ready"))
    terminal.child.kill(number)
    terminal.end()
    assert terminal.raw.rindex("\x1b[?1049l") > terminal.raw.rindex("\x1b[?1049h")
    assert terminal.raw.rindex("\x1b[?25h") > terminal.raw.rindex("\x1b[?25l")


def test_quitting_leaves_no_process_behind(terminals: list[Terminal], tmp_path: Path) -> None:
    import psutil

    terminal = _open(terminals, "repl", data=tmp_path)
    terminal.until(lambda: terminal.shows("● ready"))
    children = psutil.Process(terminal.child.pid).children(recursive=True)
    assert len(children) >= 2
    terminal.send(CTRL_Q)
    assert terminal.end() == 0
    _gone, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []


def test_a_terminal_window_that_is_closed_leaves_no_process_behind(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    import psutil

    terminal = _open(terminals, "repl", data=tmp_path)
    terminal.until(lambda: terminal.shows("● ready"))
    app = psutil.Process(terminal.child.pid)
    everyone = [app, *app.children(recursive=True)]
    terminal.send("for i in range(10**7): print(i)\r")
    terminal.until(lambda: terminal.shows("running"))
    terminals.remove(terminal)
    getattr(terminal.child, "ptyproc").fileobj.close()  # noqa: B009 - not in its type
    _gone, alive = psutil.wait_procs(everyone, timeout=30)
    assert alive == []
