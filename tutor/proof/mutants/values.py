"""Mutants with code behind the solution, that replaces what it made by something else of the same name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tutor.lesson.checks import FunctionCheck, GradCheck, ModuleCheck, TensorCheck, UnchangedCheck, ValueCheck
from tutor.proof.mutants.callables import function_mutants
from tutor.proof.mutants.modular import module_mutants
from tutor.proof.mutants.mutant import Mutant
from tutor.proof.mutants.pieces import behind, guarded
from tutor.proof.mutants.subjects import Sight, Subject

Sort = Literal["tensor", "number", "list", "text", "any"]


@dataclass(frozen=True, slots=True)
class _Wrong:
    """``{v}`` of ``expression`` is the right value; ``what`` says what the wrong one is."""

    name: str
    expression: str
    what: str
    sorts: str = "tensor"
    differs: str = ""
    """In which respect alone it is wrong; a check may ignore that."""


_KEEPS = ".requires_grad_({v}.requires_grad)"

_WRONG = (
    _Wrong("zeros", "_torch.zeros_like({v})" + _KEEPS, "zeros of the same shape"),
    _Wrong("empty", "type({v})()", "zero, or empty", "number list text"),
    _Wrong(
        "last",
        "({v}.detach() + (_torch.arange({v}.numel(), device={v}.device).reshape({v}.shape) == {v}.numel() - 1))"
        + _KEEPS,
        "right but for its last element, which is 1 more",
    ),
    _Wrong("more", "{v} + 1", "1 more", "number"),
    _Wrong("negated", "not {v} if isinstance({v}, bool) else -{v}", "of the other sign", "tensor number"),
    _Wrong("short", "{v}[:-1]", "without its last item", "list text"),
    _Wrong("double", "{v}.double()", "of dtype float64", differs="dtype"),
    _Wrong("as-tensor", "_torch.as_tensor({v})", "a tensor with the right numbers", "number list"),
    _Wrong("transposed", "{v}.mT", "transposed"),
    _Wrong("reversed", "{v}[::-1]", "the wrong way round", "list text"),
    _Wrong("reordered", "{v}.mT.reshape({v}.shape)", "right in shape, with its numbers in the order of columns"),
    _Wrong("flipped", "{v}.flip(0)", "the wrong way round along axis 0"),
    _Wrong("detached", "{v}.detach()", "detached from its graph", differs="requires_grad"),
    _Wrong(
        "followed",
        "{v}.detach().clone().requires_grad_()",
        "a tensor that requires a gradient",
        differs="requires_grad",
    ),
    _Wrong("list", "{v}.tolist()", "no tensor: its numbers as Python's"),
    _Wrong("in-list", "[{v}]", "in a list of one", "number list text"),
    _Wrong("constant", "_torch.full_like({v}, {v}.double().mean().item())" + _KEEPS, "its mean everywhere"),
    _Wrong("first", "{v}.reshape(-1)[0]", "its first element alone"),
    _Wrong("axis", "{v}[None]", "right, with one more axis in front"),
    _Wrong(
        "noise",
        "(_torch.rand({v}.shape, generator=_torch.Generator().manual_seed(1)) * 9).to({v}.detach())" + _KEEPS,
        "noise of the same shape and dtype",
    ),
    _Wrong("ones", "_torch.ones_like({v})" + _KEEPS, "ones of the same shape"),
    _Wrong("whole", "{v}.long()", "of dtype int64", differs="dtype"),
    _Wrong("text", "str({v})", "its text", "number list"),
    _Wrong("nothing", "None", "None", "number list text"),
)

_CALLS: dict[str, Sort] = {
    "item": "number", "numel": "number", "dim": "number", "len": "number", "int": "number", "float": "number",
    "bool": "number", "element_size": "number", "tolist": "list", "list": "list", "tuple": "list",
    "sorted": "list", "str": "text", "join": "text", "strip": "text", "format": "text",
}  # fmt: skip
"""What functions and methods give, as far as their name tells; of any other, anything may come."""


def value_mutants(solution: str, sight: Sight) -> Iterator[Iterator[Mutant]]:
    """Of each name that the checks look at those that go with it, the most telling first."""
    for subject in sight.subjects:
        if subject.has(ModuleCheck):
            yield module_mutants(solution, subject, sight)
        elif subject.called or subject.has(FunctionCheck) or subject.has(GradCheck):
            yield function_mutants(solution, subject)
        elif subject.has(TensorCheck) or subject.has(ValueCheck):
            yield _replaced(solution, subject)
        if subject.has(UnchangedCheck):
            yield _changed(solution, subject)


def _replaced(solution: str, subject: Subject) -> Iterator[Mutant]:
    name = subject.name
    sort: Sort = "tensor" if subject.has(TensorCheck) else sort_of(solution, name)
    for wrong in _WRONG:
        if (sort != "any" and sort not in wrong.sorts.split()) or subject.leaves_open(wrong.differs):
            continue
        code = behind(solution, guarded(name, wrong.expression.format(v="v")))
        yield Mutant(f"{wrong.name}:{name}", code, f"`{name}` is {wrong.what}")


def _changed(solution: str, subject: Subject) -> Iterator[Mutant]:
    name = subject.name
    code = behind(solution, guarded(name, "v + 1"))
    yield Mutant(f"changed:{name}", code, f"`{name}`, which is to stay as it was, is 1 more")


def sort_of(solution: str, name: str) -> Sort:
    """What ``name`` is likely to hold after the solution, going by what is last assigned to it."""
    values = [
        node.value
        for node in ast.walk(ast.parse(solution))
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
    ]
    return _sort(values[-1]) if values else "any"


def _sort(value: ast.expr) -> Sort:
    if isinstance(value, ast.Constant):
        return "text" if isinstance(value.value, str) else "number"
    if isinstance(value, (ast.Compare, ast.BoolOp)):
        return "any"
    if isinstance(value, ast.JoinedStr):
        return "text"
    if isinstance(value, (ast.List, ast.Tuple, ast.ListComp)):
        return "list"
    if isinstance(value, ast.Call):
        called = value.func
        word = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        return _CALLS.get(word, "any")
    return "any"
