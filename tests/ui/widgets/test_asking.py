from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.ui.widgets.asking import asked_about


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("x?", ("x", False)),
        ("torch.sum??", ("torch.sum", True)),
        ("?x", ("x", False)),
        ("??model.fc", ("model.fc", True)),
        (" rows[0] ? ", ("rows[0]", False)),
        ("d['key']?", ("d['key']", False)),
        ("import math?", ("math", False)),
        ("x.sum(dim=0)?", ("x.sum(dim=0)", False)),
        ("x", None),
        ("?", None),
        ("??", None),
        ("?x?", None),
        ("x???", None),
        ("'really?'", None),
        ("# what?", None),
        ("x = 1?", None),
        ("print('a?')", None),
        ("!ls?", None),
        ("a\nb?", None),
        ("'open?", None),
    ],
)
def test_what_is_a_question(source: str, asked: tuple[str, bool] | None) -> None:
    assert asked_about(source) == asked


@given(st.text(alphabet="x.?' #\n\\=([d", max_size=12))
def test_whole_code_is_never_taken_for_a_question(source: str) -> None:
    try:
        ast.parse(source)
    except SyntaxError:
        return
    assert asked_about(source) is None
