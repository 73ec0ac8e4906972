"""What went through each module in the last forward: shapes only, seen without slowing a loop down.

A global forward hook is there when a run begins and takes itself away once it has seen every module of a
loop a few times, so that the rest of the loop runs as if it had never been there. Hooks on the modules
themselves would be another way; they turn off the fast path of ``nn.TransformerEncoder``, do not see a model
that is made and called in one cell, and have to be put on and taken off at every module.

``torch.compile`` warns about global hooks and would trace into them, so there is none in a run that may
compile, nor in any after the first compilation.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tutor.worker.probe.names import members
from tutor.worker.probe.touch import runs_python, torch_module

CALLS = 3_000
"""Module calls that are looked at in one run, at most."""
_OLD = 16
"""Calls with nothing new in them, beside twice as many as modules were seen, after which the hook goes."""
_ROOTS = 32
"""Models of one run whose last forward is kept."""
_TENSORS = 8
"""Tensors of one call whose shapes are kept."""
_COMPILING = ("compile", "export", "dynamo")
"""Words in a cell that say it may compile."""

_COMPILED = "torch.compile is in use: forwards are not looked at, because that would disturb it."

Sizes = tuple[tuple[Any, Any], ...]
"""Shape and dtype, as torch has them, of each tensor."""


@dataclass(slots=True)
class Passed:
    """The calls of one module in one forward of the whole."""

    inputs: Sizes = ()
    """Of the last call."""
    outputs: Sizes = ()
    calls: list[tuple[Sizes, Sizes]] = field(default_factory=list)
    """Inputs and outputs of every call."""


@dataclass(frozen=True, slots=True)
class Forward:
    """The last forward of one model."""

    cell: int
    root: weakref.ref[Any]
    passed: dict[int, Passed]
    """By the id of each module that was called."""


class Forwards:
    """Sees the forwards of each run. Keeps neither modules nor tensors alive."""

    def __init__(self) -> None:
        self._torch: Any = None
        self._handle: Any = None
        self._compiler: Any = None
        self._log: list[tuple[weakref.ref[Any], Sizes, Sizes]] = []
        self._known: dict[int, tuple[Sizes, Sizes]] = {}
        self._old = 0
        self._cell = 0
        self._thread = 0
        self._last: dict[int, Forward] = {}
        self.compiled = False
        """Something was compiled in this process, so nothing is recorded any more."""

    @property
    def reason(self) -> str:
        """Why nothing is recorded; empty when something is."""
        return _COMPILED if self.compiled else ""

    def begin(self, source: str, cell: int) -> None:
        """A run of ``source`` begins on this thread."""
        self.end()
        self._cell, self._thread = cell, threading.get_ident()
        torch: Any = sys.modules.get("torch")
        if not hasattr(torch, "nn"):
            return
        self._torch = torch
        self.compiled = self.compiled or _has_compiled()
        if self.compiled or any(word in source for word in _COMPILING):
            return
        hooks = torch.nn.modules.module
        self._handle = hooks.register_module_forward_hook(self._hook(torch), with_kwargs=True)
        self._compiler = sys.modules.get("torch._dynamo.callback")
        if self._compiler is not None:
            self._compiler.callback_handler.register_start_callback(self._compiles)

    def ran(self) -> frozenset[int]:
        """Ids of the models that the last run called."""
        return frozenset(
            key for key, one in self._last.items() if one.cell == self._cell and one.root() is not None
        )

    def end(self) -> None:
        """The run is over: what it saw becomes what is known."""
        self._step_aside()
        if self._compiler is not None:
            with contextlib.suppress(Exception):
                self._compiler.callback_handler.remove_start_callback(self._compiles)
            self._compiler = None
        self._digest()
        self._log, self._known, self._old = [], {}, 0
        self._last = {key: one for key, one in self._last.items() if one.root() is not None}

    def of(self, module: Any) -> Forward | None:
        """The last forward that ``module`` took part in, the run that goes on included; None if none was seen."""
        self._digest()
        own = self._last.get(id(module))
        if own is not None and own.root() is module:
            return own
        rest = [one for one in self._last.values() if one.root() is not None and id(module) in one.passed]
        return rest[-1] if rest else None

    def _compiles(self, _details: Any) -> None:
        self.compiled = True
        self._step_aside()

    def _step_aside(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.remove()
            # torch forgets this one, and would warn of a global hook at the next torch.compile.
            getattr(self._torch.nn.modules.module, "_global_forward_hooks_with_kwargs", {}).pop(handle.id, None)

    def _hook(self, torch: Any) -> Callable[..., None]:
        # On the path of every call of a module: locals only.
        sizes, ident, thread = _sizes_of(torch), threading.get_ident, self._thread
        tracing = torch._C._get_tracing_state
        ref, known, log = weakref.ref, self._known, self._log

        def saw(module: Any, args: Any, kwargs: Any, output: Any) -> None:
            if ident() != thread or tracing() is not None:
                return
            try:
                given = sizes((args, kwargs) if kwargs else args)
                made = sizes(output)
                log.append((ref(module), given, made))
                if known.get(id(module)) == (given, made):
                    self._old += 1
                    if self._old > 2 * len(known) + _OLD:
                        self._step_aside()
                else:
                    known[id(module)] = (given, made)
                if len(log) >= CALLS:
                    self._step_aside()
            except Exception:
                self._step_aside()

        return saw

    def _digest(self) -> None:
        """From the calls in the order they ended to the last whole forward of each model among them."""
        log = self._log
        alive = {id(module): module for ref, _, _ in log if (module := ref()) is not None}
        below = {key: frozenset(_below(module)) for key, module in alive.items()}
        inner = frozenset().union(*below.values()) if below else frozenset()
        places: dict[int, list[int]] = {}
        for place, (ref, _, _) in enumerate(log):
            if (module := ref()) is not None:
                places.setdefault(id(module), []).append(place)
        roots = sorted((key for key in alive if key not in inner), key=lambda key: places[key][-1])
        for key in roots[-_ROOTS:]:
            module, ends = alive[key], places[key]
            first = ends[-2] + 1 if len(ends) > 1 else 0
            passed: dict[int, Passed] = {}
            for ref, given, made in log[first : ends[-1] + 1]:
                called = ref()
                if called is not None and (called is module or id(called) in below[key]):
                    entry = passed.setdefault(id(called), Passed())
                    entry.inputs, entry.outputs = given, made
                    entry.calls.append((given, made))
            self._last.pop(key, None)
            self._last[key] = Forward(self._cell, weakref.ref(module), passed)


def _below(root: Any) -> Iterator[int]:
    """Ids of all modules below ``root``."""
    seen = {id(root)}
    pending = [root]
    while pending:
        for _, child in members(pending.pop(), "_modules"):
            if child is not None and id(child) not in seen:
                seen.add(id(child))
                pending.append(child)
                yield id(child)


def _sizes_of(torch: Any) -> Callable[[Any], Sizes]:
    base, tensor = torch._C.TensorBase, torch.Tensor
    shape, dtype = base.shape.__get__, base.dtype.__get__
    plain = (tensor, torch.nn.Parameter)

    def collect(value: Any, found: list[tuple[Any, Any]], depth: int) -> None:
        kind = type(value)
        if kind in plain or (issubclass(kind, tensor) and not runs_python(torch, kind)):
            found.append((shape(value), dtype(value)))
        elif depth and issubclass(kind, tuple):
            for item in tuple.__iter__(value):
                if len(found) < _TENSORS:
                    collect(item, found, depth - 1)
        elif depth and kind in (list, dict):
            for item in value if kind is list else value.values():
                if len(found) < _TENSORS:
                    collect(item, found, depth - 1)

    def sizes(value: Any) -> Sizes:
        if type(value) is tensor:
            return ((shape(value), dtype(value)),)
        found: list[tuple[Any, Any]] = []
        collect(value, found, 3)
        return tuple(found)

    return sizes


def _has_compiled() -> bool:
    """Whether ``torch.compile`` was ever used; ``torch._dynamo`` alone is loaded by every optimiser."""
    frames = sys.modules.get("torch._dynamo.eval_frame")
    if frames is None:
        return False
    backends = getattr(frames, "cached_backends", None)
    return backends is None or any(backend is not None for backend in backends.values())


_forwards = Forwards()


def forwards() -> Forwards:
    """The one of this process."""
    return _forwards


def shapes(sizes: Sizes) -> tuple[tuple[int, ...], ...]:
    """Sizes as plain data; what has no plain size is left out."""
    return tuple(tuple(map(int, size)) for size, _ in sizes if all(type(part) is int for part in size))


def nbytes(sizes: Sizes) -> int:
    """Memory of the elements."""
    torch = torch_module()
    total = 0
    for shape, (_, dtype) in zip(shapes(sizes), sizes, strict=False):
        count = 1
        for part in shape:
            count *= part
        total += count * (dtype.itemsize if torch is not None else 0)
    return total
