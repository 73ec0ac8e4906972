"""Where something stands in a lesson's file."""

from __future__ import annotations

from pathlib import Path

from tests.lesson.sample import FILE, TEXT, place_of
from tutor.lesson.positions import Places


def test_a_value_stands_where_the_file_has_it() -> None:
    places = Places.of(FILE)
    assert places.at(("id",)) == place_of(TEXT, "broadcasting\n")
    line, column = places.at(("steps", 0, "kind"))
    assert TEXT.splitlines()[line - 1][column - 1 :].split()[0] in ("read", "run", "predict", "exercise", "choice")


def test_what_is_not_there_stands_in_what_is_around_it() -> None:
    places = Places.of(FILE)
    assert places.at(("steps", 0, "nothing", 3)) == places.at(("steps", 0))
    assert not places.has(("steps", 0, "nothing"))
    assert not places.has(("steps", 999))
    assert places.has(("steps", 0, "kind"))


def test_without_a_file_everything_stands_at_the_top(tmp_path: Path) -> None:
    assert Places.of(None).at(("id",)) == (1, 1)
    assert Places.of(tmp_path / "gone.yaml").at(("id",)) == (1, 1)
    assert Places("- [").at((0,)) == (1, 1)
