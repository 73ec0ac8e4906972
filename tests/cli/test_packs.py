"""Packs on the command line: shown, refused where nobody can be asked, agreed to, forgotten."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.test_cli import tutor
from tests.packs.samples import folder_pack, zip_of
from tutor.packs.finding import find
from tutor.packs.trust import Trust, content_of


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return zip_of(folder_pack(tmp_path, "deep-nets", "dropout", "masks"), tmp_path / "deep-nets-1.2.zip")


def test_the_list_says_what_is_from_outside(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_LESSONS", str(pack))
    shown = tutor("list").stdout
    assert f"deep-nets (from outside: {pack})  Tensors\n  deep-nets/dropout " in shown
    assert shown.startswith("Foundations\n  first-light ")
    rows = {row["id"]: row["pack"] for row in json.loads(tutor("list", "--json").stdout)["lessons"]}
    assert (rows["what-a-tensor-is"], rows["deep-nets/masks"]) == ("", "deep-nets")


def test_without_a_terminal_a_pack_that_was_not_agreed_to_is_refused(pack: Path) -> None:
    refused = tutor("dropout", "--lessons", str(pack))
    assert refused.returncode == 1
    assert f"the pack deep-nets ({pack}) is from outside" in refused.stderr
    assert "or add --trust" in refused.stderr
    assert tutor("dropout", "--trust", "--lessons", str(pack)).returncode == 0
    (found,) = find([str(pack)]).packs
    Trust().agree(found, content_of(found))
    assert tutor("dropout", "--lessons", str(pack)).returncode == 0


def test_packs_are_listed_with_what_was_agreed_and_forgotten(pack: Path, tmp_path: Path) -> None:
    assert "No packs" in tutor("packs").stdout
    named = ("packs", "--lessons", str(pack))
    assert "asks before it runs" in tutor(*named).stdout
    (found,) = find([str(pack)]).packs
    Trust().agree(found, content_of(found))
    assert "you agreed to it" in tutor(*named).stdout
    (row,) = json.loads(tutor(*named, "--json").stdout)["packs"]
    assert (row["name"], row["lessons"], row["agreed"], row["origin"]) == ("deep-nets", 2, "yes", str(pack))
    folder = tmp_path / "deep-nets"
    (folder / "more.txt").write_text("x")
    assert "it has changed" in tutor("packs", "--lessons", str(folder)).stdout
    assert "asks again" in tutor("packs", "--forget", "deep-nets").stdout
    again = tutor("packs", "--forget", "deep-nets")
    assert again.returncode == 1
    assert "nothing was agreed to" in again.stderr


def test_a_zip_that_leads_out_is_told_and_the_rest_works(pack: Path, tmp_path: Path) -> None:
    bad = zip_of(tmp_path / "deep-nets", tmp_path / "bad.zip", inside="../")
    shown = tutor("list", "--lessons", str(bad), "--lessons", str(pack))
    assert f"✗ {bad}:1:1: `../01-dropout/lesson.yaml` leads out of it" in shown.stdout
    assert "deep-nets/dropout" in shown.stdout
    assert shown.returncode == 1
    assert not (tmp_path / "01-dropout").exists()
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    told = json.loads(tutor("packs", "--json", "--lessons", str(tmp_path / "empty.zip")).stdout)
    assert len(told["problems"]) == 1, "an empty ZIP is told of"


def test_work_in_a_pack_is_written_beside_and_carried_by_its_whole_name(pack: Path, tmp_path: Path) -> None:
    from contextlib import closing

    from tutor.progress import Progress

    with closing(Progress()) as progress:
        progress.enter_step("deep-nets/dropout", "a")
        progress.complete_step("deep-nets/dropout", "a", "done")
    assert "Written to dropout.py" in tutor(
        "export", "dropout", "--as", "py", "--lessons", str(pack), cwd=tmp_path
    ).stdout  # fmt: skip
    file = tmp_path / "mine.json"
    assert tutor("progress", "--export", str(file)).returncode == 0
    assert tutor("progress", "--reset", "--yes").returncode == 0
    assert "1 new lesson" in tutor("progress", "--import", str(file)).stdout
