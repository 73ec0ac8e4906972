"""Cursor movements of progress bars: up, down and erasing."""

from __future__ import annotations

import time
from itertools import pairwise

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from tutor.ui.widgets.lines import Line
from tutor.ui.widgets.ring import Ring
from tutor.ui.widgets.typewriter import Typewriter

STEPS = st.sampled_from(
    [
        "a",
        "bc",
        "long words",
        " ",
        "\n",
        "\n",
        "\r",
        "\b",
        "\x1b[A",
        "\x1b[2A",
        "\x1b[K",
        "\x1b[2K",
        "\x1b[1K",
        "\x1b[31m",
    ]
)


def written(*pieces: str) -> tuple[Ring, Typewriter]:
    ring = Ring()
    typewriter = Typewriter(ring)
    for piece in pieces:
        typewriter.write(piece, "stderr")
    return ring, typewriter


def plain(ring: Ring) -> list[str]:
    return [ring[place].plain().rstrip() for place in range(len(ring))]


def on_a_terminal(text: str) -> list[str]:
    screen = pyte.Screen(600, 100)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(text)
    return [line.rstrip() for line in screen.display]


def without_end(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines = lines[:-1]
    return lines


@given(st.lists(STEPS, max_size=40), st.lists(st.integers(0, 60), max_size=4))
def test_it_looks_as_on_a_terminal_however_it_arrives(steps: list[str], cuts: list[int]) -> None:
    places = sorted({0, len(steps), *(cut for cut in cuts if cut < len(steps))})
    pieces = ["".join(steps[start:end]) for start, end in pairwise(places)]
    ring, typewriter = written(*pieces)
    assert without_end(plain(ring)) == without_end(on_a_terminal("".join(steps)))
    typewriter.end_line()
    assert without_end(plain(ring)) == without_end(on_a_terminal("".join(steps)))


def test_nested_bars_stay_two_lines() -> None:
    ring, typewriter = written("\router 0%")
    for outer in range(3):
        for inner in range(50):
            typewriter.write(f"\n\rinner {inner}%\x1b[A", "stderr")
        typewriter.write(f"\router {outer + 1}%", "stderr")
    assert plain(ring) == ["outer 3%", "inner 49%"]
    typewriter.write("\n\r          \r\x1b[A", "stderr")
    assert plain(ring) == ["outer 3%", ""]


def test_what_is_not_output_is_never_written_over() -> None:
    ring = Ring()
    ring.append("earlier output")
    ring.append(Line("source", "source", Style.null()))
    typewriter = Typewriter(ring)
    typewriter.write("one\ntwo", "stdout")
    typewriter.write("\x1b[50A\rX", "stdout")
    assert plain(ring) == ["earlier output", "source", "Xne", "two"]


def test_other_output_begins_below() -> None:
    ring, typewriter = written("\router\n\rinner\x1b[A")
    typewriter.write("printed\n", "stdout")
    assert plain(ring) == ["outer", "inner", "printed"]


def test_colours_of_a_line_survive_a_second_visit() -> None:
    ring, _ = written("\x1b[31mred\x1b[0m plain\nnext\x1b[A\rR")
    text = ring[0].text()
    assert text.plain == "Red plain"
    assert [(span.start, span.end, str(span.style)) for span in text.spans] == [(1, 3, "color(1)")]


def test_going_up_and_down_for_ever_costs_little() -> None:
    start = time.perf_counter()
    ring, typewriter = written("x" * 20_000 + "\n")
    flood = "\x1b[99Ay\n" * 10_000
    typewriter.write(flood, "stderr")
    ring.layout(80)
    assert time.perf_counter() - start < 3.0
    assert len(ring) <= 3
