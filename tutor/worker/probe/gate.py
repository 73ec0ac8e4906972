"""The place that every training loop passes: the end of an optimiser's step, or of ``backward()`` without one.

With nothing asked it costs one call of a small function a step. What is asked is done by
:class:`~tutor.worker.steering.Steering`, in the learner's own thread.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any

from tutor.protocol.events import Steered
from tutor.worker.probe.rates import scale
from tutor.worker.steering import Steering

_OPTIMISERS = "torch.optim."
_SCALER = "torch.amp.grad_scaler"


class Gate:
    """Sends the loop by the wishes about it."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering
        self._known: dict[int, weakref.ref[Any]] = {}
        self._thread = self._run = self._calls = 0
        self._installed = False
        os.register_at_fork(after_in_child=self._in_child)

    def install(self) -> None:
        """Begin to see the steps of optimisers. Without torch nothing happens; twice is as good as once."""
        optimizers: Any = sys.modules.get("torch.optim.optimizer")
        if self._installed or optimizers is None:
            return
        self._installed = True
        optimizers.register_optimizer_step_post_hook(self._hook())

    def begin(self, run: int) -> None:
        """The thread that calls this is the one whose loops pass here."""
        self._known.clear()
        self._thread, self._run, self._calls = threading.get_ident(), run, 0
        self._steering.begin(run)

    def end(self) -> None:
        self._thread = self._run = 0
        self._steering.end()
        self._known.clear()

    def _in_child(self) -> None:
        self._thread = 0
        self._steering.forked()

    def _hook(self) -> Callable[..., None]:
        steering, known, passed = self._steering, self._known, self._step_ended

        def gate(optimizer: Any, _args: Any, _kwargs: Any) -> None:
            if steering.asked or id(optimizer) not in known:
                passed(optimizer)

        return gate

    def _step_ended(self, optimizer: Any) -> None:
        if threading.get_ident() != self._thread:
            return
        self._remember(optimizer)
        if self._steering.asked:
            # An exception before the end of the scaler's own book-keeping would leave the next gradients scaled.
            self._steering.take(self._scale, may_stop=not _called_from(_SCALER))

    def _remember(self, optimizer: Any) -> None:
        key, known = id(optimizer), self._known
        if key not in known:
            with contextlib.suppress(TypeError):
                known[key] = weakref.ref(optimizer, lambda _dead: known.pop(key, None))

    def backward_ended(self) -> None:
        """After each call of ``backward()`` or ``autograd.grad()`` that is not part of another.

        A loop whose optimiser has stepped passes here only to be stopped where it could not be there.
        """
        if not self._steering.asked or threading.get_ident() != self._thread or _called_from(_OPTIMISERS):
            return
        if self._known:
            if self._steering.stops:
                self._steering.take(self._scale)
            return
        self._calls += 1
        # The first call may well be followed by an optimiser's first step; the second says that there is none.
        if self._calls > 1:
            self._steering.take(self._scale)

    def _scale(self, factor: float) -> Steered:
        optimizers = [found for ref in list(self._known.values()) if (found := ref()) is not None]
        try:
            return scale(self._run, optimizers, factor)
        except Exception:  # an optimiser of the learner's own, with groups of another kind
            return Steered(self._run, "no rate")


def _called_from(module: str) -> bool:
    """Whether code of a module whose name begins so waits for what runs here."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith(module):
            return True
        frame = frame.f_back
    return False
