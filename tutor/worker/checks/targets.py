"""The names that checks are about."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from tutor.worker.submission import reads


def names_in(checks: Iterable[dict[str, Any]]) -> set[str]:
    """Every name read by a target or a metric, also of checks inside checks."""
    return {name for text in _expressions(checks) for name in reads(ast.parse(text.strip(), mode="eval"))}


def kinds_in(checks: Iterable[dict[str, Any]]) -> set[str]:
    """Every kind, also of checks inside checks."""
    return {kind for check in checks for kind in (check.get("kind", ""), *kinds_in(_inner(check)))}


def _inner(check: dict[str, Any]) -> list[dict[str, Any]]:
    return [*check.get("checks", ()), *([check["check"]] if "check" in check else [])]


def _expressions(checks: Iterable[dict[str, Any]]) -> Iterator[str]:
    for check in checks:
        for key in ("target", "metric"):
            if key in check:
                yield check[key]
        yield from _expressions(_inner(check))
