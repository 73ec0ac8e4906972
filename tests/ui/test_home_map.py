"""The map of the course on the first screen."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.ui.driver import opened
from tutor.lesson.catalogue import Catalogue
from tutor.progress import Progress
from tutor.ui.screens.home_map import CourseMap, span


def _lesson(folder: Path, number: int, name: str, track: str, minutes: int, *before: str) -> None:
    place = folder / f"{number:02}-{name}"
    place.mkdir()
    (place / "lesson.yaml").write_text(
        f"schema: 1\nid: {name}\ntitle: About {name}\ntrack: {track}\n"
        f"objectives: [know {name}, like it, use it, teach it, draw it]\n"
        f"minutes: {minutes}\ndifficulty: 1\nprerequisites: [{', '.join(before)}]\n"
        "steps:\n  - {id: one, kind: read, text: One.}\n  - {id: two, kind: read, text: Two.}\n",
        encoding="utf-8",
    )


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    _lesson(folder, 1, "sand", "ground", 25)
    _lesson(folder, 2, "stone", "ground", 50, "sand")
    _lesson(folder, 3, "tower", "walls", 45, "sand", "stone")
    return folder


def test_it_says_what_builds_on_what_and_what_is_done(course: Path, tmp_path: Path) -> None:
    catalogue = Catalogue(course).load_all()
    sand, stone, tower = catalogue.entries
    with closing(Progress(tmp_path / "progress.db")) as progress:
        for step in ("one", "two"):
            progress.enter_step("sand", step)
            progress.complete_step("sand", step, "done")
        there = CourseMap(catalogue, progress.summary())
    assert there.whole() == "3 lessons · 2 h · 33 % done"
    assert "1/2 · 1 h 15 min" in there.heading("", "ground", [sand, stone]).plain
    assert there.next_lesson(None) == "stone"
    assert there.builds_on(sand).plain == there.leads_to(tower).plain == ""
    assert there.leads_to(sand).plain.split("\n") == ["", "Leads to", "· About stone", "· About tower", ""]
    assert there.builds_on(tower).plain == "Builds on  ✓ About sand  · About stone"
    dim = {
        entry.id: any(
            span.style == "dim" and row.plain[span.start : span.end] == entry.title for span in row.spans
        )
        for entry in (sand, stone, tower)
        if (row := there.row(entry, continued=False))
    }
    assert dim == {"sand": False, "stone": False, "tower": True}, "what builds on something unfinished stands back"


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (61, "1 h 1 min"), (340, "5 h 40 min")]
)
def test_a_span_is_short(minutes: int, said: str) -> None:
    assert span(minutes) == said


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_it_is_the_first_screen(course: Path, size: tuple[int, int]) -> None:
    async with opened(lessons=course, size=size) as driver:
        await driver.until(lambda: driver.shows("3 lessons · 2 h · 0 % done", "25 min  About sand   start here"))
        await driver.press("down")
        await driver.until(lambda: driver.shows("Builds on  · About sand"))
