"""Ctrl+R, without a screen and with one."""

from __future__ import annotations

from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tests.ui.widgets.test_prompt import editor, prompting, type_in
from tests.ui.widgets.waiting import painted, until
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.search import Search, matching_line, search_rows

CELLS = ["import torch", "x = torch.zeros(3)", "def f(a):\n    return Torch + a", "x = 1", "x = torch.zeros(3)"]


def found(search: Search) -> str | None:
    return search.found.entry if search.found else None


def test_the_newest_comes_first_and_every_cell_once() -> None:
    search = Search(CELLS)
    search.look_for("torch")
    assert len(search.finds) == 3
    seen = []
    for _ in range(4):
        seen.append(found(search))
        search.step(1)
    assert seen == [CELLS[4], CELLS[2], CELLS[0], CELLS[0]]
    search.step(-1)
    assert found(search) == CELLS[2]


def test_capital_letters_count_if_there_are_any() -> None:
    search = Search(CELLS)
    search.look_for("Torch")
    assert [find.entry for find in search.finds] == [CELLS[2]]
    search.look_for("torch")
    assert len(search.finds) == 3


def test_typing_on_stays_at_what_was_found_and_goes_back_when_widened() -> None:
    search = Search(CELLS)
    search.look_for("t")
    search.step(1)
    at = found(search)
    search.look_for("to")
    assert found(search) == at == CELLS[2]
    search.look_for("import")
    assert found(search) == CELLS[0]
    search.look_for("importx")
    assert found(search) is None
    search.look_for("im")
    assert found(search) == CELLS[0]
    search.look_for("")
    assert found(search) == CELLS[4]
    search.look_for("t")
    search.step(1)
    search.look_for("tx")
    search.look_for("t")
    assert found(search) == CELLS[2]


@given(st.lists(st.text("abAB\n", min_size=1, max_size=5), max_size=8), st.text("abA", max_size=3))
def test_narrowing_finds_what_searching_at_once_finds(entries: list[str], query: str) -> None:
    step_by_step, at_once = Search(entries), Search(entries)
    for end in range(len(query) + 1):
        step_by_step.look_for(query[:end])
    at_once.look_for(query)
    assert step_by_step.finds == at_once.finds
    sensitive = query != query.lower()
    wanted = {e for e in entries if (query in e if sensitive else query in e.lower())}
    assert {find.entry for find in at_once.finds} == wanted
    for find in at_once.finds:
        assert entries[-find.back] == find.entry
        line, start, end = matching_line(find.entry, query)
        assert line[start:end].lower() == query.lower()
        assert line in find.entry.split("\n")


@given(st.text("ab \t", min_size=1, max_size=80), st.text("ab", max_size=30), st.integers(20, 80))
def test_its_rows_fit_and_show_what_was_found(entry: str, query: str, width: int) -> None:
    search = Search([entry, "other"])
    search.look_for(query)
    rows = search_rows(search, width).split("\n")
    assert len(rows) == 2
    assert all(row.cell_len <= width for row in rows)
    if query in entry and query and len(query) < width - 2:
        assert query in rows[1].plain


def shown(prompt: Prompt) -> list[str]:
    return painted(prompt.query_one(".prompt--search"))


async def remember(prompt: Prompt) -> None:
    prompt.query_one(Editor).cells.log.load(CELLS)


async def test_it_shows_the_line_the_place_and_the_number() -> None:
    async with prompting(80) as (prompt, pilot, _):
        await remember(prompt)
        await type_in(pilot, "draft")
        await pilot.press("ctrl+r")
        await type_in(pilot, "ret")
        await until(pilot, lambda: "    return Torch + a  ⏎ 2 lines" in shown(prompt))
        assert shown(prompt)[0].startswith("search ▏ret")
        assert shown(prompt)[0].endswith("1 of 1")
        strip = prompt.query_one(".prompt--search").render_line(1)
        assert [s.text for s in strip if s.style and s.style.bold] == ["ret"]
        await type_in(pilot, "z")
        await until(pilot, lambda: shown(prompt)[0].endswith("not found"))
        assert prompt.source == "draft"


