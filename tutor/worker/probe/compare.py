"""Compares what a learner made with what a solution made, each difference apart and by name.

Never broadcasts: a tensor of another shape is wrong whatever its values. Tolerances are those of
``torch.testing.assert_close`` for the expected dtype, unless the lesson gives its own.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any

from tutor.protocol.verdicts import CheckPart

_TOLERANCES = {
    "float16": (1e-3, 1e-5),
    "bfloat16": (1.6e-2, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
    "complex64": (1.3e-6, 1e-5),
    "complex128": (1e-7, 1e-7),
}
"""dtype: (relative, absolute), from the table in the documentation of ``torch.testing.assert_close``."""

_SHOWN = 120


def compare(
    expected: Any, got: Any, rtol: float | None = None, atol: float | None = None
) -> tuple[CheckPart, ...]:
    """What is right and what is not about ``got``; the parts are in the order a person should fix them."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and isinstance(expected, torch.Tensor):
        if not isinstance(got, torch.Tensor):
            return (CheckPart("type", ok=False, expected="a tensor", got=_kind(got)),)
        return _tensors(torch, expected, got, rtol, atol)
    if torch is not None and isinstance(got, torch.Tensor):
        return (CheckPart("type", ok=False, expected=_kind(expected), got="a tensor"),)
    if torch is not None and (arrays := _arrays(torch, expected, got)):
        parts = _tensors(torch, *arrays, rtol, atol)
        return tuple(part for part in parts if part.label not in ("device", "requires_grad"))
    if _alike(expected, got):
        return _items(expected, got, rtol, atol)
    return (CheckPart("value", _equal(expected, got, rtol, atol), _short(expected), _short(got)),)


def _arrays(torch: Any, expected: Any, got: Any) -> tuple[Any, Any] | None:
    numpy: Any = sys.modules.get("numpy")
    if numpy is None or type(expected) is not numpy.ndarray or type(got) is not numpy.ndarray:
        return None
    try:
        return torch.from_numpy(expected.copy()), torch.from_numpy(got.copy())
    except TypeError:
        return None


def _alike(expected: Any, got: Any) -> bool:
    """Two lists or two tuples, as long as each other: each element is compared by itself."""
    kinds = (list, tuple)
    return (
        isinstance(expected, kinds)
        and isinstance(got, kinds)
        and isinstance(expected, list) == isinstance(got, list)
        and len(expected) == len(got)
        and any(type(item).__name__ in ("Tensor", "Parameter", "ndarray") for item in expected)
    )


def _items(expected: Any, got: Any, rtol: float | None, atol: float | None) -> tuple[CheckPart, ...]:
    parts: list[CheckPart] = []
    for number, (left, right) in enumerate(zip(expected, got)):  # noqa: B905 - as long as each other
        parts += [replace(part, label=f"[{number}] {part.label}") for part in compare(left, right, rtol, atol)]
    return tuple(parts)


def tolerances(dtype: str) -> tuple[float, float]:
    """Relative and absolute tolerance for a dtype; exact where the table has none."""
    return _TOLERANCES.get(dtype, (0.0, 0.0))


def same(left: Any, right: Any) -> bool:
    """Whether two values would look the same to a learner. Code objects count as same when their text is."""
    if left is right:
        return True
    if isinstance(left, FunctionType) and isinstance(right, FunctionType):
        return left.__code__.co_code == right.__code__.co_code
    if isinstance(left, (ModuleType, type)) or isinstance(right, (ModuleType, type)):
        return type(left) is type(right) and getattr(left, "__name__", 0) == getattr(right, "__name__", 1)
    torch: Any = sys.modules.get("torch")
    if torch is not None and isinstance(left, torch.nn.Module) and isinstance(right, torch.nn.Module):
        return type(left).__name__ == type(right).__name__ and same(
            dict(left.state_dict()), dict(right.state_dict())
        )
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return (
            type(left) is type(right) and len(left) == len(right) and all(same(a, b) for a, b in zip(left, right))  # noqa: B905 - lengths are equal
        )
    return all(part.ok for part in compare(left, right))


