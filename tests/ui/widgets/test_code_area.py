"""The keys of the prompt, in the prompt."""

from __future__ import annotations

import pytest
from textual import events
from textual.document._document import Selection

from tests.ui.widgets.test_prompt import editor, prompting, type_in
from tests.ui.widgets.waiting import until
from tutor.ui.widgets.prompt import Prompt


def at(prompt: Prompt, start: tuple[int, int], end: tuple[int, int] | None = None) -> None:
    """Put the cursor at ``end``, with everything from ``start`` selected."""
    editor(prompt).selection = Selection(start, end or start)


@pytest.mark.parametrize(
    ("text", "place", "key", "after", "cursor"),
    [
        ("  x = y", (0, 5), "home", "  x = y", (0, 2)),
        ("  x = y", (0, 2), "home", "  x = y", (0, 0)),
        ("  x = y", (0, 0), "home", "  x = y", (0, 2)),
        ("  x = y", (0, 5), "ctrl+a", "  x = y", (0, 0)),
        ("a\nbcd", (1, 1), "ctrl+e", "a\nbcd", (1, 3)),
        ("w" * 100 + " end", (0, 70), "end", "w" * 100 + " end", (0, 104)),
        ("w" * 100 + " end", (0, 70), "ctrl+a", "w" * 100 + " end", (0, 0)),
        ("a.bc\nd", (0, 1), "alt+f", "a.bc\nd", (0, 4)),
        ("a.bc\nd", (0, 4), "ctrl+right", "a.bc\nd", (1, 0)),
        ("a.bc\nd", (1, 0), "alt+b", "a.bc\nd", (0, 4)),
        ("a.bc\nd", (0, 4), "ctrl+left", "a.bc\nd", (0, 2)),
        ("a\nb\nc", (1, 0), "ctrl+home", "a\nb\nc", (0, 0)),
        ("a\nb\nc", (1, 0), "ctrl+end", "a\nb\nc", (2, 1)),
        ("x = f(a.b)", (0, 10), "ctrl+w", "x = ", (0, 4)),
        ("x = f(a.b)", (0, 10), "alt+backspace", "x = f(a.", (0, 8)),
        ("x = f(a.b)", (0, 3), "alt+d", "x =(a.b)", (0, 3)),
        ("a\n  bc", (1, 3), "ctrl+u", "a\nc", (1, 0)),
        ("a\nbc", (1, 0), "ctrl+u", "abc", (0, 1)),
        ("ab\nc", (0, 1), "ctrl+k", "a\nc", (0, 1)),
        ("ab\nc", (0, 2), "ctrl+k", "abc", (0, 2)),
        ("a\n\nc", (1, 0), "ctrl+k", "a\nc", (1, 0)),
        ("a\nb\nc", (2, 1), "alt+up", "a\nc\nb", (1, 1)),
        ("a\nb\nc", (0, 1), "alt+down", "b\na\nc", (1, 1)),
        ("a\nb", (0, 1), "alt+up", "a\nb", (0, 1)),
        ("a\nb", (1, 1), "alt+down", "a\nb", (1, 1)),
        ("    x", (0, 5), "ctrl+underscore", "    # x", (0, 7)),
        ("    # x", (0, 7), "ctrl+slash", "    x", (0, 5)),
        ("if x:\n        y", (1, 8), "shift+tab", "if x:\n    y", (1, 4)),
        ("if x:\n      y", (1, 2), "shift+tab", "if x:\n    y", (1, 0)),
    ],
)
async def test_a_key_moves_or_changes(
    text: str, place: tuple[int, int], key: str, after: str, cursor: tuple[int, int]
) -> None:
    async with prompting() as (prompt, pilot, said):
        prompt.load(text)
        at(prompt, place)
        await pilot.press(key)
        assert prompt.source == after
        assert editor(prompt).selection == Selection(cursor, cursor)
        assert not said
        await pilot.press("ctrl+z")
        assert prompt.source == (text if after != text else "")


@pytest.mark.parametrize(
    ("key", "after"),
    [
        ("tab", "for a in b:\n        c\n        d\ne"),
        ("shift+tab", "for a in b:\nc\nd\ne"),
        ("ctrl+slash", "for a in b:\n    # c\n    # d\ne"),
        ("alt+up", "    c\n    d\nfor a in b:\ne"),
        ("alt+down", "for a in b:\ne\n    c\n    d"),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
async def test_selected_lines_change_together(key: str, after: str, backwards: bool) -> None:
    async with prompting() as (prompt, pilot, _):
        prompt.load("for a in b:\n    c\n    d\ne")
        at(prompt, *(((3, 0), (1, 4)) if backwards else ((1, 4), (3, 0))))
        await pilot.press(key)
        assert prompt.source == after
        assert not editor(prompt).selection.is_empty
        await pilot.press("ctrl+z")
        assert prompt.source == "for a in b:\n    c\n    d\ne"
        await pilot.press("ctrl+y")
        assert prompt.source == after


async def test_shift_tab_never_traps() -> None:
    async with prompting() as (prompt, pilot, _):
        prompt.load("if x:\n    y")
        at(prompt, (1, 4))
        await pilot.press("shift+tab")
        assert prompt.source == "if x:\ny"
        assert prompt.has_focus_within
        await pilot.press("shift+tab")
        await until(pilot, lambda: not prompt.has_focus_within)


@pytest.mark.parametrize(("key", "closing"), [("(", ")"), ("[", "]"), ("{", "}"), ('"', '"'), ("'", "'")])
async def test_a_bracket_goes_around_what_is_selected_and_is_otherwise_alone(key: str, closing: str) -> None:
    async with prompting() as (prompt, pilot, _):
        await type_in(pilot, "ab")
        await pilot.press("shift+left", "shift+left", key)
        assert prompt.source == f"{key}ab{closing}"
        assert editor(prompt).selected_text == "ab"
        await pilot.press("ctrl+z", "ctrl+e", key)
        assert prompt.source == f"ab{key}"


async def test_what_alt_does_not_mean_types_nothing() -> None:
    async with prompting() as (prompt, pilot, _):
        for key in ("alt+x", "alt+question_mark", "alt+U"):
            editor(prompt).post_message(events.Key(key, None))
        await type_in(pilot, "a")
        assert prompt.source == "a"


async def test_the_partner_of_a_bracket_is_marked() -> None:
    async with prompting() as (prompt, pilot, _):
        await type_in(pilot, "f(a[0])")
        area = editor(prompt)
        await until(pilot, lambda: area.matching_bracket_location == (0, 1))
        marked = [s.text for s in area.render_line(0) if s.style and s.style.underline]
        assert marked[0] == "("
        await pilot.press("ctrl+a")
        assert area.matching_bracket_location is None
