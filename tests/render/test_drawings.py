from __future__ import annotations

import math
from dataclasses import replace

import pytest
from rich.style import Style

from tests.render.samples import detail, facts, pack
from tutor.protocol.snapshots import TensorDetail
from tutor.render.drawings import View, drawing
from tutor.render.export import as_plain
from tutor.render.look import Look

WIDE = Look(80, colour=False)
BOTH = pytest.mark.parametrize("colour", [True, False])


def lines(shown: TensorDetail, look: Look = WIDE, index: tuple[int, ...] = ()) -> list[str]:
    return as_plain(drawing(shown, look, View(index))).split("\n")


def counting(*shape: int) -> list[float]:
    return [float(i) for i in range(math.prod(shape))]


def test_scalar_is_a_box_with_all_its_digits() -> None:
    assert lines(detail("loss", (), [0.31270000338554382]))[1:4] == [
        "┌──────────┐",
        "│  0.3127  │",
        "└──────────┘",
    ]
    assert "True" in lines(detail("b", (), [1.0], dtype="bool"))[2]
    assert "9007199254740991" in lines(detail("n", (), [2.0**53 - 1], dtype="int64"))[2]


def test_short_vector_is_boxed_with_an_index_over_each_value() -> None:
    assert lines(detail("v", (4,), [0.0, 1.0, -2.0, math.nan]))[1:] == [
        "i axis 0 → 4",
        "     0      1      2      3",
        "┌──────┬──────┬──────┬──────┐",
        "│  0.0 │  1.0 │ -2.0 │   !! │",
        "└──────┴──────┴──────┴──────┘",
        "min -2  max 1  mean -0.3333  std 1.247  norm 2.236  zeros 1 of 4  nonzero 3",
        "NaN 1",
        "NaN at [3].",
        "v is a vector of 4 values.",
    ]


def test_medium_vector_is_rows_of_numbers_with_the_first_index() -> None:
    shown = lines(detail("r", (20,), counting(20), dtype="int64"), Look(60, colour=False))
    assert shown[2:4] == [
        " [0]   0   1   2   3   4   5   6   7   8   9",
        "[10]  10  11  12  13  14  15  16  17  18  19",
    ]


def test_long_vector_is_a_chart_that_says_what_a_column_is() -> None:
    wave = [math.sin(i / 20) for i in range(512)]
    shown = lines(detail("h", (4096,), wave, steps=(8,)), Look(60, colour=False))
    text = "\n".join(shown)
    assert "1 column = least to greatest of 10 values (every 8th value looked at)" in text.replace("\n", " ")
    assert "4088" in text
    assert shown[2].lstrip().startswith("1.0│") or shown[2].lstrip().startswith("1│")
    # The first half wave lies above the zero line, the second below it.
    zero = next(i for i, line in enumerate(shown) if line.lstrip().startswith("0│"))
    assert "█" in shown[zero - 2][10:14]
    assert "█" in shown[zero + 2][14:22]


def test_chart_with_a_column_a_value_says_so() -> None:
    shown = lines(detail("h", (100,), counting(100)), Look(120, colour=False))
    assert "1 column = 1 value." in shown


def test_small_matrix_is_a_grid_of_numbers() -> None:
    assert lines(detail("x", (3, 4), counting(3, 4))) == [
        "x  f32  [3, 4]  cpu  48 B  leaf",
        "i axis 0 ↓ 3   j axis 1 → 4",
        "      0     1     2     3",
        "0   0.0   1.0   2.0   3.0",
        "1   4.0   5.0   6.0   7.0",
        "2   8.0   9.0  10.0  11.0",
        "min 0  max 11  mean 5.5  std 3.452  norm 22.49  zeros 1 of 12  nonzero 11",
        "histogram 0 █ █ █ █ █ █  █ █ █ █ █ █ 11",
        "x is a matrix of 3 rows and 4 columns.",
    ]


def test_heat_map_without_colour_has_sign_and_shade() -> None:
    values = [0.0, 1.0, -1.0, 4.0, -4.0, 8.0, -8.0, 5.5] * 8
    shown = lines(detail("m", (2, 32), values))
    assert shown[3] == "0 " + " · ░-░ ▒-▒ █-█ ▓" * 4
    assert " -8 -█-▓-▒-░ · ░ ▒ ▓ █ +8   0 = ·" in shown[5]
    assert shown[6] == "1 cell = 1 value."


