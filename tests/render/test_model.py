"""A model as text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.render.test_bounds import assert_fits
from tutor.protocol.models import Held, Layer, ModelSnapshot
from tutor.render.look import Look
from tutor.render.model import beginning, model, paths, visible
from tutor.render.numbers import short_count


def layer(depth: int, name: str, kind: str, **more: object) -> Layer:
    plain = Layer(
        depth,
        name,
        kind,
        "",
        (),
        (),
        0,
        0,
        0,
        0,
        0,
        0,
        "",
        "",
        True,
        False,
        "",
        0,
        1,
        ((5, 4),),
        ((5, 8),),
        160,
        0,
        0,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


WEIGHT = Held("weight", "parameter", "float32", (8, 4), True)
FROZEN = replace(WEIGHT, trainable=False)
MADE = "in_features=4, out_features=8"
NET = ModelSnapshot(
    "net",
    (
        layer(
            0, "net", "Net", parameters=1_234_567, trainable=1_234_535, parameter_bytes=4_938_268, below=5,
            mult_adds=2_000_000, buffers=9, buffer_bytes=44, dtype="float32", device="cpu", gradient_bytes=128,
        ),
        layer(1, "conv", "Conv2d", kernel=(3, 3), parameters=32, parameter_bytes=128, held=(FROZEN,)),
        layer(1, "body", "Sequential", parameters=32, trainable=32, below=2, calls=2, mult_adds=500_000),
        layer(2, "0", "Linear", arguments=MADE, parameters=32, trainable=32, held=(WEIGHT,), training=False),
        layer(2, "1", "ReLU", calls=0, inputs=(), outputs=()),
        layer(1, "head", "Linear", same_as="net.body.0", calls=0, inputs=(), outputs=()),
    ),
    0,
    80,
    7,
)  # fmt: skip


def drawn(
    snapshot: ModelSnapshot = NET, cursor: int = 0, width: int = 100, height: int | None = 40, **more: object
) -> str:
    folded = more.pop("folded", frozenset())
    names = more.pop("names", (snapshot.path,))
    return model(snapshot, names, folded, cursor, Look(width, height, **more)).plain  # type: ignore[arg-type]


def line(text: str, start: str) -> str:
    return next(row for row in text.split("\n") if start in row)


def test_a_line_has_shape_parameters_cost_and_marks() -> None:
    text = drawn()
    assert "[5, 8]" in line(text, "conv Conv2d")
    assert "3×3" in line(text, "conv Conv2d")
    assert "frozen" in line(text, "conv Conv2d")
    assert "1.23M" in line(text, "net Net")
    assert "500K" in line(text, "body Sequential")
    assert "×2" in line(text, "body Sequential")
    assert "eval" in line(text, "0 Linear")
    assert "= body.0" in line(text, "head Linear")


def test_the_totals() -> None:
    text = drawn(cursor=1)
    for words in (
        "1,234,567 parameters, 1,234,535 trainable, 32 frozen", "9 in buffers", "2,000,000 mult-adds", "4.7 MiB",
        "gradients 128 B", "buffers 44 B", "input 80 B", "layer outputs 160 B", "train mode", "forward in [7]",
    ):  # fmt: skip
        assert words in text


def test_the_chosen_layer_in_full() -> None:
    text = drawn(cursor=3)
    for words in (
        "net.body.0", "Linear(in_features=4, out_features=8)", "[5, 4] → [5, 8]", "32 parameters", "trainable",
        "weight f32 [8, 4] parameter", "eval mode",
    ):  # fmt: skip
        assert words in text
    assert "called 2 times" in drawn(cursor=2)
    assert "not called" in drawn(cursor=4)
    assert "the same module as net.body.0" in drawn(cursor=5)


def test_what_is_folded_is_counted() -> None:
    folded = frozenset({"net.body"})
    assert [paths(NET)[number] for number in visible(NET, folded)] == ["net", "net.conv", "net.body", "net.head"]
    text = drawn(folded=folded)
    assert "…2 inside" in text
    assert "ReLU" not in text


def test_a_large_model_begins_folded() -> None:
    blocks = [part for n in range(40) for part in (
        layer(1, f"b{n}", "Block", below=2), layer(2, "in", "Block", below=1), layer(3, "fc", "Linear"),
    )]  # fmt: skip
    large = ModelSnapshot("m", (layer(0, "m", "Net", below=120), *blocks), 0, 0, 0)
    assert len(visible(large, beginning(large))) == 81
    assert beginning(NET) == frozenset()


def test_without_a_forward_nothing_is_claimed() -> None:
    quiet = ModelSnapshot(
        "net", tuple(replace(one, calls=0, inputs=(), outputs=()) for one in NET.layers), 0, 0, 0
    )
    text = drawn(quiet)
    assert "no forward seen yet" in text
    assert "not called" not in drawn(quiet, cursor=3)
    assert "because" in drawn(replace(quiet, note="because"))


def test_of_several_models_the_place_is_said() -> None:
    assert "2 of 3" in drawn(names=("a", "net", "b"))


def test_the_cursor_is_always_on_the_screen() -> None:
    many = ModelSnapshot(
        "m", (layer(0, "m", "Net", below=50), *(layer(1, f"l{n}", "ReLU") for n in range(50))), 0, 0, 0
    )
    for cursor in range(51):
        text = model(many, ("m",), frozenset(), cursor, Look(40, 12)).plain
        assert sum(row.startswith("▸") for row in text.split("\n")) == 1
        assert len(text.split("\n")) <= 12


@given(
    st.integers(24, 160), st.one_of(st.none(), st.integers(8, 60)), st.integers(0, 9), st.booleans(), st.booleans()
)
def test_it_fits_any_pane(width: int, height: int | None, cursor: int, colour: bool, unicode: bool) -> None:
    look = Look(width, height, colour, unicode)
    text = model(NET, ("net", "other"), frozenset(), cursor, look)
    assert_fits(text, look)


@given(st.integers(0, 10**15))
def test_short_counts_are_short_and_close(n: int) -> None:
    text = short_count(n)
    assert len(text) <= 6
    value = float(text.rstrip("KMGTP").replace(",", "")) * 1000 ** " KMGTP".index(
        text[-1] if text[-1].isalpha() else " "
    )
    assert abs(value - n) <= 0.006 * n
