"""Progress carried from one machine to another, and back, and again."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.progress import Progress
from tutor.progress.exchange import NotProgress, decode, export
from tutor.progress.merge import merge

_IDS = st.sampled_from(["shapes", "gradients", "loss-2"])
_TEXTS = st.text(max_size=12)
_DEEDS = st.one_of(
    st.tuples(st.just("enter_step"), _IDS, _IDS),
    st.tuples(st.just("record_attempt"), _IDS, _IDS, _TEXTS),
    st.tuples(st.just("record_hint"), _IDS, _IDS),
    st.tuples(st.just("complete_step"), _IDS, _IDS, st.sampled_from(["done", "shown"])),
    st.tuples(st.just("finish_lesson"), _IDS),
    st.tuples(st.just("add_cell"), _IDS, _IDS, _TEXTS, st.sampled_from(["ok", "error"])),
    st.tuples(st.just("mark"), _IDS, _IDS, st.sampled_from(["entered", "revisited", "afresh"])),
    st.tuples(st.just("toggle_bookmark"), _IDS, _IDS),
    st.tuples(st.just("set_setting"), _TEXTS.filter(bool), _TEXTS),
)
Deeds = list[tuple[Any, ...]]


def machine(folder: Path, deeds: Deeds) -> Progress:
    progress = Progress(folder)
    for name, *arguments in deeds:
        getattr(progress, name)(*arguments)
    return progress


def content(progress: Progress) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(export(progress.database))
    found.pop("exported")
    return found


@settings(max_examples=25)
@given(st.lists(_DEEDS, max_size=12))
def test_what_was_exported_is_imported_whole(tmp_path_factory: pytest.TempPathFactory, deeds: Deeds) -> None:
    with (
        closing(machine(tmp_path_factory.mktemp("here"), deeds)) as here,
        closing(Progress(tmp_path_factory.mktemp("there"))) as there,
    ):
        merge(there.database, decode(export(here.database)))
        assert content(there) == content(here)
        assert there.last_lesson() == here.last_lesson()
        assert merge(there.database, decode(export(here.database))).nothing
        assert content(there) == content(here)


@settings(max_examples=25)
@given(st.lists(_DEEDS, max_size=10), st.lists(_DEEDS, max_size=10))
def test_a_merge_loses_nothing_and_doing_it_twice_is_doing_it_once(
    tmp_path_factory: pytest.TempPathFactory, mine: Deeds, theirs: Deeds
) -> None:
    rank = {"seen": 0, "shown": 1, "done": 2}
    with (
        closing(machine(tmp_path_factory.mktemp("here"), mine)) as here,
        closing(machine(tmp_path_factory.mktemp("there"), theirs)) as there,
    ):
        before = {lesson: here.steps(lesson) for lesson in ("shapes", "gradients", "loss-2")}
        marks, cells = here.bookmarks(), {lesson: here.cells(lesson) for lesson in before}
        other = {lesson: there.steps(lesson) for lesson in before}
        last = here.last_lesson()
        found = decode(export(there.database))
        merge(here.database, found)
        assert here.last_lesson() == (last or there.last_lesson())
        assert set(here.bookmarks()) == {*marks, *there.bookmarks()}
        for lesson in before:
            now = here.steps(lesson)
            for step in {*before[lesson], *other[lesson]}:
                both = [found[lesson][step] for found in (before, other) if step in found[lesson]]
                assert rank[now[step].status] == max(rank[one.status] for one in both)
                assert now[step].attempts == max(one.attempts for one in both)
                assert now[step].hints == max(one.hints for one in both)
                here_once, there_once = (found[lesson].get(step) for found in (before, other))
                theirs_done = there_once.answer if there_once and there_once.status == "done" else ""
                assert now[step].answer == ((here_once.answer if here_once else "") or theirs_done)
            assert here.cells(lesson)[: len(cells[lesson])] == cells[lesson]
        after = content(here)
        assert merge(here.database, found).nothing
        assert content(here) == after


def test_what_a_merge_changed_is_counted(tmp_path: Path) -> None:
    with closing(Progress(tmp_path / "a")) as here, closing(Progress(tmp_path / "b")) as there:
        for progress in (here, there):
            progress.enter_step("shapes", "one")
            progress.add_cell("shapes", "one", "x = 1", "ok")
        there.add_cell("shapes", "one", "y = 2", "ok")
        there.complete_step("shapes", "one", "done")
        there.complete_step("gradients", "a", "shown")
        there.toggle_bookmark("shapes", "one")
        there.enter_step("gradients", "a")
        there.add_cell("gradients", "a", "g = 1", "ok")
        here.add_cell("gradients", "a", "h = 1", "ok")
        merged = merge(here.database, decode(export(there.database)))
        assert (merged.lessons, merged.done, merged.answers, merged.bookmarks, merged.cells) == (1, 2, 1, 1, 1)
        assert merged.kept == ("gradients",)
        assert here.steps("shapes")["one"].accepted == "x = 1\ny = 2"


def test_attempts_stay_where_they_were_made(tmp_path: Path) -> None:
    with closing(Progress(tmp_path)) as progress:
        progress.enter_step("shapes", "one")
        progress.record_attempt("shapes", "one", "my secret try", "fail", 3.0)
        progress.record_attempt("shapes", "one", "", "pass", 3.0)
        assert b"secret" not in export(progress.database)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"{", "no JSON"),
        pytest.param(b'{"a":' * 100_000, "no JSON", id="deep"),
        (b"[]", "expected `object`"),
        (b"{}", "not written by `tutor progress --export`"),
        (b'{"format": "pytorch-tutor progress", "version": 99}', "from a newer tutor"),
        (b'{"format": "pytorch-tutor progress", "version": "1"}', "`$.version`"),
    ],
)
def test_what_is_no_export_is_refused_with_its_place(text: bytes, said: str) -> None:
    with pytest.raises(NotProgress) as refused:
        decode(text)
    assert said.lower() in str(refused.value).lower()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"surprise": 1}, "surprise"),
        ({"lessons": [{"id": "Not A Slug"}]}, "$.lessons[0].id"),
        ({"lessons": [{"id": "a", "steps": [{"id": "b", "status": "won"}]}]}, "$.lessons[0].steps[0].status"),
        ({"lessons": [{"id": "a", "steps": [{"id": "b", "status": "done", "hints": -1}]}]}, "hints"),
        ({"lessons": [{"id": "a", "started": 1e300}]}, "$.lessons[0].started"),
    ],
)
def test_a_wrong_value_is_named_by_its_path(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with closing(Progress(tmp_path)) as progress:
        whole = json.loads(export(progress.database)) | change
    with pytest.raises(NotProgress) as refused:
        decode(json.dumps(whole).encode())
    assert said in str(refused.value)


@given(st.binary(max_size=60))
def test_anything_else_is_refused_and_never_an_error(data: bytes) -> None:
    with pytest.raises(NotProgress):
        decode(data)


def test_what_was_set_up_between_the_cells_stays_here_and_is_in_nobodys_way(tmp_path: Path) -> None:
    here = Progress(tmp_path / "here")
    here.enter_step("shapes", "one")
    for status, source in (("entered", ""), ("ok", "x = 1"), ("revisited", ""), ("entered", ""), ("ok", "y = 2")):
        if source:
            here.add_cell("shapes", "one", source, status)
        else:
            here.mark("shapes", "one", status)
    assert [kept.status for kept in here.journal("shapes")] == ["entered", "ok", "entered", "ok"]
    data = export(here.database)
    assert b"entered" not in data
    with closing(Progress(tmp_path / "there")) as there:
        merge(there.database, decode(data))
        assert there.cells("shapes") == here.cells("shapes")
        assert merge(here.database, decode(data)).nothing
    here.close()
