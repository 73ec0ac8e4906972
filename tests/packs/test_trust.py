"""What was agreed to holds for exactly that content."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.packs.samples import folder_pack
from tutor.lesson.places import Pack
from tutor.packs import trust as trusting
from tutor.packs.trust import FILE_NAME, TooMuch, Trust, content_of
from tutor.paths import data_dir


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    folder = folder_pack(tmp_path / "packs")
    return Pack("deep-nets", folder, str(folder))


def test_nothing_is_agreed_to_at_first_and_a_yes_is_remembered(pack: Pack) -> None:
    content = content_of(pack)
    assert not Trust().allows(pack, content)
    Trust().agree(pack, content)
    assert Trust().allows(pack, content)
    assert not Trust().allows(Pack("other", pack.folder, ""), content)
    assert Trust().forget("deep-nets")
    assert not Trust().allows(pack, content)
    assert not Trust().forget("deep-nets")


def test_for_now_is_not_remembered(pack: Pack) -> None:
    assert Trust(for_now=True).allows(pack, content_of(pack))
    assert not Trust().allows(pack, content_of(pack))


@pytest.mark.parametrize("change", ["edit", "add", "rename", "remove", "link", "folder-link"])
def test_any_change_asks_again(pack: Pack, change: str, tmp_path: Path) -> None:
    lesson = pack.folder / "01-first"
    (lesson / "data.txt").write_text("one")
    (tmp_path / "elsewhere").mkdir()
    before = content_of(pack)
    Trust().agree(pack, before)
    if change == "edit":
        (lesson / "data.txt").write_text("two")
    elif change == "add":
        (lesson / "checks.py").touch()
    elif change == "rename":
        (lesson / "data.txt").rename(lesson / "date.txt")
    elif change == "remove":
        (lesson / "data.txt").unlink()
    elif change == "link":
        (lesson / "data.txt").rename(tmp_path / "data.txt")
        (lesson / "data.txt").symlink_to(tmp_path / "data.txt")
    else:
        (lesson / "more").symlink_to(tmp_path / "elsewhere")
    assert not Trust().allows(pack, content_of(pack))
    assert Trust().knew(pack)


def test_what_changes_by_itself_and_times_do_not_count(pack: Pack, tmp_path: Path) -> None:
    before = content_of(pack)
    for name in (".git", "__pycache__"):
        (pack.folder / name).mkdir()
        (pack.folder / name / "x").write_text("y")
    os.utime(pack.folder / "01-first" / "lesson.yaml", (1, 1))
    assert content_of(pack) == before
    shutil.copytree(pack.folder, tmp_path / "copy")
    assert content_of(Pack("deep-nets", tmp_path / "copy", "")).digest == before.digest


def test_a_pipe_is_not_read(pack: Pack) -> None:
    os.mkfifo(pack.folder / "pipe")
    assert content_of(pack).files == 2


def test_too_much_to_look_at_is_refused(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    (pack.folder / "zeros").touch()
    os.truncate(pack.folder / "zeros", 3_000_000)
    monkeypatch.setattr(trusting, "_MOST_BYTES", 1_000_000)
    with pytest.raises(TooMuch, match="more than 1,000,000 bytes"):
        content_of(pack)
    monkeypatch.setattr(trusting, "_MOST_FILES", 1)
    with pytest.raises(TooMuch, match="more than 1 files"):
        content_of(pack)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"agreed": [{"pack": 1}]}', '{"agreed": [], "x": 1}', "[" * 10_000]
)
def test_a_damaged_record_agrees_to_nothing(pack: Pack, content: str) -> None:
    data_dir().mkdir(parents=True, exist_ok=True)
    (data_dir() / FILE_NAME).write_text(content)
    assert not Trust().allows(pack, content_of(pack))
    Trust().agree(pack, content_of(pack))
    assert Trust().allows(pack, content_of(pack))


def test_where_nothing_can_be_written_a_yes_holds_for_the_sitting(pack: Pack) -> None:
    data_dir().parent.mkdir(parents=True, exist_ok=True)
    data_dir().write_text("a file in the place of the folder")
    trust = Trust()
    trust.agree(pack, content_of(pack))
    assert trust.allows(pack, content_of(pack))
    assert not Trust().allows(pack, content_of(pack))


def test_no_export_of_progress_carries_an_agreement(pack: Pack) -> None:
    from contextlib import closing

    from tutor.progress import Progress, exchange

    Trust().agree(pack, content_of(pack))
    with closing(Progress()) as progress:
        assert content_of(pack).digest.encode() not in exchange.export(progress.database)
