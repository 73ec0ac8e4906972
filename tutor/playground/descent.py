"""Functions of one variable to go downhill on, and the program that does it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

MOST_STEPS = 200
"""Steps of one descent."""
LONGEST = 200
"""Characters of an expression."""

SHORT_NAMES = frozenset(
    ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "sigmoid", "relu", "sinh", "cosh", "atan", "erf", "square")
)
"""Functions of torch that may be typed without ``torch.``; the program imports them."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A function that is offered, where to begin on it, and what there is to be seen."""

    name: str
    expression: str
    start: float
    low: float
    high: float
    hint: str


SLOPES = (
    Slope("bowl", "x**2", 2.5, -3.0, 3.0, "Above a rate of 1 + momentum every step is longer than the last."),
    Slope("double well", "x**4 / 4 - x**2 + x / 4", 0.3, -2.2, 2.2, "Where you begin decides where you end."),
    Slope(
        "steep and flat",
        "3 * log(1 + exp(-3 * x)) + x / 10",
        -1.0,
        -2.0,
        6.0,
        "No one rate is right for both sides.",
    ),
    Slope("ripple", "x**2 / 8 + sin(4 * x) / 2", 3.2, -4.0, 4.0, "Momentum carries it over the small hollows."),
    Slope("|x|", "abs(x)", 2.0, -3.0, 3.0, "The slope never gets smaller, so the steps do not either."),
    Slope("plateau", "x**3 / 8 + (x / 2.4)**6", 2.4, -3.0, 3.0, "At 0 the slope is 0, and there is no minimum."),
)

RATES = (0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0, 1.1, 1.5, 2.0, 3.0)
MOMENTA = (0.0, 0.5, 0.9, 0.99)


def problem_of(expression: str) -> str:
    """Why ``expression`` cannot be a function of x, in words; empty when it can be tried."""
    text = expression.strip()
    if not text:
        return "Type a function of x, for example  x**2 + sin(3 * x)"
    if len(text) > LONGEST:
        return f"That is longer than {LONGEST} characters."
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # What was meant by x^2 or 2x is not far to seek.
        return "Python cannot read that as one expression. Powers are x**2, products 2 * x."
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if "x" not in names:
        return "There is no x in it, so there is nothing to go down on."
    return ""


def program(expression: str, start: float, rate: float, momentum: float) -> str:
    """Binds ``f``, ``x``, ``opt`` and ``down``, which makes one step. ``problem_of(expression)`` must be empty."""
    tree = ast.parse(expression.strip(), mode="eval")
    short = sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} & SHORT_NAMES)
    imported = f"from torch import {', '.join(short)}\n" if short else ""
    with_momentum = f", momentum={momentum!r}" if momentum else ""
    return f"""\
import math

import torch
{imported}

def f(x):
    return {ast.unparse(tree)}


x = torch.tensor({float(start)!r}, dtype=torch.float64, requires_grad=True)
opt = torch.optim.SGD([x], lr={float(rate)!r}{with_momentum})


def down():
    opt.zero_grad()
    f(x).backward()  # x.grad is now the slope of f at x
    opt.step()  # x goes against the slope, by the learning rate
"""


def taken(expression: str, start: float, rate: float, momentum: float, steps: int) -> tuple[str, str]:
    """Two cells: the program, and as many steps as had been made."""
    begun = program(expression, start, rate, momentum)
    if not steps:
        return begun, "# No step is made yet; down() makes one.\nf(x)"
    return begun, (
        f"for step in range({steps}):\n    down()\n"
        '    print(f"{step + 1:3}   x {x.item():9.5f}   f(x) {f(x).item():9.5f}   slope {x.grad.item():9.5f}")'
    )
