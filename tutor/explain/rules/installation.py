"""What is not installed, or shadowed by a file of the same name."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, STDLIB, TORCH, Say, rule
from tutor.explain.words import code


@rule("F1", "ModuleNotFoundError ImportError", r"No module named '?(torch\w*)'?$", origins=(LINE, STDLIB))
def install_wrong_python(f: Failure, match: re.Match[str]) -> Say | None:
    name, meant = match[1], f.report.suggestion
    known = name in ("torch", "torchvision", "torchaudio", "torchtext", "torchdata", "torchmetrics")
    own = "" if known else " If it is a file of your own, check its name and folder."
    if meant and not known:
        return Say(
            f"The Python that runs this finds no package `{name}`.",
            "Python finds a package by its exact name.",
            f"Did you mean {code(f'import {meant}')}?",
            f"Do not install `{name}` to try: a package named almost like a known one may be a trap.",
        )
    return Say(
        f"The Python that runs this finds no package `{name}`.",
        "Each Python has packages of its own; `pip` may have installed this one into another.",
        f"Install it with the same Python: `python -m pip install {name}`, after activating its environment.{own} "
        "`import sys; sys.executable` shows which Python runs.",
    )


@rule("F1", "RuntimeError", r"Numpy is not available", origins=(LINE, TORCH))
def numpy_missing(f: Failure, _match: re.Match[str]) -> Say | None:
    name = f.receiver.source if f.called == "numpy" else ""
    return Say(
        f"{code(f.source or 'This')} needs NumPy, and it is not installed beside torch.",
        "torch works without NumPy; only the bridge to it (`.numpy()`, `from_numpy`) does not.",
        f"`python -m pip install numpy`, or do without: {code(f'{name}.tolist()')}.",
    )


_SHADOW = r"module '(torch|numpy)' has no attribute '\w+' \(?(consider renaming|most likely due to)|"
_SHADOW += r"partially initialized module '(torch|numpy)'"


@rule("F1", "AttributeError ImportError", _SHADOW, origins=(LINE, STDLIB, TORCH))
def shadow_torch_py(f: Failure, match: re.Match[str]) -> Say | None:
    name = match[1] or match[3]
    file = re.search(r"renaming '([^']+)'", f.message)
    return Say(
        f"The name `{name}` stands for a file of yours here, not for the package.",
        "Python looks for modules in the folder of the script first; a file of the same name comes before the "
        "package.",
        f"Rename {code(file[1]) if file else f'your `{name}.py`'}, and delete the folder `__pycache__` beside it.",
    )
