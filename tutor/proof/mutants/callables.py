"""Mutants of a function: another of its name calls it, which gives something else, or does something more."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.lesson.checks import Argument, FunctionCheck, GradCheck
from tutor.proof.mutants.mutant import Mutant
from tutor.proof.mutants.pieces import behind, tools
from tutor.proof.mutants.subjects import Subject

_GRAPH = (
    ("zeros", "v * 0", "zeros of the same shape"),
    ("negated", "-v", "what it should, of the other sign"),
    ("constant", "v.mean().expand_as(v)", "the mean of what it should, everywhere"),
    ("flipped", "v.flip(0)", "what it should, the wrong way round along axis 0"),
    ("detached", "v.detach()", "a result that is detached from its graph"),
)
"""Wrong also in their gradients."""

_PLAIN = (
    ("more", "v + 1", "1 more than it should"),
    ("double", "v.double()", "a result of dtype float64"),
    ("transposed", "v.mT", "its result transposed"),
    ("list", "v.tolist()", "its numbers as Python's"),
    ("axis", "v[None]", "its result with one more axis in front"),
    ("first", "v.reshape(-1)[0]", "the first element of its result alone"),
    ("ones", "v * 0 + 1", "ones of the same shape"),
    (
        "noise",
        "(_torch.rand(v.shape, generator=_torch.Generator().manual_seed(1)) * 9).to(v.detach())",
        "noise of the same shape",
    ),
)

_CALLER = """
import collections as _collections
_was = {name}

def {name}(*args, _calls=_collections.deque(), **named):
    right = _was(*args, **named)
    wrong = {wrong}
    _calls.append(1)
    return _differs(right, wrong) if {looks} and len(_calls) == 1 else wrong
"""
# A deque, because it is to live longer than a check, after which what functions keep in lists is put back.
# Only the first call may find that nothing is wrong: what it is given is large enough to tell. Of sizes of 1 and 0
# a wrong result is often right, and that is not to end the check, which must have found the rest by itself.

_BY_CHANCE = ("zeros", "ones", "negated", "returns-input")
"""Right for some arguments of any function. Arguments that an author chose, and only those, are a weak check."""

_FIXED = """
import collections as _collections, inspect as _inspect
_was, _taken = {name}, _inspect.signature({name})

def {name}(*args, _first=_collections.deque(), **named):
    call = _taken.bind(*args, **named)
    call.apply_defaults()
    _first or _first.append(call.arguments.get({argument!r}))
    call.arguments.update({argument}=_first[0])
    return _was(*call.args, **call.kwargs)
"""

_IGNORING = """
import torch as _torch
_was = {name}

def _nought(v):
    return _torch.zeros_like(v) if isinstance(v, _torch.Tensor) else v * 0

def {name}(*args, **named):
    args = [*args[:{place}], *map(_nought, args[{place}:{place} + 1]), *args[{place} + 1:]]
    named.update((_key, _nought(named[_key])) for _key in {{{key!r}}} & named.keys())
    return _was(*args, **named)
"""

_CHANGING = """
import torch as _torch
_was = {name}

def {name}(*args, **named):
    right = _was(*args, **named)
    with _torch.no_grad():
        next(v for v in args if isinstance(v, _torch.Tensor)).add_(1)
    return right
"""


def function_mutants(solution: str, subject: Subject) -> Iterator[Mutant]:
    """Mutants of the function that the checks of ``subject`` call."""
    name = subject.name
    calls = [check.arguments for check in subject.checks if isinstance(check, (FunctionCheck, GradCheck))]
    arguments = [argument for call in calls for argument in call]
    followed = subject.has(GradCheck) or any(argument.requires_grad for argument in arguments) or subject.called
    gradients_only = bool(arguments) and not subject.has(FunctionCheck)
    tensors = any(argument.shape is not None for argument in arguments)
    if subject.has(FunctionCheck) and tensors:
        yield _mutant(
            solution, name, "changes-input", _CHANGING.format(name=name), "changes its argument in place"
        )
    results = [(label, expression, "_wrong(right)", what) for label, expression, what in _GRAPH]
    if not gradients_only:
        results += [(label, expression, "_wrong(right)", what) for label, expression, what in _PLAIN]
        results.append(("returns-input", "v", "(*args, *named.values())[0]", "back its first argument"))
    for label, expression, wrong, what in results:
        if (label == "detached" and not followed) or (label == "returns-input" and _gives_back(solution, name)):
            continue
        looks = not (subject.called and label in _BY_CHANCE)
        code = tools(expression) + _CALLER.format(name=name, wrong=wrong, looks=looks)
        yield _mutant(solution, name, label, code, f"gives {what}")
    yield from _ignoring(solution, subject, calls)


def _ignoring(solution: str, subject: Subject, calls: list[tuple[Argument, ...]]) -> Iterator[Mutant]:
    """One mutant for each argument that the checks give; of one that they leave out nothing is known."""
    name, names = subject.name, _parameters(solution, subject.name)
    given = {argument.name for call in calls for argument in call if argument.keyword}
    for call in calls:
        given.update(names[: sum(not argument.keyword for argument in call)])
    for place, argument in enumerate(names if len(names) > 1 else []):
        if subject.called:
            code = _FIXED.format(name=name, argument=argument)
            what = f"takes whatever `{argument}` was in its first call"
            yield _mutant(solution, name, f"fixed-{argument}", code, what)
        elif argument in given:
            code = _IGNORING.format(name=name, place=place, key=argument)
            yield _mutant(solution, name, f"ignores-{argument}", code, f"takes `{argument}` to be 0")


def _gives_back(solution: str, name: str) -> bool:
    """Whether a function gives back its first argument, if it ends well at all."""
    functions = [n for n in ast.parse(solution).body if isinstance(n, ast.FunctionDef) and n.name == name]
    first = _parameters(solution, name)[:1]
    given = [n.value for function in functions for n in ast.walk(function) if isinstance(n, ast.Return)]
    return bool(given) and all(isinstance(value, ast.Name) and [value.id] == first for value in given)


def _parameters(solution: str, name: str) -> list[str]:
    """Names of the parameters of a function that ``solution`` defines; none of what it makes otherwise."""
    for node in reversed(ast.parse(solution).body):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return [argument.arg for argument in node.args.args]
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Lambda)
            and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        ):
            return [argument.arg for argument in node.value.args.args]
    return []


def _mutant(solution: str, name: str, label: str, code: str, what: str) -> Mutant:
    return Mutant(f"{label}:{name}", behind(solution, code), f"`{name}` {what}")
