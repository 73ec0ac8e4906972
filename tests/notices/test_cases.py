"""Every silent mistake that software can see is noticed, and its repair is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.notices.watched import noticed
from tests.recorder import Recorder
from tutor.explain.notices import explain_notice
from tutor.session.script import split_cells

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


def _programs(name: str) -> list[dict[str, Any]]:
    programs: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    return programs


CASES = _programs("cases.yaml")
MORE = _programs("more.yaml")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
async def test_the_broken_program_is_noticed_at_its_line(work: Recorder, case: dict[str, Any]) -> None:
    found = await noticed(work, case["broken"])
    assert [(notice.rule, notice.line) for notice in found] == [(case["rule"], case["line"])]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
async def test_the_repaired_program_is_left_in_peace(work: Recorder, case: dict[str, Any]) -> None:
    assert await noticed(work, case["fixed"]) == []


@pytest.mark.parametrize("case", MORE, ids=lambda case: str(case["rule"]))
async def test_other_forms_of_a_mistake(work: Recorder, case: dict[str, Any]) -> None:
    *before, last = split_cells(case["program"])
    for cell in before:
        assert await noticed(work, cell.source) == []
    found = await noticed(work, last.source)
    assert [(notice.rule, notice.line) for notice in found] == [(case["rule"], case["line"])]
    told = explain_notice(found[0])
    assert told is not None
    assert "…" not in told.short + told.why + told.fix, "a fact that the words need is missing"
