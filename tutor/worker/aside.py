"""Runs the lesson's own code in a namespace of its own, unheard, and says what is true of it."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from tutor.worker.interpreter import Interpreter
from tutor.worker.limits import TimeIsUp
from tutor.worker.probe import random_state

_FILE = "<lesson>"


class LessonFault(Exception):
    """The lesson's own code failed; the learner is not to blame."""


def names_of(namespace: dict[str, Any]) -> list[str]:
    """Names a person would have given."""
    return [name for name in namespace if not name.startswith("_")]


def run(namespace: dict[str, Any], sources: tuple[str, ...], seed: int | None) -> str:
    """Run the lesson's code; what the last source printed comes back. Raises LessonFault when it fails."""
    interpreter = Interpreter(namespace)
    printed = ""
    for source in sources:
        if seed is not None:
            random_state.seed(seed)
        with captured() as output:
            try:
                interpreter.run(source, _FILE, None)
            except (KeyboardInterrupt, TimeIsUp):
                raise
            except BaseException as error:
                raise LessonFault(f"the lesson's own code failed: {type(error).__name__}: {error}") from None
        printed = output.getvalue()
    return printed


def answer_of(namespace: dict[str, Any], code: str, ask: str) -> str:
    """What the code's last expression, its output or its error is. Raises LessonFault where there is none."""
    shown: list[Any] = []
    with captured() as output:
        try:
            Interpreter(namespace).run(code, _FILE, shown.append)
        except (KeyboardInterrupt, TimeIsUp):
            raise
        except BaseException as error:
            if ask == "raises":
                return type(error).__name__
            raise LessonFault(f"the prediction's code failed: {type(error).__name__}: {error}") from None
    if ask == "raises":
        return "nothing"
    if ask == "output":
        return output.getvalue().rstrip("\n")
    if not shown:
        raise LessonFault("the prediction's code ends without an expression to ask about")
    value = shown[0]
    if ask in ("shape", "dtype") and not hasattr(value, ask):
        raise LessonFault(f"the prediction's code gives a {type(value).__name__}, which has no {ask}")
    if ask == "shape":
        return str(tuple(value.shape))
    return str(value.dtype) if ask == "dtype" else repr(value)


@contextlib.contextmanager
def captured() -> Iterator[io.StringIO]:
    """What is printed inside."""
    output = io.StringIO()
    kept = sys.stdout
    sys.stdout = output
    try:
        yield output
    finally:
        sys.stdout = kept


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """What is printed and warned inside goes nowhere, and there is nothing to read."""
    stdin, sys.stdin = sys.stdin, io.StringIO()
    try:
        nowhere = io.StringIO()
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdin = stdin
