from __future__ import annotations

import pytest

from tests.render.samples import facts
from tutor.render.export import as_plain
from tutor.render.look import Look
from tutor.render.tensors import dtype_short, identity, nbytes_text, shape_text, tensor_row, tensor_rows

LIST = [
    facts("x"),
    facts("w", (4, 5), requires_grad=True, has_grad=True, kind="Parameter", change="modified"),
    facts("h", (3, 5), is_leaf=False, grad_fn="AddmmBackward0", requires_grad=True, change="new"),
    facts("xt", (4, 3), contiguous=False, strides=(1, 4), shares=("x", "y")),
    facts("model.layers[3].attn.in_proj_weight", (2304, 768), requires_grad=True, change="rebound"),
]


def lines(width: int) -> list[str]:
    return [as_plain(row) for row in tensor_rows(LIST, Look(width))]


def test_short_spellings() -> None:
    assert [
        dtype_short(d) for d in ("float32", "bfloat16", "int64", "uint8", "bool", "complex64", "float8_e5m2")
    ] == [
        "f32",
        "bf16",
        "i64",
        "u8",
        "bool",
        "c64",
        "float8_e5m2",
    ]
    assert shape_text((3, 4)) == "[3, 4]"
    assert shape_text(()) == "[]"
    assert nbytes_text(16384) == "16 KiB"


def test_identity_says_everything_in_the_agreed_order() -> None:
    assert as_plain(identity(LIST[1], Look(100))) == (
        "* w  f32  [4, 5]  cpu  80 B  leaf  ✓grad  .grad  Parameter  modified in place"
    )
    assert as_plain(identity(LIST[3], Look(100))) == (
        "xt  f32  [4, 3]  cpu  48 B  leaf  non-contig stride (1, 4)  shares memory with x, y"
    )


def test_badges_have_one_order_and_say_what_was_not_counted() -> None:
    view = facts(
        "v", (3,), is_leaf=False, grad_fn="MulBackward0", requires_grad=True, contiguous=False, strides=(2,),
        view_of="x", shares=("x", "y"), nans=3, infs=1, counted=True,
    )  # fmt: skip
    assert as_plain(identity(view, Look(160))) == (
        "v  f32  [3]  cpu  12 B  ∇MulBackward0  ✓grad  view of x  non-contig stride (2,)  NaN 3  Inf 1"
        "  shares memory with y"
    )
    sampled = facts("v", nans=2, same_as="w", shares=("w",))
    assert as_plain(identity(sampled, Look(100))) == "v  f32  [3, 4]  cpu  48 B  leaf  is w  NaN ≥2"


def test_an_axis_without_one_size_is_a_question_mark() -> None:
    assert shape_text((2, -1, 4)) == "[2, ?, 4]"


@pytest.mark.parametrize("width", [30, 40, 60])
def test_a_narrow_row_says_nan_before_anything_else(width: int) -> None:
    row = tensor_rows([facts("w", grad_fn="AddmmBackward0", is_leaf=False, nans=1, counted=True)], Look(width))[0]
    assert "NaN 1" in row.plain


def test_identity_goes_on_below_rather_than_losing_badges() -> None:
    text = as_plain(identity(LIST[3], Look(40)))
    assert text.count("\n") >= 1
    assert "shares memory with x, y" in text
    assert "stride (1, 4)" in text


def test_rows_line_up_and_tell_all_when_there_is_room() -> None:
    rows = lines(120)
    assert rows[2] == (
        "+ h                                    f32  [3, 5]       cpu     60 B  ∇AddmmBackward0 ✓grad"
    )
    assert len({row.index("f32") for row in rows}) == 1
    assert len({row.index("[") for row in rows if "layers" not in row}) == 1


@pytest.mark.parametrize("width", [36, 50, 60, 80])
def test_narrow_rows_keep_name_dtype_shape_and_gradient_state(width: int) -> None:
    rows = lines(width)
    assert all("f32" in row and "[" in row for row in rows)
    assert all("✓" in rows[i] for i in (1, 2, 4))
    assert "✓" not in rows[0]
    assert [row[0] for row in rows] == [" ", "*", "+", " ", "="]
    assert all(sign in row for row, sign in zip(rows, ("x", "w", "h", "xt", "model.l"), strict=True))


def test_a_device_that_differs_is_shown_even_when_narrow() -> None:
    mixed = [facts("a"), facts("b", device="cuda:0")]
    rows = [row.plain for row in tensor_rows(mixed, Look(40))]
    assert "cpu" in rows[0]
    assert "cuda:0" in rows[1]


def test_a_row_alone_has_its_own_widths() -> None:
    assert as_plain(tensor_row(LIST[0], Look(60))) == "  x  f32  [3, 4]  cpu  48 B  leaf"


def test_an_empty_list_has_no_rows() -> None:
    assert tensor_rows([], Look(40)) == []
