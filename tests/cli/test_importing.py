"""``tutor import`` as a shell sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import tutor

SMALL = "# Small\n\nA text.\n\n```python\nprint(6 * 7)\n```\n\n```python\nopen('no.csv')\n```\n"


@pytest.mark.worker
def test_a_tutorial_becomes_a_lesson_that_is_listed(tmp_path: Path) -> None:
    (tmp_path / "small.md").write_text(SMALL, "utf-8")
    told = tutor("import", "small.md", "-o", "lessons", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert told.stdout.split("\n") == [
        "small.md:9: kept as text: needs the file `no.csv`",
        (
            "Written to lessons/small/lesson.yaml: 2 steps, 1 of them with code to run "
            "(1 with the output to expect); 1 kept as text."
        ),
        "tutor --lessons lessons small",
        "",
    ]
    assert "Small" in tutor("list", "--lessons", "lessons", cwd=tmp_path).stdout
    before = (tmp_path / "lessons" / "small" / "lesson.yaml").read_bytes()
    refused = tutor("import", "small.md", "-o", "lessons", cwd=tmp_path)
    assert refused.returncode == 1
    assert "is there already" in refused.stderr
    again = tutor("import", "small.md", "-o", "lessons", "--yes", "--json", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == {
        "lesson": "lessons/small/lesson.yaml",
        "id": "small",
        "title": "Small",
        "steps": 2,
        "run": 1,
        "with_output": 1,
        "notes": [
            {"file": "small.md", "line": 9, "cell": None, "kept_as_text": True, "why": "needs the file `no.csv`"}
        ],
    }
    assert (tmp_path / "lessons" / "small" / "lesson.yaml").read_bytes() == before


def test_what_cannot_be_imported_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    for name, content, code, said in (
        ("a.txt", b"x", 2, "none of .md, .markdown, .ipynb, .py"),
        ("missing.md", None, 1, "no such file"),
        ("empty.md", b"", 1, "it is empty"),
        ("empty.ipynb", b"", 1, "it is empty"),
        ("latin.md", b"# T\n\nf\xfcr", 1, "not UTF-8: the byte 0xFC stands in line 3"),
        ("words.md", b"# Only\n\nwords", 1, "no Python in it"),
        ("bad.py", b"x = = 1", 1, "no Python in it"),
        ("bad.ipynb", b"{", 1, "no notebook: not JSON"),
        ("large.md", b"x\n" * 1_100_000, 1, "too large"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        told = tutor("import", name, "-o", "lessons", cwd=tmp_path)
        assert (told.returncode, said in told.stderr) == (code, True), (name, told.stderr)
        assert "Traceback" not in told.stderr
    assert not (tmp_path / "lessons").exists()
    told = tutor("import", "bad.py", "--json", cwd=tmp_path)
    account = json.loads(told.stdout)
    assert account["lesson"] is None
    assert account["notes"][0]["line"] == 1


def test_a_folder_that_cannot_be_made_is_said_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "small.md").write_text(SMALL, "utf-8")
    (tmp_path / "lessons").write_text("a file")
    told = tutor("import", "small.md", "-o", "lessons", cwd=tmp_path)
    assert told.returncode == 1
    assert "lessons" in told.stderr
    assert "Traceback" not in told.stderr
