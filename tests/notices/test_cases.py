"""Every silent mistake that software can see is noticed, and its repair is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.notices.watched import noticed
from tests.recorder import Recorder

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="module")]

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
async def test_the_broken_program_is_noticed_at_its_line(work: Recorder, case: dict[str, Any]) -> None:
    found = await noticed(work, case["broken"])
    assert [(notice.rule, notice.line) for notice in found] == [(case["rule"], case["line"])]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
async def test_the_repaired_program_is_left_in_peace(work: Recorder, case: dict[str, Any]) -> None:
    assert await noticed(work, case["fixed"]) == []
