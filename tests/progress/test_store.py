"""Progress: what is kept, and what happens when it cannot be."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.progress import FILE_NAME, Bookmark, KeptCell, Progress, StepProgress
from tutor.progress.schema import MIGRATIONS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Progress]:
    progress = Progress(tmp_path)
    yield progress
    progress.close()


def _reopened(progress: Progress) -> Progress:
    progress.close()
    return Progress(progress.file.parent)


def test_nothing_has_been_done_at_first(store: Progress) -> None:
    assert store.last_lesson() is None
    assert store.resume("shapes") is None
    assert store.summary() == {}
    assert store.steps("shapes") == {}
    assert store.cells("shapes") == []
    assert store.notice == ""


def test_the_place_is_kept(store: Progress) -> None:
    store.enter_step("shapes", "one")
    store.enter_step("gradients", "a")
    store.enter_step("shapes", "two")
    with closing(_reopened(store)) as again:
        assert (again.resume("shapes"), again.resume("gradients")) == ("two", "a")
        assert again.last_lesson() == "shapes"
        assert again.steps("shapes") == {
            "one": StepProgress("seen", 0, 0, ""),
            "two": StepProgress("seen", 0, 0, ""),
        }


def test_attempts_and_hints_are_counted_by_step(store: Progress) -> None:
    assert [store.record_attempt("shapes", "one", answer) for answer in ("(3,)", "(3, 1)")] == [1, 2]
    assert [store.record_hint("shapes", "one") for _ in range(3)] == [1, 2, 3]
    assert store.record_attempt("shapes", "two", "x") == 1
    assert store.steps("shapes")["one"] == StepProgress("seen", 2, 3, "(3, 1)")


def test_done_stays_done_and_shown_may_become_done(store: Progress) -> None:
    store.complete_step("shapes", "one", "done")
    store.complete_step("shapes", "one", "shown")
    store.complete_step("shapes", "two", "shown")
    assert [step.status for step in store.steps("shapes").values()] == ["done", "shown"]
    store.complete_step("shapes", "two", "done")
    assert [step.status for step in store.steps("shapes").values()] == ["done", "done"]
    store.enter_step("shapes", "one")
    assert store.steps("shapes")["one"].status == "done"


def test_the_summary_counts_each_lesson(store: Progress) -> None:
    for step in ("one", "two", "three"):
        store.enter_step("shapes", step)
    store.complete_step("shapes", "one", "done")
    store.complete_step("shapes", "two", "shown")
    store.record_hint("shapes", "two")
    store.record_attempt("shapes", "two", "x")
    store.enter_step("gradients", "a")
    summary = store.summary()
    shapes = summary["shapes"]
    assert (shapes.done, shapes.shown, shapes.current) == (1, 1, "three")
    assert (shapes.attempts, shapes.hints) == (1, 1)
    assert (summary["gradients"].done, summary["gradients"].shown) == (0, 0)


def test_a_lesson_starts_once_and_ends_once(store: Progress) -> None:
    before = time.time()
    store.enter_step("shapes", "one")
    assert store.summary()["shapes"].finished is None
    first = store.summary()["shapes"].started
    store.finish_lesson("shapes")
    ended = store.summary()["shapes"].finished
    store.enter_step("shapes", "two")
    store.finish_lesson("shapes")
    again = store.summary()["shapes"]
    assert ended is not None
    assert before <= first <= ended <= time.time()
    assert (again.started, again.finished) == (first, ended)


def test_cells_come_back_in_order(store: Progress) -> None:
    store.add_cell("shapes", "one", "x = 1", "ok")
    store.add_cell("gradients", "a", "g = 1", "ok")
    store.add_cell("shapes", "one", "x +", "error")
    store.add_cell("shapes", "two", "x", "ok")
    with closing(_reopened(store)) as again:
        assert again.cells("shapes") == [
            KeptCell("one", "x = 1", "ok"),
            KeptCell("one", "x +", "error"),
            KeptCell("two", "x", "ok"),
        ]
        again.forget_cells("shapes")
        assert again.cells("shapes") == []
        assert len(again.cells("gradients")) == 1


def test_a_cleared_lesson_was_never_opened(store: Progress) -> None:
    for lesson in ("shapes", "gradients"):
        store.enter_step(lesson, "one")
        store.add_cell(lesson, "one", "x = 1", "ok")
        store.record_hint(lesson, "one")
    store.clear_lesson("gradients")
    assert (store.resume("gradients"), store.steps("gradients"), store.cells("gradients")) == (None, {}, [])
    assert list(store.summary()) == ["shapes"]
    assert store.last_lesson() == "shapes"
    assert store.cells("shapes")


@given(st.lists(st.tuples(st.text(), st.text())))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]]) -> None:
    with closing(Progress(tmp_path_factory.mktemp("progress"))) as progress:
        for step, source in texts:
            progress.add_cell("a lesson", step, source, "ok")
        assert [(cell.step_id, cell.source) for cell in progress.cells("a lesson")] == texts
        assert progress.notice == ""


def test_text_without_a_utf_8_form_does_no_harm(store: Progress) -> None:
    store.add_cell("shapes", "one", "x = '\ud800'", "ok")
    store.record_attempt("shapes", "one", "\udfff")
    assert [cell.source for cell in store.cells("shapes")] == ["x = '?'"]
    assert store.notice == ""


def _other_database(file: Path, script: str) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.executescript(script)


def _damaged(file: Path) -> None:
    with closing(Progress(file.parent)) as progress:
        for number in range(400):
            progress.add_cell("shapes", "one", f"x = {number}" * 20, "ok")
    content = bytearray(file.read_bytes())
    content[4096:] = b"\x99" * (len(content) - 4096)
    file.write_bytes(content)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(b"This is not a database at all. " * 40),
        lambda file: file.write_bytes(b"SQLite format 3\x00" + b"\x00" * 200),
        _damaged,
        lambda file: file.mkdir(),
        lambda file: _other_database(file, "CREATE TABLE t (a); PRAGMA user_version = 99;"),
        lambda file: _other_database(file, "CREATE TABLE t (a); PRAGMA user_version = 1;"),
        lambda file: _other_database(file, "CREATE TABLE t (a)"),
    ],
    ids=["text", "torn", "damaged", "folder", "newer", "other tables", "other database"],
)
def test_what_cannot_be_read_is_kept_aside(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    file = tmp_path / FILE_NAME
    for number in (1, 2):
        aside = tmp_path / f"{FILE_NAME}.unreadable-{number}"
        spoil(file)
        before = file.read_bytes() if file.is_file() else None
        with closing(Progress(tmp_path)) as progress:
            assert str(aside) in progress.notice
            assert "a new one has begun" in progress.notice
            assert progress.summary() == {}
            progress.enter_step("shapes", "one")
        assert (aside.read_bytes() if aside.is_file() else None) == before
        with closing(Progress(tmp_path)) as again:
            assert (again.notice, again.resume("shapes")) == ("", "one")
        file.unlink()


def test_a_new_file_does_not_meet_the_log_of_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    file.write_bytes(b"no database " * 100)
    for suffix in ("-wal", "-journal"):
        file.with_name(FILE_NAME + suffix).write_bytes(b"old log")
    with closing(Progress(tmp_path)) as progress:
        progress.enter_step("shapes", "one")
        beside = [left for left in tmp_path.glob(f"{FILE_NAME}-*") if left.read_bytes() == b"old log"]
        assert beside == []
    with closing(Progress(tmp_path)) as again:
        assert (again.notice, again.resume("shapes")) == ("", "one")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with closing(Progress(blocked / "deeper")) as progress:
        assert "until you leave it is kept in memory" in progress.notice
        assert str(blocked / "deeper") in progress.notice
        progress.enter_step("shapes", "one")
        assert progress.resume("shapes") == "one"


def test_choices_are_kept(store: Progress) -> None:
    assert store.setting("colour") == ""
    store.set_setting("colour", "blue")
    store.set_setting("colour", "green \ud800")
    store.set_setting("size", "2")
    with closing(_reopened(store)) as again:
        assert (again.setting("colour"), again.setting("size")) == ("green ?", "2")


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_file_of_every_older_version_is_carried_over(tmp_path: Path, version: int) -> None:
    """Written by the statements of that version, as its tutor did."""
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db, db:
        for statement in (statement for part in MIGRATIONS[:version] for statement in part):
            db.execute(statement)
        db.execute("INSERT INTO lessons VALUES ('shapes', 'one', 5.0, NULL, 1)")
        db.execute("INSERT INTO steps (lesson, step, status, attempts) VALUES ('shapes', 'one', 'done', 3)")
        db.execute("INSERT INTO cells (lesson, step, source, status) VALUES ('shapes', 'one', 'x = 1', 'ok')")
        db.execute(f"PRAGMA user_version = {version}")
    with closing(Progress(tmp_path)) as again:
        assert (again.notice, again.resume("shapes")) == ("", "one")
        assert again.steps("shapes")["one"] == StepProgress("done", 3, 0, "")
        assert again.cells("shapes") == [KeptCell("one", "x = 1", "ok")]
        assert (again.setting("colour"), again.bookmarks(), again.attempts("shapes", "one")) == ("", [], [])
        again.record_attempt("shapes", "one", "x = 1", "pass", 2.0)
        again.toggle_bookmark("shapes", "one")
        assert again.notice == ""
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_tutor_that_has_the_file_open_goes_on_writing(tmp_path: Path, version: int) -> None:
    with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as older:
        for statement in (statement for part in MIGRATIONS[:version] for statement in part):
            older.execute(statement)
        older.execute(f"PRAGMA user_version = {version}")
        with closing(Progress(tmp_path)) as newer:
            older.execute("INSERT OR IGNORE INTO steps (lesson, step) VALUES ('shapes', 'one')")
            older.execute("UPDATE steps SET attempts = attempts + 1, answer = 'x' WHERE step = 'one'")
            assert newer.steps("shapes")["one"] == StepProgress("seen", 1, 0, "x")


def test_attempts_are_kept_with_their_verdicts(store: Progress) -> None:
    before = time.time()
    store.record_attempt("shapes", "one", "x = 0", "fail", 12.5)
    store.record_attempt("shapes", "one", "x = 1", "pass")
    first, second = store.attempts("shapes", "one")
    assert (first.answer, first.verdict, first.seconds) == ("x = 0", "fail", 12.5)
    assert (second.answer, second.verdict, second.seconds) == ("x = 1", "pass", None)
    assert before <= first.at <= second.at <= time.time()
    assert store.attempts("shapes", "two") == []


def test_what_was_run_until_a_step_was_done_is_the_accepted_answer(store: Progress) -> None:
    store.add_cell("shapes", "one", "y = 5", "ok")
    store.add_cell("shapes", "two", "x = 1", "ok")
    store.add_cell("shapes", "two", "x.oops", "error")
    store.add_cell("shapes", "two", "x = 2", "ok")
    store.complete_step("shapes", "two", "done")
    store.add_cell("shapes", "two", "x = 3", "ok")
    store.forget_cells("shapes")
    store.complete_step("shapes", "two", "done")
    step = store.steps("shapes")["two"]
    assert (step.status, step.accepted) == ("done", "x = 2")
    assert step.completed is not None


def test_what_was_shown_is_no_answer_of_the_learner(store: Progress) -> None:
    store.add_cell("shapes", "one", "x = 1", "ok")
    store.complete_step("shapes", "one", "shown")
    assert store.steps("shapes")["one"].accepted == ""


def test_bookmarks_are_set_and_taken_away(store: Progress) -> None:
    assert store.toggle_bookmark("shapes", "two")
    assert store.toggle_bookmark("gradients", "a")
    assert [(mark.lesson, mark.step) for mark in store.bookmarks()] == [("shapes", "two"), ("gradients", "a")]
    assert not store.toggle_bookmark("shapes", "two")
    with closing(_reopened(store)) as again:
        assert again.bookmarks() == [Bookmark("gradients", "a")]
        again.clear_lesson("gradients")
        assert again.bookmarks() == []


def test_everything_can_be_forgotten_but_choices(store: Progress) -> None:
    for lesson in ("shapes", "gradients"):
        store.enter_step(lesson, "one")
        store.record_attempt(lesson, "one", "x")
        store.add_cell(lesson, "one", "x = 1", "ok")
        store.toggle_bookmark(lesson, "one")
    store.set_setting("colour", "blue")
    store.clear()
    assert (store.summary(), store.cells("shapes"), store.bookmarks()) == ({}, [], [])
    assert (store.steps("gradients"), store.attempts("shapes", "one")) == ({}, [])
    assert store.setting("colour") == "blue"


def test_a_disk_that_refuses_in_the_middle_loses_nothing_of_this_run(store: Progress) -> None:
    store.enter_step("shapes", "one")
    store.add_cell("shapes", "one", "x = 1", "ok")
    store.database.connection.execute("PRAGMA query_only = ON")
    store.complete_step("shapes", "one", "done")
    assert "cannot be saved" in store.notice
    assert "readonly" in store.notice
    store.enter_step("shapes", "two")
    assert (store.resume("shapes"), store.steps("shapes")["one"].status) == ("two", "done")
    assert [cell.source for cell in store.cells("shapes")] == ["x = 1"]
    with closing(_reopened(store)) as again:
        assert again.resume("shapes") == "one"
        assert again.steps("shapes")["one"].status == "seen"


def test_a_full_disk(store: Progress) -> None:
    store.enter_step("shapes", "one")
    store.database.connection.execute("PRAGMA max_page_count = 1")
    store.add_cell("shapes", "one", "x" * 1_000_000, "ok")
    assert "full" in store.notice
    assert store.resume("shapes") == "one"
    assert len(store.cells("shapes")) == 1


def test_a_file_that_breaks_while_it_is_open(tmp_path: Path) -> None:
    with closing(Progress(tmp_path)) as progress:
        progress.database.connection.execute("DROP TABLE steps")
        assert progress.record_attempt("shapes", "one", "x") == 1
        assert "cannot be saved" in progress.notice
        progress.enter_step("shapes", "two")
        assert progress.resume("shapes") == "two"


def test_a_file_another_tutor_is_writing_is_not_taken_for_unreadable(
    store: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.enter_step("shapes", "one")
    monkeypatch.setattr("tutor.database._WAIT", 0.01)
    store.database.connection.execute("BEGIN EXCLUSIVE")
    with closing(Progress(store.file.parent)) as other:
        # Reading needs no lock; a write that does not get its turn goes to memory.
        assert (other.notice, other.resume("shapes")) == ("", "one")
        other.enter_step("shapes", "two")
        assert "locked" in other.notice
        assert other.resume("shapes") == "two"
    store.database.connection.execute("ROLLBACK")
    assert store.resume("shapes") == "one"
    assert not list(store.file.parent.glob("*unreadable*"))


_WRITER = """
import sys
from pathlib import Path
from tutor.progress import Progress
progress = Progress(Path(sys.argv[1]))
for number in range(50):
    progress.enter_step("shapes", "one")
    progress.record_attempt("shapes", "one", f"{sys.argv[2]} {number}")
    progress.toggle_bookmark("shapes", f"{sys.argv[2]}-{number}")
    progress.add_cell("shapes", "one", f"{sys.argv[2]} = {number}", "ok")
progress.close()
print(progress.notice)
"""


@pytest.mark.parametrize("begin", ["nothing there", "unreadable"])
def test_several_tutors_at_once(tmp_path: Path, begin: str) -> None:
    if begin == "unreadable":
        (tmp_path / FILE_NAME).write_bytes(b"no database " * 100)
    root = Path(__file__).parent.parent.parent
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path), name], cwd=root, stdout=subprocess.PIPE, text=True
        )
        for name in "abcd"
    ]
    said = [writer.communicate(timeout=60)[0].strip() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4
    asides = list(tmp_path.glob("*.unreadable-*"))
    assert len(asides) == (begin == "unreadable")
    assert sum(bool(notice) for notice in said) == len(asides)
    with closing(Progress(tmp_path)) as progress:
        assert progress.steps("shapes")["one"].attempts == len(progress.attempts("shapes", "one")) == 200
        assert len(progress.bookmarks()) == 200
        for name in "abcd":
            mine = [cell.source for cell in progress.cells("shapes") if cell.source.startswith(name)]
            assert mine == [f"{name} = {number}" for number in range(50)]
