"""Pieces of code that mutants are made of. Words of the language that a check may forbid are left out of them."""

from __future__ import annotations

from tutor.proof.mutants.mutant import NO_MUTANT

_TOOLS = f"""
import torch as _torch

def _as_float(v):
    return v.detach().to(_torch.complex128)

def _same(a, b):
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        return len(a) == len(b) and all(map(_same, a, b))
    if not (isinstance(a, _torch.Tensor) and isinstance(b, _torch.Tensor)):
        return type(a) is type(b) and a == b
    alike = a.shape == b.shape and a.dtype == b.dtype and a.requires_grad == b.requires_grad
    return alike and _torch.allclose(_as_float(a), _as_float(b), equal_nan=True)

def _differs(right, wrong):
    if _same(right, wrong):
        raise AssertionError({NO_MUTANT!r})
    return wrong

def _wrong(v):
    if isinstance(v, (list, tuple)) and isinstance((*v, None)[0], _torch.Tensor):
        return type(v)(map(_wrong, v))
    return EXPRESSION
"""


def behind(solution: str, code: str) -> str:
    """The solution with more code below it."""
    return f"{solution.rstrip()}\n{code}"


def tools(expression: str) -> str:
    """``_wrong(v)``, the value of ``expression`` (of each item, if ``v`` holds tensors), and ``_differs``."""
    return _TOOLS.replace("EXPRESSION", expression)


def guarded(name: str, expression: str) -> str:
    """Code that makes ``name`` what ``expression`` says of ``v``, its value, unless that is the same."""
    return f"{tools(expression)}\n{name} = _differs({name}, _wrong({name}))\n"
