"""Displayed values as text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.render import strategies as some
from tests.render.samples import detail, facts
from tests.render.test_bounds import assert_fits, bounded
from tutor.protocol.events import Displayed
from tutor.protocol.views import Column, Item, Items, ModuleRow, ModuleTree, Table, ValueView
from tutor.render.look import Look
from tutor.render.values import hint, value_lines

if TYPE_CHECKING:
    from tutor.protocol.snapshots import TensorDetail

NOT_SHORT = "first line\nsecond line"


def drawn(view: ValueView, width: int = 80, text: str = NOT_SHORT) -> str:
    lines = value_lines(Displayed(1, text, "T", None, view), Look(width))
    return "\n".join(line.plain.rstrip() for line in lines)


def tensor(shown: TensorDetail, text: str, width: int = 80) -> str:
    lines = value_lines(Displayed(1, text, "Tensor", shown, None), Look(width))
    return "\n".join(line.plain.rstrip() for line in lines)


def row(depth: int, name: str, kind: str, parameters: int = 0, **more: object) -> ModuleRow:
    plain = ModuleRow(depth, name, kind, "", parameters, parameters)
    return replace(plain, **more)  # type: ignore[arg-type]


TREE = ModuleTree(
    (
        row(0, "", "Net", 10_302, trainable=10_202),
        row(1, "conv", "Conv2d", 100, trainable=0, arguments="1, 6, kernel_size=(5, 5)"),
        row(1, "body", "Sequential", 10_200),
        row(2, "0–11", "Linear", 850, arguments="in_features=3, out_features=2", times=12),
        row(2, "12", "Block", 0, below=7),
        row(1, "last", "ReLU"),
    ),
    10_302,
    10_202,
    41_208,
)


def test_the_branches_of_a_tree_are_joined() -> None:
    starts = [line[:4] for line in drawn(ValueView(module=TREE), 120).split("\n")[:6]]
    assert starts == ["Net ", "├ co", "├ bo", "│ ├ ", "│ └ ", "└ la"]


def test_the_words_of_a_tree() -> None:
    text = drawn(ValueView(module=TREE), 120)
    for words in ("× 12", "12 × 850", "frozen", "10,202 trainable", "… 7 inside"):
        assert words in text
    assert text.endswith("10,302 parameters, 10,202 trainable, 40.2 KiB")
    frozen = ModuleTree((row(0, "", "Linear", 6, trainable=0),), 6, 0, 24, more=3)
    assert drawn(ValueView(module=frozen)).endswith("… 3 more modules\n6 parameters, all frozen, 24 B")


def test_a_state_dict_is_a_table() -> None:
    items = Items(
        "OrderedDict",
        2,
        (
            Item(0, "'0.weight'", "", facts("", (16, 3))),
            Item(0, "'0.bias'", "[0.5, 1]", facts("", (2,))),
        ),
    )
    assert drawn(ValueView(items=items)) == (
        "OrderedDict of 2  200 B\n"
        "  '0.weight'  f32  [16, 3]  192 B\n"
        "  '0.bias'    f32  [2]      [0.5, 1]"
    )  # fmt: skip


def test_nested_items_are_indented_under_their_key() -> None:
    items = Items(
        "dict",
        1_000,
        (
            Item(0, "'a'", "dict of 1"),
            Item(1, "'long key'", "1"),
            Item(0, "", "", omitted=998),
            Item(0, "'z'", "[red]x[/red]"),
        ),
    )
    assert drawn(ValueView(items=items)) == (
        "dict of 1,000\n  'a'  dict of 1\n    'long key'  1\n  … 998 more\n  'z'  [red]x[/red]"
    )


def test_short_values_stand_side_by_side() -> None:
    rows = (*(Item(0, "", str(n)) for n in range(9)), Item(0, "", "", omitted=91))
    text = drawn(ValueView(items=Items("list", 100, rows, flows=True)), 15)
    assert text == "list of 100\n  0  1  2  3  4\n  5  6  7  8\n  … 91 more"


def test_what_fits_on_a_line_is_left_as_python_writes_it() -> None:
    items = Items("list", 1, (Item(0, "0", "x"),))
    assert drawn(ValueView(items=items), 80, "['x', 'y']") == "['x', 'y']"


def test_a_table_shows_both_ends() -> None:
    columns = tuple(Column(f"c{n}", "int64", ("1", "22", "3"), numeric=True) for n in range(6))
    shown = Table("DataFrame", (100, 9), ("0", "1", "99"), columns, gap_row=2, gap_column=4)
    assert drawn(ValueView(table=shown), 44) == (
        "DataFrame  100 rows × 9 columns (5 shown)\n"
        "       c0     c1     c2  …     c4     c5\n"
        "    int64  int64  int64  …  int64  int64\n"
        "0       1      1      1  …      1      1\n"
        "1      22     22     22  …     22     22\n"
        " …\n"
        "99      3      3      3  …      3      3"
    )


def test_a_small_tensor_is_printed_and_a_large_one_drawn() -> None:
    small = detail("x", (2, 2), [1.0, 2.0, 3.0, 4.0])
    assert tensor(small, "tensor([[1., 2.],\n        [3., 4.]])").split("\n")[1:] == [
        "tensor([[1., 2.],",
        "        [3., 4.]])",
    ]
    assert tensor(small, "tensor(…)").startswith("x  f32  [2, 2]  cpu")
    large = detail("y", (64, 64), [float(n % 7) for n in range(4096)])
    lines = tensor(large, "tensor([...])").split("\n")
    assert 6 <= len(lines) <= 12
    assert "tensor([" not in "\n".join(lines)


def test_what_cannot_be_drawn_keeps_its_text() -> None:
    shown = replace(detail("m", (2000, 2), []), sample=None, stats=None, note="a meta tensor")
    assert "tensor(..., device='meta', size=(2000, 2))" in tensor(
        shown, "tensor(..., device='meta', size=(2000, 2))"
    )


def test_hints_are_for_what_surprises() -> None:
    assert "print(...)" in hint(Displayed(1, "'a\\nb'", "str", None))
    assert "plt.show()" in hint(Displayed(1, "[<matplotlib.lines.Line2D object>]", "list", None))
    assert not hint(Displayed(1, "'ab'", "str", None))


names = st.text(max_size=30)
counts = st.integers(0, 10**12)
items = st.builds(Item, st.integers(0, 4), names, names, st.none() | some.tensor_facts(), st.integers(0, 3))
columns = st.builds(Column, names, names, st.tuples(names, names), st.booleans())
modules = st.builds(
    ModuleRow,
    st.integers(0, 6),
    names,
    names,
    names,
    counts,
    counts,
    st.integers(1, 20),
    st.integers(0, 5),
)
views = st.one_of(
    st.builds(Items, names, counts, st.lists(items, max_size=8).map(tuple), st.booleans(), st.booleans()).map(
        lambda made: ValueView(items=made)
    ),
    st.builds(ModuleTree, st.lists(modules, max_size=8).map(tuple), counts, counts, counts, counts).map(
        lambda made: ValueView(module=made)
    ),
    st.builds(
        Table,
        names,
        st.tuples(counts, counts),
        st.tuples(names, names),
        st.lists(columns, max_size=9).map(tuple),
        st.integers(-1, 2),
        st.integers(-1, 9),
    ).map(lambda made: ValueView(table=made)),
)


@bounded
@given(views, some.looks)
def test_no_view_is_too_wide_and_none_raises(view: ValueView, look: Look) -> None:
    for line in value_lines(Displayed(1, NOT_SHORT, "T", None, view), look):
        assert_fits(line, look)
