"""Which statements made what is judged."""

from __future__ import annotations

import ast

import pytest

from tutor.worker.submission import counters, programs, relevant


@pytest.mark.parametrize(
    ("cells", "target", "kept"),
    [
        (("y = 1", "y = 2"), "y", ["y = 2"]),
        (("for i in range(3): y = i", "y = 2"), "y", ["y = 2"]),
        (("y = 1", "y += 2"), "y", ["y = 1", "y += 2"]),
        (("a = 1", "b = 2", "y = a"), "y", ["a = 1", "y = a"]),
        (("y = []", "y.append(1)", "print(y)"), "y", ["y = []", "y.append(1)"]),
        (("y = x", "y[0] = 1"), "y", ["y = x", "y[0] = 1"]),
        (("y = x", "y.add_(1)", "z = y.sum()"), "y", ["y = x", "y.add_(1)"]),
        (("for x in range(3): pass", "def f(x): return x", "y = f(1)"), "y", ["def f(x): return x", "y = f(1)"]),
        (("def f(x): return g(x)", "g = abs", "y = f(1)"), "y", ["def f(x): return g(x)", "g = abs", "y = f(1)"]),
        (("from torch import *", "y = ones(2)"), "y", ["from torch import *", "y = ones(2)"]),
        (("y = (", "y = 3"), "y", ["y = 3"]),
        (("a = 1", "b = 2; c = 3"), "", ["b = 2", "c = 3"]),
        ((), "y", []),
    ],
)
def test_what_counts(cells: tuple[str, ...], target: str, kept: list[str]) -> None:
    found = relevant(cells, [target] if target else [])
    assert [ast.dump(statement) for statement in found] == [ast.dump(ast.parse(text).body[0]) for text in kept]


LOOP = "for i in range(9):\n    loss = f(w)\n    loss.backward()"


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        ((LOOP,), LOOP),
        (("w = 1\n" + LOOP, "w = 2\n" + LOOP), "w = 2\n" + LOOP),
        (("w = 0\n" + LOOP, "w = 1", LOOP, "f(w)"), f"w = 1\n{LOOP}"),
        (("def f(w): return w", "w = 1", LOOP), f"def f(w): return w\nw = 1\n{LOOP}"),
    ],
)
def test_the_last_try_is_a_program_of_its_own(cells: tuple[str, ...], first: str) -> None:
    found = programs(cells, ["w"])
    assert found[0] == first
    assert found[-1] == "\n".join(cells)


def test_nothing_run_is_no_program() -> None:
    assert programs((), ["w"]) == ()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("for i in range(3):\n    y.append(i)", {"i"}),
        ("for i in a:\n    y[i] = 0\nfor i in b:\n    for j in c:\n        y[i, j] = 1", {"i", "j"}),
        ("for n, (a, b) in enumerate(p):\n    total += a * b", {"n", "a", "b"}),
        # What such a loop leaves is what it was written for.
        ("for x, y in loader:\n    break", set()),
        ("for x in loader:\n    pass\nfirst = x", set()),
        ("x = 1\nfor x in loader:\n    pass", set()),
        ("for x in (", set()),
    ],
)
def test_counters_of_loops_are_told_from_what_loops_give(source: str, names: set[str]) -> None:
    assert counters(source) == names
