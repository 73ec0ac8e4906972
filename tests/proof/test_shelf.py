"""Lessons beside each other: names, order, and what they build on. Nothing is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof.samples import HEAD, SOUND, line_of, steps, write
from tutor.proof.findings import Finding
from tutor.proof.sources import read


def lesson(name: str, *prerequisites: str) -> str:
    """The text of a sound lesson with this id."""
    needs = f"prerequisites: [{', '.join(prerequisites)}]\n" if prerequisites else ""
    return steps(SOUND, head=HEAD.replace("id: small\n", f"id: {name}\n{needs}"))


def shelf(folder: Path, **texts: str) -> Path:
    """A folder of lessons: ``_01_small`` is the folder ``01-small``."""
    for name, text in texts.items():
        write(folder, text, name.strip("_").replace("_", "-"))
    return folder


def said(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.level, finding.message) for finding in findings]


def test_a_sound_shelf_has_nothing_to_put_right(tmp_path: Path) -> None:
    shelf(tmp_path, _01_small=lesson("small"), _02_other=lesson("other", "small"))
    source = read([tmp_path])
    assert [one.id for one in source.lessons] == ["small", "other"]
    assert source.findings == []


def test_a_lesson_may_build_on_those_the_tutor_comes_with(tmp_path: Path) -> None:
    assert read([shelf(tmp_path, _01_small=lesson("small", "shapes-and-reshaping"))]).findings == []


def test_an_unknown_prerequisite_is_found_where_it_stands(tmp_path: Path) -> None:
    shelf(tmp_path, _01_small=lesson("small"), _02_other=lesson("other", "smal"))
    (finding,) = read([tmp_path]).findings
    assert finding.level == "error"
    assert "there is no lesson `smal`; did you mean `small`" in finding.message
    file = tmp_path / "02-other" / "lesson.yaml"
    assert (finding.file, finding.line) == (file, line_of(file, "prerequisites"))
    assert finding.column == len("prerequisites: [") + 1
    assert finding.lesson == "other"


def test_a_single_lesson_is_held_against_those_beside_it(tmp_path: Path) -> None:
    shelf(tmp_path, _01_small=lesson("small"), _02_other=lesson("other", "small", "smal"))
    source = read([tmp_path / "02-other"])
    assert [one.id for one in source.lessons] == ["other"]
    assert len(source.findings) == 1
    assert read([tmp_path / "02-other" / "lesson.yaml"]).findings == source.findings


def test_what_a_broken_lesson_is_called_can_be_built_on(tmp_path: Path) -> None:
    shelf(tmp_path, _01_small=lesson("small") + "oops: 1\n", _02_other=lesson("other", "small"))
    (finding,) = read([tmp_path]).findings
    assert "no key `oops`" in finding.message
    assert finding.proof == 1


def test_each_cycle_is_told_once(tmp_path: Path) -> None:
    shelf(
        tmp_path,
        _01_a=lesson("a", "c"),
        _02_b=lesson("b", "a"),
        _03_c=lesson("c", "b"),
        _04_d=lesson("d", "d"),
        _05_e=lesson("e", "a"),
    )
    errors = [text for level, text in said(read([tmp_path]).findings) if level == "error"]
    assert errors == [
        "`a` builds on `c`, which builds on `b`, which builds on `a`: take one of these out of `prerequisites`",
        "`d` builds on itself: take it out of `prerequisites`",
    ]
    assert not [text for level, text in said(read([tmp_path]).findings) if level == "warning"], "no order helps"


def test_a_prerequisite_comes_before(tmp_path: Path) -> None:
    shelf(tmp_path, _01_small=lesson("small", "other"), _02_other=lesson("other"))
    assert said(read([tmp_path]).findings) == [
        ("warning", "`other` is to be known before, and comes later in the list")
    ]


def test_two_lessons_with_one_id(tmp_path: Path) -> None:
    shelf(tmp_path, _01_small=lesson("small"), _02_small=lesson("small"))
    (finding,) = read([tmp_path]).findings
    assert "the id `small` is taken by" in finding.message
    assert read([tmp_path / "02-small"]).findings == [finding]


@pytest.mark.parametrize("folder", ["01-smaller", "smaller", "first"])
def test_a_folder_is_named_after_its_lesson(tmp_path: Path, folder: str) -> None:
    write(tmp_path, lesson("small"), folder)
    (finding,) = read([tmp_path]).findings
    assert f"the folder `{folder}` is not named after its lesson" in finding.message
    assert finding.advice.startswith("Name it 01-small")


def test_a_lesson_that_stands_alone_needs_no_number(tmp_path: Path) -> None:
    shelf(tmp_path, _small=lesson("small"), _other=lesson("other"))
    assert read([tmp_path]).findings == []


def test_translations_are_proved_with_their_lesson(tmp_path: Path) -> None:
    file = write(tmp_path, lesson("small"))
    german, french = (file.with_name(f"lesson.{tag}.yaml") for tag in ("de", "fr"))
    german.write_text("schema: 1\ntitle: Klein\nsteps:\n  ones: {original: 0, text: Mach `y`.}\n")
    french.write_text("schema: 1\nsteps:\n  one: {title: Un}\n")
    for path in (tmp_path, file.parent, german):
        source = read([path])
        assert [one.file for one in source.lessons] == [file]
        assert {(f.file.name, f.line, f.level, f.message.partition("; ")[0]) for f in source.findings} == {
            (german.name, 1, "note", "0 of 1 steps translated"),
            (german.name, 4, "warning", "the lesson's texts have changed since"),
            (french.name, 3, "error", "`small` has no step `one`"),
        }


def test_two_folders_with_one_number(tmp_path: Path) -> None:
    shelf(tmp_path, _01_other=lesson("other"), _01_small=lesson("small"))
    assert said(read([tmp_path]).findings) == [("warning", "the number 01 is also that of `other`")]


def test_a_lesson_that_is_named_twice_is_proved_once(tmp_path: Path) -> None:
    file = write(tmp_path, lesson("small"))
    assert len(read([tmp_path, file, file.parent]).lessons) == 1


def test_what_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "01-small").mkdir()
    (finding,) = read([tmp_path / "01-small"]).findings
    assert "no such file" in finding.message or "no lessons here" in finding.message
    (finding,) = read([tmp_path / "nowhere.yaml"]).findings
    assert "there is no such file" in finding.message


def test_a_finding_is_one_line_and_has_no_escapes(tmp_path: Path) -> None:
    finding = Finding(
        tmp_path / "a.yaml", 3, 4, "small", "ones", 3, "error", "it\nsays \x1b[31mred" + "x" * 900, "Go"
    )
    line = str(finding)
    assert line.startswith(f"{tmp_path}/a.yaml:3:4: error: small#ones: it says redxxx")
    assert line.endswith("x… Go. [answers]")
    assert len(line) < 600
    assert finding.data()["message"].startswith("it says red")
