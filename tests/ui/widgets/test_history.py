from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.ui.widgets.history import KEPT, CellLog, History


def walk(history: History, text: str, *directions: int) -> str:
    """What the prompt holds after these steps."""
    for direction in directions:
        found = history.step(direction, text)
        text = text if found is None else found
    return text


def filled(*entries: str) -> History:
    history = History()
    for entry in entries:
        history.add(entry)
    return history


def test_older_and_newer_and_back_to_the_draft() -> None:
    history = filled("a = 1", "b = 2", "c = 3")
    assert walk(history, "", -1) == "c = 3"
    assert walk(history, "c = 3", -1) == "b = 2"
    assert walk(history, "b = 2", 1) == "c = 3"
    assert walk(history, "c = 3", 1) == ""


def test_only_what_begins_as_the_draft_does() -> None:
    history = filled("x = 1", "print(x)", "x = 2")
    assert walk(history, "x", -1) == "x = 2"
    assert walk(filled("x = 1", "print(x)", "x = 2"), "x", -1, -1) == "x = 1"
    assert walk(filled("x = 1", "print(x)", "x = 2"), "x", -1, -1, -1) == "x = 1"
    assert walk(filled("x = 1", "print(x)", "x = 2"), "x", -1, -1, 1, 1) == "x"


def test_an_edited_entry_is_the_new_draft() -> None:
    history = filled("aa", "ab")
    assert walk(history, "", -1) == "ab"
    assert walk(history, "a", -1) == "ab"
    assert walk(history, "ab", 1) == "a"


def test_newer_than_the_newest_is_nothing() -> None:
    assert filled("a").step(1, "draft") is None


def test_the_same_cell_twice_is_kept_once_and_there_is_a_limit() -> None:
    history = filled("a", "a", *(str(n) for n in range(KEPT + 5)))
    assert len(history.entries) == KEPT
    assert history.entries[-1] == str(KEPT + 4)
    assert filled("a", "a").entries == ["a"]


def test_earlier_sessions_come_in_front_and_move_no_place() -> None:
    kept: list[str] = []
    log = CellLog(kept.append)
    history = History(log)
    for entry in ("own 1", "own 2"):
        history.add(entry)
    assert walk(history, "", -1, -1) == "own 1"
    log.load(["past 1", "past 2"])
    assert history.shown == "own 1"
    assert walk(history, "own 1", -1) == "past 2"
    assert walk(history, "past 2", -1, 1, 1) == "own 1"
    assert kept == ["own 1", "own 2"]


def test_prompts_that_share_a_log_have_places_of_their_own() -> None:
    log = CellLog()
    one, other = History(log), History(log)
    one.add("a")
    other.add("b")
    assert (walk(one, "", -1), walk(other, "", -1, -1)) == ("b", "a")


@given(st.lists(st.text("ab", min_size=1, max_size=3), max_size=8), st.text("ab", max_size=2), st.data())
def test_every_step_back_begins_as_the_draft_and_is_older(
    entries: list[str], draft: str, data: st.DataObject
) -> None:
    history = filled(*entries)
    history.log.load(data.draw(st.lists(st.text("ab", min_size=1, max_size=3), max_size=5)))
    seen: list[str] = []
    text = draft
    while (found := history.step(-1, text)) is not None:
        seen.append(found)
        text = found
    wanted = [entry for entry in reversed(history.entries) if entry.startswith(draft)]
    assert seen == [e for e, before in zip(wanted, [draft, *wanted], strict=False) if e != before]


@given(st.lists(st.text("ab", min_size=1, max_size=3), max_size=8), st.text("ab", max_size=2), st.integers(0, 9))
def test_as_many_steps_back_as_forward_give_the_draft(entries: list[str], draft: str, steps: int) -> None:
    history = filled(*entries)
    assert walk(history, draft, *[-1] * steps, *[1] * 9) == draft
