"""``tutor preview`` in a real terminal, with a real worker, beside an editor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal
from tutor.progress.schema import FILE_NAME

pytestmark = [pytest.mark.terminal, pytest.mark.worker]

LESSON = Path(__file__).parent.parent / "ui" / "lessons" / "01-broadcasting" / "lesson.yaml"
CTRL_Q, ENTER = "\x11", "\r"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    file = tmp_path / "pack" / "01-broadcasting" / "lesson.yaml"
    file.parent.mkdir(parents=True)
    file.write_bytes(LESSON.read_bytes())
    made = Terminal(
        "preview", "pack/01-broadcasting#centre", data=tmp_path / "mine", cwd=tmp_path, columns=100, rows=36
    )
    yield made
    made.child.close(force=True)


def test_every_save_is_shown_and_its_state_is_made_again(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "pack" / "01-broadcasting" / "lesson.yaml"

    def save(old: str, new: str) -> None:
        text = file.read_text(encoding="utf-8")
        assert old in text
        beside = file.with_suffix(".new")
        beside.write_text(text.replace(old, new, 1), encoding="utf-8")
        beside.replace(file)

    terminal.until(lambda: terminal.shows("preview · saved", "0 problems", "Make centred", "● ready", "✗ centred"))
    terminal.send("x.shape" + ENTER)
    terminal.until(lambda: terminal.shows("torch.Size([4, 3])"))
    save("arange(12.).reshape(4, 3)", "arange(10.).reshape(5, 2)")
    terminal.until(lambda: terminal.shows("read again, in a fresh Python", "[5, 2]"))
    terminal.send("x.shape" + ENTER)
    terminal.until(lambda: terminal.shows("torch.Size([5, 2])"))
    save("solution:", "solutoin:")
    terminal.until(lambda: terminal.shows("has no key `solutoin`; did you mean `solution`?", "1 problem"))
    terminal.send("x.sum()" + ENTER)
    terminal.until(lambda: terminal.shows("tensor(45.)"))
    save("solutoin:", "solution:")
    terminal.until(lambda: terminal.shows("0 problems"))
    terminal.send("centred = x - x.mean(dim=0, keepdim=True)" + ENTER)
    terminal.until(lambda: terminal.shows("✓ done"))
    terminal.send(CTRL_Q)
    assert terminal.end() == 0
    assert not (tmp_path / "mine" / FILE_NAME).exists()
