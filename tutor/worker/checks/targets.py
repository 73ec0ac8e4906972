"""The names that checks are about."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from tutor.worker.submission import reads


def names_in(checks: Iterable[dict[str, Any]]) -> set[str]:
    """Every name read by a target or a metric, also of checks inside checks."""
    return {name for text in _expressions(checks) for name in reads(ast.parse(text.strip(), mode="eval"))}


def _expressions(checks: Iterable[dict[str, Any]]) -> Iterator[str]:
    for check in checks:
        for key in ("target", "metric"):
            if key in check:
                yield check[key]
        yield from _expressions([*check.get("checks", ()), *([check["check"]] if "check" in check else [])])
