"""Every lesson is proved by running it, in the real worker."""

from __future__ import annotations

import asyncio

import pytest

from tests.recorder import Recorder
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Fill, Judged, Lesson, Predict, Read, Run
from tutor.lesson.state import prelude, solution_of, starter_of
from tutor.paths import lessons_dir
from tutor.protocol import events
from tutor.session.steps import check_request

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="module")]

CATALOGUE = Catalogue(lessons_dir()).load_all()
PLACES = [(lesson, index) for lesson in CATALOGUE.lessons for index in range(len(lesson.steps))]


def _places(*kinds: type) -> list[object]:
    return [
        pytest.param(lesson, index, id=f"{lesson.id}#{lesson.steps[index].id}")
        for lesson, index in PLACES
        if isinstance(lesson.steps[index], kinds)
    ]


async def test_the_catalogue_has_no_problems() -> None:
    assert CATALOGUE.problems == []
    assert len(CATALOGUE.lessons) >= 3
    known = {lesson.id for lesson in CATALOGUE.lessons}
    assert {name for lesson in CATALOGUE.lessons for name in lesson.prerequisites} <= known


async def test_folders_are_named_after_their_lessons() -> None:
    for folder in lessons_dir().iterdir():
        if folder.is_dir():
            assert folder.name[3:] in {lesson.id for lesson in CATALOGUE.lessons}


async def _verdict(work: Recorder, lesson: Lesson, index: int, code: str) -> events.Checked:
    """What the judge says when a learner at this step runs ``code``."""
    step = lesson.steps[index]
    assert isinstance(step, Judged)
    work.session.restart(1)
    prepared = await work.session.prepare(prelude(lesson, index), step.setup, lesson.seed)
    assert prepared is not None
    assert prepared.problem == ""
    cell = work.session.run(code)
    await asyncio.wait_for(cell.done.wait(), 30)
    checked = await work.session.check(
        check_request(lesson, index, step, cell.output, (code,) if cell.status == "ok" else ()), 60.0
    )
    assert checked is not None
    assert checked.problem == ""
    assert not [result for result in checked.results if result.status == "broken"]
    return checked


def _passes(checked: events.Checked) -> bool:
    return all(result.status == "pass" for result in checked.results)


@pytest.mark.parametrize(("lesson", "index"), _places(Judged))
async def test_an_exercise_accepts_what_is_right_and_refuses_what_is_wrong(
    work: Recorder, lesson: Lesson, index: int
) -> None:
    step = lesson.steps[index]
    assert isinstance(step, Judged)
    for code in (solution_of(step), *step.accepts):
        assert _passes(await _verdict(work, lesson, index, code)), f"refused:\n{code}"
    for code in ("", starter_of(step), *step.rejects):
        assert not _passes(await _verdict(work, lesson, index, code)), f"accepted:\n{code}"
    for misconception in step.misconceptions:
        checked = await _verdict(work, lesson, index, misconception.code)
        assert not _passes(checked), f"accepted:\n{misconception.code}"
        assert checked.mistake == misconception.feedback, misconception.id


@pytest.mark.parametrize(("lesson", "index"), _places(Predict))
async def test_no_distractor_of_a_prediction_is_true(work: Recorder, lesson: Lesson, index: int) -> None:
    step = lesson.steps[index]
    assert isinstance(step, Predict)
    predicted = await work.session.predict(
        prelude(lesson, index), step.setup, step.code, step.ask, lesson.seed, 60.0
    )
    assert predicted is not None
    assert predicted.problem == ""
    assert predicted.answer not in [distractor.answer for distractor in step.distractors]


@pytest.mark.parametrize("lesson", CATALOGUE.lessons, ids=lambda lesson: lesson.id)
async def test_shown_code_runs_where_it_is_shown(work: Recorder, lesson: Lesson) -> None:
    for index, step in enumerate(lesson.steps):
        code = step.example if isinstance(step, Read) else step.code if isinstance(step, Run) else ""
        if not code.strip():
            continue
        prepared = await work.session.prepare(prelude(lesson, index), step.setup, lesson.seed)
        assert prepared is not None
        assert prepared.problem == ""
        cell = work.session.run(code)
        await asyncio.wait_for(cell.done.wait(), 60)
        assert cell.status == "ok", f"{step.id}: {work.of(events.Failed)[-1:]}"


async def test_no_line_of_code_is_wider_than_a_narrow_pane() -> None:
    for lesson in CATALOGUE.lessons:
        for step in lesson.steps:
            for name in ("example", "code", "starter", "setup", *(["solution"] if isinstance(step, Fill) else [])):
                for line in getattr(step, name, "").splitlines():
                    assert len(line) <= 56, f"{lesson.id}#{step.id} {name}: {line}"
