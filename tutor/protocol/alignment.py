"""How the operands of an operation meet: what is shown while a statement is being typed, and after it failed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tutor.protocol import shapes
from tutor.protocol.einsum import einsum
from tutor.protocol.failures import Failing
from tutor.protocol.shapes import Outcome, Shape

PRODUCTS = ("matmul", "mm", "bmm")
STRETCHING = ("broadcast", "in-place", "loss")
"""Rules that line shapes up from the right and stretch what is 1."""
_LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class Term:
    """One operand."""

    source: str
    """As it is written: ``x``, ``x @ w``."""
    shape: Shape
    dtype: str = ""
    """Empty when it is not known: of a result nobody has computed yet."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """One operation and what becomes of the shapes of its operands."""

    source: str
    """The whole expression: ``x @ w + b``."""
    rule: str
    """``broadcast``, ``in-place``, ``loss`` (broadcast, then reduced), ``matmul``, ``mm``, ``bmm``, ``cat``,
    ``stack``, ``einsum`` or ``cross-entropy``."""
    sign: str
    """What stands between the operands on one line: ``-``, ``@``, or the function's name."""
    terms: tuple[Term, ...]
    result: Shape | None
    """None when torch would refuse."""
    full: Shape | None = None
    """What the operands are stretched to, for the rules that stretch."""
    problem: str = ""
    axis: int = 0
    """Where it fails, from the right; 0 when it does not, or it is no matter of one axis."""
    option: str = ""
    """``dim`` of cat and stack, the equation of einsum, ``none`` for a loss that is not reduced."""

    @property
    def grows(self) -> bool:
        """Whether the operands are silently stretched to more elements than any of them has."""
        if self.full is None or self.rule not in STRETCHING:
            return False
        return math.prod(self.full) > max(math.prod(term.shape) for term in self.terms)


def align(source: str, rule: str, sign: str, terms: tuple[Term, ...], option: str = "") -> Alignment:
    """What ``rule`` makes of the operands."""
    sizes = tuple(term.shape for term in terms)
    found = _outcome(rule, terms, sizes, option)
    full = found.shape if rule in STRETCHING else None
    result = () if rule == "loss" and option != "none" and full is not None else found.shape
    return Alignment(source, rule, sign, terms, result, full, found.problem, found.axis, option)


def checked(step: Alignment) -> Alignment | None:
    """The same operation worked out again, for one that came over the wire; None when its parts do not fit."""
    if not step.terms or any(not 0 <= size < _LARGEST for term in step.terms for size in term.shape):
        return None
    try:
        return align(step.source, step.rule, step.sign, step.terms, step.option)
    except (TypeError, ValueError, IndexError):
        return None


def _outcome(rule: str, terms: tuple[Term, ...], sizes: tuple[Shape, ...], option: str) -> Outcome:
    match rule:
        case "matmul":
            return shapes.matmul(*sizes)
        case "mm":
            return shapes.mm(*sizes)
        case "bmm":
            return shapes.bmm(*sizes)
        case "in-place":
            return shapes.in_place(*sizes)
        case "cat":
            return shapes.cat(sizes, int(option or 0))
        case "stack":
            return shapes.stack(sizes, int(option or 0))
        case "einsum":
            return einsum(option, sizes)
        case "cross-entropy":
            floating = terms[1].dtype.startswith(("float", "bfloat"))
            return shapes.cross_entropy(*sizes, probabilities=floating)
        case _:
            return shapes.broadcast(sizes)


_OPERATORS = ("+", "-", "*", "/", "**", "%", "//", "==", "!=", "<", ">", "<=", ">=", "&", "|", "^")
_CALLS = {"matmul": "matmul", "mm": "mm", "bmm": "bmm", "mse_loss": "loss"} | dict.fromkeys(
    ("add", "sub", "mul", "div", "where"), "broadcast"
)
_ROLES = ("left", "right", "target", "value", "argument", "receiver")


def of_failing(failing: Failing) -> Alignment | None:
    """The alignment of an expression that has just raised; None unless shapes were in its way."""
    terms = tuple(
        Term(operand.source, operand.tensor.shape, operand.tensor.dtype)
        for operand in failing.operands
        if operand.tensor is not None and operand.role in _ROLES
    )
    called = next((o.text.rpartition(".")[2] for o in failing.operands if o.role == "function"), "")
    sign, rule = failing.operation, _CALLS.get(called, "")
    if failing.operation == "call":
        sign = called
    elif failing.operation in ("@", "@="):
        rule = "matmul"
    elif failing.operation in _OPERATORS:
        rule = "broadcast"
    elif failing.operation[:-1] in _OPERATORS and failing.operation.endswith("="):
        rule = "in-place"
    wanted = 2 if called != "where" else 3
    known = all(0 <= size < _LARGEST for term in terms for size in term.shape)
    if not rule or len(terms) != wanted or not known:
        return None
    found = align(failing.source, rule, sign, terms)
    return found if found.problem else None
