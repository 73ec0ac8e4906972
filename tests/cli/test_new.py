"""``tutor new`` and ``tutor preview`` as a shell sees them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import click
import pytest

from tests.cli.test_cli import LESSONS, tutor
from tests.lesson.test_json_schema import accepted
from tutor.cli.new_lesson import USUAL, lesson_text, schema_from, write
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.loader import load_lesson, parse_lesson
from tutor.lesson.model import Lesson
from tutor.lesson.steps import Step
from tutor.paths import assets_dir, lessons_dir

KINDS = tuple(kind.__struct_config__.tag for kind in get_args(Step))


def kinds(lesson: Lesson) -> tuple[str, ...]:
    return tuple(step.__struct_config__.tag for step in lesson.steps)  # type: ignore[misc]


def test_it_is_written_can_be_read_and_what_comes_next_is_said(tmp_path: Path) -> None:
    told = tutor("new", "my-first", "--title", 'Of "rows": and columns', cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "Written: 01-my-first/lesson.yaml" in told.stdout
    assert "tutor preview 01-my-first" in told.stdout
    assert "tutor lint 01-my-first" in told.stdout
    file = tmp_path / "01-my-first" / "lesson.yaml"
    lesson = load_lesson(file)
    assert (lesson.id, lesson.title) == ("my-first", 'Of "rows": and columns')
    assert kinds(lesson) == USUAL
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"# yaml-language-server: $schema={(assets_dir() / 'lesson.schema.json').as_uri()}\n")
    assert not re.search(r"(?m)[ \t]$", text)
    assert accepted(text)
    again = tutor("new", "my-first", cwd=tmp_path)
    assert again.returncode == 1
    assert "The id `my-first` is taken by 01-my-first/lesson.yaml" in again.stderr
    there = tutor("new", "01-my-first", cwd=tmp_path)
    assert there.returncode == 1
    assert "is there already. Nothing was written" in there.stderr
    assert {path.name for path in tmp_path.iterdir()} - {"data"} == {"01-my-first"}
    assert file.read_text(encoding="utf-8") == text


def test_beside_other_lessons_it_has_the_next_number_and_their_track(tmp_path: Path) -> None:
    folder = tmp_path / "pack" / "09-old"
    folder.mkdir(parents=True)
    (folder / "lesson.yaml").write_bytes((LESSONS / "01-broadcasting" / "lesson.yaml").read_bytes())
    for name in ("pack/second", "pack/40-third", "pack/fourth"):
        assert tutor("new", name, cwd=tmp_path).returncode == 0
    assert tutor("new", "fifth", "--lessons", "pack", cwd=tmp_path).returncode == 0
    loaded = Catalogue(tmp_path / "pack").load_all()
    assert loaded.problems == []
    found = [(lesson.file.parent.name, lesson.id) for lesson in loaded.lessons if lesson.file]
    assert found == [
        ("09-old", "broadcasting"),
        ("10-second", "second"),
        ("40-third", "third"),
        ("41-fourth", "fourth"),
        ("42-fifth", "fifth"),
    ]
    assert loaded.tracks == ["tensors"]


def test_what_cannot_be_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "pack" / "01-old"
    folder.mkdir(parents=True)
    (folder / "lesson.yaml").write_bytes((LESSONS / "01-broadcasting" / "lesson.yaml").read_bytes())
    shipped = Catalogue(lessons_dir()).load_all().lessons[0].id
    for arguments, said in (
        (("pack/broadcasting",), "The id `broadcasting` is taken by pack/01-old/lesson.yaml"),
        ((shipped,), f"The id `{shipped}` is taken by"),
        (("My First Lesson",), "what about `my-first-lesson`?"),
        (("a", "--kind", "exercize"), "did you mean `exercise`?"),
        (("a", "--title", " "), "--title"),
        (("/dev/null/a",), "cannot be written"),
        ((".",), "ID"),
    ):
        with pytest.raises(click.ClickException) as refused:
            run_in(tmp_path, *arguments)
        assert said in refused.value.format_message() + str(getattr(refused.value, "param_hint", ""))
    assert {path.name for path in tmp_path.iterdir()} - {"data"} == {"pack"}
    assert [path.name for path in (tmp_path / "pack").iterdir()] == ["01-old"]


def run_in(folder: Path, name: str, option: str = "", value: str = "") -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write(name, value if option == "--title" else "", (value,) if option == "--kind" else (), None)


def test_every_kind_can_be_asked_for_and_the_example_has_all_of_them(tmp_path: Path) -> None:
    for kind in KINDS:
        text = lesson_text("one", "One", "", (kind,), tmp_path)
        assert kinds(parse_lesson(text, tmp_path / "lesson.yaml")) == (kind,)
    every = lesson_text("all", "All", "mine", KINDS, tmp_path)
    assert kinds(parse_lesson(every, tmp_path / "lesson.yaml")) == KINDS
    example = (assets_dir() / "new-lesson.yaml").read_text(encoding="utf-8")
    assert kinds(parse_lesson(example, assets_dir() / "new-lesson.yaml")) == KINDS


def test_inside_the_tutors_own_folder_the_schema_is_named_relatively(tmp_path: Path) -> None:
    assert schema_from(lessons_dir() / "77-new") == "../../assets/lesson.schema.json"
    assert schema_from(tmp_path) == (assets_dir() / "lesson.schema.json").as_uri()


def test_a_preview_without_a_terminal_or_a_lesson_says_so(tmp_path: Path) -> None:
    for arguments, said in (
        ((str(LESSONS / "01-broadcasting"),), "needs a terminal; `tutor lint"),
        (("nowhere",), "`tutor new ID` writes a lesson"),
        ((str(LESSONS / "01-broadcasting") + "#7",), "broadcasting has no step `7` among its 5 steps"),
    ):
        result = tutor("preview", *arguments, cwd=tmp_path)
        assert result.returncode == 1
        assert said in result.stderr
        assert "Traceback" not in result.stderr
