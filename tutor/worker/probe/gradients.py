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
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from tutor.protocol.snapshots import GradientGraph, GradientSnapshot, LeafGradient
from tutor.worker.probe.budget import Budget, Series
from tutor.worker.probe.graph import Pass
from tutor.worker.probe.leaves import describe, gradient_norms, named_leaves
from tutor.worker.probe.nodes import roots_of
from tutor.worker.probe.touch import disturbs, has_values, is_tensor, quiet, torch_module, watched_over

_POINTS, _LIVE_POINTS = 2_000, 250
_LEAVES, _LIVE_LEAVES = 256, 64


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
        peek: Callable[[Any], None] = lambda _tensors: None,
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
        self._budget = budget or Budget()
        self._peek = peek
        """Called with the roots of each call before it runs; must not raise."""
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

    def _clear(self, keep_problem: bool = False) -> None:
        self._step = 0
        self._undisturbed = float("inf")
        self._losses, self._norms = Series(_POINTS), Series(_POINTS)
        self._graph: GradientGraph | None = None
        if not keep_problem:
            self.problem = ""

    def _fail(self, error: Exception) -> None:
        self.problem = f"{type(error).__name__} while watching backward()"

    def _wrapped(self, original: Callable[..., Any]) -> Callable[..., Any]:
        # On the path of every step of a loop each attribute looked up costs a cache miss or two.
        thread, clock, peek = threading.get_ident, perf_counter, self._peek

        @functools.wraps(original)
        def backward(*args: Any, **kwargs: Any) -> Any:
            if self._awake != thread():
                return original(*args, **kwargs)
            self._awake = 0  # what a hook or a checkpoint calls from inside is part of this call
            look = loss = None
            try:
                if not self._watched_over():
                    tensors = args[0] if args else kwargs.get("tensors")
                    peek(tensors)
                    if self._budget.due(self._step + 1) and not disturbs(self._torch):
                        look = _Look(Pass(self._torch))
                        self._before(look, tensors)
                    loss = _number(self._torch, tensors, look is not None)
                started = clock()
                result = original(*args, **kwargs)
                seconds = clock() - started
                self._step += 1
                if loss is not None:
                    self._losses.add(loss)
                if look is not None:
                    self._after(look, seconds)
                elif seconds < self._undisturbed:
                    self._undisturbed = seconds
                return result
            finally:
                self._awake = 0 if self.problem or not self._active else self._thread
                if look is not None:
                    look.close()

        return backward

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


def _number(torch: Any, tensors: Any, due: bool) -> float | None:
    """The loss as a number; on another device only when a look is ``due``, because reading it waits."""
    base = torch.Tensor
    try:
        if type(tensors) in (list, tuple) and len(tensors) == 1:
            tensors = tensors[0]
        if type(tensors) is not base and not (is_tensor(torch, tensors) and has_values(torch, tensors)):
            return None
        with torch._C.DisableTorchFunction():
            numel, on_cpu = base.numel(tensors), base.is_cpu.__get__(tensors)
            value = base.item(tensors) if numel == 1 and (on_cpu or due) else None
    except Exception:  # a wrong argument: torch will tell the learner in a moment
        return None
    return value if isinstance(value, float) else None


def _keep_compiler_away() -> bool:
    """torch.compile would trace into the wrapper where a compiled function calls ``backward()``."""
    rules = sys.modules.get("torch._dynamo.trace_rules")
    if rules is None:
        return False
    with contextlib.suppress(Exception):
        rules.add("tutor.worker")
    return True
