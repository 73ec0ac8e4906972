"""Warnings of torch's: heard in every cell that causes them, and explained where they are known."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable
from typing import Any, TextIO

from tutor.protocol.failures import Notice
from tutor.worker.probe.watch.frames import line_in, own_frames

_KNOWN: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "loss-sizes",
        re.compile(
            r"Using a target size \(torch\.Size\((?P<target>.*?)\)\) "
            r"that is different to the input size \(torch\.Size\((?P<input>.*?)\)\)"
        ),
    ),
    ("softmax-no-dim", re.compile(r"Implicit dimension choice for (?P<op>\w+) has been deprecated")),
    ("vector-T", re.compile(r"The use of `x\.(?P<op>m?T)` on tensors of dimension other than 2")),
    ("scheduler-first", re.compile(r"call of `lr_scheduler\.step\(\)` before `optimizer\.step\(\)`")),
    ("read-only-array", re.compile(r"NumPy array is not writable|The given buffer is not writable")),
    ("copy-of-tensor", re.compile(r"To copy construct from a tensor, it is recommended to use")),
    ("rnn-dropout", re.compile(r"dropout option adds dropout after all but last recurrent layer")),
    (
        "kl-mean",
        re.compile(r"reduction: 'mean' divides the total loss by both the batch size and the"),
    ),
    ("inner-grad", re.compile(r"The \.grad attribute of a Tensor that is not a leaf Tensor is being accessed")),
)
"""Texts of torch 2.6 to 2.13."""

_FACT = 60
_TEXTS = 200

Show = Callable[..., None]


class Caught:
    """Stands where Python shows warnings while a run lasts."""

    def __init__(self) -> None:
        self._found: dict[str, Notice] = {}
        self._name = ""
        self._shown: set[str] = set()
        self._process = 0
        self._before: Show | None = None
        # One object for ever: `warnings.catch_warnings` may put it back long after its run.
        self._stand_in: Show = self._show

    def begin(self, torch: Any, name: str) -> None:
        """Hear the warnings of a run whose source is called ``name``."""
        self._found = {}
        self._name, self._shown, self._process = name, set(), os.getpid()
        # Any change to the filters makes every module forget what it has warned of; this one changes nothing else.
        warnings.simplefilter("default", append=True)
        if not torch.is_warn_always_enabled():
            torch.set_warn_always(True)
        if warnings.showwarning is not self._stand_in:
            self._before = warnings.showwarning
            warnings.showwarning = self._stand_in

    def end(self) -> dict[str, Notice]:
        """Hear no more, and give what was heard, by rule."""
        if warnings.showwarning is self._stand_in and self._before is not None:
            warnings.showwarning = self._before
        found, self._found, self._name = self._found, {}, ""
        return found

    def _show(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        # In a forked child (a DataLoader's) nobody would ever ask for what was heard.
        ours = self._name and file is None and os.getpid() == self._process
        if ours and issubclass(category, UserWarning) and self._hear(str(message)):
            return
        if self._before is not None:
            self._before(message, category, filename, lineno, file, line)

    def _hear(self, text: str) -> bool:
        """Whether nothing is left to be shown: it is known, or was shown in this run before."""
        for rule, pattern in _KNOWN:
            match = pattern.search(text[:2_000])
            if match:
                facts = tuple((key, value[:_FACT]) for key, value in match.groupdict().items())
                self._found.setdefault(rule, Notice(rule, line_in(own_frames(), self._name), facts))
                return True
        known = text in self._shown
        if len(self._shown) < _TEXTS:
            self._shown.add(text)
        return known