async def test_enter_takes_it_and_runs_nothing_and_the_next_runs_it() -> None:
    async with prompting() as (prompt, pilot, said):
        await remember(prompt)
        await pilot.press("ctrl+r", "r", "e", "t", "enter")
        assert prompt.source == CELLS[2]
        assert not said
        assert not prompt.query_one(".prompt--search").display
        await pilot.press("enter")
        await until(pilot, lambda: said == [("Submitted", CELLS[2])])


async def test_up_goes_on_from_what_was_taken_and_undo_brings_back_what_was_there() -> None:
    async with prompting() as (prompt, pilot, _):
        await remember(prompt)
        await pilot.press("ctrl+r", "x", "space", "equals_sign", "space", "1", "enter", "down")
        assert prompt.source == CELLS[4]
        await pilot.press("up", "up", "up")
        assert prompt.source == CELLS[2]
    async with prompting() as (prompt, pilot, _):
        await remember(prompt)
        await type_in(pilot, "zeros")
        await pilot.press("ctrl+r", "i", "enter")
        assert prompt.source == CELLS[0]
        await pilot.press("ctrl+z")
        assert prompt.source == "zeros"


@pytest.mark.parametrize("key", ["escape", "ctrl+g", "ctrl+c"])
async def test_leaving_gives_back_what_was_there(key: str) -> None:
    async with prompting() as (prompt, pilot, said):
        await remember(prompt)
        await type_in(pilot, "draft")
        await pilot.press("left", "ctrl+r", "t", "o", key, "1")
        assert prompt.source == "draf1t"
        assert not said
        await until(pilot, lambda: not prompt.query_one(".prompt--search").display)


async def test_ctrl_c_stops_code_that_runs_even_from_a_search() -> None:
    async with prompting() as (prompt, pilot, said):
        prompt.set_running(True)
        await pilot.press("ctrl+r", "x", "ctrl+c")
        await until(pilot, lambda: said == [("Interrupted", False)])


@pytest.mark.parametrize(("older", "newer"), [("ctrl+r", "ctrl+s"), ("up", "down")])
async def test_older_newer_and_editing_the_query(older: str, newer: str) -> None:
    async with prompting() as (prompt, pilot, _):
        await remember(prompt)
        await pilot.press("ctrl+r", "t", "o", "r", older, older, newer, "enter")
        assert prompt.source == CELLS[2]
        await pilot.press("ctrl+r", "t", "o", "x", "backspace", older, "ctrl+u", "space", "1", "enter")
        assert prompt.source == CELLS[3]


async def test_a_moving_key_takes_what_was_found_and_moves() -> None:
    async with prompting() as (prompt, pilot, _):
        await remember(prompt)
        await pilot.press("ctrl+r", "i", "m", "ctrl+a", "2")
        assert prompt.source == "2import torch"


async def test_keys_typed_fast_are_the_searchs() -> None:
    async with prompting() as (prompt, pilot, _):
        await remember(prompt)
        for key, character in (("ctrl+r", "\x12"), *((c, c) for c in "import"), ("enter", "\r"), ("1", "1")):
            pilot.app.screen.focused.post_message(events.Key(key, character))  # type: ignore[union-attr]
        await until(pilot, lambda: prompt.source == "import torch1")


async def test_what_is_pasted_is_searched_for_and_a_lost_focus_ends_it() -> None:
    async with prompting() as (prompt, pilot, _):
        await remember(prompt)
        await pilot.press("ctrl+r")
        editor(prompt).post_message(events.Paste("import\nmore"))
        await until(pilot, lambda: "import torch" in shown(prompt))
        pilot.app.screen.set_focus(None)
        await until(pilot, lambda: not prompt.query_one(".prompt--search").display)
        assert prompt.source == ""


async def test_a_program_that_asks_ends_the_search() -> None:
    async with prompting() as (prompt, pilot, _):
        await remember(prompt)
        await pilot.press("ctrl+r", "x")
        prompt.ask("name? ", password=False)
        await until(pilot, lambda: not prompt.query_one(".prompt--search").display)


def test_searching_ten_thousand_cells_keeps_up_with_typing() -> None:
    begun = monotonic()
    search = Search([f"value_{n} = model.layers[{n}](x)" for n in range(10_000)])
    for query in ("m", "mo", "mod", "mo", "M", "9999"):
        search.look_for(query)
    assert found(search) == "value_9999 = model.layers[9999](x)"
    assert monotonic() - begun < 1
