"""``tutor progress`` as a shell sees it: shown, carried away and back, forgotten."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.test_cli import LESSONS, tutor
from tutor.progress import Progress


@pytest.fixture
def done() -> None:
    """One step done, one marked, one tried."""
    with closing(Progress()) as progress:
        progress.enter_step("ui/broadcasting", "runit")
        progress.add_cell("ui/broadcasting", "runit", "q = 1", "ok")
        progress.complete_step("ui/broadcasting", "runit", "done")
        progress.enter_step("ui/broadcasting", "pick")
        progress.record_attempt("ui/broadcasting", "pick", "that one", "fail", 2.0)
        progress.toggle_bookmark("ui/broadcasting", "pick")


def status() -> str:
    with closing(Progress()) as progress:
        return progress.steps("ui/broadcasting")["runit"].status if progress.summary() else "nothing"


@pytest.mark.usefixtures("done")
def test_it_shows_steps_and_bookmarks() -> None:
    shown = tutor("progress", "--lessons", str(LESSONS)).stdout
    assert "Broadcasting: 1 of 5 steps done, at pick" in shown
    assert "★ ui/broadcasting#pick" in shown
    told = json.loads(tutor("progress", "--json", "--lessons", str(LESSONS)).stdout)
    assert told["bookmarks"] == [{"lesson": "ui/broadcasting", "step": "pick", "title": "pick"}]


@pytest.mark.usefixtures("done")
def test_it_goes_to_another_machine_and_merges_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.json"
    assert "Your attempts are not in it" in tutor("progress", "--export", str(file)).stdout
    assert "that one" not in file.read_text()
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path / "other"))
    told = tutor("progress", "--import", str(file)).stdout
    assert "1 new lesson, 1 step further, 1 new answer, 1 new bookmark, 1 piece of code you ran" in told
    assert status() == "done"
    assert "nothing new" in tutor("progress", "--import", str(file)).stdout
    merged = json.loads(tutor("progress", "--import", "-", "--json", stdin=file.read_text()).stdout)
    assert merged == {"lessons": 0, "done": 0, "answers": 0, "bookmarks": 0, "cells": 0, "kept": []}
    piped = tutor("progress", "--export", "-").stdout
    assert json.loads(piped)["lessons"] == json.loads(file.read_text())["lessons"]


@pytest.mark.usefixtures("done")
def test_a_file_that_is_there_is_replaced_only_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "thesis.txt"
    file.write_text("years of work")
    refused = tutor("progress", "--export", str(file))
    assert refused.returncode == 1
    assert "is there already" in refused.stderr
    assert file.read_text() == "years of work"
    assert tutor("progress", "--export", str(file), "--yes").returncode == 0
    assert json.loads(file.read_text())["format"] == "pytorch-tutor progress"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["thesis.txt"]


@pytest.mark.usefixtures("done")
def test_what_cannot_be_imported_changes_nothing_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "it.json"
    for text, why in (("{}", "not written by"), ("{", "no JSON"), ("[1]", "Expected `object`")):
        file.write_text(text)
        result = tutor("progress", "--import", str(file))
        assert result.returncode == 1
        assert str(file) in result.stderr
        assert why in result.stderr
        assert "Nothing was changed" in result.stderr
        assert "Traceback" not in result.stderr
    assert "cannot read /no/file" in tutor("progress", "--import", "/no/file").stderr
    assert "cannot write" in tutor("progress", "--export", "/no/folder/file").stderr
    assert "is a folder" in tutor("progress", "--export", str(tmp_path)).stderr
    assert "one at a time" in tutor("progress", "--export", "a", "--import", "b").stderr


@pytest.mark.usefixtures("done")
def test_a_reset_asks_first() -> None:
    asked = tutor("progress", "--reset")
    assert asked.returncode == 1
    assert "add --yes" in asked.stderr
    assert status() == "done"
    unknown = tutor("progress", "--reset", "brodcasting", "--lessons", str(LESSONS), "--yes")
    assert "`broadcasting`" in unknown.stderr
    assert status() == "done"
    assert "Done." in tutor("progress", "--reset", "broad", "--lessons", str(LESSONS), "--yes").stdout
    assert status() == "nothing"


@pytest.mark.usefixtures("done")
def test_everything_can_be_reset() -> None:
    assert "Done." in tutor("progress", "--yes", "--reset").stdout
    assert status() == "nothing"