def test_sign_is_not_only_a_colour() -> None:
    values = [1.0, -1.0] * 32
    text = drawing(detail("m", (2, 32), values), Look(80)).plain
    assert text.split("\n")[3] == "0 " + "  - " * 16


def test_thinned_heat_map_says_which_rows_and_columns_are_shown() -> None:
    shown = lines(detail("big", (1000, 800), counting(50, 40), steps=(20, 20)), Look(60, colour=False))
    text = " ".join(shown)
    assert "1 cell = 1 value; shown: every 60th row, every 40th column." in text
    assert "~ of a sample of 2,000" in text
    assert "min ~0" in text
    assert any(line.startswith("960 ") for line in shown)


@BOTH
def test_values_that_are_not_finite_are_seen_in_any_picture(colour: bool) -> None:
    look = Look(60, colour=colour)
    for shape in ((5,), (3, 4), (40, 40), (1, 4, 5), (2, 2, 9, 9)):
        values = [1.0] * math.prod(shape)
        values[0], values[len(values) // 2], values[-1] = math.nan, math.inf, -math.inf
        text = drawing(detail("t", shape, values), look)
        images = len(shape) == 4 and colour
        assert all((mark[:1] if images else mark) in text.plain for mark in ("!!", "^^", "vv"))
        assert "NaN 1" in text.plain
        assert "Inf 2" in text.plain
        styles = [span.style for span in text.spans if isinstance(span.style, Style)]
        assert any(style.reverse or style.bgcolor is not None for style in styles)


@BOTH
def test_a_nan_between_the_cells_of_a_thinned_map_is_drawn(colour: bool) -> None:
    values = [1.0] * (60 * 60)
    values[31 * 60 + 31] = math.nan
    text = drawing(detail("W", (60, 60), values), Look(50, 20, colour=colour)).plain
    assert "!!" in text
    assert "NaN at [31, 31]." in text


def test_stack_draws_the_chosen_slice_in_front_and_lists_the_others() -> None:
    shown = detail("s", (3, 2, 3), counting(3, 2, 3))
    text = lines(shown, Look(60, colour=False), (1,))
    assert "i axis 0 ▸ 3   j axis 1 ↓ 2   k axis 2 → 3" in text
    assert any("s[1]" in line for line in text)
    assert any("6.0" in line and "8.0" in line for line in text)
    assert not any("12.0" in line for line in text)
    listed = [line for line in text if "mean" in line and "[" in line and "min" not in line]
    assert [line.split("mean")[1].split()[0] for line in listed] == ["2.5", "8.5", "14.5"]
    assert [line.startswith("▸") for line in listed] == [False, True, False]


def test_negative_and_excessive_indices_are_brought_into_range() -> None:
    shown = detail("s", (3, 2, 3), counting(3, 2, 3))
    assert any("s[2]" in line for line in lines(shown, index=(-1,)))
    assert any("s[2]" in line for line in lines(shown, index=(99,)))


def test_more_indices_go_into_the_tensor() -> None:
    shown = detail("k", (2, 2, 2, 2), counting(2, 2, 2, 2))
    text = lines(shown, index=(1, 0))
    assert text[1] == "k[1, 0]"
    assert "0   8.0   9.0" in text


def test_batch_has_axis_0_across_and_axis_1_down() -> None:
    values = [float(n * 10 + c) for n in range(3) for c in range(2) for _ in range(4)]
    text = lines(detail("k", (3, 2, 2, 2), values))
    assert text[1] == "i axis 0 → 3   j axis 1 ↓ 2   k axis 2 ↓ 2   l axis 3 → 2"
    assert text[2] == "   0    1    2"
    assert text[3] == " 0  · ·  ▒ ▒  █ █"


def test_images_are_half_blocks_in_colour_and_shades_without() -> None:
    shown = detail("imgs", (2, 1, 16, 16), counting(2, 1, 16, 16))
    assert "▀" * 16 in drawing(shown, Look(60)).plain
    plain = drawing(shown, WIDE).plain
    assert "▀" not in plain
    assert "█" in plain
    assert "as images: 2 of 1 channel, 16×16" in plain.replace("\n", " ")


def test_more_than_four_axes_say_which_are_fixed() -> None:
    shown = detail("f", (3, 2, 2, 2, 2), counting(3, 2, 2, 2, 2))
    assert "Drawn is f[2]: axis 0 is fixed at 2." in " ".join(lines(shown, index=(2,)))
    assert "Drawn is f[0]: axis 0 is fixed at 0." in " ".join(lines(shown))


def test_a_sample_of_one_slice_is_enough() -> None:
    whole = detail("s", (9, 2, 2), counting(9, 2, 2))
    assert whole.sample is not None
    part = replace(whole.sample, shape=(1, 2, 2), start=(4, 0, 0), values=whole.sample.values[: 4 * 8])
    assert any("s[4]" in line for line in lines(replace(whole, sample=part), index=(4,)))


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (detail("e", (0, 3), []), "axis 0 has size 0"),
        (TensorDetail(facts("m", device="meta"), None, None), "meta device"),
        (
            TensorDetail(facts("sp", layout="sparse_coo"), None, None, "Sparse: only its 3 values"),
            "only its 3 values",
        ),
    ],
)
def test_what_cannot_be_drawn_says_why(shown: TensorDetail, words: str) -> None:
    assert words in " ".join(lines(shown))


