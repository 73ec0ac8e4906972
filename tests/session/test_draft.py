"""A lesson on the disk, saved in all the ways in which editors save."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.lesson.sample import with_step
from tutor.session.draft import Draft, stand_in
from tutor.texts import choose, chosen, use

TEXT = with_step("id: a\nkind: read\ntext: one")
Edit = Callable[[], object]


def nothing() -> None:
    """Two looks without a change between them."""


async def after(file: Path, edits: Sequence[Edit], monkeypatch: pytest.MonkeyPatch) -> tuple[Draft, list[int]]:
    """The draft after these edits, one before each look, and before which looks it was read again."""
    made = Draft(file)
    looks = 0

    async def sleep(_seconds: float) -> None:
        nonlocal looks
        if looks == len(edits):
            raise asyncio.CancelledError
        edits[looks]()
        looks += 1

    monkeypatch.setattr("tutor.session.draft.asyncio.sleep", sleep)
    read = []
    try:
        async for _ in made.saves():
            read.append(looks)
    except asyncio.CancelledError:
        return made, read
    raise AssertionError("it ends by itself")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "01-a" / "lesson.yaml"
    made.parent.mkdir()
    made.write_text(TEXT, encoding="utf-8")
    return made


def first_text(made: Draft) -> str:
    assert made.lesson is not None
    return made.lesson.steps[0].text


async def test_a_save_is_read_once_the_file_stands_still(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = TEXT.replace("one", "another")
    edits: list[Edit] = [
        nothing,
        lambda: file.write_text(new[:40], encoding="utf-8"),
        lambda: file.write_text(new, encoding="utf-8"),
        nothing,
        nothing,
    ]
    made, read = await after(file, edits, monkeypatch)
    assert read == [4]
    assert (first_text(made), made.problems) == ("another", [])


async def test_editors_that_move_a_new_file_over_the_old_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = file.with_name(".lesson.yaml.swp")

    def move() -> None:
        beside.write_text(TEXT.replace("one", "two"), encoding="utf-8")
        # Even one with the age of the old one.
        os.utime(beside, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
        beside.replace(file)

    made, read = await after(file, [move, nothing], monkeypatch)
    assert read == [2]
    assert first_text(made) == "two"


async def test_editors_that_take_the_file_away_for_a_moment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edits: list[Edit] = [
        file.unlink,
        lambda: file.write_text(TEXT.replace("one", "back"), encoding="utf-8"),
        nothing,
    ]
    made, read = await after(file, edits, monkeypatch)
    assert read == [3]
    assert first_text(made) == "back"


async def test_a_file_that_is_gone_is_a_problem_and_the_lesson_stays(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, read = await after(file, [file.unlink, nothing], monkeypatch)
    assert read == [2]
    assert (first_text(made), made.saved) == ("one", None)
    assert "there is no such file" in str(made.problems[0])


async def test_what_is_wrong_has_its_place_and_the_lesson_stays(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil() -> None:
        file.write_text(TEXT.replace("kind: read", "kind: reed"), encoding="utf-8")

    made, _ = await after(file, [spoil, nothing], monkeypatch)
    assert first_text(made) == "one"
    (problem,) = made.problems
    assert str(problem).startswith(f"{file}:10:11: `kind` must be")

    def mend() -> None:
        file.write_text(TEXT.replace("one", "mended"), encoding="utf-8")

    made, _ = await after(file, [mend, nothing], monkeypatch)
    assert (first_text(made), made.problems) == ("mended", [])


async def test_the_checks_beside_it_are_part_of_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step = "id: a\nkind: exercise\ntext: t\nsolution: y = 1\nhints: [h]\nchecks: [{kind: python, function: ok}]"
    helpers = file.with_name("checks.py")
    edits: list[Edit] = [
        lambda: file.write_text(with_step(step), encoding="utf-8"),
        nothing,
        lambda: helpers.write_text("def ok(mine, reference): ...\n", encoding="utf-8"),
        nothing,
    ]
    made, read = await after(file, edits, monkeypatch)
    assert read == [2, 4]
    assert made.lesson is not None
    assert "def ok" in made.lesson.helpers


def test_a_folder_stands_for_its_lesson_and_saved_is_when_it_was_written(file: Path) -> None:
    os.utime(file, (1_000_000_000, 1_000_000_000))
    made = Draft(file.parent)
    assert made.file == file
    assert made.saved is not None
    assert made.saved.timestamp() == 1_000_000_000


def test_what_could_never_be_read_has_something_in_its_place(tmp_path: Path) -> None:
    made = Draft(tmp_path / "lesson.yaml")
    assert made.lesson is None
    assert made.problems
    assert "`lesson.yaml` cannot be read yet" in stand_in(made.file).steps[0].text


async def test_its_translation_is_read_with_it_and_again_at_every_save(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overlay = file.with_name("lesson.de.yaml")
    overlay.write_text("schema: 1\nsteps: {a: {text: eins}}\n", encoding="utf-8")
    before = chosen()
    choose("de")
    try:
        assert first_text(Draft(file)) == "eins"
        edits: list[Edit] = [
            lambda: overlay.write_text("schema: 1\nsteps: {a: {text: anders}}\n", encoding="utf-8"),
            nothing,
        ]
        made, read = await after(file, edits, monkeypatch)
    finally:
        use(before)
    assert (first_text(made), read) == ("anders", [2])


async def test_a_wrong_translation_is_told_and_the_lesson_shown_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overlay = file.with_name("lesson.de.yaml")
    overlay.write_text("schema: 1\nsteps: {b: {text: zwei}}\n", encoding="utf-8")
    before = chosen()
    choose("de")
    try:
        made = Draft(file)
        assert (first_text(made), [problem.file for problem in made.problems]) == ("one", [overlay])
        mended: list[Edit] = [
            lambda: overlay.write_text("schema: 1\nsteps: {a: {text: eins}}\n", encoding="utf-8"),
            nothing,
        ]
        made, _ = await after(file, mended, monkeypatch)
    finally:
        use(before)
    assert (first_text(made), made.problems) == ("eins", [])
