"""The text of a value is Python's own, and no more of it than asked for."""

from __future__ import annotations

import time
from collections import OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tutor.worker.display.text import text_of

Pair = namedtuple("Pair", "left right")


@dataclass
class Point:
    x: int
    label: str = "p"
    hidden: int = field(default=0, repr=False)


class Weird:
    def __repr__(self) -> str:
        raise ValueError("no")


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError


class Worse:
    def __repr__(self) -> str:
        raise Silent


class Sly(str):
    """A string that would be the text of something, and does not behave."""

    def __getitem__(self, _index: Any) -> Any:
        raise RuntimeError("sliced")

    def __len__(self) -> int:
        raise RuntimeError("measured")


class Slippery:
    def __repr__(self) -> str:
        return Sly("slippery")


class OwnList(list[int]):
    def __repr__(self) -> str:
        return "mine"


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(), inner)
        | st.lists(inner).map(tuple)
        | st.lists(inner).map(deque)
        | st.dictionaries(st.integers(), inner).map(OrderedDict)
        | st.dictionaries(st.integers(), inner).map(lambda d: defaultdict(int, d))
        | st.frozensets(st.integers())
        | st.tuples(inner, inner).map(lambda pair: Pair(*pair))
        | st.builds(Point, st.integers(), st.text())
    ),
    max_leaves=20,
)


@given(plain)
def test_it_is_what_python_writes(value: Any) -> None:
    assert text_of(value, 10**9) == repr(value)


@given(plain, st.integers(0, 60))
def test_a_cut_text_is_the_beginning(value: Any, limit: int) -> None:
    whole = repr(value)
    text = text_of(value, limit)
    assert text == whole or (text.startswith(whole[: limit // 2][:limit]) and len(text) < limit + 60)


@pytest.mark.parametrize("value", [set(), frozenset(), {1}, (1,), (), {}.keys(), {1: 2}.items(), OrderedDict()])
def test_the_small_cases(value: Any) -> None:
    assert text_of(value) == repr(value)


def test_what_torch_returns_is_written_by_torch() -> None:
    value = torch.max(torch.tensor([[1.0, 2.0], [4.0, 3.0]]), dim=1)
    assert text_of(value) == repr(value)


def test_a_container_that_holds_itself_ends() -> None:
    value: list[Any] = [1]
    value.append(value)
    assert text_of(value) == repr(value)


def test_a_deep_one_ends() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    assert "[...]" in text_of(value)


def test_a_repr_that_raises_is_one_line_wherever_it_is() -> None:
    for value in (Weird(), [Weird()], {"a": Weird()}):
        text = text_of(value)
        assert "<Weird: its __repr__ raised ValueError: no" in text
        assert "\n" not in text
    assert "<Worse: its __repr__ raised Silent" in text_of(Worse())


def test_the_line_that_raised_is_named() -> None:
    space: dict[str, Any] = {}
    exec(compile("class A:\n  def __repr__(self):\n    return 1 / 0", "<cell 7>", "exec"), space)
    assert text_of(space["A"]()).endswith("ZeroDivisionError: division by zero (<cell 7>, line 3)>")


def test_text_that_is_no_plain_string_is_made_one() -> None:
    assert text_of(Slippery()) == "slippery"
    assert type(text_of([Slippery()])) is str


def test_a_repr_that_is_no_string_is_said() -> None:
    class Wrong:
        def __repr__(self) -> str:
            return 3  # type: ignore[return-value]

    assert "its __repr__ raised TypeError" in text_of(Wrong())


def test_a_subclass_is_asked() -> None:
    assert text_of([OwnList([1])]) == "[mine]"


def test_a_hundred_thousand_tensors_are_not_all_written() -> None:
    few = {i: torch.zeros(3) for i in range(2_000)}
    many = {i: few[i % 2_000] for i in range(100_000)}
    times = []
    for value in (few, many):
        start = time.perf_counter()
        text = text_of(value)
        times.append(time.perf_counter() - start)
        assert len(text) < 20_100
    assert times[1] < times[0] * 5


def test_a_long_string_is_cut_before_it_is_quoted() -> None:
    text = text_of("x" * 10**8)
    assert len(text) < 21_000
    assert "99,980,000 more characters" in text