def test_complex_numbers_say_that_magnitudes_are_drawn() -> None:
    assert "magnitude |z|" in " ".join(lines(detail("z", (2,), [5.0, 1.0], dtype="complex64")))


@pytest.mark.parametrize("height", [14, 20, 30])
@pytest.mark.parametrize("shape", [(), (5,), (300,), (30, 40), (6, 9, 9), (4, 3, 28, 28)])
def test_height_is_kept(shape: tuple[int, ...], height: int) -> None:
    values = [math.sin(i) for i in range(math.prod(shape))]
    assert len(lines(detail("t", shape, values), Look(58, height))) <= height


def test_a_sequential_map_of_positive_values_has_no_signs() -> None:
    text = lines(detail("p", (2, 32), counting(2, 32)))
    assert "-" not in "".join(text[3:5])
    assert "0  · ░ ▒ ▓ █ 63" in "\n".join(text)


def test_the_cursor_is_seen_without_colour_and_its_value_is_exact() -> None:
    values = [math.sin(i) for i in range(40 * 30)]
    shown = detail("W", (40, 30), values)
    for look in (Look(80, 30, colour=False), Look(80, 30)):
        text = drawing(shown, look, View(cursor=(20, 16))).plain
        assert "[]" in text
        assert f"W[20, 16] = {values[20 * 30 + 16]:.7g}" in text
    assert "[" not in lines(detail("x", (3, 4), counting(3, 4)))[4]
    assert "[6.0]" in lines_at((1, 2), detail("x", (3, 4), counting(3, 4)))[4]


def lines_at(cursor: tuple[int, ...], shown: TensorDetail) -> list[str]:
    return as_plain(drawing(shown, WIDE, View(cursor=cursor))).split("\n")


def test_a_vector_shows_where_the_cursor_is_at_any_length() -> None:
    assert any("[2.0]" in line for line in lines_at((2,), detail("v", (5,), counting(5))))
    assert any("[17]" in line for line in lines_at((17,), detail("r", (20,), counting(20), dtype="int64")))
    assert any("↑ 100" in line for line in lines_at((100,), detail("h", (300,), counting(300))))


def test_figures_of_a_sample_are_never_written_as_exact() -> None:
    shown = detail("big", (1000, 800), counting(50, 40), steps=(20, 20))
    text = " ".join(lines(shown))
    for name in ("min", "max", "mean", "std", "norm", "zeros", "nonzero"):
        assert f"{name} ~" in text
    assert "histogram ~0 " in text
    assert "~" not in " ".join(lines(detail("x", (3, 4), counting(3, 4))))


