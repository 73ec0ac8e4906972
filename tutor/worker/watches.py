"""Evaluates the pinned expressions after each run, so that nothing but their rows is left behind.

They run under ``torch.no_grad()``: a watch builds no graph, so a watched result has no ``grad_fn`` of its own.
The random state is put back, what they print is dropped, their errors become a line. Only what a function
writes past Python's own streams (to file descriptors, to files) cannot be held back.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any

from tutor.protocol.watches import WatchRow
from tutor.worker.display.text import text_of, type_name
from tutor.worker.interrupts import Interrupts
from tutor.worker.limited import limited
from tutor.worker.probe import random_state
from tutor.worker.probe.observer import Observer
from tutor.worker.probe.show import brief
from tutor.worker.probe.watched import tensor_row, versions
from tutor.worker.refusal import calls, why_not

LIMIT = 0.25
"""Seconds that one expression may take."""
MOST = 32
"""Expressions."""
_TEXT = 200
_NAME = "<watch>"


class Watches:
    """The expressions of this worker. The list itself belongs to the UI, which sends it."""

    def __init__(self, namespace: dict[str, Any], interrupts: Interrupts, observer: Observer) -> None:
        self._namespace = namespace
        self._interrupts = interrupts
        self._observer = observer
        self._stopped: dict[str, WatchRow] = {}
        self.expressions: tuple[str, ...] = ()
        self.busy = False
        """An expression is being evaluated: nobody may be asked for input."""

    def set(self, expressions: tuple[str, ...]) -> None:
        """Watch these from now on; one that was stopped for its time gets another try."""
        self.expressions = expressions[:MOST]
        self._stopped = {}

    def rows(self, command: int) -> tuple[WatchRow, ...]:
        """Every expression as it is now. On the main thread, between runs."""
        if not self.expressions:
            return ()
        self.busy = True
        try:
            with random_state.kept(), self._observer.paused(), _unheard():
                return tuple(self._row(command, expression) for expression in self.expressions)
        finally:
            self.busy = False

    def _row(self, command: int, expression: str) -> WatchRow:
        if expression in self._stopped:
            return self._stopped[expression]
        reason = why_not(expression, self._namespace)
        if reason:
            return WatchRow(expression, "refused", reason)
        names = dict(self._namespace)
        before = versions(self._namespace) if calls(expression) else {}
        started = time.monotonic()
        row = self._evaluated(command, expression)
        taken = time.monotonic() - started
        # One that swallows the interrupt takes longer still.
        if taken >= 2 * LIMIT or (row.status == "interrupted" and taken >= LIMIT):
            row = WatchRow(expression, "late", f"stopped after {LIMIT} s; add it again for another try")
            self._stopped[expression] = row
        changed = self._restore(names) or (_changed(before, versions(self._namespace)) if before else "")
        if changed:
            row = WatchRow(expression, "refused", f"it changed {changed}, so it is not evaluated again")
            self._stopped[expression] = row
        return row

    def _evaluated(self, command: int, expression: str) -> WatchRow:
        found: list[WatchRow] = []
        try:
            with limited(self._interrupts, command, LIMIT):
                self._interrupts.guard(command, lambda: found.append(self._look(expression)))
        except KeyboardInterrupt:
            return WatchRow(expression, "interrupted", "interrupted")
        except BaseException as error:
            # Nothing of the error may stay: its traceback holds the frames, and they hold tensors.
            words = f"{type_name(error)}: {_first_line(error)}".strip(": ")
            return WatchRow(expression, "error", words[:_TEXT])
        return found[0]

    def _look(self, expression: str) -> WatchRow:
        torch = sys.modules.get("torch")
        with torch.no_grad() if torch is not None else contextlib.nullcontext():
            value = eval(compile(expression.strip(), _NAME, "eval", dont_inherit=True), self._namespace)
            row = tensor_row(expression, value)
            if row is not None:
                return row
            said = brief(value)
            text = " ".join((said.line if said is not None else text_of(value)).split())[:_TEXT]
        number = float(value) if type(value) in (int, float) and abs(value) < 1e300 else None
        return WatchRow(expression, "value", text, type_name(value), number=number, mark=text)

    def _restore(self, names: dict[str, Any]) -> str:
        """Put back every name the evaluation bound or took away, and say which was the first."""
        namespace = self._namespace
        same = len(names) == len(namespace) and all(namespace.get(name, self) is names[name] for name in names)
        if same:
            return ""
        first = next(
            (name for name in {**names, **namespace} if names.get(name, self) is not namespace.get(name, self)), ""
        )
        namespace.clear()
        namespace.update(names)
        return "" if first.startswith("__") else f"the name {first} (it is put back)"


def _changed(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> str:
    return next((path for path, entry in before.items() if after.get(path, entry) != entry), "")


def _first_line(error: BaseException) -> str:
    try:
        return (str(error).splitlines() or [""])[0]
    except Exception:
        return ""


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """What is printed and warned goes nowhere, and there is nothing to read."""
    nowhere = _Nowhere()
    stdin, sys.stdin = sys.stdin, io.StringIO()
    try:
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdin = stdin


class _Nowhere(io.TextIOBase):
    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        return len(text)
