"""Completion at the prompt: nothing is ever taken from the person typing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.pilot import Pilot
from textual.widgets import Static, TextArea

from tests.ui.widgets.waiting import until
from tutor.protocol.assistance import Candidate, Description
from tutor.protocol.events import Completed
from tutor.ui.widgets.completer import CompletionRequested, narrowed
from tutor.ui.widgets.completions import ROWS, Completions
from tutor.ui.widgets.editor import Editor, Submitted
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.signature import SignatureLine

WORDS = ["reshape", "reshape_as", "relu", "requires_grad", "ravel", "round", "Real"]

Reply = Callable[[CompletionRequested], "Completed | None"]


def from_words(words: list[str]) -> Reply:
    """Answers as a worker that knows these words would."""

    def reply(event: CompletionRequested) -> Completed:
        before = event.source[: event.cursor]
        start = event.cursor
        while start and (before[start - 1].isalnum() or before[start - 1] == "_"):
            start -= 1
        found = narrowed([Candidate(word, "function") for word in words], before[start:])
        return Completed(1, start, event.cursor, tuple(found), 0)

    return reply


class Host(App[None]):
    """A prompt below much else, and a worker that answers at once unless told to hold."""

    CSS = "Vertical { height: 1fr; } Prompt { dock: bottom; }"

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.prompt = Prompt()
        self.reply = reply
        self.asked: list[CompletionRequested] = []
        self.submitted: list[str] = []
        self.hold = False
        self.leader = 0

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("above")
        yield self.prompt

    def on_prompt_completion_requested(self, event: CompletionRequested) -> None:
        self.asked.append(event)
        if not self.hold:
            self.answer(event)

    def answer(self, event: CompletionRequested) -> None:
        found = self.reply(event)
        if found is not None:
            self.prompt.completer.answered(found)

    def on_prompt_submitted(self, event: Submitted) -> None:
        self.submitted.append(event.source)

    def key_escape(self) -> None:
        self.leader += 1


@asynccontextmanager
async def prompting(
    words: list[str] = WORDS, size: tuple[int, int] = (80, 24), reply: Reply | None = None
) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    app = Host(reply or from_words(words))
    async with app.run_test(size=size) as pilot:
        app.prompt.focus()
        await until(pilot, lambda: app.prompt.has_focus_within)
        yield app, pilot


def popup(app: Host) -> Completions:
    return app.query_one(Completions)


def rows(app: Host) -> list[str]:
    """What the popup shows."""
    return (
        [line.strip() for line in popup(app).render().plain.rstrip("\n").split("\n")] if popup(app).is_open else []
    )


def names(app: Host) -> list[str]:
    return [row.split()[0] for row in rows(app)]


async def type_in(pilot: Pilot[None], text: str) -> None:
    keys = {"\n": "enter", " ": "space"}
    await pilot.press(*(keys.get(character, character) for character in text))


async def test_the_popup_opens_behind_a_dot_and_after_two_letters_of_a_name() -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, "r")
        await pilot.pause()
        assert not popup(app).is_open
        assert not app.asked
        await type_in(pilot, "e")
        await until(pilot, lambda: popup(app).is_open)
        await type_in(pilot, " ")
        await until(pilot, lambda: not popup(app).is_open)
        await type_in(pilot, "x.")
        await until(pilot, lambda: popup(app).is_open)
        assert len(rows(app)) == len(WORDS)


async def test_more_letters_narrow_what_is_shown_before_the_worker_answers() -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, "x.")
        await until(pilot, lambda: popup(app).is_open)
        app.hold = True
        corner = popup(app).absolute_offset
        await type_in(pilot, "re")
        await until(pilot, lambda: names(app) == ["reshape", "reshape_as", "relu", "requires_grad", "Real"])
        assert corner is not None
        now = popup(app).absolute_offset
        assert now is not None
        assert now.x == corner.x
        await type_in(pilot, "s")
        await until(pilot, lambda: names(app) == ["reshape", "reshape_as"])
        await pilot.press("backspace")
        await until(pilot, lambda: len(names(app)) == 5)


async def test_an_answer_about_another_text_is_dropped() -> None:
    async with prompting() as (app, pilot):
        app.hold = True
        await type_in(pilot, "x.re")
        await until(pilot, lambda: len(app.asked) > 0)
        await type_in(pilot, " + 1")
        app.answer(app.asked[-1])
        await pilot.pause()
        assert not popup(app).is_open
        assert app.prompt.source == "x.re + 1"


async def test_enter_runs_the_text_as_it_stands_with_the_popup_open() -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, "x.re")
        await until(pilot, lambda: popup(app).is_open)
        await pilot.press("enter")
        await until(pilot, lambda: app.submitted == ["x.re"])
        await until(pilot, lambda: not popup(app).is_open)


async def test_enter_adds_a_line_with_the_popup_open() -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, "foo(re")
        await until(pilot, lambda: popup(app).is_open)
        await pilot.press("enter")
        await until(pilot, lambda: not popup(app).is_open)
        assert app.prompt.source.rstrip() == "foo(re"
        assert app.prompt.source.count("\n") == 1
        assert not app.submitted


async def test_up_and_down_walk_through_history_with_the_popup_open() -> None:
    async with prompting() as (app, pilot):
        app.prompt.query_one(Editor).cells.log.load(["reshape(older)"])
        await type_in(pilot, "re")
        await until(pilot, lambda: popup(app).is_open)
        await pilot.press("up")
        await until(pilot, lambda: app.prompt.source == "reshape(older)")
        await until(pilot, lambda: not popup(app).is_open)


async def test_tab_puts_in_what_is_common_then_goes_through_the_rest() -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, "x.res")
        await until(pilot, lambda: popup(app).is_open)
        await pilot.press("tab")
        assert app.prompt.source == "x.reshape"
        await pilot.press("tab", "tab")
        assert app.prompt.source == "x.reshape_as"
        await pilot.press("tab")
        assert app.prompt.source == "x.reshape"
        await type_in(pilot, "(2)\n")
        await until(pilot, lambda: app.submitted == ["x.reshape(2)"])


async def test_tab_puts_in_the_only_one() -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, "x.rav")
        await pilot.press("tab")
        await until(pilot, lambda: app.prompt.source == "x.ravel")
        assert not popup(app).is_open


async def test_tab_right_behind_the_letters_waits_for_the_answer() -> None:
    async with prompting() as (app, pilot):
        app.hold = True
        await type_in(pilot, "x.rav")
        await pilot.press("tab")
        await until(pilot, lambda: bool(app.asked) and app.asked[-1].source == "x.rav")
        app.answer(app.asked[-1])
        assert app.prompt.source == "x.ravel"


async def test_tab_is_forgotten_when_typing_goes_on() -> None:
    async with prompting() as (app, pilot):
        app.hold = True
        await type_in(pilot, "x.ra")
        await pilot.press("tab")
        await until(pilot, lambda: bool(app.asked) and app.asked[-1].source == "x.ra")
        question = app.asked[-1]
        await type_in(pilot, " ")
        app.answer(question)
        await pilot.pause()
        assert app.prompt.source == "x.ra "


async def test_tab_indents_where_a_line_begins() -> None:
    async with prompting() as (app, pilot):
        await pilot.press("tab", "tab")
        assert app.prompt.source == "        "
        assert not app.asked


async def test_escape_closes_the_popup_first_and_leaves_the_word_alone() -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, "x.re")
        await until(pilot, lambda: popup(app).is_open)
        await pilot.press("escape")
        assert not popup(app).is_open
        assert app.leader == 0
        await type_in(pilot, "s")
        await pilot.pause()
        assert not popup(app).is_open
        await pilot.press("escape")
        await until(pilot, lambda: app.leader == 1)
        await type_in(pilot, " + y.")
        await until(pilot, lambda: popup(app).is_open)


async def test_file_names_go_on_narrowing_over_characters_that_end_a_name() -> None:
    files = (Candidate("my weights-1.pt", "file"), Candidate("my notes.txt", "file"))

    def reply(event: CompletionRequested) -> Completed | None:
        return Completed(1, 6, event.cursor, files, 0) if event.cursor == 8 else None

    async with prompting(reply=reply) as (app, pilot):
        await type_in(pilot, "open('my")
        await until(pilot, lambda: popup(app).is_open)
        await type_in(pilot, " w")
        await until(pilot, lambda: len(rows(app)) == 1)
        await pilot.press("tab")
        assert app.prompt.source == "open('my weights-1.pt"


async def test_an_argument_that_is_whole_closes_the_popup() -> None:
    async with prompting(["dim=", "dims"]) as (app, pilot):
        await type_in(pilot, "f(di")
        await until(pilot, lambda: popup(app).is_open)
        await type_in(pilot, "m=")
        await until(pilot, lambda: not popup(app).is_open)
        count = len(app.asked)
        await type_in(pilot, "1")
        await pilot.pause()
        assert len(app.asked) == count


async def test_ctrl_space_opens_the_popup() -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, "r")
        await pilot.press("ctrl+@")
        await until(pilot, lambda: popup(app).is_open)
        assert app.prompt.source == "r"


async def test_a_word_that_is_whole_needs_no_popup() -> None:
    async with prompting(["relu"]) as (app, pilot):
        await type_in(pilot, "rel")
        await until(pilot, lambda: popup(app).is_open)
        await type_in(pilot, "u")
        await until(pilot, lambda: not popup(app).is_open)


@pytest.mark.parametrize("text", ["12345", "x = 3.5", "    "])
async def test_numbers_and_blanks_ask_nothing(text: str) -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, text)
        await pilot.pause()
        assert not app.asked


async def test_code_that_is_put_in_or_pasted_opens_nothing() -> None:
    async with prompting() as (app, pilot):
        app.prompt.load("x.re")
        await pilot.pause()
        assert not app.asked
        assert not popup(app).is_open


async def test_the_popup_has_eight_rows_at_most_and_never_covers_the_line() -> None:
    words = [f"name_{number}" for number in range(60)]
    async with prompting(words, size=(80, 24)) as (app, pilot):
        await type_in(pilot, "na")
        await until(pilot, lambda: popup(app).is_open and popup(app).region.height == ROWS)
        assert popup(app).region.bottom <= app.prompt.region.y
        assert rows(app)[-1] == "… 53 more"
        for _ in range(12):
            await pilot.press("tab")
        chosen = app.prompt.source
        assert chosen in words
        assert chosen in names(app)


async def test_wide_names_and_details_stay_inside_the_screen() -> None:
    def reply(event: CompletionRequested) -> Completed:
        wide = tuple(Candidate(f"re{'w' * 60}{n}", "tensor", "float32 (3, 4)" * 9) for n in range(3))
        return Completed(1, event.cursor - 2, event.cursor, wide, 0)

    async with prompting(size=(60, 18), reply=reply) as (app, pilot):
        await type_in(pilot, "some_long_name_or_other + re")
        await until(pilot, lambda: popup(app).is_open)
        assert popup(app).region.right <= 60
        assert popup(app).region.x >= 0


async def test_completion_on_a_later_line_replaces_its_own_word() -> None:
    async with prompting() as (app, pilot):
        app.prompt.load("if x:\n    y.rav\n    z")
        app.query_one(TextArea).move_cursor((1, 9))
        await pilot.press("tab")
        await until(pilot, lambda: app.prompt.source == "if x:\n    y.ravel\n    z")


async def test_the_popup_closes_when_the_prompt_loses_the_focus() -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, "x.re")
        await until(pilot, lambda: popup(app).is_open)
        app.set_focus(None)
        await until(pilot, lambda: not popup(app).is_open)


CALL = Description("torch.sum", "function", ("input", "dim", "keepdim=False"), "Tensor", 1, "Adds. And more.")


async def test_the_signature_stands_above_the_code_until_the_cell_is_gone() -> None:
    async with prompting() as (app, pilot):
        line = app.query_one(SignatureLine)
        await type_in(pilot, "f(1, ")
        app.prompt.show_signature(CALL)
        shown = "torch.sum(input, dim, keepdim=False) → Tensor\nAdds. And more."
        await until(pilot, lambda: str(line.content) == shown)
        app.prompt.show_signature(None)
        await until(pilot, lambda: str(line.content) == "")
        assert line.display
        await type_in(pilot, ")\n")
        await until(pilot, lambda: not line.display)


async def test_a_signature_that_comes_after_the_cell_was_sent_is_not_shown() -> None:
    async with prompting() as (app, pilot):
        await type_in(pilot, "f(1)\n")
        await until(pilot, lambda: bool(app.submitted))
        app.prompt.show_signature(CALL)
        await pilot.pause()
        assert not app.query_one(SignatureLine).display
