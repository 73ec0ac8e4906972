"""Which of the code a learner ran is the answer: what is left must make the same names, and run alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.progress.answers import own_answer


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        ([], ""),
        (["x = 1"], "x = 1"),
        (["x", "x.shape", "x[0, 1:]", "x = 1", "x"], "x = 1"),
        (["x = 1", "x = 2"], "x = 2"),
        (["a = 1", "x = a + 1", "x = a + 2"], "a = 1\nx = a + 2"),
        (["%who", "!ls", "x = 1", "x?", "x = ("], "x = 1"),
        (["%time\nx = 1"], "x = 1"),
        (["def f():\n    return 1", "def f():\n    return 2"], "def f():\n    return 2"),
        (["x = 1", "print(x)", "x = 2"], "x = 1\nprint(x)\nx = 2"),
        (["x = [1]", "y = x.append(2)", "y = 3"], "x = [1]\ny = x.append(2)\ny = 3"),
        (["w = 1", "def f():\n    return w", "y = f()", "w = 2"], None),
        (["x = 1", "x += 1"], None),
        (["x = {}", "x['a'] = 1", "x['a'] = 2"], None),
        (["i = 0", "for i in range(3): pass"], None),
    ],
)
def test_what_stays(cells: list[str], answer: str | None) -> None:
    assert own_answer(cells) == ("\n".join(cells) if answer is None else answer)


_NAMES = st.sampled_from("abc")
_VALUES = st.one_of(
    st.integers(0, 9).map(str),
    st.tuples(_NAMES, st.integers(0, 9)).map(lambda pair: f"{pair[0]} + {pair[1]}"),
    st.just("f()"),
)
_CELLS = st.one_of(
    st.tuples(_NAMES, _VALUES).map(" = ".join),
    st.tuples(_NAMES, _VALUES).map(" += ".join),
    st.tuples(_NAMES, _NAMES, _VALUES).map(lambda parts: f"{parts[0]} = {parts[1]} = {parts[2]}"),
    _NAMES,
    _NAMES.map(lambda name: f"def f():\n    global a\n    a = 1\n    return {name}"),
    _NAMES.map(lambda name: f"def f():\n    return {name}"),
    st.tuples(_NAMES, _NAMES).map(lambda pair: f"if {pair[0]} > 3:\n    {pair[1]} = 1"),
)


@given(st.lists(_CELLS, max_size=8))
def test_what_stays_does_what_all_did(cells: list[str]) -> None:
    # Cells that fail are not among those an answer is made of.
    everything: dict[str, Any] = {}
    ran = []
    for cell in ["a = b = c = 0", "def f():\n    return 0", *cells]:
        exec(cell, everything)
        ran.append(cell)
    alone: dict[str, Any] = {}
    exec(own_answer(ran), alone)
    assert {name: alone[name] for name in "abc"} == {name: everything[name] for name in "abc"}
