from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.render.numbers import column, nbytes, number, ordinal, precise, seconds


@pytest.mark.parametrize(
    ("value", "width", "text"),
    [
        (6.0, 9, "6"),
        (5.999_99, 9, "6.0"),
        (0.99996, 9, "1.0"),
        (0.123456, 9, "0.1235"),
        (0.123456, 4, "0.12"),
        (-1234.5, 9, "-1234.5"),
        (1234.5, 5, "1.2e3"),
        (1e20, 9, "1e20"),
        (1.5e-7, 9, "1.5e-7"),
        (0.0, 1, "0"),
        (12345.678, 2, "##"),
        (math.nan, 3, "nan"),
        (-math.inf, 4, "-inf"),
    ],
)
def test_number(value: float, width: int, text: str) -> None:
    assert number(value, width) == text


def test_integers_keep_all_digits_and_say_when_they_cannot() -> None:
    assert number(123_456_789_012.0, 12, exact=True) == "123456789012"
    assert number(2.0**60, 12, exact=True) == "~1.153e18"


@given(st.floats(), st.integers(1, 20), st.booleans())
def test_number_is_never_wider_than_asked(value: float, width: int, exact: bool) -> None:
    whole = exact and math.isfinite(value)
    assert 1 <= len(number(float(math.trunc(value)) if whole else value, width, whole)) <= width


@given(st.floats(-1e300, 1e300))
def test_number_is_close_to_the_value(value: float) -> None:
    assert float(number(value, 20)) == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(
    ("values", "dtype", "texts"),
    [
        ([0.0, 1.0, -2.0, math.nan], "float32", ["0.0", "1.0", "-2.0", "nan"]),
        ([0.1, 0.25, 12.5], "float32", ["0.10", "0.25", "12.50"]),
        ([1e-6, 1.0], "float32", ["1e-6", "1"]),
        ([3.0, 40.0], "int64", ["3", "40"]),
        ([1.0, 0.0], "bool", ["True", "False"]),
    ],
)
def test_column_writes_values_alike(values: list[float], dtype: str, texts: list[str]) -> None:
    assert column(values, 9, dtype) == texts


@given(st.lists(st.floats(), max_size=20), st.integers(5, 12), st.sampled_from(["float32", "bool"]))
def test_column_keeps_to_its_width(values: list[float], width: int, dtype: str) -> None:
    texts = column(values, width, dtype)
    assert len(texts) == len(values)
    assert all(len(text) <= width for text in texts)


def test_column_never_hides_a_small_value_beside_a_large_one() -> None:
    assert "0.00" not in " ".join(column([0.0004, 3.0], 9))


@pytest.mark.parametrize(
    ("value", "dtype", "text"),
    [
        (0.10000000149011612, "float32", "0.1"),
        (1 / 3, "float64", "0.333333333333"),
        (7.0, "int64", "7"),
        (1.0, "bool", "True"),
        (math.inf, "float32", "inf"),
    ],
)
def test_precise_gives_the_digits_a_dtype_holds(value: float, dtype: str, text: str) -> None:
    assert precise(value, dtype) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (48, "48 B"), (1023, "1023 B"), (1024, "1 KiB"), (75264, "73.5 KiB"), (2**20 - 1, "1 MiB")],
)
def test_bytes(size: int, text: str) -> None:
    assert nbytes(size) == text


@pytest.mark.parametrize(
    ("time", "text"),
    [(3e-6, "3 us"), (0.012, "12 ms"), (0.8, "0.8 s"), (9.99, "10 s"), (59.7, "1 min 0 s"), (184, "3 min 4 s")],
)
def test_seconds(time: float, text: str) -> None:
    assert seconds(time) == text


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 112)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "21st",
        "112th",
    ]


def test_small_and_large_numbers_of_a_column_are_written_alike() -> None:
    assert column([-1e-3, -0.00095, 0.0]) == ["-1.0e-3", "-9.5e-4", "0"]
    assert column([1e-3, 2e-3]) == ["1e-3", "2e-3"]
    assert column([1.5e6, 2e5]) == ["1.5e6", "2.0e5"]
    assert column([1e-9, 5e-3]) == [number(1e-9), number(5e-3)]
