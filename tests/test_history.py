"""History: what is kept across sessions, and what happens when it cannot be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor import history
from tutor.history import FILE_NAME, PastCells


@pytest.fixture
def past(tmp_path: Path) -> Iterator[PastCells]:
    cells = PastCells(tmp_path)
    yield cells
    cells.close()


def kept(folder: Path) -> list[str]:
    """What a tutor that starts now would find."""
    with closing(PastCells(folder)) as past:
        assert past.notice == ""
        return past.cells()


def test_cells_come_back_in_order_and_twice_in_a_row_once(past: PastCells) -> None:
    for source in ("a = 1", "b = 2", "b = 2", "a = 1"):
        past.add(source)
    assert kept(past.file.parent) == ["a = 1", "b = 2", "a = 1"]


@given(st.lists(st.text(min_size=1), max_size=6))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, sources: list[str]) -> None:
    folder = tmp_path_factory.mktemp("history")
    with closing(PastCells(folder)) as past:
        for source in sources:
            past.add(source)
    once = [source for source, before in zip(sources, [None, *sources], strict=False) if source != before]
    assert kept(folder) == once


def test_a_lone_surrogate_does_no_harm(past: PastCells) -> None:
    past.add("x = '\ud800'")
    assert kept(past.file.parent) == ["x = '?'"]


def test_the_number_of_cells_is_bounded(past: PastCells, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 5)
    for number in range(12):
        past.add(str(number))
    assert kept(past.file.parent) == ["7", "8", "9", "10", "11"]


def test_the_size_is_bounded(past: PastCells, monkeypatch: pytest.MonkeyPatch) -> None:
    past.add("x" * (history.LONGEST + 1))
    for number in range(6):
        past.add(f"{number}" * 10)
    monkeypatch.setattr(history, "MOST_CHARACTERS", 35)
    assert kept(past.file.parent) == ["3" * 10, "4" * 10, "5" * 10]


@pytest.mark.parametrize(
    "content", [b"no database " * 100, b"SQLite format 3\x00" + b"\x00" * 200], ids=["text", "torn"]
)
def test_a_damaged_file_is_kept_aside_and_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with closing(PastCells(tmp_path)) as past:
        assert "Your history file could not be read" in past.notice
        past.add("x")
    assert (tmp_path / f"{FILE_NAME}.unreadable-1").read_bytes() == content
    assert kept(tmp_path) == ["x"]


def test_where_nothing_can_be_written_it_lasts_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with closing(PastCells(tmp_path / "file" / "deeper")) as past:
        assert "History cannot be kept" in past.notice
        past.add("x")
        assert past.cells() == ["x"]


_WRITER = """
import sys
from pathlib import Path
from tutor.history import PastCells
past = PastCells(Path(sys.argv[1]))
for number in range(200):
    past.add(f"{sys.argv[2]} = {number}")
past.close()
print(past.notice)
"""


@pytest.mark.parametrize("begin", ["nothing there", "unreadable"])
def test_several_tutors_at_once_lose_nothing(tmp_path: Path, begin: str) -> None:
    if begin == "unreadable":
        (tmp_path / FILE_NAME).write_bytes(b"no database " * 100)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path), name],
            cwd=Path(__file__).parent.parent,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "abcd"
    ]
    said = [writer.communicate(timeout=60)[0].strip() for writer in writers]
    assert sum(map(bool, said)) == len(list(tmp_path.glob("*.unreadable-*"))) == (begin == "unreadable")
    cells = kept(tmp_path)
    for name in "abcd":
        assert [cell for cell in cells if cell[0] == name] == [f"{name} = {number}" for number in range(200)]
