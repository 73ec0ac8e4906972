"""Figures in half blocks and in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.render import strategies as some
from tests.render.test_bounds import assert_fits, bounded
from tutor.protocol.events import AxesWords, Pictured
from tutor.render.look import Look
from tutor.render.pictures import caption, description, picture

WHITE, RED, BLUE = (255, 255, 255), (240, 0, 0), (0, 0, 240)


def figure(pixels: list[list[tuple[int, int, int]]], *axes: AxesWords, title: str = "") -> Pictured:
    data = bytes(level for row in pixels for pixel in row for level in pixel)
    return Pictured(1, b"", 640, 480, title, axes, data, len(pixels[0]), len(pixels))


def test_a_cell_is_two_pixels() -> None:
    (row,) = picture(figure([[RED, RED, BLUE], [BLUE, BLUE, BLUE]]), Look(20))
    assert row.plain == "▀▀▀"
    inks = [(str(span.style.color.triplet.hex), str(span.style.bgcolor.triplet.hex)) for span in row.spans]  # type: ignore[union-attr]
    assert inks == [("#ff0000", "#0000ff"), ("#0000ff", "#0000ff")]


def test_a_thin_line_on_white_stays_visible() -> None:
    pixels = [[RED if x == 50 else WHITE for x in range(100)] for _ in range(100)]
    rows = picture(figure(pixels), Look(20))
    reddest = min(span.style.color.triplet.green for span in rows[5].spans)  # type: ignore[union-attr]
    assert reddest < 100


def test_a_picture_keeps_its_proportions_and_fits() -> None:
    pixels = [[WHITE] * 200 for _ in range(100)]
    rows = picture(figure(pixels), Look(60))
    assert (len(rows[0].plain), len(rows)) == (60, 15)
    low = picture(figure(pixels), Look(60, 8))
    assert (len(low[0].plain), len(low)) == (32, 8)


def test_without_colours_there_are_words_alone() -> None:
    shown = figure([[WHITE]], AxesWords("Loss", "epoch", "loss", ("train", "[b]val")), title="Run 3")
    assert picture(shown, Look(40, colour=False)) == []
    assert description(shown, Look(80)) == "Figure 640×480: Run 3 | Loss; loss over epoch; train, [b]val."
    assert "Esc v opens it large." in " ".join(line.plain for line in caption(shown, Look(80), "Esc v"))


def test_pixels_that_do_not_make_up_the_picture_are_not_drawn() -> None:
    for wrong in (b"", b"123"):
        assert picture(Pictured(1, b"", 1, 1, "", (), wrong, 2, 1), Look(20)) == []
    assert picture(Pictured(1, b"", 1, 1, "", (), b"", 0, 0), Look(20)) == []


words = st.text(max_size=20)
sizes = st.tuples(st.integers(1, 12), st.integers(1, 12))
figures = sizes.flatmap(
    lambda size: st.builds(
        Pictured,
        st.just(1),
        st.just(b""),
        st.integers(0, 9999),
        st.integers(0, 9999),
        words,
        st.lists(st.builds(AxesWords, words, words, words, st.tuples(words)), max_size=2).map(tuple),
        st.binary(min_size=size[0] * size[1] * 3, max_size=size[0] * size[1] * 3),
        st.just(size[0]),
        st.just(size[1]),
    )
)


@bounded
@given(figures, some.looks)
def test_no_picture_is_too_wide_or_too_high(shown: Pictured, look: Look) -> None:
    rows = picture(shown, look)
    for line in (*rows, *caption(shown, look)):
        assert_fits(line, look)
    assert len(rows) <= 27
