"""Ways to change a program, in the order in which their first changes are most telling."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tutor.proof.mutants.edits import Around, Edit
from tutor.proof.mutants.operators.arithmetic import arithmetic
from tutor.proof.mutants.operators.axes import axes
from tutor.proof.mutants.operators.calls import calls
from tutor.proof.mutants.operators.constants import constants
from tutor.proof.mutants.operators.indexing import indexing
from tutor.proof.mutants.operators.statements import statements

Operator = Callable[[ast.AST, Around], Iterator[Edit]]

OPERATORS: tuple[Operator, ...] = (statements, axes, calls, arithmetic, indexing, constants)
"""Each gives the changes of one node; most nodes have none."""
