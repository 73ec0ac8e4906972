"""Every case through a real worker: the right rule, in the learner's names; and the repaired program is silent."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from tests.recorder import Recorder
from tutor.explain import explain
from tutor.protocol import events
from tutor.session.client import ProcessClient
from tutor.session.session import Session

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def kept() -> AsyncIterator[Recorder]:
    """One worker for all of this module."""
    session = Session(ProcessClient(sys.executable, threads=1))
    session.start()
    recorder = Recorder(session)
    yield recorder
    recorder.stop()
    session.close()


async def _failure(work: Recorder, source: str) -> events.Failed:
    count = len(work.of(events.Failed))
    cell = await work.run(source)
    failed = work.of(events.Failed)[count:]
    assert (cell.status, len(failed)) == ("error", 1)
    return failed[0]


@pytest.mark.parametrize("case", CASES, ids=[f"{case['rule']}-{n}" for n, case in enumerate(CASES)])
async def test_a_broken_program_is_explained_in_its_own_names(kept: Recorder, case: dict[str, Any]) -> None:
    if case.get("fresh"):
        kept.session.restart(1)
    failed = await _failure(kept, case["broken"])
    if case.get("fresh"):
        kept.session.restart(1)
    told = explain(failed.chain)
    assert told is not None, failed.chain[-1].message
    assert (told.rule, told.topic.code) == (case["rule"], case["lesson"])
    said = f"{told.headline} {told.fix}"
    assert [name for name in case["names"] if str(name) not in said] == [], said
    if "fixed" in case:
        cell = await kept.run(case["fixed"])
        assert cell.status == "ok", kept.of(events.Failed)[-1]


async def test_torch_without_numpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "numpy").mkdir()
    missing = "raise ModuleNotFoundError(\"No module named 'numpy'\", name='numpy')\n"
    (tmp_path / "numpy" / "__init__.py").write_text(missing)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    session = Session(ProcessClient(sys.executable, threads=1))
    session.start()
    recorder = Recorder(session)
    try:
        failed = await _failure(recorder, "import torch\nx = torch.ones(2)\nx.numpy()")
    finally:
        recorder.stop()
        session.close()
    told = explain(failed.chain)
    assert told is not None
    assert told.rule == "numpy-missing"
    assert "x.tolist()" in told.fix
