"""Watches ``backward()``: losses, the gradient at each node of a small graph, and the gradients of named leaves.

``torch.autograd.backward`` is wrapped, which ``Tensor.backward`` calls too. ``torch.autograd.grad`` and
``torch.func`` fill no ``.grad`` and are left alone. Nothing here may change what the learner's code does: no
result, no exception of ours, no hook left behind, no second thread.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from tutor.protocol.snapshots import GradientGraph, GradientSnapshot, LeafGradient
from tutor.worker.probe.budget import Budget, Series
from tutor.worker.probe.graph import Pass, roots_of
from tutor.worker.probe.leaves import describe, named_leaves, total_norm
from tutor.worker.probe.touch import disturbs, is_tensor, quiet, runs_python, torch_module

_LOSSES, _LIVE_LOSSES = 2_000, 250
_LEAVES, _LIVE_LEAVES = 256, 64


@dataclass(slots=True)
class _Look:
    """One call of ``backward()`` while it lasts."""

    graph: Pass
    due: bool = False
    loss: float | None = None
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
    ) -> None:
        self._publish = publish
        self._namespace = namespace
        self._torch: Any = None
        self._original: Any = None
        self._wrapper: Any = None
        self._active = False
        self._thread = 0
        self._busy = False
        self._uncompiled = False
        self._budget = budget or Budget()
        self.problem = ""
        """What went wrong in the watch itself during this run, for the log; the learner's run goes on."""
        self._clear()

    def install(self) -> None:
        """Begin to see ``backward()``. Without torch nothing happens; twice is as good as once."""
        torch = torch_module()
        if torch is None or self._active:
            return
        self._torch, self._active = torch, True
        if self._wrapper is None:
            self._original = torch.autograd.backward
            self._wrapper = self._wrapped(self._original)
            torch.autograd.backward = self._wrapper

    def remove(self) -> None:
        """Stop seeing it. A run that is under way keeps its count."""
        self._active = False
        # Where someone wrapped it after us, our wrapper has to stay below theirs, and passes calls on.
        if self._wrapper is not None and self._torch.autograd.backward is self._wrapper:
            self._torch.autograd.backward = self._original
            self._wrapper = None

    def begin_run(self) -> None:
        """Count from nought. The thread that calls this is the one that is watched."""
        self._clear()
        self._thread = threading.get_ident()
        self._budget.reset()
        self._uncompiled = self._uncompiled or _keep_compiler_away()

    def end_run(self) -> GradientSnapshot | None:
        """All named leaves as they are now; None if the run called no ``backward()``.

        The graph is that of the last call that was looked at. If later calls followed, its gradients would
        be those of another step than everything else here, and are left out.
        """
        self._thread = 0
        snapshot = None
        if self._step and not self.problem:
            try:
                with quiet(self._torch):
                    snapshot = self._snapshot(named_leaves(self._torch, self._namespace), live=False)
            except Exception as error:
                self._fail(error)
        self._clear(keep_problem=True)
        return snapshot

    def _clear(self, keep_problem: bool = False) -> None:
        self._step = 0
        self._looked_step = 0
        self._losses, self._norms = Series(_LOSSES), Series(_LOSSES)
        self._graph: GradientGraph | None = None
        if not keep_problem:
            self.problem = ""

    def _fail(self, error: Exception) -> None:
        self.problem = f"{type(error).__name__} while watching backward()"

    def _wrapped(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def backward(*args: Any, **kwargs: Any) -> Any:
            if not self._active or self._busy or self.problem or threading.get_ident() != self._thread:
                return original(*args, **kwargs)
            look = _Look(Pass(self._torch))
            self._busy = True
            try:
                self._before(look, args, kwargs)
                result = original(*args, **kwargs)
                self._after(look)
                return result
            finally:
                self._busy = False
                look.close()

        return backward

    def _before(self, look: _Look, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            torch = self._torch
            if disturbs(torch):
                return
            tensors = args[0] if args else kwargs["tensors"]
            look.due = self._budget.due(self._step + 1)
            started = perf_counter()
            look.loss = _loss(torch, tensors, look.due)
            if look.due:
                with quiet(torch):
                    look.leaves = named_leaves(torch, self._namespace)
                    paths = {id(tensor): path for path, tensor in look.leaves}
                    look.graph.open(roots_of(torch, tensors), paths)
                look.seconds = perf_counter() - started
        except Exception as error:
            # A wrong argument is the learner's mistake: torch will say so in a moment.
            look.failure = error
            look.due = False
            look.graph.close()

    def _after(self, look: _Look) -> None:
        self._step += 1
        started = perf_counter()
        try:
            failure = look.failure or look.graph.failure
            if failure is not None:
                raise failure
            if look.loss is not None:
                self._losses.add(look.loss)
            if look.due:
                with quiet(self._torch):
                    self._see(look)
                look.graph.close()
                self._budget.spend(look.seconds + look.graph.seconds + perf_counter() - started)
        except Exception as error:
            self._fail(error)

    def _see(self, look: _Look) -> None:
        self._looked_step = self._step
        self._graph = look.graph.graph()
        reached = look.graph.leaves if look.graph.complete else [tensor for _, tensor in look.leaves]
        self._norms.add(total_norm(self._torch, reached))
        self._publish(self._snapshot(look.leaves, live=True))

    def _snapshot(self, named: list[tuple[str, Any]], live: bool) -> GradientSnapshot:
        limit = _LIVE_LEAVES if live else _LEAVES
        leaves: tuple[LeafGradient, ...] = describe(self._torch, named[:limit])
        losses = self._losses.points(_LIVE_LOSSES if live else _LOSSES)
        norms = self._norms.points(_LIVE_LOSSES if live else _LOSSES)
        graph = self._graph if self._looked_step == self._step else _without_gradients(self._graph)
        more = len(named) - len(leaves)
        return GradientSnapshot(self._step, losses, norms, leaves, more, graph, live)


def _loss(torch: Any, tensors: Any, due: bool) -> float | None:
    """The loss as a number; on another device only when a look is ``due``, because reading it waits."""
    if type(tensors) in (list, tuple) and len(tensors) == 1:
        tensors = tensors[0]
    base = torch.Tensor
    if not is_tensor(torch, tensors) or runs_python(torch, type(tensors)):
        return None
    with torch._C.DisableTorchFunction():
        device = base.device.__get__(tensors).type
        if base.numel(tensors) != 1 or device == "meta" or not (due or device == "cpu"):
            return None
        value = base.item(tensors)
    return value if isinstance(value, float) else None


def _without_gradients(graph: GradientGraph | None) -> GradientGraph | None:
    if graph is None:
        return None
    return replace(graph, nodes=tuple(replace(node, grad=None, grad_norm=None) for node in graph.nodes))


def _keep_compiler_away() -> bool:
    """torch.compile would trace into the wrapper where a compiled function calls ``backward()``."""
    rules = sys.modules.get("torch._dynamo.trace_rules")
    if rules is None:
        return False
    with contextlib.suppress(Exception):
        rules.add("tutor.worker")
    return True
