from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.ui.widgets.paste import clean_paste


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("x = 1", "x = 1"),
        ("x = 1\n", "x = 1"),
        ("if x:\r\n    y\r\n", "if x:\n    y\n"),
        ("a\rb", "a\nb"),
        (">>> x = 1", "x = 1"),
        (">>> for i in x:\n...     y\n...\n", "for i in x:\n    y\n\n"),
        (">>> x = 1\n\n>>> y = 2", "x = 1\n\ny = 2"),
        (">>> x\n3\n", ">>> x\n3\n"),
        ("In [1]: x = 1", "x = 1"),
        ("In [12]: for i in x:\n    ...:     y\n", "for i in x:\n    y\n"),
        ("x[...]\n... ", "x[...]\n... "),
        ("if x:\n\ty\n\t  z\n", "if x:\n    y\n      z\n"),
        ("a\x1b[31mb\x00c\x1b]0;title\x07", "abc"),
    ],
)
def test_pasted_text_becomes_code(pasted: str, code: str) -> None:
    assert clean_paste(pasted) == code


@given(st.text(max_size=60))
def test_no_control_character_gets_in(pasted: str) -> None:
    cleaned = clean_paste(pasted)
    assert all(c in "\n\t" or (c >= " " and not "\x7f" <= c <= "\x9f") for c in cleaned)


@given(st.lists(st.from_regex(r"[a-z =()1-9]{1,12}", fullmatch=True), min_size=2, max_size=5))
def test_prompts_come_off_and_nothing_else(lines: list[str]) -> None:
    code = "\n".join(lines)
    session = "\n".join((">>> " if n == 0 else "... ") + line for n, line in enumerate(lines))
    assert clean_paste(session) == code
    assert clean_paste(code) == code
