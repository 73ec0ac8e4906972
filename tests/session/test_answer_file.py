"""A file that any editor may write: what is handed in of it, and what is said when nothing can be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kinds.judging import LESSONS as KINDS
from tutor.lesson.loader import load_lesson
from tutor.session.answer_file import AnswerFile, Saved, is_written

LESSON = load_lesson(Path(__file__).parent.parent / "ui" / "lessons" / "01-broadcasting" / "lesson.yaml")
STEP = next(step for step in LESSON.steps if step.id == "centre")


@pytest.fixture
def file() -> AnswerFile:
    begun = AnswerFile(LESSON, STEP)
    begun.begin()
    return begun


def news(file: AnswerFile) -> Saved | None:
    """What there is to tell once the file is settled."""
    return next((found for _ in range(4) if (found := file.news()) is not None), None)


def test_it_begins_with_the_task_and_the_starter_and_that_is_no_news(file: AnswerFile) -> None:
    text = file.path.read_text("utf-8")
    assert text.startswith("# Broadcasting: centre\n#\n# Make `centred`")
    assert text.endswith("\n\ncentred = ...\n")
    assert all(line.startswith("#") or line in ("", "centred = ...") for line in text.split("\n"))
    assert file.read() == Saved("centred = ...")
    assert file.as_it_was
    assert news(file) is None


def test_each_save_is_told_once_without_the_task(file: AnswerFile) -> None:
    before = file.path.read_text("utf-8")
    file.path.write_text(before.replace("...", "x - x.mean(0)") + "# mine\n", "utf-8")
    assert file.waits
    assert news(file) == Saved("centred = x - x.mean(0)\n# mine")
    assert news(file) is None
    os.utime(file.path)
    assert news(file) is None, "the same text is no news"
    file.path.write_text("centred = 1", "utf-8")
    assert news(file) == Saved("centred = 1")


def test_a_file_that_is_still_being_written_is_not_read_yet(file: AnswerFile) -> None:
    file.path.write_text("centred = (", "utf-8")
    assert file.news() is None
    file.path.write_text("centred = (1)", "utf-8")
    assert file.news() is None
    assert file.news() == Saved("centred = (1)")


def test_an_editor_may_save_by_renaming(file: AnswerFile) -> None:
    for number in range(3):
        other = file.path.with_suffix(".tmp")
        other.write_text(f"centred = {number}", "utf-8")
        file.path.unlink()
        assert file.news() is None
        other.rename(file.path)
        assert news(file) == Saved(f"centred = {number}")


def test_a_file_that_vanishes_is_said_once_and_is_news_when_it_comes_back(file: AnswerFile) -> None:
    file.path.unlink()
    found = news(file)
    assert found is not None
    assert found.problem.endswith("centre.py is gone. Save it again, or ask for it anew.")
    assert news(file) is None
    file.path.write_text("centred = 2", "utf-8")
    assert news(file) == Saved("centred = 2")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"x" * 1_000_001, "larger than 1 MB"),
        ("centred = 'ü'".encode("latin-1"), "line 1: not UTF-8"),
        (b"a = 1\nb = 2\n# \xff\n", "line 3: not UTF-8"),
        ("centred = 1".encode("utf-16"), "is UTF-16"),
    ],
    ids=["large", "latin-1", "third line", "utf-16"],
)
def test_what_cannot_be_read_is_said_and_the_file_is_left_alone(
    file: AnswerFile, data: bytes, problem: str
) -> None:
    file.path.write_bytes(data)
    found = news(file)
    assert found is not None
    assert problem in found.problem
    assert found.code == ""
    assert file.path.read_bytes() == data
    file.path.write_text("centred = 3", "utf-8")
    assert news(file) == Saved("centred = 3")


def test_what_is_no_file_is_never_opened(file: AnswerFile) -> None:
    file.path.unlink()
    os.mkfifo(file.path)
    found = news(file)
    assert found is not None
    assert found.problem.endswith("is not a file.")
    file.path.unlink()
    file.path.mkdir()
    found = news(file)
    assert found is not None
    assert found.problem.endswith("is not a file.")


def test_what_was_written_stays_for_another_day(file: AnswerFile) -> None:
    file.path.write_text("centred = 'half done'", "utf-8")
    again = AnswerFile(LESSON, STEP)
    again.begin()
    assert again.path == file.path
    assert again.read() == Saved("centred = 'half done'")
    assert not again.as_it_was
    assert news(again) is None


def test_a_folder_that_cannot_be_made_is_an_oserror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("", "utf-8")
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path / "taken"))
    with pytest.raises(OSError, match="taken"):
        AnswerFile(LESSON, STEP).begin()


def test_marks_and_line_ends_of_other_systems_are_no_part_of_the_answer(file: AnswerFile) -> None:
    head = file.path.read_text("utf-8").replace("...", "1").replace("\n", "\r\n")
    file.path.write_bytes(b"\xef\xbb\xbf" + head.encode() + b"y = 2\x1b[2J\r\n")
    assert news(file) == Saved("centred = 1\ny = 2")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]) | st.just("\n"), max_size=60)
)
def test_nothing_typed_below_the_task_is_lost(typed: str) -> None:
    file = AnswerFile(LESSON, STEP)
    file.begin()
    head = file.path.read_text("utf-8").removesuffix("centred = ...\n")
    try:
        file.path.write_text(f"{head}begin = 1\n{typed}", "utf-8")
        assert file.read().code == f"begin = 1\n{typed}".rstrip()
    finally:
        file.path.unlink()


def test_every_step_that_is_judged_by_code_has_one() -> None:
    written = {type(step).__name__ for lesson in KINDS for step in lesson.steps if is_written(step)}
    assert {"Exercise", "Fix", "Fill", "Parsons", "Train"} <= written
    assert not written & {"Read", "Run", "Predict", "Choice"}
