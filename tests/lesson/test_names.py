"""Which names code needs and makes."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.lesson.names import made, needed


@pytest.mark.parametrize(
    ("source", "needs", "makes"),
    [
        ("", set(), set()),
        ("x = 1\ny = x", set(), {"x", "y"}),
        ("y = x", {"x"}, {"y"}),
        ("x = x + 1", {"x"}, {"x"}),
        ("x += 1", {"x"}, {"x"}),
        ("import torch.nn as nn, math\nfrom a import b", set(), {"nn", "math", "b"}),
        ("for i in range(3):\n    s = i", set(), {"i", "s"}),
        ("[a for a in xs if f(a)]", {"xs", "f"}, set()),
        ("def f(a):\n    return a + w", {"w"}, {"f"}),
        ("def f(a):\n    return g(a)\ndef g(a):\n    return a", set(), {"f", "g"}),
        ("class A(B):\n    n = 1\n    def m(self):\n        return self.n + k", {"B", "k"}, {"A"}),
        ("x.grad = None\nx[0] = y", {"x", "y"}, set()),
        ("f = lambda a: a * b", {"b"}, {"f"}),
        ("with open(p) as s:\n    t = s.read()", {"p"}, {"s", "t"}),
        ("class N(M):\n    def __init__(self):\n        super(N, self).__init__()\nN()", {"M"}, {"N"}),
        (
            "class N:\n    def go(self):\n        return h()\nn = N()\ndef h():\n    return 1",
            {"h"},
            {"N", "n", "h"},
        ),
        ("del x", {"x"}, set()),
    ],
)
def test_names(source: str, needs: set[str], makes: set[str]) -> None:
    assert needed(source) == needs
    assert made(source) - needs >= makes - needs


_NAMES = st.sampled_from("abc")
_CELLS = st.one_of(
    st.tuples(_NAMES, st.sampled_from(["1", "a", "b + c", "f()", "[a for a in [b]]", "(lambda: c)()"])).map(
        " = ".join
    ),
    st.tuples(_NAMES, _NAMES).map(" += ".join),
    _NAMES.map(lambda name: f"def f():\n    return {name}"),
    _NAMES.map(lambda name: f"def g(a=b):\n    return f() and {name}"),
    st.just("b = g()"),
    st.tuples(_NAMES, _NAMES).map(lambda pair: f"for {pair[0]} in [0]:\n    c = {pair[1]}"),
    st.tuples(_NAMES, _NAMES).map(lambda pair: f"if {pair[0]}:\n    pass\nelse:\n    {pair[1]}"),
    _NAMES.map(lambda name: f"try:\n    {name}\nfinally:\n    a = 1"),
    _NAMES.map(lambda name: f"class A:\n    n = {name}"),
)


@given(st.lists(_CELLS, max_size=7))
def test_with_the_names_it_needs_code_finds_all_its_names(cells: list[str]) -> None:
    source = "\n".join(cells)
    given_names = {name: (lambda: 0) if name in "fg" else 0 for name in needed(source)}
    # Values may not fit each other; the names must be there.
    with contextlib.suppress(TypeError):
        exec(source, given_names)
