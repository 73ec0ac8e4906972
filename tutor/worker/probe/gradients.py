"""Watches ``backward()``: losses, the gradient at each node of a small graph, and the gradients of named leaves.

``torch.autograd.backward`` is wrapped, which ``Tensor.backward`` calls too. ``torch.autograd.grad`` and
``torch.func`` fill no ``.grad`` and are left alone. Nothing here may change what the learner's code does: no
result, no exception of ours, no hook left behind, no second thread.
"""

from __future__ import annotations

import contextlib
import functools
import math
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import perf_counter
from types import FrameType
from typing import Any

from tutor.protocol.gradients import GradientGraph, GradientSnapshot, LeafGradient
from tutor.worker.probe.budget import Budget, Series
from tutor.worker.probe.graph import Pass
from tutor.worker.probe.leaves import describe, gradient_norms, named_leaves
from tutor.worker.probe.nodes import roots_of
from tutor.worker.probe.touch import disturbs, quiet, torch_module, watched_over
from tutor.worker.probe.training.losses import loss_reader
from tutor.worker.probe.training.pace import Pace

_POINTS, _LIVE_POINTS = 2_000, 250
_LEAVES, _LIVE_LEAVES = 256, 64

_EARLY = 8
"""Calls of a run that are all shown to whoever peeks."""

SHARE, APART, BURST = 0.003, 0.5, 0.002
"""A look with hooks on every node costs 1 to 3 ms, twice a look at figures and more: it is the rarer one."""

Heard = Callable[[float | None, FrameType, Any], None]
"""Told the loss, the frame that called, and the roots."""

Meant = Callable[[float, FrameType], float]
"""The loss as the learner means it, from what ``backward()`` began at and the frame that called."""