def _tensors(torch: Any, expected: Any, got: Any, rtol: float | None, atol: float | None) -> tuple[CheckPart, ...]:
    shapes = [str(list(t.shape)) for t in (expected, got)]
    dtypes = [str(t.dtype).removeprefix("torch.") for t in (expected, got)]
    devices = [str(t.device) for t in (expected, got)]
    parts = [
        CheckPart("shape", expected.shape == got.shape, *shapes),
        CheckPart("dtype", expected.dtype == got.dtype, *dtypes),
        CheckPart("device", expected.device == got.device, *devices),
        CheckPart(
            "requires_grad",
            expected.requires_grad == got.requires_grad,
            str(expected.requires_grad),
            str(got.requires_grad),
        ),
    ]
    if expected.shape == got.shape:
        parts.append(_values(torch, expected.detach(), got.detach().to(expected.device), rtol, atol))
    return tuple(parts)


def _values(torch: Any, expected: Any, got: Any, rtol: float | None, atol: float | None) -> CheckPart:
    default = tolerances(str(expected.dtype).removeprefix("torch."))
    relative = default[0] if rtol is None else rtol
    absolute = default[1] if atol is None else atol
    if expected.layout != torch.strided or got.layout != torch.strided:
        expected, got = expected.to_dense(), got.to_dense()
    whole = not any(t.dtype.is_complex or t.dtype.is_floating_point for t in (expected, got))
    wide = torch.complex128 if expected.dtype.is_complex or got.dtype.is_complex else torch.float64
    # Whole numbers beyond 2**53 are not told apart as float64.
    left, right = (expected, got) if whole else (expected.to(wide), got.to(wide))
    close = left == right if whole else torch.isclose(right, left, rtol=relative, atol=absolute, equal_nan=True)
    if bool(close.all()):
        return CheckPart("values", ok=True, expected="", got="")
    if expected.dim() == 0:
        return CheckPart("values", ok=False, expected=_short(expected.item()), got=_short(got.item()))
    first = tuple((~close).nonzero()[0].tolist())
    wrong = int((~close).sum())
    where = f"[{', '.join(map(str, first))}]"
    apart = right.to(wide)[~close] - left.to(wide)[~close]
    largest = float(apart.abs().nan_to_num(nan=math.inf).max())
    return CheckPart(
        "values",
        ok=False,
        expected=f"{_short(expected[first].item())} at {where}",
        got=f"{_short(got[first].item())} ({wrong} of {expected.numel()} differ, the worst by {largest:.4g})",
    )


def _equal(expected: Any, got: Any, rtol: float | None, atol: float | None) -> bool:
    numbers = (int, float)
    if isinstance(expected, bool) or isinstance(got, bool):
        return type(expected) is type(got) and expected == got
    if isinstance(expected, numbers) and isinstance(got, numbers):
        if isinstance(expected, int) and isinstance(got, int):
            return expected == got
        relative = 1e-6 if rtol is None else rtol
        both_nan = math.isnan(expected) and math.isnan(got)
        return both_nan or math.isclose(expected, got, rel_tol=relative, abs_tol=1e-8 if atol is None else atol)
    if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
        return (
            isinstance(got, list) == isinstance(expected, list)
            and len(expected) == len(got)
            and all(all(p.ok for p in compare(e, g, rtol, atol)) for e, g in zip(expected, got))  # noqa: B905
        )
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(
            all(p.ok for p in compare(expected[key], got[key], rtol, atol)) for key in expected
        )
    try:
        return bool(expected == got)
    except Exception:
        # An ``__eq__`` that cannot say is no yes.
        return False


def _kind(value: Any) -> str:
    if value is ...:
        return "`...`, still to be filled in"
    return f"{type(value).__name__} {_short(value)}"


def _short(value: Any) -> str:
    text = repr(value) if not isinstance(value, float) else f"{value:.6g}"
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
