"""Which lines are magics."""

from __future__ import annotations

import ast

from tutor.protocol.magics import CELL_MAGICS, MAGICS, without_magics
from tutor.worker.magics import _FUNCTIONS, HOOK, python_of


def test_what_python_can_parse_stays_as_it_is() -> None:
    source = 'x = """\n%time\n!ls\n"""\ny = (x\n% 3)'
    assert python_of(source) == source


def test_every_magic_named_to_people_exists() -> None:
    assert set(MAGICS) | set(CELL_MAGICS) <= set(_FUNCTIONS)


def test_a_value_that_is_kept_is_a_magic_too() -> None:
    assert python_of("files = !ls -l") == f"files = {HOOK}('=!', 'ls -l')"
    assert python_of("  a, b=%pwd").endswith(f"a, b={HOOK}('%pwd', '')")
    assert python_of("a = b %c") == "a = b %c"
    ast.parse(without_magics("files = !ls\n%time x"))
