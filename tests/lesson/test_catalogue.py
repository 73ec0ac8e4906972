"""The catalogue: order, broken lessons, and finding what a person names."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.lesson.sample import HEAD, place_of
from tutor.lesson.catalogue import Catalogue, NotFound

_STEPS = "  - {id: first, kind: read, text: a}\n  - {id: second-one, kind: read, text: b}\n"


def _write(folder: Path, name: str, lesson: str, track: str = "tensors") -> Path:
    file = folder / name / "lesson.yaml"
    file.parent.mkdir()
    file.write_text(
        HEAD.replace("id: small", f"id: {lesson}").replace("tensors", track) + _STEPS, encoding="utf-8"
    )
    return file


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    _write(tmp_path, "10-gradients", "gradients-by-hand", "autograd")
    _write(tmp_path, "02-shapes", "shapes")
    _write(tmp_path, "01-tensors", "what-a-tensor-is", "foundations")
    _write(tmp_path, "03-sharing", "sharing-memory")
    (tmp_path / "notes").mkdir()
    (tmp_path / "README.md").write_text("no lesson", encoding="utf-8")
    return tmp_path


def test_lessons_and_tracks_come_in_the_order_of_the_folders(lessons: Path) -> None:
    catalogue = Catalogue(lessons).load_all()
    assert [lesson.id for lesson in catalogue.lessons] == [
        "what-a-tensor-is",
        "shapes",
        "sharing-memory",
        "gradients-by-hand",
    ]
    assert catalogue.tracks == ["foundations", "tensors", "autograd"]
    assert catalogue.problems == []
    assert catalogue.lessons[0].file == lessons / "01-tensors" / "lesson.yaml"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("shapes", ("shapes", None)),
        ("02-shapes", ("shapes", None)),
        ("02", ("shapes", None)),
        ("grad", ("gradients-by-hand", None)),
        ("What", ("what-a-tensor-is", None)),
        (" shapes ", ("shapes", None)),
        ("shapes#", ("shapes", None)),
        ("shapes#second-one", ("shapes", "second-one")),
        ("shapes#First", ("shapes", "first")),
        ("02#2", ("shapes", "second-one")),
    ],
)
def test_a_lesson_and_a_step_are_found(lessons: Path, name: str, found: tuple[str, str | None]) -> None:
    lesson, step = Catalogue(lessons).load_all().find(name)
    assert (lesson.id, step) == found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shaeps", "there is no lesson `shaeps`; did you mean `shapes`?"),
        ("zzzzzzz", "there is no lesson `zzzzzzz`. `tutor list` shows all of them."),
        ("", "there is no lesson ``"),
        ("#2", "there is no lesson ``"),
        ("sha", "several lessons begin with `sha`: shapes, sharing-memory"),
        ("shapes#secnd", "shapes has no step `secnd` among its 2 steps; did you mean `second-one`?"),
        ("shapes#0", "shapes has no step `0` among its 2 steps: first, second-one."),
        ("shapes#3", "has no step `3`"),
        ("shapes#99999999", "has no step"),
        ("shapes#²", "has no step `²`"),
    ],
)
def test_what_is_not_there_is_named_with_the_nearest(lessons: Path, name: str, said: str) -> None:
    with pytest.raises(NotFound) as raised:
        Catalogue(lessons).load_all().find(name)
    assert said in str(raised.value)


def test_a_broken_lesson_does_not_hide_the_others(lessons: Path) -> None:
    file = _write(lessons, "04-broken", "broken")
    file.write_text(file.read_text(encoding="utf-8").replace("minutes: 5", "minutes: x"), encoding="utf-8")
    catalogue = Catalogue(lessons).load_all()
    assert len(catalogue.lessons) == 4
    (problem,) = catalogue.problems
    assert (problem.file, problem.line) == (file, 6)
    for name in ("broken", "04-broken", "Broken#2"):
        with pytest.raises(NotFound, match=r"cannot be used: .*lesson.yaml:6:10: `minutes` must be"):
            catalogue.find(name)


def test_two_lessons_with_one_id(lessons: Path) -> None:
    file = _write(lessons, "05-again", "shapes")
    catalogue = Catalogue(lessons).load_all()
    (problem,) = catalogue.problems
    assert (problem.file, problem.line, problem.column) == (file, *place_of(HEAD, "small"))
    assert (
        problem.message == f"the id `shapes` is taken by {lessons / '02-shapes' / 'lesson.yaml'}; choose another"
    )
    assert catalogue.find("shapes")[0].file == lessons / "02-shapes" / "lesson.yaml"


def test_a_numbered_folder_without_a_lesson_is_said(lessons: Path) -> None:
    (lessons / "06-empty").mkdir()
    (problem,) = Catalogue(lessons).load_all().problems
    assert str(problem) == f"{lessons / '06-empty' / 'lesson.yaml'}:1:1: there is no such file"


def test_no_lessons_at_all(tmp_path: Path) -> None:
    (empty,) = Catalogue(tmp_path).load_all().problems
    assert "there are no lessons here; expected folders such as 01-first/lesson.yaml" in str(empty)
    (missing,) = Catalogue(tmp_path / "nowhere").load_all().problems
    assert "no lessons can be read here: No such file" in str(missing)


async def test_others_get_a_turn_between_two_lessons(lessons: Path) -> None:
    catalogue = Catalogue(lessons)
    seen: list[int] = []

    async def watch() -> None:
        while len(catalogue.lessons) < 4:
            seen.append(len(catalogue.lessons))
            await asyncio.sleep(0)

    await asyncio.gather(catalogue.load(), watch())
    assert seen == [1, 2, 3]


def test_one_file_at_a_time(lessons: Path) -> None:
    catalogue = Catalogue(lessons)
    counts = [(file.parent.name, len(catalogue.lessons)) for file in catalogue.loading()]
    assert counts == [("01-tensors", 1), ("02-shapes", 2), ("03-sharing", 3), ("10-gradients", 4)]
