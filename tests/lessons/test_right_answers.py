"""Right answers that the authors of the lessons did not think of are accepted all the same."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Exercise, Fill, Fix
from tutor.lesson.state import fitted
from tutor.paths import lessons_dir
from tutor.proof.prover import Prover

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

ANSWERS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("right_answers.yaml").read_text("utf-8"))
CATALOGUE = Catalogue(lessons_dir()).load_all()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def prover() -> AsyncIterator[Prover]:
    prover = Prover(sys.executable, preloaded=True)
    await prover.start()
    yield prover
    prover.close()


async def test_every_exercise_has_such_answers() -> None:
    written = {
        f"{lesson.id}#{step.id}"
        for lesson in CATALOGUE.lessons
        for step in lesson.steps
        if isinstance(step, (Exercise, Fix, Fill))
    }
    assert sorted(written - set(ANSWERS)) == []


@pytest.mark.parametrize("place", ANSWERS)
async def test_no_right_answer_is_refused(prover: Prover, place: str) -> None:
    assert len(ANSWERS[place]) >= 5
    lesson, step = CATALOGUE.find(place)
    lesson = fitted(lesson, prover.devices)  # without a GPU, what runs on one has a twin
    index = [one.id for one in lesson.steps].index(step or "")
    for code in ANSWERS[place]:
        assert await prover.enter(lesson, index, anew=True) == ""
        ran = await prover.run(code)
        assert ran.status == "ok", f"{ran.said}:\n{code}"
        outcome = await prover.judge(lesson, index, code, ran, mistakes=True)
        assert outcome.status == "pass", f"{outcome.said}:\n{code}"


@pytest.mark.parametrize(
    ("place", "code", "words"),
    [
        ("reductions#coldest", "night, coldest = temps.min(dim=0)", "swapped"),
        # `night` is wrong as it is there, but `coldest` is right.
        ("reductions#coldest", "coldest = night = temps.amin(dim=0)", ""),
    ],
)
async def test_a_mistake_is_met_with_its_own_words_only(prover: Prover, place: str, code: str, words: str) -> None:
    lesson, step = CATALOGUE.find(place)
    index = [one.id for one in lesson.steps].index(step or "")
    assert await prover.enter(lesson, index, anew=True) == ""
    outcome = await prover.judge(lesson, index, code, await prover.run(code), mistakes=True)
    assert outcome.status == "fail"
    assert words in outcome.mistake if words else outcome.mistake == ""
