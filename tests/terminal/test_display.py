"""Values, figures and progress bars in a real terminal, from key to screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal

pytestmark = [pytest.mark.terminal, pytest.mark.worker]
ENTER, ESC = "\r", "\x1b"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal("repl", data=tmp_path, columns=100, rows=36, cwd=tmp_path)
    opened.until(lambda: opened.shows("● ready"))
    yield opened
    opened.child.close(force=True)


def test_a_tqdm_bar_is_one_line_as_wide_as_the_pane(terminal: Terminal) -> None:
    terminal.send("import time; from tqdm import tqdm" + ENTER)
    terminal.send("for i in tqdm(range(60)): time.sleep(0.02)" + ENTER + ENTER)
    terminal.until(lambda: re.search(r"\d+%\|", terminal.text))
    most = 0

    def finished() -> bool:
        nonlocal most
        most = max(most, len(re.findall(r"\d+%\|", terminal.text)))
        return terminal.shows("100%|", "60/60")

    terminal.until(finished)
    assert most == 1
    # The bar's own end is on the same line: it fits the pane.
    assert re.search(r"100%\|.*60/60 \[.*it/s\]", terminal.text)


def test_a_figure_fills_the_terminal_and_goes_again(terminal: Terminal) -> None:
    terminal.send(
        "import matplotlib.pyplot as plt; _ = plt.plot([1, 3, 2]); plt.title('Loss'); plt.show()" + ENTER
    )
    terminal.until(lambda: terminal.shows("Esc i opens it large", "▀▀▀▀"))
    terminal.send(ESC)
    terminal.until(lambda: terminal.shows("Esc, then"))
    terminal.send("i")
    terminal.until(lambda: terminal.shows("any key goes back"))
    terminal.send("\x03")
    terminal.until(lambda: terminal.shows("Free prompt", "● ready"))
    terminal.send("6 * 7" + ENTER)
    terminal.until(lambda: terminal.shows("[2] 6 * 7", "42"))


def test_a_model_is_a_tree(terminal: Terminal) -> None:
    terminal.send("import torch; torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU())" + ENTER)
    terminal.until(lambda: terminal.shows("├ 0  Linear", "└ 1  ReLU", "16 parameters, all trainable, 64 B"))
