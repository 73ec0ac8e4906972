"""Compares a gradient with central finite differences in float64, element by element.

``torch.autograd.gradcheck`` compares the same two and answers yes or no; a learner needs the worst element. Its
tolerances are used. The difference is ``(f(x + h) - f(x - h)) / 2h``, whose error is of the order h² (W. Press
et al., "Numerical Recipes", 5.7).
"""

from __future__ import annotations

import copy
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

from tutor.protocol.gradcheck import CheckedInput, GradientCheck, WorstElement
from tutor.worker.probe import random_state
from tutor.worker.probe.touch import is_tensor

RTOL, ATOL, STEP = 1e-3, 1e-5, 1e-6
MOST = 250_000
"""Derivatives that are compared."""
_SHOWN = 6
_KINK = 1e-2


class NotCheckable(Exception):
    """There is nothing to compare; the message says why."""


def check(
    torch: Any, function: Any, formula: Any, arguments: Sequence[Any], words: tuple[str, str, Sequence[str]]
) -> GradientCheck:
    """Compare ``formula(*arguments)``, or without one autograd's way through ``function``, with differences.

    ``words`` are the function, the formula and the arguments as the learner wrote them. All runs on copies in
    float64; random states, ``.grad`` and modes are left as they were. Raises NotCheckable, and what the learner's
    functions raise.
    """
    call = _callable(torch, function)
    with random_state.kept(), torch.enable_grad():
        copies = [_copy(torch, argument) for argument in arguments]
        places = [i for i, one in enumerate(copies) if is_tensor(torch, one) and one.requires_grad]
        if not places:
            raise NotCheckable("there is no argument that is a floating-point tensor")
        state = torch.get_rng_state()

        def evaluate() -> Any:
            torch.set_rng_state(state)  # dropout must drop the same elements each time
            return _single(torch, call(*copies))

        result = evaluate()
        elements = result.numel() * sum(copies[i].numel() for i in places)
        if not elements or elements > MOST:
            raise NotCheckable(f"{elements:,} derivatives: at least one and at most {MOST:,} can be compared")
        again = evaluate()
        if not torch.equal(torch.nan_to_num(result.detach()), torch.nan_to_num(again.detach())):
            raise NotCheckable("two calls with the same arguments gave different results")
        analytic = (
            _by_autograd(torch, result, [copies[i] for i in places])
            if formula is None
            else _by_formula(torch, formula, copies, places, result)
        )
        inputs = []
        for i, exact in zip(places, analytic):  # noqa: B905 - as many as places
            middle, kinks = _by_differences(torch, evaluate, copies[i], result.detach().reshape(-1))
            inputs.append(_compared(torch, words[2][i], copies[i], tuple(result.shape), exact, middle, kinks))
    return GradientCheck(words[0], words[1], tuple(inputs), tuple(result.shape), RTOL, ATOL, STEP)


def _callable(torch: Any, function: Any) -> Callable[..., Any]:
    if isinstance(function, type) and issubclass(function, torch.autograd.Function):
        owner: Any = function
        applied: Callable[..., Any] = owner.apply
        return applied
    if isinstance(function, torch.nn.Module):
        # On a copy, so that neither its parameters nor its buffers change.
        double: Callable[..., Any] = copy.deepcopy(function).double()
        return double
    if not callable(function):
        raise NotCheckable("the first part must be a function, an autograd.Function or a module")
    found: Callable[..., Any] = function
    return found


def _copy(torch: Any, argument: Any) -> Any:
    if isinstance(argument, float):
        return torch.tensor(argument, dtype=torch.float64, requires_grad=True)
    if not is_tensor(torch, argument):
        return argument
    plain = argument.detach().clone()
    if plain.is_complex():
        raise NotCheckable("complex arguments are not compared here; torch.autograd.gradcheck does")
    return plain.double().contiguous().requires_grad_() if plain.is_floating_point() else plain


def _single(torch: Any, result: Any) -> Any:
    if isinstance(result, (tuple, list)) and len(result) == 1:
        result = result[0]
    if not is_tensor(torch, result):
        raise NotCheckable("the function must give one tensor")
    if result.is_complex() or not result.is_floating_point():
        raise NotCheckable("the result must be a tensor of floating-point numbers")
    return result


def _by_autograd(torch: Any, result: Any, inputs: list[Any]) -> list[Any]:
    """For each input a matrix: a row for each element of the result, a column for each of the input."""
    rows: list[list[Any]] = [[] for _ in inputs]
    if not result.requires_grad:
        return [torch.zeros(result.numel(), one.numel(), dtype=torch.float64) for one in inputs]
    for n in range(result.numel()):
        seed = torch.zeros_like(result).reshape(-1)
        seed[n] = 1.0
        found = torch.autograd.grad(
            result, inputs, seed.reshape(result.shape), retain_graph=True, allow_unused=True
        )
        for row, one, gradient in zip(rows, inputs, found):  # noqa: B905 - as many as inputs
            whole = torch.zeros_like(one) if gradient is None else gradient
            row.append(whole.detach().double().reshape(-1))
    return [torch.stack(row) for row in rows]


