from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.ui.widgets.paste import clean_paste, indent_rest

WITH_OUTPUT = """\
>>> x
tensor([[1., 2.],
        ...,
        [3., 4.]])

>>> if x:
...     y
...\x20
3
...\x20
>>> z
"""
WITH_DOCTEST = "def f():\n    '''\n>>> f()\n'''"


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("x = 1", "x = 1"),
        ("x = 1\n", "x = 1"),
        ("if x:\r\n    y\r\n", "if x:\n    y\n"),
        ("a\rb", "a\nb"),
        (">>> x = 1", "x = 1"),
        (">>> for i in x:\n...     y\n...\n", "for i in x:\n    y\n"),
        (">>> x = 1\n\n>>> y = 2", "x = 1\n\ny = 2\n"),
        (">>> x\n3\n", "x"),
        (WITH_OUTPUT, "x\nif x:\n    y\n\nz\n"),
        ("    >>> x = 1\n    >>> x\n    1\n", "x = 1\nx\n"),
        ("...     y\n...\n>>> z\n3", "    y\n\nz\n"),
        ("In [1]: x = 1", "x = 1"),
        ("In [12]: for i in x:\n    ...:     y\n", "for i in x:\n    y\n"),
        ("In [1]: x = 1\n\nIn [2]: x\nOut[2]: 1\n\nIn [3]: ", "x = 1\n\nx\n"),
        ("[ins] In [2]: x\nOut[2]: \n1\n", "x"),
        ("x[...]\n... ", "x[...]\n... "),
        ("...", "..."),
        ("... \n...", "... \n..."),
        (WITH_DOCTEST, WITH_DOCTEST),
        ("if x:\n\ty\n\t  z\n", "if x:\n    y\n      z\n"),
        ("    a = 1\n    if a:\n        b", "a = 1\nif a:\n    b"),
        ("a = 1\n    b = 2\n    c = 3", "a = 1\nb = 2\nc = 3"),
        ("a = (1,\n     2)", "a = (1,\n     2)"),
        ("if a:\n    b\n    c", "if a:\n    b\n    c"),
        ("a b\n    c", "a b\n    c"),
        ("if\xa0a:\n\xa0\xa0\xa0\xa0b\u200b", "if a:\n    b"),
        ("a\x1b[31mb\x00c\x1b]0;title\x07", "abc"),
        ("", ""),
        ("\n", ""),
    ],
)
def test_pasted_text_becomes_code(pasted: str, code: str) -> None:
    assert clean_paste(pasted) == code


@given(st.text(max_size=60))
def test_no_control_character_gets_in(pasted: str) -> None:
    cleaned = clean_paste(pasted)
    assert all(c in "\n\t" or (c >= " " and not "\x7f" <= c <= "\x9f") for c in cleaned)


STATEMENTS = st.lists(st.from_regex(r"[a-z]{1,3} ?= ?[1-9]{1,2}", fullmatch=True), min_size=2, max_size=5)
OUTPUT = st.lists(st.from_regex(r"[ a-z0-9(\[][a-z0-9 .,]{0,9}", fullmatch=True), max_size=2)


@given(st.lists(st.tuples(STATEMENTS, OUTPUT), min_size=1, max_size=3), st.booleans())
def test_prompts_and_outputs_come_off_and_nothing_else(
    cells: list[tuple[list[str], list[str]]], ipython: bool
) -> None:
    first, more = ("In [1]: ", "   ...: ") if ipython else (">>> ", "... ")
    session = []
    for statements, output in cells:
        session += [(more if number else first) + line for number, line in enumerate(statements)]
        session += [line for line in output if line.strip()]
    code = "\n".join(line for statements, _ in cells for line in statements) + "\n"
    assert clean_paste("\n".join(session)) == code
    assert clean_paste(code) == code


@pytest.mark.parametrize(("text", "after"), [("a\nb\n\nc\n", "a\n  b\n\n  c\n"), ("a", "a"), ("", "")])
def test_the_rest_is_indented_like_its_first_line(text: str, after: str) -> None:
    assert indent_rest(text, "  ") == after
