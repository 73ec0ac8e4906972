from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from rich.color import ColorSystem
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip

from tests.ui.widgets.waiting import painted, until
from tutor.ui.widgets.transcript import Transcript


class Host(App[None]):
    def __init__(self, limit: int) -> None:
        super().__init__()
        self.transcript = Transcript(limit=limit)
        self.letters: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.transcript

    def on_key(self, event: object) -> None:
        self.letters.append(getattr(event, "key", ""))


@asynccontextmanager
async def shown(
    width: int = 40, height: int = 8, limit: int = 10_000
) -> AsyncIterator[tuple[Transcript, Pilot[None]]]:
    app = Host(limit)
    async with app.run_test(size=(width, height)) as pilot:
        app.transcript.focus()
        yield app.transcript, pilot


def numbered(first: int, end: int) -> str:
    return "".join(f"line {n}\n" for n in range(first, end))


def starts_with(transcript: Transcript, row: str) -> bool:
    return painted(transcript)[0] == row


def style_of(transcript: Transcript, y: int, wanted: str) -> Style:
    """The style in which ``wanted`` is painted in row ``y``."""
    return next(s.style for s in transcript.render_line(y) if wanted in s.text and s.style is not None)


async def test_a_cell_and_what_came_of_it() -> None:
    async with shown() as (transcript, pilot):
        transcript.add_source(3, "for i in x:\n    print(i)\n")
        transcript.write("0\n1", "stdout")
        transcript.add_lines([Text("Traceback\nsecond"), Text("Error")])
        transcript.note("Stopped.", "warn")
        await until(pilot, lambda: "! Stopped." in painted(transcript))
        rows = ["[3] for i in x:", "        print(i)", "0", "1", "Traceback", "second", "Error", "! Stopped."]
        assert painted(transcript) == rows
        assert transcript.text() == "\n".join(rows)


async def test_python_is_in_colours_and_the_gutter_in_its_own() -> None:
    async with shown() as (transcript, pilot):
        transcript.add_source(1, "def f(): return '''say\nso'''")
        await until(pilot, lambda: "    so'''" in painted(transcript))
        plain = style_of(transcript, 0, "():").color
        assert style_of(transcript, 0, "def").color != plain
        assert style_of(transcript, 1, "so").color == style_of(transcript, 0, "say").color != plain
        assert style_of(transcript, 0, "[1]").bold


async def test_standard_error_is_quiet_unless_it_has_colours() -> None:
    async with shown() as (transcript, pilot):
        transcript.write("out\n", "stdout")
        transcript.write("err \x1b[38;2;1;2;3mown\n", "stderr")
        await until(pilot, lambda: "err own" in painted(transcript))
        own = style_of(transcript, 1, "own").color
        assert own is not None
        assert own.get_truecolor() == (1, 2, 3)
        assert style_of(transcript, 0, "out").color != style_of(transcript, 1, "err").color


async def test_markup_and_control_characters_are_only_text() -> None:
    async with shown() as (transcript, pilot):
        for text in ("[red]a[/] [/", "[@click=app.quit]x[/]"):
            transcript.write(text + "\n", "stdout")
            transcript.note(text)
            transcript.add_source(1, text)
        await until(pilot, lambda: len(transcript.text().splitlines()) == 6)
        assert transcript.text().count("[red]a[/] [/") == 3


async def test_the_time_stands_at_the_right_of_the_last_source_line() -> None:
    async with shown(30) as (transcript, pilot):
        transcript.add_source(1, "a = 1\nb = 2")
        transcript.write("out\n", "stdout")
        transcript.mark_time("12 ms")
        await until(pilot, lambda: painted(transcript)[1].endswith("12 ms"))
        width = transcript.scrollable_content_region.width
        assert painted(transcript)[:3] == ["[1] a = 1", "    b = 2".ljust(width - 5) + "12 ms", "out"]
        assert "12 ms" not in transcript.text()


async def test_it_follows_the_end_until_the_person_scrolls_up() -> None:
    async with shown() as (transcript, pilot):
        transcript.write(numbered(0, 50), "stdout")
        await until(pilot, lambda: painted(transcript)[-1] == "line 49")
        await pilot.press("up", "up", "up")
        await until(pilot, lambda: painted(transcript)[-1] == "line 46")
        transcript.write(numbered(50, 60), "stdout")
        await until(pilot, lambda: "▼ new output" in painted(transcript)[-1])
        assert painted(transcript)[0] == "line 39"
        await pilot.press("end")
        await until(pilot, lambda: painted(transcript)[-1] == "line 59")
        transcript.write("more\n", "stdout")
        await until(pilot, lambda: painted(transcript)[-1] == "more")
        await pilot.press("up", "up")
        await until(pilot, lambda: painted(transcript)[-1] == "line 58")
        transcript.follow()
        transcript.write("what was run\n", "stdout")
        await until(pilot, lambda: painted(transcript)[-1] == "what was run")


async def test_keys_of_its_own_do_not_reach_the_screen() -> None:
    async with shown(height=5) as (transcript, pilot):
        transcript.write(numbered(0, 40), "stdout")
        await until(pilot, lambda: painted(transcript)[-1] == "line 39")
        for key, first in (
            *(("g", 0), ("j", 1), ("down", 2), ("k", 1), ("pagedown", 5), ("pageup", 1)),
            *(("home", 0), ("G", 35), ("up", 34), ("end", 35)),
        ):
            await pilot.press(key)
            await until(pilot, partial(starts_with, transcript, f"line {first}"))
        await pilot.press("x")
        assert isinstance(pilot.app, Host)
        assert pilot.app.letters == ["x"]


