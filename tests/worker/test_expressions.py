from __future__ import annotations

import ast
import linecache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.worker.expressions import Expression, Span, failing


def found(source: str, part: str, *, columns: bool = True) -> Expression:
    """What is found where ``part`` first stands in ``source``; without columns as before Python 3.11."""
    linecache.cache["<test>"] = (len(source), None, source.splitlines(keepends=True), "<test>")
    before = source[: source.index(part)]
    line = before.count("\n") + 1
    start = len(before.rpartition("\n")[2].encode())
    end_line = line + part.count("\n")
    end = len(part.rpartition("\n")[2].encode()) + (start if end_line == line else 0)
    expression = failing("<test>", Span(line, end_line, start, end) if columns else Span(line))
    assert expression is not None
    return expression


def parts(expression: Expression) -> list[tuple[str, str]]:
    return [(part.role, part.source) for part in expression.parts]


@pytest.mark.parametrize(
    ("source", "part", "operation", "operands"),
    [
        ("y = a @ b.T", "a @ b.T", "@", [("left", "a"), ("right", "b.T")]),
        ("print(a < b)", "a < b", "<", [("left", "a"), ("right", "b")]),
        ("w -= 0.1 * w.grad", "w -= 0.1 * w.grad", "-=", [("left", "w"), ("right", "0.1 * w.grad")]),
        ("if not x: pass", "not x", "condition", [("value", "x")]),
        ("x > 0 and x < 1", "x > 0 and x < 1", "condition", [("value", "x > 0"), ("value", "x < 1")]),
        ("f(a, dim=1)", "f(a, dim=1)", "call", [("function", "f"), ("argument", "a"), ("argument", "1")]),
        ("x.view(4, 2)", "x.view(4, 2)", "call",
         [("receiver", "x"), ("function", "x.view"), ("argument", "4"), ("argument", "2")]),
        ("x[3]", "x[3]", "index", [("receiver", "x"), ("index", "3")]),
        ("layer.w = ones(2)", "layer.w", "assign", [("receiver", "layer"), ("value", "ones(2)")]),
        ("for i, x in enumerate(d): pass", "i, x", "unpack", [("target", "i, x"), ("value", "enumerate(d)")]),
        ("raise ValueError(x)", "raise ValueError(x)", "raise", []),
        ("assert x, y", "assert x, y", "assert", []),
        ("import torch", "import torch", "import", []),
        ("(x\n .view(2)\n .sum())", "view(2)", "call",
         [("receiver", "x"), ("function", "x .view"), ("argument", "2")]),
        ("ä = ü @ ß", "ü @ ß", "@", [("left", "ü"), ("right", "ß")]),
    ],
)  # fmt: skip
def test_the_failing_part_is_taken_apart(
    source: str, part: str, operation: str, operands: list[tuple[str, str]]
) -> None:
    expression = found(source, part)
    assert (expression.operation, parts(expression)) == (operation, operands)


@pytest.mark.parametrize(
    ("source", "operation", "operands"),
    [
        ("y = a @ b", "@", [("left", "a"), ("right", "b")]),
        ("w -= g", "-=", [("left", "w"), ("right", "g")]),
        ("print(x[3])", "index", [("receiver", "x"), ("index", "3")]),
        ("raise ValueError(x)", "raise", []),
        ("y = f(a) @ b", "", [("part", "y"), ("part", "f(a) @ b")]),
    ],
)
def test_without_columns_only_what_is_certain_is_said(
    source: str, operation: str, operands: list[tuple[str, str]]
) -> None:
    expression = found(source, source, columns=False)
    assert (expression.operation, parts(expression)) == (operation, operands)


def test_how_the_names_were_made_is_told_nearest_first() -> None:
    source = "model = make()\npred = model(x).argmax(1)\nloss = 1 - (pred == y).mean()\nother = 3\nloss.backward()"
    assert found(source, "loss.backward()").made == (
        "loss = 1 - (pred == y).mean()",
        "pred = model(x).argmax(1)",
        "model = make()",
    )


def test_a_with_block_around_is_part_of_how_a_name_was_made() -> None:
    source = "with torch.no_grad():\n    loss = f(x)\nloss.backward()"
    assert found(source, "loss.backward()").made == ("with torch.no_grad(): loss = f(x)",)


def test_names_of_another_function_are_other_names() -> None:
    source = "loss = 1\ndef f(loss):\n    return loss.backward()"
    assert found(source, "loss.backward()").made == ()


@pytest.mark.parametrize("source", ["", "x = (", "\0", "x" * 400_000])
def test_what_cannot_be_parsed_is_not_known(source: str) -> None:
    linecache.cache["<test>"] = (len(source), None, [source], "<test>")
    assert failing("<test>", Span(1, 1, 0, 1)) is None


SNIPPETS = st.sampled_from(
    ["f(x)[0].y(z, *w, k=1)", "a, *b = c", "lambda x: x", "[i for i in x if i]", "x[1:2, ...]", "await_ = {**a}",
     "with f() as g: pass", "del x[0]", "x: int = 3", "global x", "class A(B): y = 1", "f'{x!r:>{w}}'", "(y := 3)"]
)  # fmt: skip


@given(SNIPPETS, st.integers(-1, 40), st.integers(-1, 40), st.integers(0, 3))
def test_any_place_in_any_code_is_survived(source: str, start: int, end: int, line: int) -> None:
    ast.parse(source)
    linecache.cache["<test>"] = (len(source), None, [source], "<test>")
    failing("<test>", Span(line, line, start, end))
    failing("<test>", Span(line))
