from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import cast

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Button, Input, TextArea

from tests.ui.widgets.waiting import painted, until
from tutor.ui.widgets.completer import CompletionRequested
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.prompt import Prompt


class Host(App[None]):
    """A prompt, something to move the focus to, and a record of what the prompt says."""

    BINDINGS = [("f6", "remember('f6')", "Pane")]

    def __init__(self) -> None:
        super().__init__()
        self.prompt = Prompt()
        self.said: list[object] = []
        self.asked: list[tuple[str, int]] = []

    def compose(self) -> ComposeResult:
        yield Button("other")
        yield self.prompt

    def action_remember(self, what: str) -> None:
        self.said.append(what)

    def _hear(self, event: Message) -> None:
        values = {
            name: getattr(event, name) for name in ("source", "had_text", "before", "text") if hasattr(event, name)
        }
        self.said.append((type(event).__name__, *values.values()))

    on_prompt_submitted = on_prompt_interrupted = on_prompt_end_of_file = _hear
    on_prompt_clear_requested = on_prompt_answered = _hear

    def on_prompt_completion_requested(self, event: CompletionRequested) -> None:
        self.asked.append((event.source, event.cursor))


@asynccontextmanager
async def prompting(width: int = 60, height: int = 24) -> AsyncIterator[tuple[Prompt, Pilot[None], list[object]]]:
    app = Host()
    async with app.run_test(size=(width, height)) as pilot:
        app.prompt.focus()
        await until(pilot, lambda: app.prompt.has_focus_within)
        yield app.prompt, pilot, app.said


def editor(prompt: Prompt) -> TextArea:
    return prompt.query_one(TextArea)


async def type_in(pilot: Pilot[None], text: str) -> None:
    names = {"\n": "enter", " ": "space"}
    await pilot.press(*(names.get(character, character) for character in text))


def paste(prompt: Prompt, text: str) -> None:
    editor(prompt).post_message(events.Paste(text))


async def test_enter_runs_a_whole_statement() -> None:
    async with prompting() as (prompt, pilot, said):
        await type_in(pilot, "x = 1\n")
        await until(pilot, lambda: bool(said))
        assert said == [("Submitted", "x = 1")]
        assert prompt.source == ""
        assert prompt.history == ["x = 1"]


async def test_a_block_is_indented_and_runs_after_an_empty_line() -> None:
    async with prompting() as (prompt, pilot, said):
        await type_in(pilot, "for i in x:\nif i:\nprint(i)\ncontinue\n")
        assert prompt.source == "for i in x:\n    if i:\n        print(i)\n        continue\n    "
        assert not said
        await pilot.press("enter")
        await until(pilot, lambda: bool(said))
        assert said == [("Submitted", "for i in x:\n    if i:\n        print(i)\n        continue")]


async def test_what_is_wrong_is_run_so_that_python_says_so() -> None:
    async with prompting() as (_, pilot, said):
        await type_in(pilot, "print 1\n")
        await until(pilot, lambda: bool(said))
        assert said == [("Submitted", "print 1")]


async def test_enter_on_nothing_does_nothing() -> None:
    async with prompting() as (prompt, pilot, said):
        await type_in(pilot, "\n  \n1\n")
        await until(pilot, lambda: bool(said))
        assert said == [("Submitted", "1")]
        assert prompt.history == ["1"]


async def test_enter_above_the_last_line_adds_a_line() -> None:
    async with prompting() as (prompt, pilot, said):
        prompt.load("a = 1\nb = 2")
        await pilot.press("up", "end", "enter", "c")
        assert prompt.source == "a = 1\nc\nb = 2"
        assert not said


@pytest.mark.parametrize("key", ["ctrl+j", "alt+enter", "shift+enter"])
async def test_keys_that_always_add_a_line(key: str) -> None:
    async with prompting() as (prompt, pilot, said):
        await pilot.press("1", key, "2")
        assert prompt.source == "1\n2"
        assert not said


async def test_keys_are_acted_on_in_the_order_they_are_typed() -> None:
    async with prompting() as (prompt, pilot, said):
        for key, character in (("1", "1"), ("ctrl+j", "\n"), ("2", "2"), ("left", None), ("3", "3")):
            pilot.app.screen.focused.post_message(events.Key(key, character))  # type: ignore[union-attr]
        await until(pilot, lambda: len(prompt.source) == 4)
        assert prompt.source == "1\n32"
        assert not said


async def test_tab_indents_or_asks_for_completion() -> None:
    async with prompting() as (prompt, pilot, _):
        app = cast("Host", pilot.app)
        await pilot.press("tab", "x", "tab")
        await until(pilot, lambda: bool(app.asked))
        assert prompt.source == "    x"
        assert app.asked == [("    x", 5)]
        await pilot.press("home", "tab")
        assert prompt.source == "        x"


