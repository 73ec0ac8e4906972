"""A place that was found is two rows with its word in sight."""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.search import Index
from tutor.render.found import found_place

ONE = Catalogue(Path(__file__).parent.parent / "ui" / "lessons").load_all().lessons[0]


@given(
    st.lists(st.sampled_from(["an", "axis", "of", "length", "broadcasts"]), max_size=60),
    st.lists(st.sampled_from(["a", "row", "is", "stretched"]), max_size=60),
    st.integers(30, 120),
)
def test_the_word_is_in_sight_however_far_in_the_line_it_stands(
    before: list[str], after: list[str], width: int
) -> None:
    text = " ".join((*before, "needle", *after))
    lesson = msgspec.structs.replace(ONE, steps=(msgspec.structs.replace(ONE.steps[0], text=text),))
    index = Index(lambda _lesson, _step: (False, 0))
    index.add(lesson)
    found = index.find("needle")
    (place,) = found.places
    where, line = found_place(place, found.words, width).plain.split("\n")
    assert where.startswith("Broadcasting · 1 first")
    assert "needle" in line
    assert len(where) <= width
    assert len(line) <= width


def test_what_looks_like_markup_is_text() -> None:
    text = "[bold]needle[/] [/x]"
    lesson = msgspec.structs.replace(ONE, steps=(msgspec.structs.replace(ONE.steps[0], text=text),))
    index = Index(lambda _lesson, _step: (False, 0))
    index.add(lesson)
    (place,) = index.find("needle").places
    assert found_place(place, ("needle",), 60).plain.endswith(f"  {text}")
