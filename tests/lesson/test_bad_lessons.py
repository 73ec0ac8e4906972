"""Every way of being bad ends in words with a place, in little time, and hurts no other lesson."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from tests.lesson.bad import BAD, write_bad, write_good
from tutor.lesson.catalogue import Catalogue, NotFound
from tutor.lesson.loader import load_lesson
from tutor.lesson.problems import LessonError


@pytest.mark.parametrize("name", BAD)
def test_it_is_told_with_its_place_and_what_was_expected(name: str, tmp_path: Path) -> None:
    content, place, words = BAD[name]
    file = tmp_path / "lesson.yaml"
    file.write_bytes(content)
    with pytest.raises(LessonError) as raised:
        load_lesson(file)
    first = str(raised.value.problems[0])
    assert first.startswith(f"{file}:{place}")
    assert words in first
    assert len(first) < 400 + len(str(file))


def test_a_byte_order_mark_and_windows_ends_of_lines_are_fine(tmp_path: Path) -> None:
    file = write_good(tmp_path, "01-fine")
    before = load_lesson(file)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert load_lesson(file) == before


def test_a_hundred_megabytes_are_not_read(tmp_path: Path) -> None:
    file = write_good(tmp_path, "01-large")
    os.truncate(file, 100_000_000)
    with pytest.raises(
        LessonError, match=r"too large: a lesson has at most 1,000,000 bytes; make two lessons of it"
    ):
        load_lesson(file)


def test_a_file_of_checks_that_is_too_large_or_never_ends_is_not_read(tmp_path: Path) -> None:
    content, _, _ = BAD["no-checks-file"]
    file, checks = tmp_path / "lesson.yaml", tmp_path / "checks.py"
    file.write_bytes(content)
    checks.touch()
    os.truncate(checks, 100_000_000)
    with pytest.raises(LessonError, match=r"checks\.py: it is too large"):
        load_lesson(file)
    checks.unlink()
    os.mkfifo(checks)
    with pytest.raises(LessonError, match=r"checks\.py: it is not a file"):
        load_lesson(file)
    checks.unlink()
    checks.write_text("x = " + "-" * 50_000 + "1\ndef right(mine, reference): return True\n")
    with pytest.raises(LessonError, match=r"checks\.py:1:1: not Python: nested too deeply"):
        load_lesson(file)
    checks.write_bytes(b"\xef\xbb\xbfdef right(mine, reference): return True\n")
    assert load_lesson(file).helpers.startswith("def right")


def test_a_pipe_in_the_place_of_a_lesson_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lesson.yaml")
    found: list[str] = []

    def load() -> None:
        with pytest.raises(LessonError) as raised:
            load_lesson(tmp_path / "lesson.yaml")
        found.append(str(raised.value))

    # In a thread, for it would wait for ever.
    thread = threading.Thread(target=load, daemon=True)
    thread.start()
    thread.join(20)
    assert "there is no such file" in found[0]


def test_the_good_one_among_all_of_them(tmp_path: Path) -> None:
    write_bad(tmp_path, large=True)
    write_good(tmp_path, "70-good")
    for _ in range(2):
        catalogue = Catalogue(tmp_path).load_all()
        assert [entry.id for entry in catalogue.entries] == ["good"]
        assert len({problem.file for problem in catalogue.problems}) == len(BAD) + 1
        assert catalogue.find("good")[0].title == "The one that is good"
        with pytest.raises(NotFound, match=r"cannot be used: .*50-tabs/lesson.yaml:9:1: not YAML"):
            catalogue.find("tabs")


def test_lessons_that_build_on_each_other_in_a_circle_are_told_and_can_be_taken(tmp_path: Path) -> None:
    write_good(tmp_path, "01-one", prerequisites="three")
    write_good(tmp_path, "02-two", prerequisites="one")
    write_good(tmp_path, "03-three", prerequisites="zero, two")
    write_good(tmp_path, "04-self", prerequisites="self")
    catalogue = Catalogue(tmp_path).load_all()
    assert [entry.id for entry in catalogue.entries] == ["one", "two", "three", "self"]
    way = "`one` builds on `three`, which builds on `two`, which builds on `one`"
    first, second = map(str, catalogue.problems)
    assert first == f"{tmp_path}/01-one/lesson.yaml:6:16: {way}: take one of these out of `prerequisites`"
    itself = "`self` builds on itself: take it out of `prerequisites`"
    assert second == f"{tmp_path}/04-self/lesson.yaml:6:16: {itself}"