async def test_backspace_takes_one_level_of_indentation() -> None:
    async with prompting() as (prompt, pilot, _):
        await type_in(pilot, "if x:\nif y:\n")
        assert prompt.source.endswith("\n        ")
        await pilot.press("backspace")
        assert prompt.source.endswith(":\n    ")
        await pilot.press("a", "backspace", "backspace", "backspace")
        assert prompt.source == "if x:\n    if y:"


async def test_shift_tab_leaves_and_function_keys_pass() -> None:
    async with prompting() as (prompt, pilot, said):
        await pilot.press("f6", "shift+tab")
        await until(pilot, lambda: not prompt.has_focus_within)
        assert said == ["f6"]
        assert isinstance(pilot.app.focused, Button)


async def test_up_and_down_walk_through_what_begins_the_same() -> None:
    async with prompting() as (prompt, pilot, _):
        prompt.query_one(Editor).cells.log.load(["x = 1", "y = 2", "x = 3"])
        await pilot.press("x", "up")
        assert prompt.source == "x = 3"
        await pilot.press("up")
        assert prompt.source == "x = 1"
        await pilot.press("up", "down", "down")
        assert prompt.source == "x"


async def test_up_moves_within_several_lines_first() -> None:
    async with prompting() as (prompt, pilot, _):
        prompt.query_one(Editor).cells.log.load(["old"])
        await pilot.press("1", "ctrl+j", "2", "up")
        assert prompt.source == "1\n2"
        await pilot.press("backspace")
        assert prompt.source == "\n2"


async def test_a_recalled_block_runs_with_one_enter() -> None:
    async with prompting() as (prompt, pilot, said):
        prompt.query_one(Editor).cells.log.load(["for i in x:\n    print(i)"])
        await pilot.press("up", "enter")
        await until(pilot, lambda: bool(said))
        assert said == [("Submitted", "for i in x:\n    print(i)")]


async def test_ctrl_c_empties_the_prompt_then_only_interrupts() -> None:
    async with prompting() as (prompt, pilot, said):
        await type_in(pilot, "half")
        await pilot.press("ctrl+c")
        assert prompt.source == ""
        await pilot.press("ctrl+c")
        await until(pilot, lambda: len(said) == 2)
        assert said == [("Interrupted", True), ("Interrupted", False)]
        await pilot.press("ctrl+z")
        assert prompt.source == "half"
        await pilot.press("ctrl+y")
        assert prompt.source == ""


async def test_ctrl_c_while_code_runs_keeps_what_is_typed() -> None:
    async with prompting() as (prompt, pilot, said):
        prompt.set_running(True)
        await pilot.press("x", "ctrl+c")
        await until(pilot, lambda: bool(said))
        assert said == [("Interrupted", False)]
        assert prompt.source == "x"


async def test_ctrl_c_copies_what_is_selected_once() -> None:
    async with prompting() as (_, pilot, said):
        await pilot.press("a", "b", "shift+left", "ctrl+c")
        assert pilot.app.clipboard == "b"
        assert not said
        await pilot.press("ctrl+c")
        await until(pilot, lambda: bool(said))
        assert said == [("Interrupted", True)]


async def test_ctrl_d_ends_only_an_empty_prompt() -> None:
    async with prompting() as (prompt, pilot, said):
        await pilot.press("a", "b", "home", "ctrl+d")
        assert prompt.source == "b"
        assert not said
        await pilot.press("ctrl+d", "ctrl+d", "ctrl+l")
        await until(pilot, lambda: len(said) == 2)
        assert said == [("EndOfFile",), ("ClearRequested",)]


async def test_ctrl_u_clears_to_the_start_of_the_line() -> None:
    async with prompting() as (prompt, pilot, _):
        await pilot.press("a", "ctrl+j", "b", "c", "left", "ctrl+u")
        assert prompt.source == "a\nc"


async def test_several_pasted_lines_are_text_without_prompts() -> None:
    async with prompting() as (prompt, pilot, said):
        paste(prompt, ">>> for i in x:\r\n...     print(i)\r\n... \r\n")
        await until(pilot, lambda: prompt.source != "")
        assert prompt.source == "for i in x:\n    print(i)\n"
        assert not said
        await pilot.press("enter")
        await until(pilot, lambda: bool(said))
        assert said == [("Submitted", "for i in x:\n    print(i)")]


async def test_what_is_pasted_into_a_block_stands_in_it() -> None:
    async with prompting() as (prompt, pilot, said):
        await type_in(pilot, "if x:\n")
        paste(prompt, "        a = 1\n        for b in a:\n            c\n")
        await until(pilot, lambda: "c" in prompt.source)
        assert prompt.source == "if x:\n    a = 1\n    for b in a:\n        c\n"
        await pilot.press("enter")
        await until(pilot, lambda: bool(said))
        assert said == [("Submitted", "if x:\n    a = 1\n    for b in a:\n        c")]


