"""The language of the command line's lessons, as a shell sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import tutor

LESSON = """\
schema: 1
id: small
title: Small
track: tensors
objectives: [one]
minutes: 5
difficulty: 1
steps:
  - {id: look, kind: read, title: Look, text: A text to read.}
"""


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    folder = tmp_path / "lessons" / "01-small"
    folder.mkdir(parents=True)
    (folder / "lesson.yaml").write_text(LESSON, "utf-8")
    overlay = "schema: 1\ntitle: Klein\nsteps: {look: {title: Schau, text: Ein Text zum Lesen.}}\n"
    (folder / "lesson.de.yaml").write_text(overlay, "utf-8")
    return folder.parent


def _titles(lessons: Path, *arguments: str) -> list[str]:
    printed = tutor("list", "--json", "--lessons", str(lessons), *arguments).stdout
    return [lesson["title"] for lesson in json.loads(printed)["lessons"]]


def test_the_option_comes_before_the_variable_and_that_before_the_locale(
    lessons: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _titles(lessons) == ["Small"]
    assert _titles(lessons, "--lang", "de-AT") == ["Klein"]
    monkeypatch.setenv("TUTOR_LANG", "de")
    assert _titles(lessons) == ["Klein"]
    assert _titles(lessons, "--lang", "en") == ["Small"]
    monkeypatch.delenv("TUTOR_LANG")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert _titles(lessons) == ["Klein"]


def test_the_exported_lesson_is_in_the_language(lessons: Path) -> None:
    shown = tutor("export", "small", "--as", "md", "-o", "-", "--lessons", str(lessons), "--lang", "de")
    assert "Ein Text zum Lesen." in shown.stdout
    assert "A text to read." not in shown.stdout


def test_what_is_no_language_is_said(lessons: Path) -> None:
    result = tutor("list", "--lessons", str(lessons), "--lang", "../de")
    assert result.returncode == 2
    assert "../de is not a language such as de or pt-BR" in result.stderr


def test_a_wrong_overlay_is_told_and_the_lesson_stays(lessons: Path) -> None:
    overlay = lessons / "01-small" / "lesson.de.yaml"
    overlay.write_text("schema: 1\nsteps: {lok: {}}\n", "utf-8")
    shown = tutor("list", "--lessons", str(lessons), "--lang", "de").stdout
    assert "Small" in shown
    assert "lesson.de.yaml:2:9: `small` has no step `lok`; did you mean `look`?" in " ".join(shown.split())


@pytest.mark.worker
def test_the_doctor_names_the_language_and_who_chose_it(lessons: Path) -> None:
    said = json.loads(tutor("doctor", "--json", "--lessons", str(lessons), "--lang", "de").stdout)
    assert said["language"] == "de (--lang): 1 of 1 lessons translated"
