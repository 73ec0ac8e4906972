"""The examples of the guide and of ``tutor new``: they can be read, say all there is, and are proved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import msgspec
import pytest

from tests.kinds.judging import judged, passes
from tests.lesson.sample import HEAD
from tests.lesson.test_json_schema import accepted
from tests.recorder import Recorder
from tutor.lesson.checks import Argument, Check, flat
from tutor.lesson.loader import parse_lesson
from tutor.lesson.model import Judged, Lesson, LessonFile, Predict, Read, Run
from tutor.lesson.state import checks_of, fitted, prelude, solution_of, starter_of
from tutor.lesson.steps import Step
from tutor.paths import assets_dir, lessons_dir

GUIDE = (lessons_dir() / "AUTHORING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^```(yaml|python)\n(.*?)^```$", GUIDE)
HELPERS = "".join(text for kind, text in BLOCKS if kind == "python")
START = HEAD.replace("steps:", "setup: import torch\nsteps:")


def lesson_of(block: str) -> str:
    """The lesson of an example: it is one, or a step of one."""
    return block if "schema: 1" in block else START + "".join(f"  {line}\n" for line in block.splitlines())


def _loaded() -> Iterator[Lesson]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "checks.py").write_text(HELPERS, encoding="utf-8")
        for kind, block in BLOCKS:
            if kind == "yaml":
                yield fitted(parse_lesson(lesson_of(block), Path(folder) / "lesson.yaml"), ())
    template = assets_dir() / "new-lesson.yaml"
    yield parse_lesson(template.read_text(encoding="utf-8"), template)


LESSONS = list(_loaded())
STEPS = [(lesson, index) for lesson in LESSONS for index in range(len(lesson.steps))]
HERE = pytest.mark.asyncio(loop_scope="session")


def _kind(struct: Any) -> str:
    return str(struct.__struct_config__.tag)


def places(*kinds: type) -> list[Any]:
    return [
        pytest.param(lesson, index, id=f"{lesson.id}#{lesson.steps[index].id}")
        for lesson, index in STEPS
        if isinstance(lesson.steps[index], kinds) or (not kinds and checks_of(lesson.steps[index]))
    ]


def test_the_guide_has_an_example_of_every_step_and_every_check() -> None:
    guide = [lesson.steps[0] for lesson in LESSONS[:-1]]
    assert {_kind(step) for step in guide} == {_kind(kind) for kind in get_args(Step)}
    checks = [check for step in guide for check in flat(checks_of(step))]
    assert {_kind(check) for check in checks} == {_kind(kind) for kind in get_args(Check)}


def test_the_guide_names_every_key() -> None:
    said = set(re.findall(r"[`{ ]([a-z_]+)[`:]", GUIDE))
    for struct in (LessonFile, Argument, *get_args(Step), *get_args(Check)):
        # Nothing shows a `view` yet.
        missing = {field.encode_name for field in msgspec.structs.fields(struct)} - said - {"view"}
        assert not missing, f"{struct.__name__}: {missing}"


def test_every_heading_the_guide_points_to_is_there() -> None:
    headings = {
        re.sub(r"[^a-z ]", "", line.casefold()).replace(" ", "-") for line in re.findall(r"(?m)^#+ (.*)$", GUIDE)
    }
    assert set(re.findall(r"\]\(#(.*?)\)", GUIDE)) <= headings


def test_an_editor_takes_every_example() -> None:
    for kind, block in BLOCKS:
        if kind == "yaml":
            assert accepted(lesson_of(block)), block


def test_lines_fit_a_narrow_pane() -> None:
    for lesson, index in STEPS:
        step = lesson.steps[index]
        for name in ("example", "code", "starter", "setup", "solution"):
            for line in getattr(step, name, "").splitlines():
                assert len(line) <= 64, f"{step.id} {name}: {line}"


@pytest.mark.worker
@HERE
@pytest.mark.parametrize(("lesson", "index"), places())
async def test_right_answers_pass_and_wrong_ones_do_not(work: Recorder, lesson: Lesson, index: int) -> None:
    step = lesson.steps[index]
    for code in (solution_of(step), *getattr(step, "accepts", ())):
        checked = await judged(work, lesson, index, code)
        assert passes(checked), f"refused:\n{code}\n{checked.results}"
    wrong = {"", starter_of(step), *getattr(step, "rejects", ())}
    for code in sorted(wrong) if isinstance(step, Judged) else ():
        assert not passes(await judged(work, lesson, index, code)), f"accepted:\n{code}"
    for mistake in getattr(step, "misconceptions", ()):
        checked = await judged(work, lesson, index, mistake.code)
        assert not passes(checked)
        assert checked.mistake == mistake.feedback


@pytest.mark.worker
@HERE
@pytest.mark.parametrize(("lesson", "index"), places(Predict))
async def test_no_distractor_is_true(work: Recorder, lesson: Lesson, index: int) -> None:
    step = lesson.steps[index]
    assert isinstance(step, Predict)
    told = await work.session.predict(prelude(lesson, index), step.setup, step.code, step.ask, lesson.seed, 60.0)
    assert told is not None
    assert told.problem == ""
    assert told.answer not in [distractor.answer for distractor in step.distractors]


@pytest.mark.worker
@HERE
@pytest.mark.parametrize(("lesson", "index"), places(Read, Run))
async def test_shown_code_runs(work: Recorder, lesson: Lesson, index: int) -> None:
    step = lesson.steps[index]
    code = step.example if isinstance(step, Read) else step.code if isinstance(step, Run) else ""
    prepared = await work.session.prepare(prelude(lesson, index), step.setup, lesson.seed)
    assert prepared is not None
    assert prepared.problem == ""
    cell = work.session.run(code)
    await cell.done.wait()
    assert cell.status == "ok"
