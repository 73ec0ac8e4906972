"""Which lesson comes next."""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.entry import Entry
from tutor.lesson.order import next_lesson

_ONE = Catalogue(Path(__file__).parent.parent / "ui" / "lessons").load_all().entries[0]


def course(**prerequisites: str) -> list[Entry]:
    """Lessons by name, each with the names it builds on."""
    return [
        msgspec.structs.replace(_ONE, id=name, prerequisites=tuple(before.split()))
        for name, before in prerequisites.items()
    ]


def after(lessons: list[Entry], finished: str, last: str | None) -> str | None:
    found = next_lesson(lessons, set(finished.split()), last)
    return found.id if found is not None else None


def test_the_next_one_in_order_comes_if_what_it_builds_on_is_finished() -> None:
    lessons = course(a="", b="a", c="b", d="a")
    assert after(lessons, "a", "a") == "b"
    assert after(lessons, "a c", "c") == "d"
    assert after(lessons, "c", "c") == "a"
    assert after(lessons, "a b d", "d") == "c"
    assert after(lessons, "", None) == "a"


def test_what_is_not_in_the_course_or_a_circle_holds_nothing_up() -> None:
    assert after(course(a="elsewhere"), "", None) == "a"
    assert after(course(a="b", b="a"), "", None) == "a"
    assert after(course(a="", b=""), "a b", "b") is None
    assert after([], "", "gone") is None


@given(
    st.lists(st.sets(st.integers(0, 5)), min_size=6, max_size=6), st.sets(st.integers(0, 5)), st.integers(-1, 5)
)
def test_whoever_goes_on_finishes_every_lesson(before: list[set[int]], done: set[int], last: int) -> None:
    names = "abcdef"
    lessons = course(**{names[n]: " ".join(names[m] for m in sorted(ones)) for n, ones in enumerate(before)})
    finished = {names[n] for n in done}
    at = names[last] if last >= 0 else None
    for _ in range(len(names) - len(finished)):
        found = next_lesson(lessons, finished, at)
        assert found is not None
        assert found.id not in finished
        finished.add(found.id)
        at = found.id
    assert next_lesson(lessons, finished, at) is None
