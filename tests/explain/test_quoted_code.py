"""Code in a fix is code that works: a compound expression keeps its brackets."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.explain.reports import report, tensor
from tests.recorder import Recorder
from tutor.explain import explain
from tutor.explain.words import bracketed, code
from tutor.protocol import events

_START = "import torch\nw = torch.ones(3, requires_grad=True)\nx = torch.ones(2, 3)\n"


@pytest.mark.worker
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("source", "fix"),
    [
        ("(w*2).backward()", "(w*2).mean().backward()"),
        ("(w + w).backward()", "(w + w).mean().backward()"),
        ("(w*2).numpy()", "(w*2).detach().numpy()"),
        ("(x + 1) @ (x - 1)", "(x + 1) @ (x - 1).T"),
    ],
)
async def test_a_fix_keeps_the_brackets_of_a_compound_expression(work: Recorder, source: str, fix: str) -> None:
    await work.run(_START + source)
    told = explain(work.of(events.Failed)[-1].chain)
    assert told is not None
    assert f"`{fix}`" in told.fix


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("w*2", "(w*2)"),
        ("not x", "(not x)"),
        ("(a + b) * (c + d)", "((a + b) * (c + d))"),
        ("(w*2)", "(w*2)"),
        ("x", "x"),
        ("f(a + b)", "f(a + b)"),
        ("x[1:2]", "x[1:2]"),
        ("-1", "-1"),
        ("(1, 2)", "(1, 2)"),
        (":, 5", ":, 5"),
        ("ü*2", "(ü*2)"),
    ],
)
def test_only_what_would_fall_apart_gets_brackets(source: str, said: str) -> None:
    assert bracketed(source) == said


@pytest.mark.parametrize("source", ["w*2", "(1, 2)", "(a) + (b)", "()", "f(x)", ":, 5"])
def test_brackets_around_a_whole_are_not_shown(source: str) -> None:
    assert code(bracketed(source)) == f"`{source}`"


SOURCES = st.recursive(
    st.sampled_from(["a", "b", "f(x)", "x[0]", "1.5", "(1, 2)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*@"), inner).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
        inner.map(lambda s: f"({s})"),
        inner.map(lambda s: f"-{s}"),
        inner.map(lambda s: f"({s} if c else {s})"),
    ),
    max_leaves=6,
)


@given(SOURCES)
def test_a_method_behind_brackets_belongs_to_the_whole(source: str) -> None:
    node = ast.parse(f"{bracketed(source)}.m", mode="eval").body
    number = re.fullmatch(r"-*[\d.]+", source)
    assert number or isinstance(node, ast.Attribute)
    if isinstance(node, ast.Attribute):
        assert ast.dump(node.value) == ast.dump(ast.parse(source, mode="eval").body)
    shown = code(bracketed(source)).strip("`")
    if not shown.endswith("…"):
        assert ast.dump(ast.parse(shown, mode="eval")) == ast.dump(ast.parse(source, mode="eval"))


def test_items_of_a_written_list_are_quoted_whole() -> None:
    from tutor.explain.evidence import Failure
    from tutor.protocol.failures import Operand

    given_ = Operand("[a + b, c]", "argument", "container", "list", items=(tensor("a + b", (2,)), tensor("c")))
    failure = Failure(report("RuntimeError", "…", operands=(given_,)))
    assert [item.source for item in failure.arguments[0].items] == ["(a + b)", "c"]
