"""``tutor export`` as a shell sees it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from tests.cli.test_cli import LESSONS, tutor
from tutor.progress import Progress

FROM = ("--lessons", str(LESSONS))


def test_the_work_is_written_and_said(tmp_path: Path) -> None:
    with closing(Progress()) as progress:
        progress.add_cell("ui/broadcasting", "centre", "centred = x - x.mean(0)", "ok")
        progress.complete_step("ui/broadcasting", "centre", "done")
        progress.complete_step("ui/broadcasting", "pick", "shown")
    told = tutor("export", "broad", "--as", "py", *FROM, cwd=tmp_path)
    assert told.stdout == "Written to broadcasting.py: 1 of 5 steps done, 1 shown.\n"
    assert "# My answer\ncentred = x - x.mean(0)" in (tmp_path / "broadcasting.py").read_text("utf-8")
    book = tutor("export", "broadcasting", "-o", "my.ipynb", *FROM, cwd=tmp_path)
    assert book.returncode == 0, book.stderr
    assert json.loads((tmp_path / "my.ipynb").read_text("utf-8"))["nbformat"] == 4
    piped = tutor("export", "broadcasting", "--as", "md", "-o", "-", *FROM)
    assert piped.stdout.startswith("# Broadcasting\n")
    refused = tutor("export", "broadcasting", "--as", "py", *FROM, cwd=tmp_path)
    assert "is there already" in refused.stderr
    assert tutor("export", "broadcasting", "--as", "py", "--yes", *FROM, cwd=tmp_path).returncode == 0


def test_what_is_wrong_is_said_with_the_way_out(tmp_path: Path) -> None:
    for arguments, said in (
        (("brodcasting", "--as", "py"), "`broadcasting`"),
        (("broadcasting#2", "--as", "py"), "without `#runit`"),
        (("broadcasting",), "--as py|ipynb|md"),
        (("broadcasting", "-o", "x.txt"), "--as py|ipynb|md"),
        (("broadcasting", "--as", "py", "-o", "/no/such/folder/x.py"), "cannot write"),
        (("broadcasting", "--as", "pdf"), "pdf"),
    ):
        result = tutor("export", *arguments, *FROM, cwd=tmp_path)
        assert result.returncode != 0
        assert said in result.stderr
        assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []
