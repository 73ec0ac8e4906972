"""Numbers for people: few digits, the same rules everywhere."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DIGITS = 4
"""Significant digits of a number that is not whole."""
_WHOLE = 1e7
_EXACT_INTEGERS = 2.0**53

_SIGNIFICANT = {"float64": 12, "float32": 7, "float16": 4, "bfloat16": 3, "complex64": 7, "complex128": 12}


def number(x: float, width: int = 9, exact: bool = False) -> str:
    """``x`` in at most ``width`` characters, with about four significant digits.

    Whole numbers are written without a point; a rounded number keeps one (5.99999 is ``6.0``, 6 is ``6``).
    ``exact`` says the value is an integer or a bool and must show all its digits; beyond 2**53, where the
    sample (float64) cannot hold every integer, it is marked ``~``. A width too small gives ``###``.
    """
    for text in _spellings(x, exact):
        if len(text) <= width:
            return text
    return "#" * width


def _spellings(x: float, exact: bool) -> Iterator[str]:
    """Ways to write ``x``, best first."""
    if not math.isfinite(x):
        yield "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"
        return
    if x == 0:
        yield "0"
        return
    if exact and abs(x) >= _EXACT_INTEGERS:
        yield from (f"~{_scientific(x, digits)}" for digits in range(DIGITS, 0, -1))
        return
    if x == int(x) and (exact or abs(x) < _WHOLE):
        yield str(int(x))
    elif 1e-3 <= abs(x) < 1e6:
        whole = len(str(int(abs(x)))) if abs(x) >= 1 else 0
        most = max(DIGITS, whole + 1)
        yield from (_pointed(f"{x:.{most - lost}g}") for lost in range(most - whole))
    yield from (_scientific(x, digits) for digits in range(DIGITS, 0, -1))


def _pointed(text: str) -> str:
    return _short_exponent(text) if "." in text or "e" in text else f"{text}.0"


def _scientific(x: float, digits: int) -> str:
    return _short_exponent(f"{x:.{digits - 1}e}")


def _short_exponent(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def precise(x: float, dtype: str) -> str:
    """``x`` with all the digits its dtype can vouch for: the number itself, for a tensor that has only one."""
    if dtype == "bool":
        return "True" if x else "False"
    if not math.isfinite(x):
        return number(x)
    if dtype not in _SIGNIFICANT:
        return number(x, 24, exact=x == int(x))
    return _short_exponent(f"{x:.{_SIGNIFICANT[dtype]}g}")


def column(values: Sequence[float], width: int = 9, dtype: str = "float32") -> list[str]:
    """``values`` written alike, so that they can stand under each other; each at most ``width`` wide.

    Floats get the same number of decimals, at least one, or, where all are very small or very large, the
    same number of digits and an exponent; where that would hide a small value next to a large one each is
    written by :func:`number`.
    """
    if dtype == "bool":
        return ["True" if v else "False" for v in values] if width >= 5 else ["T" if v else "F" for v in values]
    exact = is_exact(dtype)
    texts = [number(v, width, exact) for v in values] if exact else _aligned(values)
    if not texts or max(map(len, texts)) > width:
        return [number(v, width, exact) for v in values]
    return texts


def is_exact(dtype: str) -> bool:
    """Whether a dtype holds integers or bools."""
    return dtype == "bool" or dtype.lstrip("q").startswith(("int", "uint"))


def _aligned(values: Sequence[float]) -> list[str]:
    finite = [abs(v) for v in values if math.isfinite(v)]
    largest = max(finite, default=0.0)
    smallest = min((v for v in finite if v), default=1.0)
    if largest >= 1e5 or largest < 1e-2:
        return _with_exponents(values) if largest < smallest * 1e3 else []
    most = max(1, DIGITS - len(str(int(largest))))
    if smallest < 10.0**-most:
        return []
    for decimals in range(1, most):
        if all(abs(round(v, decimals) - round(v, most)) < 10.0 ** -(most + 3) for v in finite):
            most = decimals
            break
    return [f"{v:.{most}f}" if math.isfinite(v) else number(v) for v in values]


def _with_exponents(values: Sequence[float]) -> list[str]:
    """As few digits for all as write all of them, at most three."""

    def spelled(digits: int) -> list[str]:
        return [_fixed_exponent(v, digits) if v and math.isfinite(v) else number(v) for v in values]

    full = spelled(DIGITS - 1)
    for digits in range(1, DIGITS - 1):
        short = spelled(digits)
        if all(float(a) == float(b) for a, b in zip(short, full, strict=True) if math.isfinite(float(b))):
            return short
    return full


def _fixed_exponent(x: float, digits: int) -> str:
    mantissa, _, exponent = f"{x:.{digits - 1}e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def fraction(value: float, low: float, high: float) -> float:
    """Where ``value`` lies from ``low`` (0) to ``high`` (1), for any finite floats; 0 where both are the same."""
    reach = high - low
    if math.isinf(reach):
        return (value / 2 - low / 2) / (high / 2 - low / 2)
    return (value - low) / reach if reach else 0.0


def count(n: int) -> str:
    """A whole number with its thousands apart: ``16,384``."""
    return f"{n:,}"


def short_count(n: int) -> str:
    """A whole number in at most six characters: ``9,876``, ``68.1K``, ``1.66M``."""
    if n < 10_000:
        return f"{n:,}"
    units, size = "KMGTP", n / 1000
    while size >= 999.5 and len(units) > 1:
        units, size = units[1:], size / 1000
    return f"{size:.{max(0, 3 - len(str(int(size))))}f}{units[0]}"


def ordinal(n: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``4th``, …"""
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def nbytes(n: int) -> str:
    """Memory in bytes or binary multiples: ``48 B``, ``16 KiB``, ``73.5 KiB``."""
    units = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
    power, size = 0, float(n)
    while size >= (1024 if power == 0 else 1023.95) and power < len(units) - 1:
        power, size = power + 1, size / 1024
    return f"{size:.1f}".removesuffix(".0") + f" {units[power]}"


def seconds(s: float) -> str:
    """A duration: ``340 us``, ``12 ms``, ``0.8 s``, ``3 min 4 s``, ``1 h 2 min``."""
    if s < 0.000_999_5:
        return f"{s * 1e6:.0f} us"
    if s < 0.099_5:
        return f"{s * 1e3:.0f} ms"
    if s < 9.95:
        return f"{s:.1f} s"
    whole = round(s)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
