"""Goes through lessons as a learner would, in one process, and says what the expressions asked for are worth.

A program of its own, as torch must not be loaded by the tests: a lesson a line on the standard input, a line of
answers for each. It needs nothing but torch and, for a few lessons, the tutor's data sets.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import math
import os
import signal
import sys
import time
import warnings
from typing import Any

SECONDS = 20


def late(*_: object) -> None:
    raise TimeoutError


def run(code: str, names: dict[str, Any]) -> str:
    """Run code; the error that stopped it, or nothing."""
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(code, "<lesson>", "exec"), names)
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    return ""


def described(value: Any) -> dict[str, Any]:
    """What a text could say of a value."""
    shape = getattr(value, "shape", None)
    return {
        "shown": " ".join(repr(value).split()),
        "shape": list(shape) if isinstance(shape, tuple) else None,
    }


def valued(expression: str, names: dict[str, Any]) -> dict[str, Any] | None:
    """What an expression is worth, in a copy of the names."""
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return described(eval(expression, {**vars(math), **names}))
    except (Exception, SystemExit):
        return None
    finally:
        signal.alarm(0)


def shapes(names: dict[str, Any]) -> dict[str, list[int]]:
    return {
        name: list(value.shape)
        for name, value in names.items()
        if isinstance(name, str) and isinstance(getattr(value, "shape", None), tuple)
    }


def state(code: str, wanted: list[str], before: dict[str, Any]) -> dict[str, Any]:
    """What holds after some code."""
    names = dict(before)
    problem = run(code, names)
    values = {expression: valued(expression, names) for expression in wanted}
    return {"problem": " ".join(problem.split()), "values": values, "shapes": shapes(names)}


def answer(lesson: dict[str, Any]) -> list[dict[str, Any]]:
    """For each step, what holds after its set-up (``""``) and after each of its codes."""
    torch: Any = sys.modules["torch"]
    # A name for functions to be found under, as the prompt has one.
    names: dict[str, Any] = {"__name__": "lesson"}
    os.chdir(lesson["folder"])
    run(lesson["setup"], names)
    found = []
    for step in lesson["steps"]:
        torch.manual_seed(lesson["seed"])
        run(step["setup"], names)
        codes = {}
        for code in step["codes"]:
            torch.manual_seed(lesson["seed"])
            inner = dict(names)
            run(step["setup"], inner)  # what is changed in place must not be there for the next one
            codes[code] = state(code, step["wanted"], inner)
        found.append({"": state("", step["wanted"], names), **codes})
        if step["leaves"]:
            run(step["setup"], names)
            run(step["leaves"], names)
    return found


def main() -> None:
    importlib.import_module("torch").set_num_threads(1)
    signal.signal(signal.SIGALRM, late)
    time.sleep = lambda seconds: None
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
