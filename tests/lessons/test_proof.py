"""The lessons fit together and fit the screen. CI has ``tutor lint`` prove all of them; here it is one."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tutor.lesson.model import Lesson
from tutor.paths import lessons_dir
from tutor.proof.proof import Proof
from tutor.proof.prover import Prover
from tutor.proof.sources import read
from tutor.proof.subject import Subject
from tutor.proof.widths import too_wide

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

SOURCE = read([lessons_dir()])
each = pytest.mark.parametrize("lesson", SOURCE.lessons, ids=lambda lesson: lesson.id)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def prover() -> AsyncIterator[Prover]:
    prover = Prover(sys.executable)
    await prover.start()
    yield prover
    prover.close()


async def test_the_lessons_fit_together() -> None:
    assert [str(finding) for finding in SOURCE.findings if finding.level != "note"] == []
    assert len(SOURCE.lessons) >= 3


async def test_a_lesson_is_proved(prover: Prover) -> None:
    proof = Proof()
    await proof.prove([prover], [next(lesson for lesson in SOURCE.lessons if lesson.id == "what-a-tensor-is")])
    assert [str(finding) for finding in proof.findings if finding.level != "note"] == []
    assert proof.proved == proof.planned > 0


@each
async def test_no_line_of_code_is_wider_than_a_narrow_pane(lesson: Lesson) -> None:
    subject = Subject(lesson)
    assert [str(finding) for n in range(len(lesson.steps)) for finding in too_wide(subject, n)] == []
