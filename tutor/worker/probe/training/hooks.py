"""Where torch is listened to: the steps of every optimiser, and ``torch.autograd.grad``."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol

from tutor.worker.probe.training.pace import Pace


class Listener(Protocol):
    """Told on the thread that ``awake`` names, and only while it names one."""

    awake: int
    pace: Pace
    returned: bool
    """Whether ``autograd.grad`` has given gradients back, in this run or one before."""
    inside: int
    """Id of the optimiser whose step runs; 0 outside of one."""

    def before_step(self, optimizer: Any) -> None: ...
    def after_step(self, optimizer: Any) -> None: ...
    def after_grad(self, frame: FrameType, outputs: Any, inputs: Any, result: Any) -> None: ...


class Hooks:
    """Global hooks of ``torch.optim`` and a wrap of ``torch.autograd.grad``, which can be taken away again."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._handles: list[Any] = []
        self._torch: Any = None
        self._original: Any = None
        self._wrapper: Any = None

    def install(self, torch: Any) -> None:
        """Begin to listen; twice is as good as once."""
        if self._handles:
            return
        self._torch = torch
        optim = sys.modules["torch.optim.optimizer"]
        before, after = _steps(self._listener)
        self._handles = [
            optim.register_optimizer_step_pre_hook(before), optim.register_optimizer_step_post_hook(after)
        ]  # fmt: skip
        if self._wrapper is None:
            self._original = torch.autograd.grad
            self._wrapper = _wrapped(self._original, self._listener)
            torch.autograd.grad = self._wrapper

    def remove(self) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles = []
        # Where someone wrapped it after us, our wrapper has to stay below theirs, and passes calls on.
        if self._wrapper is not None and self._torch.autograd.grad is self._wrapper:
            self._torch.autograd.grad = self._original
            self._wrapper = None


def _steps(listener: Listener) -> tuple[Callable[..., None], Callable[..., None]]:
    thread, pace = threading.get_ident, listener.pace

    def before(optimizer: Any, _args: Any, _kwargs: Any) -> None:
        if pace.quick == id(optimizer):
            return
        # An optimiser that calls another (or its base class) in its step makes one step.
        if listener.awake == thread():
            if listener.inside:
                pace.nested = True
                return
            listener.inside = id(optimizer)
            listener.before_step(optimizer)

    def after(optimizer: Any, _args: Any, _kwargs: Any) -> None:
        if pace.quick == id(optimizer):
            pace.steps += 1
        elif listener.inside == id(optimizer) and listener.awake == thread():
            listener.inside = 0
            listener.after_step(optimizer)
        elif not listener.inside and not pace.nested and listener.awake == thread():
            pace.steps += 1  # it was to be counted only when it began

    return before, after


def _wrapped(original: Callable[..., Any], listener: Listener) -> Callable[..., Any]:
    thread, frame_at = threading.get_ident, sys._getframe

    @functools.wraps(original)
    def grad(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        if listener.awake != thread():
            return result
        listener.returned = True
        # A gradient of which gradients are wanted is a part of a loss, not the end of one.
        if not (args[4] if len(args) > 4 else kwargs.get("create_graph")):
            outputs = args[0] if args else kwargs.get("outputs")
            listener.after_grad(frame_at(1), outputs, args[1] if len(args) > 1 else kwargs.get("inputs"), result)
        return result

    return grad
