"""Words are found wherever they may be known, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Lesson
from tutor.lesson.search import MOST, Index, Known, spans

UI = Path(__file__).parent.parent / "ui" / "lessons"
KINDS = Path(__file__).parent.parent / "kinds" / "lessons"


def lesson() -> Lesson:
    (only,) = Catalogue(UI).load_all().lessons
    return only


def index_of(lessons: list[Lesson], known: Known = lambda _lesson, _step: (False, 0)) -> Index:
    index = Index(known)
    for one in lessons:
        index.add(one)
    return index


def kinds(index: Index, query: str) -> list[tuple[str, str | None]]:
    return [(place.kind, place.step.id if place.step else None) for place in index.find(query).places]


@pytest.mark.parametrize(
    ("query", "kind", "step"),
    [
        ("broadcasting", "title", None),
        ("element-wise result", "objective", None),
        ("LINED UP", "text", "first"),
        ("reshape(2,", "code", "runit"),
        ("zeros(3, 1)", "code", "first"),
        ("this one", "text", "pick"),
        ("every column", "text", "centre"),
        ("centred = ...", "code", "centre"),
    ],
)
def test_titles_objectives_texts_answers_and_code_are_found(query: str, kind: str, step: str | None) -> None:
    assert kinds(index_of([lesson()]), query)[0] == (kind, step)


def test_a_solution_a_hint_and_feedback_stay_hidden_until_they_are_known() -> None:
    closed = index_of([lesson()])
    for secret in (
        "keepdim",
        "must disappear",
        "dim=0",
        "yes it is",
        "along its last axis",
        "You centred the rows",
    ):
        assert closed.find(secret).total == 0, secret
    one_hint = index_of([lesson()], lambda _, step: (False, 1 if step == "centre" else 0))
    assert kinds(one_hint, "must disappear") == [("hint", "centre")]
    assert one_hint.find("Use dim=0").total == 0
    done = index_of([lesson()], lambda _, step: (step == "centre", 0))
    assert kinds(done, "keepdim") == [("solution", "centre")]
    assert kinds(done, "Use dim=0") == [("hint", "centre")]


def test_no_line_of_a_solution_is_found_in_any_kind_of_step_before_it_is_done() -> None:
    for one in Catalogue(KINDS).load_all().lessons:
        index = index_of([one])
        for step in one.steps:
            shown = step.text + getattr(step, "starter", "") + getattr(step, "code", "")
            for line in getattr(step, "solution", "").splitlines():
                told = [place for place in index.find(line).places if place.step is step]
                if line.strip() and line.strip() not in shown:
                    assert not told, f"{step.id}: {line}"


def test_every_word_counts_and_titles_above_count_too() -> None:
    index = index_of([lesson()])
    assert index.find("column mean").total == 1
    assert index.find("column nowhere").total == 0
    # Of the lesson's title and a line's own words both are needed.
    assert index.find("broadcasting column").places[0].kind == "text"
    assert index.find("   ").total == 0


def test_titles_come_before_objectives_texts_and_code() -> None:
    worth = [kind for kind, _ in kinds(index_of([lesson()]), "a")]
    order = ["title", "objective", "text", "code"]
    assert worth == sorted(worth, key=order.index)
    assert len(set(worth)) > 2


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=6), max_size=4))
def test_marked_places_lie_in_the_text_and_apart(text: str, words: list[str]) -> None:
    last = 0
    for start, end in spans(text, words):
        assert last <= start < end <= len(text)
        last = end


def test_of_very_many_places_the_best_are_given_and_all_are_counted() -> None:
    one = lesson()
    many = [msgspec.structs.replace(one, id=f"lesson-{n}", title=f"Lesson {n}") for n in range(MOST)]
    found = index_of(many).find("centre")
    assert found.total > len(found.places) == MOST
    assert {place.kind for place in found.places} == {"title"}
    last = f"lesson {MOST - 1}"
    assert {place.lesson.title for place in index_of(many).find(f"{last} every").places} == {last.capitalize()}


def test_british_and_american_spelling_find_each_other() -> None:
    course = index_of(Catalogue(KINDS).load_all().lessons)
    text = "An optimiser normalizes; its size is a prize."
    one = msgspec.structs.replace(lesson(), objectives=(text,))
    index = index_of([one])
    for query in ("optimizer", "OPTIMISER", "normalises", "prize", "size"):
        assert ("objective", None) in kinds(index, query), query
    assert not index.find("sise").total
    assert course.find("zzzz").total == 0
