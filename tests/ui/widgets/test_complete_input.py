from __future__ import annotations

import ast
import warnings
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.ui.widgets.complete_input import Completeness, is_complete, next_indent

COMPLETE, INCOMPLETE, INVALID = Completeness.COMPLETE, Completeness.INCOMPLETE, Completeness.INVALID

CASES = [
    ("", COMPLETE),
    ("   ", COMPLETE),
    ("1+1", COMPLETE),
    ("x = 1", COMPLETE),
    ("x = 1; y = 2", COMPLETE),
    ("# only a comment", COMPLETE),
    ("import torch", COMPLETE),
    ("lambda: 0", COMPLETE),
    ("x = [1,\n2]", COMPLETE),
    ("x = 1 + \\\n 2", COMPLETE),
    ("'''one\ntwo'''", COMPLETE),
    ("'\\d'", COMPLETE),
    ("1 is 1", COMPLETE),
    ("for i in x: print(i)", COMPLETE),
    ("if x: pass", COMPLETE),
    ("with torch.no_grad(): y = x", COMPLETE),
    ("if x:\n    y\n", COMPLETE),
    ("if x:\n    y\n    ", COMPLETE),
    ("if x:\n    y\nprint(1)", COMPLETE),
    ("def f():\n\n    x\n", COMPLETE),
    ("@dec\ndef f():\n    pass\n", COMPLETE),
    ("try:\n    a\nexcept E:\n    b\n", COMPLETE),
    ("async def f():\n    await x\n", COMPLETE),
    ("class A:\n    def f(self):\n        pass\n", COMPLETE),
    ("match x:\n    case 1:\n        pass\n", COMPLETE),
    ("x = (", INCOMPLETE),
    ("x = [1,\n\n", INCOMPLETE),
    ("f(a,\n  {'b': [", INCOMPLETE),
    ("from x import (", INCOMPLETE),
    ("x = '''abc", INCOMPLETE),
    ("x = '''abc\n\n", INCOMPLETE),
    ("if x:\n    '''\n", INCOMPLETE),
    ("x = 1 \\", INCOMPLETE),
    ("if x:", INCOMPLETE),
    ("for i in x:  # why", INCOMPLETE),
    ("if x:\n    y", INCOMPLETE),
    ("if x:\n    y\nelse:", INCOMPLETE),
    ("try:\n    a", INCOMPLETE),
    ("try:\n    a\n", INCOMPLETE),
    ("try:\n    a\nexcept:", INCOMPLETE),
    ("def f(\n    a,", INCOMPLETE),
    ("def f():\n    return 1", INCOMPLETE),
    ("@dec", INCOMPLETE),
    ("@dec\n", INCOMPLETE),
    ("async def f():", INCOMPLETE),
    ("x = '\\d' if (", INCOMPLETE),
    ("a b", INVALID),
    ("x = )", INVALID),
    ("x = 'abc", INVALID),
    ("print 1", INVALID),
    ("return 1", INVALID),
    ("    x = 1", INVALID),
    ("if x:\ny", INVALID),
    ("def f():\n", INVALID),
    ("def f():\n    ", INVALID),
    ("\x00", INVALID),
    ("%timeit x.sum()", COMPLETE),
    ("!ls", COMPLETE),
    ("for i in x:\n    %time f(i)", INCOMPLETE),
    ("for i in x:\n    %time f(i)\n", COMPLETE),
    ("%%time\nfor i in x:\n    f(i)", INCOMPLETE),
    ("%%time", INCOMPLETE),
    ("%%time\nf()\n", COMPLETE),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_what_enter_makes_of(source: str, expected: Completeness) -> None:
    # Warnings are errors in these tests: a leaking "invalid escape sequence" fails here.
    assert is_complete(source) is expected


@given(st.text(alphabet="ab=+()[]{}:'\"#\\ \n\t1,@.", max_size=40))
def test_what_is_complete_can_be_parsed_and_nothing_raises(source: str) -> None:
    if is_complete(source) is COMPLETE:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)


@given(st.text(max_size=30))
def test_any_text_gets_an_answer(source: str) -> None:
    assert is_complete(source) in Completeness
    assert not next_indent(source).strip()


@pytest.mark.parametrize(
    ("before", "indent"),
    [
        ("", ""),
        ("x = 1", ""),
        ("if x:", "    "),
        ("if x:  # why", "    "),
        ("    for i in x:", "        "),
        ("def f(\n    a,\n):", "    "),
        ("    return 1", ""),
        ("        raise E(x)", "    "),
        ("    pass", ""),
        ("return_value = 1", ""),
        ("    x = 1", "    "),
        ("x = [", ""),
        ("    f(a,", "    "),
        ("d = {'a':", ""),
        ("x[a:", ""),
        ("x = 1  # note:", ""),
        ("'''\n  text:", "  "),
        ("    ", "    "),
        ("if x: pass", ""),
    ],
)
def test_indent_of_the_next_line(before: str, indent: str) -> None:
    assert next_indent(before) == indent


def test_a_text_too_long_to_have_been_typed_is_run_without_a_look() -> None:
    text = "x = [1, 2, 3]\n" * 100_000 + "for i in x:"
    begun = monotonic()
    assert is_complete(text) is Completeness.COMPLETE
    assert next_indent(text) == ""
    assert monotonic() - begun < 1


def test_await_may_stand_at_the_top() -> None:
    assert is_complete("await z()") is Completeness.COMPLETE
    assert is_complete("async for x in y:") is Completeness.INCOMPLETE
    assert is_complete("files = !ls") is Completeness.COMPLETE