def _by_formula(torch: Any, formula: Any, copies: list[Any], places: list[int], result: Any) -> list[Any]:
    """What the formula gives: element by element, of a scalar result its gradient, or the whole matrix."""
    with torch.no_grad():
        given = formula(*[one.detach() if is_tensor(torch, one) else one for one in copies])
    parts = list(given) if isinstance(given, (tuple, list)) else [given]
    if len(parts) != len(places):
        raise NotCheckable(f"the formula gives {len(parts)} results for {len(places)} arguments")
    found = []
    for part, i in zip(parts, places):  # noqa: B905 - compared above
        one = copies[i]
        values = torch.as_tensor(part).detach().double()
        rows = result.numel()
        if rows == 1:
            found.append(values.expand(one.shape).reshape(1, -1))
        elif tuple(result.shape) == tuple(one.shape):
            # Element by element: each result depends on its own element alone, or differences will tell.
            found.append(torch.diag(values.expand(one.shape).reshape(-1)))
        elif values.numel() == rows * one.numel():
            found.append(values.reshape(rows, one.numel()))
        else:
            raise NotCheckable(
                f"the formula gives {list(values.shape)}; the derivatives of {list(result.shape)} by "
                f"{list(one.shape)} are {[*result.shape, *one.shape]}"
            )
    return found


def _by_differences(torch: Any, evaluate: Callable[[], Any], one: Any, middle: Any) -> tuple[Any, Any]:
    """The same matrix by central differences, and where the differences to both sides disagree."""
    count = one.numel()
    columns, kinks = [], []
    flat = one.detach().view(-1)
    for n in range(count):
        before = float(flat[n])
        step = STEP * max(1.0, abs(before))
        sides = []
        for sign in (1.0, -1.0):
            flat[n] = before + sign * step
            with torch.no_grad():
                sides.append(evaluate().detach().double().reshape(-1).clone())
        flat[n] = before
        right, left = (sides[0] - middle) / step, (middle - sides[1]) / step
        columns.append((sides[0] - sides[1]) / (2 * step))
        kinks.append((right - left).abs() > _KINK * (1 + right.abs() + left.abs()))
    return torch.stack(columns, 1), torch.stack(kinks, 1)


def _compared(
    torch: Any, name: str, one: Any, result: tuple[int, ...], exact: Any, numeric: Any, kinks: Any
) -> CheckedInput:
    alone = _each_alone(torch, tuple(one.shape), result, exact, numeric)
    if alone:
        exact, numeric, kinks = (matrix.diagonal().unsqueeze(0) for matrix in (exact, numeric, kinks))
    apart = (exact - numeric).abs()
    allowed = ATOL + RTOL * numeric.abs()
    outside = int((~(apart <= allowed)).sum())
    # A NaN is further away than anything.
    worst = int(torch.nan_to_num(apart / allowed, nan=math.inf).argmax())
    row, column = divmod(worst, exact.shape[1])
    says, truth = float(exact[row, column]), float(numeric[row, column])
    relative = abs(says - truth) / abs(truth) if truth else (0.0 if says == truth else math.inf)
    first = max(0, min(column - _SHOWN // 2, exact.shape[1] - _SHOWN))
    return CheckedInput(
        *(name, tuple(one.shape), exact.numel(), outside),
        WorstElement(
            *(_index(column, tuple(one.shape)), _index(column if alone else row, result), says, truth, relative),
            bool(kinks[row, column]),
        ),
        _ratio(exact, numeric) if outside else None,
        *(_packed(exact[row, first : first + _SHOWN]), _packed(numeric[row, first : first + _SHOWN]), first),
    )


def _each_alone(torch: Any, shape: tuple[int, ...], result: tuple[int, ...], exact: Any, numeric: Any) -> bool:
    """Whether each element of the result hangs on its own element of the input alone: the rest is all zeros."""
    if shape != result or exact.shape[0] < 2:
        return False
    beside = ~torch.eye(exact.shape[0], dtype=torch.bool)
    return bool((exact[beside] == 0).all()) and bool((numeric[beside].abs() <= ATOL).all())


def _ratio(exact: Any, numeric: Any) -> float | None:
    """The one factor between both, if there is one."""
    counts = numeric.abs() > ATOL
    if not bool(counts.any()) or bool((exact[~counts].abs() > 10 * ATOL).any()):
        return None
    factors = exact[counts] / numeric[counts]
    middle = float(factors.median())
    alike = bool(((factors - middle).abs() <= RTOL * max(1.0, abs(middle))).all())
    return middle if alike and math.isfinite(middle) else None


def _index(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    found = []
    for size in reversed(shape):
        place, at = divmod(place, size)
        found.append(at)
    return tuple(reversed(found))


def _packed(values: Any) -> bytes:
    numbers = values.tolist()
    return struct.pack(f"<{len(numbers)}d", *numbers)
