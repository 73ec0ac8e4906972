"""Whether two runs of the same code showed the same, but for what differs from run to run and does not matter.

Spaces, addresses, times, dates and the last digits of floats are left out of account; all else counts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"(?P<moment>\d{4}-\d\d-\d\d|(?<![\d\[:])\d{1,3}:\d\d(?::\d\d)?(?:\.\d+)?(?![\d:\]]))"
    r"|(?P<address>0x[0-9a-fA-F]{6,})"
    r"|(?P<time>(?<![\w.])\d+(?:\.\d*)?(?:e[-+]?\d+)?\s?(?:s|secs?|seconds?|ms|µs|us|ns|min|minutes?|it/s)\b)"
    r"|(?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)"
    r"|(?P<word>[^\W\d]+)"
    r"|(?P<sign>\S)"
)
_RELATIVE = 1e-3
_ABSOLUTE = 1e-6
_SHOWN = 60


def difference(recorded: str, got: str, *, exact: bool = False) -> tuple[str, str] | None:
    """The first two lines that differ, shortened; an empty one where the text ended. None when they are alike.

    ``exact``: all digits of floats count. Of two runs on one machine, those that differ are a clock or chance.
    """
    left, right = list(_tokens(recorded)), list(_tokens(got))
    for one, other in zip(left, right):  # noqa: B905 - lengths are compared below
        if not _alike(one, other) or (exact and one.lastgroup == "number" and one[0] != other[0]):
            return _line(recorded, one), _line(got, other)
    if len(left) == len(right):
        return None
    rest = min(len(left), len(right))
    return (
        _line(recorded, left[rest]) if rest < len(left) else "",
        _line(got, right[rest]) if rest < len(right) else "",
    )


def _tokens(text: str) -> Iterator[re.Match[str]]:
    return _TOKEN.finditer(text)


def _alike(one: re.Match[str], other: re.Match[str]) -> bool:
    if one.lastgroup != other.lastgroup:
        return False
    if one.lastgroup in ("moment", "address", "time"):
        return True
    if one[0] == other[0] or one.lastgroup != "number":
        return one[0] == other[0]
    if one[0].lstrip("+-").isdigit() and other[0].lstrip("+-").isdigit():
        return False
    return math.isclose(float(one[0]), float(other[0]), rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)


def _line(text: str, token: re.Match[str]) -> str:
    start = text.rfind("\n", 0, token.start()) + 1
    end = text.find("\n", token.start())
    line = " ".join(text[start : end if end >= 0 else len(text)].split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
