"""What is said of the files that were written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.render.runs_samples import line
from tutor.session import event_file
from tutor.ui.run_export import export


@pytest.mark.parametrize(("steps", "told"), [(3, False), (50_000, True)])
async def test_a_table_that_lacks_steps_of_a_long_run_is_said_to(
    steps: int, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(event_file, "installed", lambda: False)
    run = line("long one", steps=3)
    said = await export([replace(run, training=replace(run.training, step=steps))])
    assert ("3 of 50,000 steps of long one" in said) == told
    assert (tmp_path / "tutor-training-1.csv").exists()