@dataclass(slots=True)
class _Look:
    """One call of ``backward()`` while it lasts."""

    graph: Pass
    leaves: list[tuple[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    failure: Exception | None = None

    def close(self) -> None:
        """Let go of the learner's tensors: a traceback may keep this object for long."""
        self.graph.close()
        self.leaves = []


class GradientWatch:
    """Publishes live snapshots during a run and returns the last one at its end."""

    def __init__(
        self,
        publish: Callable[[GradientSnapshot], None],
        namespace: dict[str, Any],
        budget: Budget | None = None,
        peek: Callable[[Any, int], None] = lambda _tensors, _call: None,
        heard: Heard = lambda _loss, _frame, _tensors: None,
        pace: Pace | None = None,
        meant: Meant = lambda loss, _frame: loss,
    ) -> None:
        self._publish = publish
        self._namespace = namespace
        self._torch: Any = None
        self._original: Any = None
        self._wrapper: Any = None
        self._active = False
        self._watched_over: Callable[[], bool] = lambda: True
        self._thread = self._awake = 0
        self._uncompiled = False
        self._budget = budget or Budget(SHARE, APART, burst=BURST)
        self._peek = peek
        """Called with the roots of the first calls, and then of ever fewer, before they run; must not raise."""
        self._heard, self._pace = heard, pace or Pace()
        """Called after each call that is heard and succeeded: must not raise and must be quick."""
        self._meant = meant
        """Called before that; the same holds."""
        self.problem = ""
        """What went wrong in the watch itself during this run, for the log; the learner's run goes on."""
        self._clear()

    def install(self) -> None:
        """Begin to see ``backward()``. Without torch nothing happens; twice is as good as once."""
        torch = torch_module()
        if torch is None or self._active:
            return
        self._torch, self._active = torch, True
        self._watched_over = watched_over(torch)
        if self._wrapper is None:
            self._original = torch.autograd.backward
            self._wrapper = self._wrapped(self._original)
            torch.autograd.backward = self._wrapper
        self._rouse()

    def remove(self) -> None:
        """Stop seeing it. A run that is under way keeps its count."""
        self._active = False
        self._rouse()
        # Where someone wrapped it after us, our wrapper has to stay below theirs, and passes calls on.
        if self._wrapper is not None and self._torch.autograd.backward is self._wrapper:
            self._torch.autograd.backward = self._original
            self._wrapper = None

    def begin_run(self) -> None:
        """Count from nought. The thread that calls this is the one that is watched."""
        self._clear()
        self._thread = threading.get_ident()
        self._rouse()
        self._budget.reset()
        self._uncompiled = self._uncompiled or _keep_compiler_away()

    def end_run(self) -> GradientSnapshot | None:
        """All named leaves as they are now; None if the run called no ``backward()``.

        The graph is that of the last call that was looked at, and says which one that was.
        """
        self._thread = self._awake = 0
        self._step += self._pace.passed()
        snapshot = None
        if self._step and not self.problem:
            try:
                with quiet(self._torch):
                    named = named_leaves(self._torch, self._namespace)
                    snapshot = self._snapshot(describe(self._torch, named[:_LEAVES]), len(named), live=False)
            except Exception as error:
                self._fail(error)
        self._clear(keep_problem=True)
        return snapshot

    @property
    def spent(self) -> float:
        """Seconds of looking in this run."""
        return self._budget.spent

    def _clear(self, keep_problem: bool = False) -> None:
        self._step = 0
        self._undisturbed = float("inf")
        self._losses, self._norms = Series(_POINTS), Series(_POINTS)
        self._fresh: list[float] = []
        """Losses since the last look."""
        self._graph: GradientGraph | None = None
        if not keep_problem:
            self.problem = ""

    def _fail(self, error: Exception) -> None:
        self.problem = f"{type(error).__name__} while watching backward()"

    def _wrapped(self, original: Callable[..., Any]) -> Callable[..., Any]:
        # What a call costs that is not looked at: see tutor.worker.probe.training.pace.
        thread, frame_at, weak = threading.get_ident, sys._getframe, weakref.ref
        read, budget, pace = loss_reader(self._torch), self._budget, self._pace
        heard, meant = self._heard, self._meant
        clock = budget.clock

        @functools.wraps(original)
        def backward(*args: Any, **kwargs: Any) -> Any:
            if pace.skips > 0:
                pace.skips -= 1
                if len(args) == 4:  # from Tensor.backward(): a tensor
                    pace.last = weak(args[0])
                return original(*args, **kwargs)
            if self._awake != thread():
                return original(*args, **kwargs)
            self._awake = 0  # what a hook or a checkpoint calls from inside is part of this call
            look = None
            try:
                tensors = args[0] if args else kwargs.get("tensors")
                if pace.window:
                    self._step += pace.passed()
                call = self._step + 1
                started = clock()
                due = started >= budget.next or not call & (call - 1) or call <= _EARLY
                if due:
                    look = self._open(tensors, call)
                    started = clock()
                loss = read(tensors, due)
                result = original(*args, **kwargs)
                seconds = clock() - started
                self._step = call
                # Tensor.backward() calls this with four arguments by place.
                frame = frame_at(2 if len(args) == 4 else 1)
                if loss is not None:
                    loss = meant(loss, frame)
                    self._fresh.append(loss)
                if look is not None:
                    self._after(look, seconds)
                elif seconds < self._undisturbed:
                    self._undisturbed = seconds
                heard(loss, frame, tensors)
                return result
            finally:
                self._awake = 0 if self.problem or not self._active else self._thread
                if look is not None:
                    look.close()

        return backward

    def _open(self, tensors: Any, call: int) -> _Look | None:
        """The rare part of a call, before it runs: what is due is begun."""
        self._take_in()
        # It may have come since the run began: what a compiled step calls of ours is not to be compiled.
        self._uncompiled = self._uncompiled or _keep_compiler_away()
        if self._watched_over():
            return None
        if call <= _EARLY or not call & (call - 1):
            self._peek(tensors, call)
        if not self._budget.due(call) or disturbs(self._torch):
            return None
        look = _Look(Pass(self._torch))
        self._before(look, tensors)
        return look

    def _take_in(self) -> None:
        for loss in self._fresh:
            self._losses.add(loss)
        self._fresh.clear()

    def _rouse(self) -> None:
        """Watch the next call, if there is a run, the watch is installed and nothing has gone wrong in it."""
        self._awake = self._thread if self._active and not self.problem else 0

    def _before(self, look: _Look, tensors: Any) -> None:
        started = perf_counter()
        try:
            with quiet(self._torch):
                look.leaves = named_leaves(self._torch, self._namespace)
                paths = {id(tensor): path for path, tensor in look.leaves}
                look.graph.open(roots_of(self._torch, tensors), paths)
        except Exception as error:
            look.failure = error
            look.close()
        look.seconds = perf_counter() - started

    def _after(self, look: _Look, backward_seconds: float) -> None:
        """Runs only when ``backward()`` has succeeded, so that a failure before it was ours."""
        started = perf_counter()
        try:
            failure = look.failure or look.graph.failure
            if failure is not None:
                raise failure
            with quiet(self._torch):
                self._see(look)
            # Autograd pays for calling us too: what a backward() took beyond one without hooks is our cost.
            listening = max(look.graph.seconds, backward_seconds - self._undisturbed)
            self._budget.spend(look.seconds + listening + perf_counter() - started)
        except Exception as error:
            self._fail(error)

    def _see(self, look: _Look) -> None:
        named = look.leaves[:_LIVE_LEAVES]
        leaves = describe(self._torch, named)
        sizes = {
            id(tensor): leaf.grad_norm
            for (_, tensor), leaf in zip(named, leaves)  # noqa: B905
            if leaf.grad_norm is not None
        }
        reached = look.graph.leaves if look.graph.complete else [tensor for _, tensor in look.leaves]
        known = {id(tensor) for _, tensor in named}
        sizes |= gradient_norms(self._torch, [leaf for leaf in reached if id(leaf) not in known])
        # As torch.nn.utils.clip_grad_norm_ defines the norm of all gradients together.
        self._norms.add(math.hypot(*(sizes.get(id(leaf), 0.0) for leaf in reached)))
        self._graph = replace(look.graph.graph(sizes), step=self._step)
        self._publish(self._snapshot(leaves, len(look.leaves), live=True))

    def _snapshot(self, leaves: tuple[LeafGradient, ...], named: int, live: bool) -> GradientSnapshot:
        self._take_in()
        points = _LIVE_POINTS if live else _POINTS
        return GradientSnapshot(
            step=self._step,
            losses=self._losses.points(points),
            grad_norms=self._norms.points(points),
            leaves=leaves,
            more_leaves=named - len(leaves),
            graph=self._graph,
            live=live,
        )


def _keep_compiler_away() -> bool:
    """torch.compile would trace into the wrapper where a compiled function calls ``backward()``."""
    rules = sys.modules.get("torch._dynamo.trace_rules")
    if rules is None:
        return False
    with contextlib.suppress(Exception):
        rules.add("tutor.worker")
    return True
