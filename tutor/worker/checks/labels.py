"""What counts as done, in words, where the author gave none."""

from __future__ import annotations

from tutor.worker.checks.evidence import Spec

_WORDS = {
    "tensor": "{target} is right",
    "value": "{target} is right",
    "unchanged": "{target} is unchanged",
    "raises": "{code} raises {error}",
    "output": "the printed text is right",
    "function": "{target} gives what it should",
    "module": "{target} does what it should",
    "grad": "{target} has the right gradient",
    "training": "{metric}: {bound}",
    "uses": "uses {names}",
    "forbids": "does without {names}",
    "python": "{function}",
    "not": "not: {check}",
}


def bound_of(check: Spec) -> str:
    """What a ``training`` must reach: ``at most 0.05``."""
    if check.get("at_least") is not None:
        return f"at least {check['at_least']:g}"
    return f"at most {check.get('at_most') or 0:g}"


def label_of(check: Spec) -> str:
    """For example ``col_means is right``."""
    kind = check.get("kind", "")
    if kind in ("all_of", "any_of"):
        return (" or " if kind == "any_of" else "; ").join(map(label_of, check.get("checks") or ()))
    given = {key: str(value).strip() for key, value in check.items()}
    given["names"] = (" or " if kind == "uses" else ", ").join(check.get("names") or ())
    given["metric"] = check.get("name") or given.get("metric", "")
    given["function"] = given.get("function", "").replace("_", " ")
    if kind == "training":
        given["bound"] = bound_of(check)
    if kind == "not":
        given["check"] = label_of(check.get("check") or {})
    try:
        return _WORDS[kind].format_map(given)
    except KeyError:
        return str(kind)
