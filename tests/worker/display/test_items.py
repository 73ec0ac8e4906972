"""Containers, data frames and arrays as lines."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

from tests.worker.probe import odd
from tutor.protocol.views import Items, Table, ValueView
from tutor.worker.display.views import name_of, shown


def view_of(value: Any) -> ValueView:
    _, view = shown(value)
    assert view is not None
    return view


def items_of(value: Any) -> Items:
    items = view_of(value).items
    assert items is not None
    return items


def table_of(value: Any) -> Table:
    table = view_of(value).table
    assert table is not None
    return table


class Batch(NamedTuple):
    images: torch.Tensor
    labels: torch.Tensor


@pytest.mark.parametrize("value", [1, "text", [1, 2, 3], {"a": 1}, (), None, torch.Size([3]), int, print])
def test_what_can_be_read_on_one_line_needs_no_view(value: Any) -> None:
    assert shown(value)[1] is None


def test_a_state_dict_is_names_and_tensors() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 16), torch.nn.Linear(16, 2))
    items = items_of(model.state_dict())
    assert (items.type, items.count) == ("OrderedDict", 4)
    rows = [(row.key, row.tensor.dtype, row.tensor.shape) for row in items.rows if row.tensor]
    assert rows == [
        ("'0.weight'", "float32", (16, 3)),
        ("'0.bias'", "float32", (16,)),
        ("'1.weight'", "float32", (2, 16)),
        ("'1.bias'", "float32", (2,)),
    ]


def test_few_values_of_a_tensor_are_written() -> None:
    rows = items_of(OrderedDict(a=torch.tensor([1.5, 2.0]), b=torch.tensor(True), c=torch.zeros(40, 40))).rows
    assert [row.text for row in rows] == ["[1.5, 2]", "True", ""]


def test_a_huge_dict_shows_both_ends_at_once() -> None:
    huge = {f"key {i}": i for i in range(100_000)}
    start = time.perf_counter()
    items = items_of(huge)
    assert time.perf_counter() - start < 1.0
    assert items.count == 100_000
    assert items.rows[0].key == "'key 0'"
    assert items.rows[-1].key == "'key 99999'"
    assert sum(row.omitted for row in items.rows) + sum(not row.omitted for row in items.rows) == 100_000
    assert len(items.rows) < 60


def test_a_long_list_keeps_the_numbers_of_its_end() -> None:
    items = items_of([{"value": i} for i in range(1_000)])
    assert items.rows[-1].key == "999"
    assert items.rows[0].key == "0"


def test_plain_numbers_stand_side_by_side() -> None:
    items = items_of(list(range(5_000)))
    assert items.flows
    assert [row.text for row in items.rows[:3]] == ["0", "1", "2"]
    assert items.rows[-1].omitted == 5_000 - len(items.rows) + 1


def test_nesting_is_indented_and_ends() -> None:
    inner = {"weights": torch.zeros(20, 20), "names": ["a" * 30, "b" * 30, "c" * 30]}
    value: dict[str, Any] = {"inner": inner, "lr": 0.1}
    value["self"] = value
    rows = items_of(value).rows
    assert [(row.depth, row.key) for row in rows[:4]] == [
        (0, "'inner'"),
        (1, "'weights'"),
        (1, "'names'"),
        (2, "0"),
    ]
    assert rows[-1].key == "'self'"
    assert rows[0].text == "dict of 2"
    deep: list[Any] = ["x" * 100]
    for _ in range(5_000):
        deep = [deep, "y" * 100]
    assert len(items_of(deep).rows) < 300


def test_tensors_deep_inside_are_said_not_dumped() -> None:
    rows = items_of([("weight", torch.nn.Parameter(torch.zeros(100, 100))) for _ in range(3)]).rows
    assert rows[0].text == "('weight', Parameter float32 [100, 100])"


def test_a_named_tuple_is_a_record() -> None:
    items = items_of(Batch(torch.zeros(8, 3, 32, 32), torch.zeros(8, dtype=torch.int64)))
    assert items.record
    assert [row.key for row in items.rows] == ["images", "labels"]


def test_strange_tensors_and_liars_inside_are_lines_like_others() -> None:
    values = [torch.ones(3).as_subclass(odd.BrokenRepr), odd.Liar(), odd.NoAttributes(), odd.NoClass(), "x" * 80]
    assert len(items_of(values).rows) == len(values)


def test_a_data_frame_is_thinned() -> None:
    frame = pd.DataFrame({f"c{i}": np.arange(1_000) * 0.1 for i in range(40)})
    frame["name"] = [f"row {i}\nsecond line" for i in range(1_000)]
    table = table_of(frame)
    assert table.shape == (1_000, 41)
    assert len(table.index) < 30
    assert table.index[0] == "0"
    assert table.index[-1] == "999"
    assert len(table.columns) < 30
    assert table.columns[-1].name == "name"
    assert table.columns[-1].cells[0] == "row 0 …"
    assert not table.columns[-1].numeric
    assert table.columns[0].dtype == "float64"
    assert table.columns[0].numeric
    assert table.gap_row > 0
    assert table.gap_column > 0
    assert all(len(column.cells) == len(table.index) for column in table.columns)


def test_frames_with_odd_labels_and_no_rows() -> None:
    frame = pd.DataFrame([[1, 2], [3, 4]], columns=["a", "a"], index=pd.MultiIndex.from_tuples([(1, 2), (3, 4)]))
    table = table_of(frame)
    assert [column.cells for column in table.columns] == [("1", "3"), ("2", "4")]
    assert table.index == ("(1, 2)", "(3, 4)")
    assert table_of(pd.DataFrame()).shape == (0, 0)
    assert table_of(pd.Series([1.5], name="s")).columns[0].name == "s"


def test_polars_too() -> None:
    table = table_of(pl.DataFrame({"a": list(range(100)), "b": ["x"] * 100}))
    assert table.shape == (100, 2)
    assert table.columns[0].cells[-1] == "99"
    assert table.columns[1].dtype == "String"
    assert table_of(pl.Series("s", [1, 2])).columns[0].cells == ("1", "2")


def test_a_subclass_of_a_frame_is_asked() -> None:
    class Own(pd.DataFrame):  # type: ignore[misc]
        def __repr__(self) -> str:
            return "my own"

    assert shown(Own({"a": [1]})) == ("my own", None)


def test_an_array_is_described_and_written_by_numpy() -> None:
    text, view = shown(np.arange(6, dtype=np.float32).reshape(2, 3).T, "a")
    assert text == repr(np.arange(6, dtype=np.float32).reshape(2, 3).T)
    assert view is not None
    assert view.array is not None
    assert (view.array.path, view.array.shape, view.array.strides) == ("a", (3, 2), (1, 3))


def test_only_html_falls_back_to_repr() -> None:
    class Html:
        def _repr_html_(self) -> str:
            raise AssertionError("not asked")

        def __repr__(self) -> str:
            return "plain"

    assert shown(Html()) == ("plain", None)


def test_the_name_is_that_of_the_same_object() -> None:
    x = torch.zeros(2)
    assert name_of({"_": x, "y": torch.zeros(2), "x": x}, x) == "x"
    assert name_of({"_": x}, x) == "_"


def test_a_cell_of_several_lines_shows_that_it_was_cut() -> None:
    pd = pytest.importorskip("pandas")
    (column,) = table_of(pd.DataFrame({"a": ["b\n\x1b[31mred", "c"]})).columns
    assert column.cells == ("b …", "c")