async def test_what_is_looked_at_stays_while_lines_drop_off() -> None:
    async with shown(limit=100) as (transcript, pilot):
        transcript.write(numbered(0, 100), "stdout")
        await until(pilot, lambda: painted(transcript)[-1] == "line 99")
        await pilot.press("pageup")
        await until(pilot, lambda: painted(transcript)[0] == "line 85")
        transcript.write(numbered(100, 130), "stdout")
        await until(pilot, lambda: "▼ new output" in painted(transcript)[-1])
        assert painted(transcript)[0] == "line 85"
        await pilot.press("g")
        await until(pilot, lambda: painted(transcript)[0] == "· 30 earlier lines were dropped")
        assert painted(transcript)[1] == "line 30"


async def test_a_resize_wraps_anew_and_keeps_the_place() -> None:
    async with shown(42, 10) as (transcript, pilot):
        for n in range(30):
            transcript.write(f"{n:02d} " + "x" * 32 + "\n", "stdout")
        await until(pilot, lambda: painted(transcript)[-1].startswith("29"))
        await pilot.resize_terminal(22, 10)
        await until(
            pilot, lambda: painted(transcript)[-2].startswith("29 xx") and painted(transcript)[-1][0] == "x"
        )
        await pilot.press("g")
        await pilot.press(*["down"] * 10)
        await until(pilot, lambda: painted(transcript)[0].startswith("05"))
        await pilot.resize_terminal(42, 10)
        await until(pilot, lambda: painted(transcript)[1].startswith("06"))
        assert painted(transcript)[0].startswith("05")


async def test_a_shrinking_window_still_shows_the_end() -> None:
    async with shown(40, 12) as (transcript, pilot):
        transcript.write(numbered(0, 30), "stdout")
        await until(pilot, lambda: painted(transcript)[-1] == "line 29")
        await pilot.resize_terminal(40, 6)
        await until(pilot, lambda: len(painted(transcript)) == 6 and painted(transcript)[-1] == "line 29")


async def test_a_progress_bar_is_one_moving_line() -> None:
    async with shown() as (transcript, pilot):
        transcript.write("\r 10 %|#", "stderr")
        await until(pilot, lambda: painted(transcript)[0] == " 10 %|#")
        transcript.write("\r 20 %|##", "stderr")
        await until(pilot, lambda: painted(transcript)[0] == " 20 %|##")
        assert transcript.text() == " 20 %|##"


async def test_selected_with_the_mouse_it_is_copied_without_gutter_and_wrapping() -> None:
    async with shown(24, 6) as (transcript, pilot):
        transcript.add_source(1, "value = compute(argument)")
        transcript.write("result\nand more\n", "stdout")
        await until(pilot, lambda: "and more" in painted(transcript))
        await pilot.mouse_down(transcript, offset=(0, 0))
        await pilot.hover(transcript, offset=(2, 3))
        await pilot.mouse_up(transcript, offset=(2, 3))
        await until(pilot, lambda: bool(pilot.app.screen.selections))
        assert pilot.app.screen.get_selected_text() == "value = compute(argument)\nresult\nand"
        selected = style_of(transcript, 2, "result").bgcolor
        assert selected is not None
        assert selected != style_of(transcript, 4, " ").bgcolor


async def test_clear_forgets_everything() -> None:
    async with shown(limit=20) as (transcript, pilot):
        transcript.write(numbered(0, 50) + "open", "stdout")
        await until(pilot, lambda: painted(transcript)[-1] == "open")
        transcript.clear()
        transcript.mark_time("1 s")
        transcript.write("\rnew", "stdout")
        await until(pilot, lambda: painted(transcript)[0] == "new")
        assert painted(transcript)[1:] == [""] * 7
        assert transcript.text() == "new"


async def test_what_is_written_before_it_is_shown_is_kept() -> None:
    app = Host(100)
    app.transcript.write("early\n", "stdout")
    async with app.run_test(size=(40, 5)) as pilot:
        await until(pilot, lambda: painted(app.transcript)[0] == "early")


async def test_a_burst_of_output_is_painted_a_few_times_only() -> None:
    async with shown() as (transcript, pilot):
        await until(pilot, lambda: transcript.size.height == 8)
        paints = []
        paint = transcript.refresh
        transcript.refresh = lambda *args, **kwargs: paints.append(1) or paint(*args, **kwargs)  # type: ignore[method-assign, func-returns-value]
        for n in range(2_000):
            transcript.write(f"{n}\n", "stdout")
        assert not paints
        await until(pilot, lambda: painted(transcript)[-1] == "1999")
        assert len(paints) < 20


async def test_styles_of_rows_that_are_gone_are_not_kept_for_ever() -> None:
    async with shown() as (transcript, pilot):
        kept = Strip.render_ansi.cache_info
        for number in range(3_000):
            Strip.render_ansi(Style(meta={"offset": (0, number)}), ColorSystem.TRUECOLOR)
        assert kept().currsize >= 3_000
        transcript.write("one more\n", "stdout")
        await until(pilot, lambda: kept().currsize < 1_000)
