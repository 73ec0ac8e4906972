"""Where packs come from: the option, the variable, installed packages; and their names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.packs.samples import folder_pack, install, zip_of
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.places import pack_name
from tutor.packs.finding import find
from tutor.paths import lessons_dir


def test_without_any_the_tutors_own_lessons_stand_alone() -> None:
    places = find()
    assert (places.own, places.packs, places.problems) == (lessons_dir(), (), ())


def test_what_is_named_stands_alone_and_what_is_listed_beside_the_tutors_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = folder_pack(tmp_path, "one"), folder_pack(tmp_path, "two")
    monkeypatch.setenv("TUTOR_LESSONS", os.pathsep.join([str(one), "", str(two), str(tmp_path / "gone.zip")]))
    places = find()
    assert places.own == lessons_dir()
    assert [(pack.name, pack.folder, pack.origin) for pack in places.packs] == [
        ("one", one, str(one)),
        ("two", two, str(two)),
    ]
    assert [str(problem) for problem in places.problems] == [
        f"{tmp_path / 'gone.zip'}:1:1: there is no such folder or ZIP of lessons"
    ]
    named = find([str(two)])
    assert named.own is None
    assert [pack.name for pack in named.packs] == ["two"]


def test_the_tutors_own_folder_is_no_pack_whoever_names_it() -> None:
    assert find([str(lessons_dir())]).own == lessons_dir()
    assert find([str(lessons_dir())]).packs == ()


def test_lessons_in_a_zip_are_found_however_they_were_packed(tmp_path: Path) -> None:
    folder = folder_pack(tmp_path)
    for inside in ("", "lessons/", "deep-nets-main/", "deep-nets-main/lessons/"):
        file = zip_of(folder, tmp_path / "deep-nets-1.2.zip", inside=inside)
        catalogue = Catalogue(find([str(file)])).load_all()
        assert [entry.id for entry in catalogue.entries] == ["deep-nets/first"]
        assert catalogue.problems == []
        assert catalogue.packs["deep-nets"].origin == str(file)


def test_a_zip_that_leads_out_is_a_problem_and_the_others_are_there(tmp_path: Path) -> None:
    good = folder_pack(tmp_path)
    bad = zip_of(good, tmp_path / "bad.zip", inside="../")
    places = find([str(bad), str(good)])
    assert [pack.name for pack in places.packs] == ["deep-nets"]
    assert str(places.problems[0]).startswith(f"{bad}:1:1: `../01-first/lesson.yaml` leads out of it")


def test_one_lesson_alone_is_a_pack(tmp_path: Path) -> None:
    folder_pack(tmp_path, "some")
    catalogue = Catalogue(find([str(tmp_path / "some" / "01-first")])).load_all()
    assert [entry.id for entry in catalogue.entries] == ["01-first/first"]


def test_of_two_packs_with_one_name_the_first_is_taken(tmp_path: Path) -> None:
    one, two = folder_pack(tmp_path / "a", "nets"), folder_pack(tmp_path / "b", "nets")
    places = find([str(one), str(two), str(one)])
    assert [pack.folder for pack in places.packs] == [one]
    (problem,) = places.problems
    assert str(problem) == f"{two}:1:1: left out: {one} is a pack named `nets` too; rename one of them"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/deep-nets", "deep-nets"),
        ("/a/Deep Nets_2", "deep-nets"),
        ("/a/deep-nets-1.4.2.zip", "deep-nets"),
        ("/a/deep-nets-main.zip", "deep-nets"),
        ("/a/deep-nets-v2.ZIP", "deep-nets"),
        ("/a/course/lessons", "course"),
        ("/a/course/lessons.zip", "course"),
        ("/a/日本", "pack"),
        ("/lessons", "lessons"),
        ("/a/" + "x" * 200, "x" * 60),
    ],
)
def test_the_name_of_a_pack_has_no_version(path: str, name: str) -> None:
    assert pack_name(Path(path)) == name


def test_installed_packages_are_found_without_running_any_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    places = find()
    assert [(pack.name, pack.folder) for pack in places.packs] == [("nets", tmp_path / "deep_nets" / "lessons")]
    assert places.packs[0].origin == "the installed package deep_nets 1.2"
    assert "deep_nets" not in sys.modules
    catalogue = Catalogue(places).load_all()
    assert catalogue.find("nets/first")[0].pack == "nets"


def test_an_editable_install_is_found_where_its_files_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site, source = tmp_path / "site", tmp_path / "source"
    site.mkdir()
    source.mkdir()
    install(site)
    (site / "deep_nets").rename(source / "deep_nets")
    monkeypatch.syspath_prepend(site)
    monkeypatch.syspath_prepend(source)
    assert [pack.folder for pack in find().packs] == [source / "deep_nets" / "lessons"]
    assert "deep_nets" not in sys.modules


@pytest.mark.parametrize("value", ["deep_nets.nothing", "nowhere", "deep_nets.lessons:thing", "deep_nets"])
def test_an_entry_point_without_lessons_is_told_with_its_place(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, value=value)
    (tmp_path / "deep_nets" / "lessons").rename(tmp_path / "deep_nets" / "texts")
    monkeypatch.syspath_prepend(tmp_path)
    places = find()
    assert places.packs == ()
    file = tmp_path / "deep_nets-1.2.dist-info" / "entry_points.txt"
    assert str(places.problems[0]).startswith(f"{file}:5:8: the installed package deep_nets 1.2 offers lessons in")