def test_an_exact_figure_beside_a_sampled_histogram_says_which_is_which() -> None:
    shown = detail("x", (30, 40), counting(30, 40))
    assert shown.stats is not None
    shown = replace(shown, stats=replace(shown.stats, histogram_of=1_000))
    text = "\n".join(lines(shown))
    assert "min 0" in text
    assert "of a sample of 1,000" in text


def test_a_scalar_shows_what_it_was() -> None:
    shown = replace(detail("loss", (), [1.0]), history=(9.0, 4.0, 1.0))
    assert "was 9 █▄▁ 1  after its last 3 changes" in lines(shown)


def test_three_channels_are_merged_in_their_colours_where_there_are_colours() -> None:
    values = [c == 0 for _ in range(2) for c in range(3) for _ in range(64)]
    shown = detail("imgs", (2, 3, 8, 8), [float(v) for v in values])
    merged = drawing(shown, Look(70, 30), View(merged=True))
    assert "axis 1 is red, green and blue" in merged.plain.replace("\n", " ")
    backgrounds = {
        span.style.bgcolor.triplet for span in merged.spans if isinstance(span.style, Style) and span.style.bgcolor
    }
    assert (255, 0, 0) in {tuple(triplet) for triplet in backgrounds if triplet}
    plain = " ".join(as_plain(drawing(shown, WIDE, View(merged=True))).split())
    assert "shows no colours" in plain
    four = detail("k", (2, 4, 8, 8), counting(2, 4, 8, 8))
    assert "colours take 3 channels" in " ".join(drawing(four, Look(70), View(merged=True)).plain.split())


@pytest.mark.parametrize("height", range(9, 40))
def test_frames_and_lists_never_cost_a_small_slice_its_rows(height: int) -> None:
    shown = lines(detail("x", (3, 4, 6), counting(3, 4, 6)), Look(60, height, colour=False))
    for value in ("0.0", "6.0", "12.0", "18.0"):
        assert any(value in line.split() for line in shown)
    assert len(shown) <= height


def test_three_slices_are_one_picture_with_a_cursor_on_each_pixel() -> None:
    values = [float(channel == 1 and place == 9) for channel in range(3) for place in range(64)]
    shown = detail("img", (3, 8, 8), values)
    small = drawing(shown, Look(70, 30), View(merged=True, cursor=(1, 1, 1)))
    assert "axis 0 is red, green and blue: 0 is dark, 1 is bright." in small.plain.replace("\n", " ")
    assert "[]" in small.plain.split("\n")[3]
    assert "img[1, 1, 1] = 1" in small.plain
    large = drawing(detail("img", (3, 60, 90), counting(3, 60, 90)), Look(60, 20), View(merged=True))
    rows = [line for line in large.plain.split("\n") if "▀" in line]
    assert len({line.count("▀") for line in rows}) == 1
    assert "every 2nd row, every 2nd column" in large.plain or "every 3rd row, every 3rd column" in large.plain
    assert "shows no colours" in as_plain(drawing(shown, WIDE, View(merged=True)))


@pytest.mark.parametrize(
    ("part", "value"), [("magnitude", "5.0"), ("phase", "0.927"), ("real", "3.0"), ("imag", "4.0")]
)
def test_a_part_of_complex_numbers_is_chosen(part: str, value: str) -> None:
    shown = detail("z", (2,), [3.0, 0.0], dtype="complex64")
    assert shown.sample is not None
    shown = replace(shown, sample=replace(shown.sample, imag=pack([4.0, 0.0])))
    assert any(value in line for line in as_plain(drawing(shown, WIDE, View(part=part))).split("\n")[3:5])


@pytest.mark.parametrize("colour", [True, False])
def test_an_axis_has_one_letter_and_one_colour_in_every_view(colour: bool) -> None:
    look = Look(90, colour=colour)
    for shape in ((7,), (5, 60), (3, 5, 60), (2, 3, 9, 9)):
        text = drawing(detail("t", shape, [1.0] * math.prod(shape)), look)
        for axis in range(len(shape)):
            at = text.plain.index(f"{'ijkl'[axis]} axis {axis} ")
            styles = [span.style for span in text.spans if span.start <= at < span.end]
            assert styles == ([look.palette.axis(axis)] if colour else [])
