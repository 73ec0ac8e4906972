"""Which lines are magics."""

from __future__ import annotations

from tutor.protocol.magics import CELL_MAGICS, MAGICS
from tutor.worker.magics import _FUNCTIONS, python_of


def test_what_python_can_parse_stays_as_it_is() -> None:
    source = 'x = """\n%time\n!ls\n"""\ny = (x\n% 3)'
    assert python_of(source) == source


def test_every_magic_named_to_people_exists() -> None:
    assert set(MAGICS) | set(CELL_MAGICS) <= set(_FUNCTIONS)
