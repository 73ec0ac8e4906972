"""Correct programs are left in peace: training scripts as people write them, and every lesson."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from tests.notices.watched import noticed
from tests.recorder import Recorder
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Judged, Lesson, Run
from tutor.lesson.state import fitted
from tutor.paths import lessons_dir
from tutor.session.script import split_cells

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

_FILES = sorted((Path(__file__).parent / "scripts").glob("*.py"))
SCRIPTS = {file.stem: file.read_text(encoding="utf-8") for file in _FILES}
QUIET = {
    entry["name"]: entry["program"]
    for entry in yaml.safe_load((Path(__file__).parent / "quiet.yaml").read_text(encoding="utf-8"))
}
# The twins of steps that need an accelerator: three thousand rows a side keep a CPU busy for minutes.
LESSONS = [fitted(lesson, ()) for lesson in Catalogue(lessons_dir()).load_all().lessons]


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_correct_script(work: Recorder, script: str) -> None:
    for cell in split_cells(SCRIPTS[script]):
        assert await noticed(work, cell.source) == []


def _statements(source: str) -> list[str]:
    """The statements of a program, each with its decorators."""
    nodes = ast.parse(source).body
    starts = [min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))]) for node in nodes]
    lines = source.splitlines()
    return ["\n".join(lines[start - 1 : node.end_lineno]) for start, node in zip(starts, nodes, strict=True)]


@pytest.mark.parametrize("script", SCRIPTS)
async def test_a_correct_script_as_it_is_typed(work: Recorder, script: str) -> None:
    """One statement a cell, and everything twice."""
    for statement in _statements(SCRIPTS[script]) * 2:
        assert await noticed(work, statement) == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
async def test_what_a_lesson_calls_right(work: Recorder, lesson: Lesson) -> None:
    await work.run(f"import torch; torch.manual_seed({lesson.seed})")
    work.session.run(lesson.setup, silent=True)
    for step in lesson.steps:
        work.session.run(step.setup, silent=True)
        if isinstance(step, Run):
            await work.run(step.code)
        elif isinstance(step, Judged):
            for source in (*step.accepts, step.solution):
                work.session.run(step.setup, silent=True)
                assert await noticed(work, source) == []


@pytest.mark.parametrize("name", QUIET)
async def test_what_only_looks_like_a_mistake(work: Recorder, name: str) -> None:
    for cell in split_cells(QUIET[name]):
        assert await noticed(work, cell.source) == []