async def test_two_thousand_pasted_lines_are_one_cell() -> None:
    async with prompting() as (prompt, pilot, said):
        begun = monotonic()
        paste(prompt, "".join(f"x{n} = f({n}, [{n}])\r\n" for n in range(2_000)))
        await until(pilot, lambda: prompt.source.count("\n") == 2_000)
        await type_in(pilot, "y")
        assert prompt.source.endswith("\ny")
        assert not said
        await pilot.press("enter")
        await until(pilot, lambda: len(said) == 1)
        assert monotonic() - begun < 10


async def test_it_grows_with_its_lines_up_to_a_quarter_of_the_screen() -> None:
    async with prompting(height=24) as (prompt, pilot, _):
        assert prompt.size.height == 1
        prompt.load("1\n2\n3")
        await until(pilot, lambda: prompt.size.height == 3)
        prompt.load("\n".join("123456789"))
        await until(pilot, lambda: prompt.size.height == 6)
        assert painted(editor(prompt))[-1] == "9"
        await pilot.resize_terminal(60, 48)
        await until(pilot, lambda: prompt.size.height == 9)
        prompt.load("\n" * 30)
        await until(pilot, lambda: prompt.size.height == 10)


async def test_python_is_highlighted_behind_the_first_frame_and_not_in_long_texts() -> None:
    async with prompting() as (prompt, pilot, _):
        await until(pilot, lambda: editor(prompt).language == "python")
        await type_in(pilot, "def f")
        keyword = next(s.style for s in editor(prompt).render_line(0) if s.text == "def" and s.style)
        assert keyword.color is not None
        assert keyword.color.name == "#7cc4ff"
        paste(prompt, "x\n" * 300)
        await until(pilot, lambda: editor(prompt).document.line_count > 300)
        assert editor(prompt).language is None
        assert editor(prompt).cursor_location == (300, 0)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: editor(prompt).language == "python")


def gutter(prompt: Prompt) -> str:
    return str(prompt.query_one(".prompt--gutter").render_line(0).text).rstrip()


async def test_the_gutter_shows_the_number_and_whether_code_runs() -> None:
    async with prompting() as (prompt, pilot, said):
        assert gutter(prompt) == "[1]"
        prompt.number = 12
        await until(pilot, lambda: gutter(prompt) == "[12]")
        prompt.busy = True
        await until(pilot, lambda: gutter(prompt) == "[ *]")
        await pilot.press("1", "enter")
        await until(pilot, lambda: said == [("Submitted", "1")])


async def test_an_empty_prompt_says_what_to_do() -> None:
    async with prompting() as (prompt, pilot, _):
        await until(pilot, lambda: painted(editor(prompt)) == ["Type Python, Enter runs it"])


async def test_input_takes_the_place_of_the_code_and_gives_it_back() -> None:
    async with prompting() as (prompt, pilot, said):
        await type_in(pilot, "draft")
        prompt.ask("your [b]name[/]? ", password=False)
        await until(pilot, lambda: gutter(prompt) == "your [b]name[/]?")
        await type_in(pilot, "bob\n")
        await until(pilot, lambda: bool(said))
        assert said == [("Answered", "bob")]
        prompt.end_ask()
        await until(pilot, lambda: gutter(prompt) == "[1]")
        assert prompt.source == "draft"
        await type_in(pilot, "ed")
        assert prompt.source == "drafted"


async def test_ctrl_d_answers_with_end_of_file_and_ctrl_c_interrupts() -> None:
    async with prompting() as (prompt, pilot, said):
        prompt.ask("", password=False)
        await until(pilot, lambda: gutter(prompt) == "?")
        await pilot.press("ctrl+c", "ctrl+d", "enter")
        await until(pilot, lambda: len(said) == 2)
        assert said == [("Interrupted", False), ("Answered", None)]


async def test_a_password_is_hidden_and_not_kept() -> None:
    async with prompting() as (prompt, pilot, said):
        prompt.ask("first line\nPassword: ", password=True)
        await until(pilot, lambda: gutter(prompt) == "Password:")
        await type_in(pilot, "secret")
        answer = prompt.query_one(Input)
        await until(pilot, lambda: painted(answer) == ["••••••"])
        assert painted(prompt.query_one(".prompt--question")) == ["first line"]
        await pilot.press("enter")
        await until(pilot, lambda: said == [("Answered", "secret")])
        assert answer.value == ""
        prompt.end_ask()
        assert prompt.history == []


async def test_asking_does_not_take_the_focus_from_elsewhere() -> None:
    async with prompting() as (prompt, pilot, _):
        await pilot.press("shift+tab")
        await until(pilot, lambda: not prompt.has_focus_within)
        prompt.ask("name? ", password=False)
        await until(pilot, lambda: gutter(prompt) == "name?")
        assert not prompt.has_focus_within
        prompt.focus()
        await until(pilot, lambda: prompt.has_focus_within)
        await type_in(pilot, "x")
        assert prompt.query_one(Input).value == "x"
