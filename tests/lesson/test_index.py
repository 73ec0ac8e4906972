"""The index: believed as long as nothing changed, and never more than that."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.lesson.bad import write_bad, write_good
from tutor.lesson import catalogue as module
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.loader import load_lesson
from tutor.lesson.places import Pack, Places
from tutor.paths import cache_dir


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    for number in range(1, 6):
        write_good(folder, f"{number:02}-lesson-{number}")
    _settle(folder)
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the lesson folders that were read."""
    names: list[str] = []

    def load(file: Path) -> object:
        names.append(file.parent.name)
        return load_lesson(file)

    monkeypatch.setattr(module, "load_lesson", load)
    return names


def _settle(folder: Path, ago: float = 3600) -> None:
    """As if nothing there had changed for a while."""
    for path in folder.rglob("*"):
        os.utime(path, (time.time() - ago, time.time() - ago))


def _ids(folder: Path) -> list[str]:
    return [entry.id for entry in Catalogue(folder).load_all().entries]


def test_what_was_read_once_is_not_read_again(lessons: Path, read: list[str]) -> None:
    first = Catalogue(lessons).load_all()
    assert len(read) == 5
    second = Catalogue(lessons).load_all()
    assert len(read) == 5
    assert (second.entries, second.problems) == (first.entries, first.problems)
    assert second.find("lesson-3")[0].id == "lesson-3"
    assert read[5:] == ["03-lesson-3"]


def test_only_what_changed_is_read_again(lessons: Path, read: list[str]) -> None:
    _ids(lessons)
    read.clear()
    file = lessons / "02-lesson-2" / "lesson.yaml"
    file.write_text(file.read_text().replace("lesson-2", "another"))
    _settle(file.parent, 1800)
    write_good(lessons, "06-new")
    assert _ids(lessons) == ["lesson-1", "another", "lesson-3", "lesson-4", "lesson-5", "new"]
    assert read == ["02-lesson-2", "06-new"]


def test_a_change_that_leaves_size_and_seconds_is_seen(lessons: Path) -> None:
    file = lessons / "02-lesson-2" / "lesson.yaml"
    for name in ("lesson-7", "lesson-8", "lesson-9"):
        text = file.read_text()
        file.write_text(text.replace(f"id: {text.split('id: ')[1].split()[0]}", f"id: {name}"))
        assert name in _ids(lessons)


def test_problems_are_kept_and_their_file_is_the_lessons(tmp_path: Path, read: list[str]) -> None:
    write_bad(tmp_path / "made")
    _settle(tmp_path / "made")
    first = Catalogue(tmp_path / "made").load_all()
    read.clear()
    second = Catalogue(tmp_path / "made").load_all()
    assert read == []
    assert second.problems == first.problems
    assert first.problems


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The one that is", "The one that\\u001b[2J is"),
        ("The one that is", "The one that\u202e is"),
        ('"lesson-1"', '"../lesson-1"'),
        ('"lesson-1"', "7"),
        ("]", ""),
    ],
)
def test_an_index_that_somebody_spoilt_is_thrown_away(lessons: Path, old: str, new: str) -> None:
    before = Catalogue(lessons).load_all().entries
    (file,) = (cache_dir() / "lessons").glob("*.json")
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert Catalogue(lessons).load_all().entries == before


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"[" * 100_000, b'{"made_by": 1}'])
def test_an_index_that_is_none_is_thrown_away(lessons: Path, content: bytes) -> None:
    before = _ids(lessons)
    (file,) = (cache_dir() / "lessons").glob("*.json")
    file.write_bytes(content)
    assert _ids(lessons) == before


def test_where_no_index_can_be_written_lessons_are_there(lessons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (lessons.parent / "file").write_text("")
    monkeypatch.setenv("TUTOR_CACHE", str(lessons.parent / "file"))
    assert len(_ids(lessons)) == 5


def test_one_folder_as_the_tutors_own_and_as_a_pack(lessons: Path) -> None:
    """The rows of the one are not believed of the other."""
    for _ in range(2):
        assert _ids(lessons)[0] == "lesson-1"
        pack = Catalogue(Places(None, (Pack("made", lessons, "x"),))).load_all()
        assert [entry.id for entry in pack.entries][:2] == ["made/lesson-1", "made/lesson-2"]


def test_packs_stand_behind_and_their_ids_are_theirs(tmp_path: Path) -> None:
    write_good(tmp_path / "own", "01-shapes")
    write_good(tmp_path / "own", "02-views", prerequisites="shapes")
    write_good(tmp_path / "pack", "01-views", prerequisites="shapes")
    write_good(tmp_path / "pack", "02-more", prerequisites="views")
    catalogue = Catalogue(Places(tmp_path / "own", (Pack("nets", tmp_path / "pack", "x"),))).load_all()
    assert [entry.id for entry in catalogue.entries] == ["shapes", "views", "nets/views", "nets/more"]
    assert [catalogue.builds_on(entry) for entry in catalogue.entries] == [
        [],
        ["shapes"],
        ["shapes"],
        ["nets/views"],
    ]
    assert catalogue.find("views")[0].pack == ""
    assert catalogue.find("nets/views")[0].pack == "nets"
    assert catalogue.find("more#a")[0].id == "nets/more"
    assert catalogue.problems == []


def test_links_to_folders_elsewhere_are_not_part_of_a_pack(tmp_path: Path) -> None:
    """They would change without anybody being asked."""
    write_good(tmp_path / "elsewhere", "01-other")
    write_good(tmp_path / "pack", "01-mine")
    (tmp_path / "pack" / "02-other").symlink_to(tmp_path / "elsewhere" / "01-other")
    write_good(tmp_path / "pack" / ".git", "03-hidden").parent.rename(tmp_path / "pack" / "__pycache__")
    pack = Catalogue(Places(None, (Pack("nets", tmp_path / "pack", "x"),))).load_all()
    assert [entry.id for entry in pack.entries] == ["nets/mine"]
    assert [entry.id for entry in Catalogue(tmp_path / "pack").load_all().entries] == ["mine", "other"]
