"""Translations beside a lesson, as lint tells of them. Nothing is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.samples import SOUND, steps, write
from tutor.proof.findings import Finding
from tutor.proof.sources import read
from tutor.texts import Choice, chosen, use

TEXT = (
    steps(SOUND)
    + """\
recall:
  - id: later
    text: Which function makes ones?
    options:
      - {text: "`torch.ones`", feedback: Yes., correct: true}
      - {text: "`torch.zeros`", feedback: No.}
"""
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path, TEXT).parent


def _findings(folder: Path, **overlays: str) -> list[tuple[str, str, str, str]]:
    """Level, place, step and message of each that is to be put right: how much is done is only a note."""
    for language, text in overlays.items():
        (folder / f"lesson.{language}.yaml").write_text(text, "utf-8")
    return [(f.level, _place(f), f.where, f.message) for f in read([folder]).findings if f.level != "note"]


def _place(finding: Finding) -> str:
    return f"{finding.file.name}:{finding.line}:{finding.column}"


def test_an_overlay_that_fits_is_no_finding_though_it_is_not_whole(folder: Path) -> None:
    assert _findings(folder, de="schema: 1\ntitle: Klein\nsteps: {ones: {hints: [Welche?]}}\n") == []


def test_a_wrong_overlay_is_an_error_at_its_place(folder: Path) -> None:
    (unknown, key) = _findings(folder, de="schema: 1\nsteps: {one: {}}\nrecall: {later: {txt: a}}\n")
    assert unknown == (
        "error",
        "lesson.de.yaml:2:9",
        "small",
        "`small` has no step `one`; did you mean `ones`?",
    )
    assert key[:3] == ("error", "lesson.de.yaml:3:18", "small#later")
    ((level, place, _, message),) = _findings(folder, de="schema: 1\n", german="schema: 1\n")
    assert (level, place) == ("error", "lesson.german.yaml:1:1")
    assert "names no language" in message


def test_one_that_is_behind_its_lesson_is_a_warning_at_its_place(folder: Path) -> None:
    found = _findings(
        folder, de="schema: 1\nsteps: {ones: {hints: [a, b]}}\nrecall: {later: {original: 0, text: Welche?}}\n"
    )
    assert [one[:3] for one in found] == [
        ("warning", "lesson.de.yaml:2:23", "small#ones"),
        ("warning", "lesson.de.yaml:3:28", "small#later"),
    ]


@pytest.fixture
def german() -> Iterator[None]:
    before = use(Choice("de"))
    yield
    use(before)


@pytest.mark.usefixtures("german")
def test_the_lesson_itself_is_read_whatever_language_is_spoken(folder: Path) -> None:
    for text, count in (("schema: 1\ntitle: Klein\n", 0), ("schema: 2\n", 1)):
        (folder / "lesson.de.yaml").write_text(text, "utf-8")
        source = read([folder.parent])
        assert [lesson.title for lesson in source.lessons] == ["Small"]
        assert len([one for one in source.findings if one.level != "note"]) == count
    assert chosen().tag == "de"
