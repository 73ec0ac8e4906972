"""``lessons/COVERAGE.md`` names steps that are there."""

from __future__ import annotations

import re

from tutor.lesson.catalogue import Catalogue
from tutor.paths import lessons_dir


def test_every_step_that_is_named_is_there() -> None:
    steps = {
        lesson.id: {step.id for step in lesson.steps} for lesson in Catalogue(lessons_dir()).load_all().lessons
    }
    lesson, named = "", 0
    for line in (lessons_dir() / "COVERAGE.md").read_text("utf-8").splitlines():
        if heading := re.match(r"## (\S+)", line):
            lesson = heading[1]
            assert lesson in steps
        elif lesson and (row := re.match(r"\|.*\|([^|]*)\|$", line)):
            for step in re.findall(r"`([^`]+)`", row[1]):
                assert step in steps[lesson], f"{lesson} has no step {step}"
                named += 1
    assert named > 50
