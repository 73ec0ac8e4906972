"""What counts as done, in words, where the author gave none."""

from __future__ import annotations

from tutor.worker.checks.evidence import Spec


def label_of(check: Spec) -> str:
    """For example ``col_means is right``."""
    target = str(check.get("target", "")).strip()
    names = ", ".join(check.get("names") or ())
    match check.get("kind"):
        case "unchanged":
            return f"{target} is unchanged"
        case "raises":
            return f"{str(check.get('code', '')).strip()} raises {check.get('error', '')}"
        case "output":
            return "the printed text is right"
        case "function":
            return f"{target} gives what it should"
        case "module":
            return f"{target} does what it should"
        case "grad":
            return f"{target} has the right gradient"
        case "training":
            return f"{check.get('name') or str(check.get('metric', '')).strip()} is reached"
        case "uses":
            return f"uses {names}" if names.count(",") == 0 else f"uses one of {names}"
        case "forbids":
            return f"does without {names}"
        case "python":
            return str(check.get("function", "")).replace("_", " ")
        case "all_of":
            return "; ".join(label_of(inner) for inner in check.get("checks") or ())
        case "any_of":
            return " or ".join(label_of(inner) for inner in check.get("checks") or ())
        case "not":
            return f"not: {label_of(check.get('check') or {})}"
    return f"{target} is right"
