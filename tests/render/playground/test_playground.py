"""The pictures of the playground, as text."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render.playground.played import DATA, LOOK, MISSING_MAP, SIGNS, descent, field, playing
from tutor.playground.settings import FEATURES, MOST_LAYERS, MOST_NEURONS, Settings, stepped
from tutor.protocol.playground import ZERO, Descent, Place, Sign, Weights
from tutor.render.lines import Line
from tutor.render.look import Look
from tutor.render.playground import descent as slope
from tutor.render.playground import losses, network, planes, settings, words
from tutor.render.playground.canvas import Canvas
from tutor.render.playground.planes import Field


def text(lines: list[Line]) -> str:
    return "\n".join("".join(part for part, _ in line.pieces).rstrip() for line in lines)


LOOKS = st.builds(
    Look, st.integers(12, 120), st.integers(5, 60), colour=st.booleans(), unicode=st.booleans()
)  # fmt: skip


# The plane


def test_without_colour_the_sign_is_in_the_glyphs() -> None:
    drawn = text(planes.field_lines(Field(field(20, 4), 20, 4), Look(20, 2, colour=False)))
    first = drawn.splitlines()[0]
    assert first[0] == "="
    assert first[-1] == "█"
    assert "·" in first


def test_colours_are_cold_below_0_and_warm_above() -> None:
    (line,) = planes.field_lines(Field(bytes([0, 2 * ZERO, 0, 2 * ZERO]), 2, 2), Look(2, 1))
    (_, cold), (_, warm) = line.pieces
    assert cold.color is not None
    assert warm.color is not None
    cold_rgb, warm_rgb = cold.color.get_truecolor(), warm.color.get_truecolor()
    assert cold_rgb.blue > cold_rgb.red
    assert warm_rgb.red > warm_rgb.blue


def test_two_colours_tell_the_sign_only() -> None:
    (line,) = planes.field_lines(Field(field(20, 2), 20, 2), Look(20, 1), two=True)
    assert len({style for _, style in line.pieces}) == 2


def test_what_is_no_number_stands_out() -> None:
    drawn = planes.field_lines(Field(MISSING_MAP, 20, 20), Look(20, 10))
    assert text(drawn) == "\n".join(["!" * 20] * 10)


def test_points_have_a_shape_for_their_class_and_another_for_the_test() -> None:
    train = planes.marks_of(DATA, 30, 15, Look(30), test=False)
    both = planes.marks_of(DATA, 30, 15, Look(30), test=True)
    assert sorted(train.values()) == sorted("○●")
    assert sorted(both.values()) == sorted("○●◇◆")
    rows = {mark: place for place, mark in both.items()}
    assert rows["●"][0] < rows["○"][0]
    assert rows["●"][1] > rows["○"][1]


def test_marks_stand_on_the_field() -> None:
    drawn = text(planes.field_lines(Field(field(30, 30), 30, 30), Look(30, 15), {(2, 3): "●"}))
    assert drawn.splitlines()[2][3] == "●"
    assert drawn.count("●") == 1


@given(st.integers(1, 40), st.integers(1, 20), st.integers(1, 40), st.integers(1, 20))
def test_another_size_shows_the_same_field(columns: int, rows: int, wide: int, high: int) -> None:
    values = field(columns, 2 * rows)
    other = Field(values, columns, 2 * rows).resized(wide, 2 * high)
    assert len(other.values) == wide * 2 * high
    assert set(other.values) <= set(values)


def test_the_legend_says_what_ends_and_shapes_mean() -> None:
    look = Look(60)
    assert text([planes.legend(look, of="classes", test=True)]).startswith("○ class 0")
    assert "test" in text([planes.legend(look, of="classes", test=True)])
    assert "+1" in text([planes.legend(look, of="number", test=False)])
    assert "below 0" in text([planes.legend(look, of="neuron", test=False)])


# The network

WIDTHS = st.builds(
    lambda inputs, hidden: (inputs, *hidden),
    st.integers(1, len(FEATURES)),
    st.lists(st.integers(1, MOST_NEURONS), max_size=MOST_LAYERS).map(tuple),
)


@given(WIDTHS, st.integers(24, 120), st.integers(12, 50), st.booleans(), st.booleans())
def test_every_neuron_has_a_place_in_every_network(
    widths: tuple[int, ...], width: int, rows: int, colour: bool, unicode: bool
) -> None:
    inputs = FEATURES[: widths[0]]
    made = network.plan(inputs, widths[1:], width, rows)
    for size in widths:
        tops = [made.top(neuron, size) for neuron in range(size)]
        assert tops == sorted(set(tops))
        assert all(after - before >= made.tile_rows for before, after in itertools.pairwise(tops))
        assert tops[0] > 0 or made.tile_rows == 1
        assert tops[-1] + made.tile_rows <= rows
    look = Look(width, rows, colour=colour, unicode=unicode)
    drawn = network.network_lines(playing(widths), inputs, look)
    assert len(drawn) == rows
    assert max(line.cells for line in drawn) <= width
    assert "out" in text(drawn)


def test_the_chosen_neuron_is_marked() -> None:
    plain = text(network.network_lines(playing(), ("x1", "x2"), Look(60, 20)))
    chosen = text(network.network_lines(playing(), ("x1", "x2"), Look(60, 20), (1, 2)))
    assert chosen.count("▸") == plain.count("▸") + 1
    an_input = text(network.network_lines(playing(), ("x1", "x2"), Look(60, 20), (0, 1)))
    assert "x2▸" in an_input


def test_a_negative_weight_is_a_broken_line_and_none_is_no_line() -> None:
    def wires(weight: float, other: float) -> str:
        made = playing((2,), weights=(Weights(((weight, other),), (0.0,)),))
        drawn = text(network.network_lines(made, ("x1", "x2"), Look(60, 20)))
        return "".join(c for c in drawn if 0x2800 < ord(c) < 0x2900)

    solid, broken = wires(1.0, 0.0), wires(-1.0, 0.0)
    dots = [sum(bin(ord(c) - 0x2800).count("1") for c in wire) for wire in (solid, broken)]
    assert dots[0] > 1.5 * dots[1] > 0
    assert wires(0.0, 0.0) == ""
    assert len(wires(1.0, 1.0)) > len(solid)


# The losses


def test_losses_have_both_curves_and_their_last_values() -> None:
    drawn = text(losses.loss_lines(playing(), Look(80, 10)))
    assert "train 0.0123" in drawn
    assert "test 0.0345" in drawn
    assert "97% right" in drawn
    assert "step 1,240" in drawn
    assert "log axis" in drawn
    assert "linear axis" in text(losses.loss_lines(playing(), Look(80, 10), log=False))


def test_a_number_has_no_share_that_is_right() -> None:
    assert "right" not in text(losses.loss_lines(playing(train_right=None, test_right=None), Look(80, 10)))


@given(st.lists(st.floats(), min_size=1, max_size=50), st.integers(20, 120), st.integers(3, 20), st.booleans())
def test_any_loss_can_be_drawn(values: list[float], width: int, height: int, log: bool) -> None:
    made = playing(
        steps=tuple(range(1, len(values) + 1)), train_curve=tuple(values), test_curve=tuple(reversed(values))
    )
    drawn = losses.loss_lines(made, Look(width, height), log=log)
    assert len(drawn) <= height


# Settings and words


def test_the_settings_name_value_and_key() -> None:
    drawn = text(settings.settings_lines(Settings(), 0, "rate", Look(28)))
    assert "l rate        ‹0.03›" in drawn.replace("  ", " ").replace("  ", " ") or "‹0.03›" in drawn
    for words_ in ("circle", "tanh", "momentum", "1●x1", "3○x1²", "50 %", "no limit"):
        assert words_ in drawn


@pytest.mark.parametrize("height", [16, 20, 40, 60])
def test_the_chosen_setting_is_always_in_sight(height: int) -> None:
    full = Settings(layers=(8,) * 6)
    for row in settings.rows_of(full, 0):
        if row.value:
            drawn = settings.settings_lines(full, 0, row.field, Look(28, height))
            assert len(drawn) <= height
            assert f"‹{row.value}›" in text(drawn), row.field


def test_no_speed_is_cut_off_in_the_list_of_the_smallest_terminal() -> None:
    for speed in settings._SPEEDS:
        row = next(
            line for line in settings.settings_lines(Settings(), speed, "speed", Look(26)) if "‹" in text([line])
        )
        assert row.cells <= 26


def test_every_row_is_a_setting_that_can_be_changed() -> None:
    for row in settings.rows_of(Settings(penalty="L1"), 0):
        if row.field not in ("speed", "features"):
            assert stepped(Settings(penalty="L1"), row.field, 1) != Settings(penalty="L1"), row.field


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.kind)
def test_every_sign_has_words_and_names_a_way_out(sign: Sign) -> None:
    said = words.sign_words(sign, 0.3)
    assert said[0].isupper()
    assert said.endswith(".")
    assert any(key in said for key in ("(s)", "(l)", "(p)", "L lowers"))


def test_the_status_tells_what_runs() -> None:
    look = Look(100)
    running, paused = (text([words.status_line(playing(), on, look)]) for on in (True, False))
    assert "running" in running
    assert "steps/s 812" in running
    assert "paused" in paused
    assert "812" not in paused
    assert "step 1,240" in paused
    assert "‖grad‖ 0.25" in paused


# The descent


def test_the_point_its_tangent_and_its_trail_are_drawn() -> None:
    drawn = text(slope.descent_lines(descent(), 3, Look(80, 24)))
    assert drawn.count("●") == 1
    assert drawn.count("◎") == 1
    assert drawn.count("○") >= 2
    start = text(slope.descent_lines(descent(), 0, Look(80, 24)))
    assert "○" not in start


def test_the_figures_are_those_of_the_place() -> None:
    drawn = text(slope.figures(descent(), 0, 0.1, 0.0, Look(44)))
    assert "x         2" in drawn
    assert "f'(x)     4" in drawn
    assert "2 - 0.1 · 4 = 1.6" in drawn
    assert "down is ←" in drawn
    assert "velocity" not in drawn
    assert "velocity" in text(slope.figures(descent(), 2, 0.1, 0.9, Look(44)))


@pytest.mark.parametrize(
    ("rate", "step", "words_", "mood"),
    [
        (0.1, 0, "", ""),
        (0.5, 3, "Flat", "good"),
        (0.9, 5, "side to side", ""),
        (1.1, 4, "Diverging", "bad"),
    ],
)
def test_a_verdict_is_given_where_one_is_due(rate: float, step: int, words_: str, mood: str) -> None:
    said, how = slope.verdict(descent(rate), step)
    assert words_ in said
    assert bool(said) == bool(words_)
    assert how == mood


def test_a_descent_that_ended_early_is_said_to_have_diverged() -> None:
    found = descent(1.1, 6)
    ended = Descent(found.xs, found.ys, found.places, diverged=True)
    assert slope.verdict(ended, 6)[0].startswith("Diverged")
    assert not slope.verdict(ended, 1)[0].startswith("Diverged")


PLACES = st.builds(Place, *[st.floats(allow_nan=False, allow_infinity=False)] * 4)


@given(st.lists(PLACES, min_size=1, max_size=20), st.lists(st.floats(), min_size=2, max_size=40), LOOKS)
def test_any_descent_can_be_drawn(places: list[Place], ys: list[float], look: Look) -> None:
    heights = tuple(y if math.isfinite(y) else math.nan for y in ys)
    xs = tuple(float(i) for i in range(len(ys)))
    found = Descent(xs, heights, tuple(places), diverged=False)
    for step in (0, len(places) - 1):
        drawn = slope.descent_lines(found, step, look)
        assert len(drawn) <= max(5, look.height or 0)
        slope.figures(found, step, 0.1, 0.9, look)
        slope.verdict(found, step)


def test_a_canvas_keeps_to_itself() -> None:
    canvas = Canvas(4, 2)
    look = Look(4)
    canvas.line((-10, -10), (30, 30), look.palette.dim)
    canvas.text(3, 1, "abc", look.palette.dim)
    assert [line.cells for line in canvas.lines()] == [4, 4]
    assert text(canvas.lines())[-1] == "a"
    assert LOOK.columns == 20
