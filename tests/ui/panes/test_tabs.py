"""The chosen tab and its neighbours are in sight in every width that has room for them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.ui.panes.inspector import PANES
from tutor.ui.panes.tabs import MORE, SEPARATOR, in_view

TITLES = [kind.TITLE for kind in PANES]


def row(chosen: int, room: int, titles: list[str] = TITLES) -> str:
    shown = in_view(titles, chosen, room)
    before = f"{MORE[0]} " if shown.start else ""
    behind = f" {MORE[1]}" if shown.stop < len(titles) else ""
    return before + SEPARATOR.join(titles[n] for n in shown) + behind


def test_all_tabs_stand_there_where_they_fit() -> None:
    whole = SEPARATOR.join(TITLES)
    assert row(3, len(whole)) == whole
    assert row(0, len(whole) - 1).endswith(MORE[1])


@given(st.integers(0, len(TITLES) - 1), st.integers(32, 70))
def test_the_chosen_tab_and_those_beside_it_are_in_sight(chosen: int, room: int) -> None:
    shown = in_view(TITLES, chosen, room)
    assert {max(chosen - 1, 0), chosen, min(chosen + 1, len(TITLES) - 1)} <= set(shown)
    assert len(row(chosen, room)) <= room


@given(
    st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=9).flatmap(
        lambda titles: st.tuples(st.just(titles), st.integers(0, len(titles) - 1))
    ),
    st.integers(-5, 60),
)
def test_the_chosen_tab_is_always_there_and_nothing_is_wider_than_need_be(
    case: tuple[list[str], int], room: int
) -> None:
    titles, chosen = case
    shown = in_view(titles, chosen, room)
    assert chosen in shown
    assert len(row(chosen, room, titles)) <= room or shown == range(chosen, chosen + 1)
