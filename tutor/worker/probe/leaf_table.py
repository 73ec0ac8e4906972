"""The table of leaves between two runs: what ``.grad`` holds, how often it was added to, and why it is None."""

from __future__ import annotations

import math
import weakref
from dataclasses import dataclass, replace
from typing import Any

from tutor.protocol.gradients import GradientSnapshot, LeafGradient
from tutor.protocol.graphs import LeafTable
from tutor.worker.probe.leaves import SHOWN, describe, is_leaf
from tutor.worker.probe.names import walk
from tutor.worker.probe.origins import origins
from tutor.worker.probe.reached import last_pass, sample_of
from tutor.worker.probe.touch import disturbs, has_values, quiet, torch_module
from tutor.worker.probe.values import head, norm

_ROWS = 256
_NAMED = 10_000
_OTHERS = 8

_Named = list[tuple[str, Any]]


@dataclass(eq=False, slots=True)
class _Held:
    """What a leaf's ``.grad`` was after a run."""

    leaf: Any
    grad: Any
    """Both are weak references."""
    version: int
    times: int


class LeafWatch:
    """Remembers, from run to run, how often gradients were added up."""

    def __init__(self) -> None:
        self._held: dict[int, _Held] = {}
        self._calls = 0
        """Of ``backward()``, in all runs."""
        self._behind = 1
        """How many calls ago the one was that was looked at last; 1 is the last."""
        self._returned = False

    def ran(self, namespace: dict[str, Any], snapshot: GradientSnapshot) -> GradientSnapshot:
        """A run is over that called ``backward()``: its leaves, with how often they were added to and why
        they hold nothing.
        """
        torch = torch_module()
        self._calls += snapshot.step
        if snapshot.graph is not None:
            self._behind = max(1, snapshot.step - snapshot.graph.step + 1)
        if torch is None:
            return snapshot
        with quiet(torch):
            named = _by_path(namespace)
            leaves = [(leaf, named.get(leaf.path)) for leaf in snapshot.leaves]
            self._count(torch, [tensor for _, tensor in leaves if tensor is not None], snapshot.step)
            told = tuple(self._told(torch, leaf, t) if t is not None else leaf for leaf, t in leaves)
        return replace(snapshot, leaves=told)

    def table(self, namespace: dict[str, Any], returned: bool = False) -> LeafTable | None:
        """All rows as they are now; ``returned``: ``autograd.grad`` has given gradients back."""
        torch = torch_module()
        if torch is None or disturbs(torch):
            return None
        self._returned = returned
        with quiet(torch):
            sorted_ = _sorted(torch, namespace)
            if not sorted_.asked and not sorted_.frozen:
                return None
            kept = sorted_.asked[:_ROWS]
            rows = [
                self._told(torch, row, tensor)
                for row, (_, tensor) in zip(describe(torch, kept), kept)  # noqa: B905
            ]
            rows += [_inner(torch, *one) for one in sorted_.inner[: _ROWS - len(rows)]]
            rows += [_frozen(torch, *one) for one in sorted_.frozen[: _ROWS - len(rows)]]
        every = len(sorted_.asked) + len(sorted_.inner) + len(sorted_.frozen)
        return LeafTable(tuple(rows), every - len(rows), tuple(sorted_.plain), tuple(sorted_.integers))

    def _count(self, torch: Any, leaves: list[Any], calls: int) -> None:
        """How often each gradient was added to.

        Adding to a ``.grad`` in place raises its version by one, and so does all else that is done to it in place.
        It is only called added up where nothing else can have been done: as many versions as calls.
        """
        base, now = torch.Tensor, {}
        for leaf in leaves:
            gradient = base.grad.__get__(leaf)
            if gradient is None:
                continue
            version, before = gradient._version, self._held.get(id(leaf))
            known = before is not None and before.leaf() is leaf and before.grad() is gradient
            reached = last_pass().of(leaf)
            times = 1
            if known and before is not None:
                added = version - before.version
                times = before.times + added if added in (0, calls) else 1
            elif version == calls - 1 and (calls == 1 or (reached is not None and reached.filled)):
                times = calls
            now[id(leaf)] = _Held(weakref.ref(leaf), weakref.ref(gradient), version, times)
        self._held = now

    def _told(self, torch: Any, row: LeafGradient, leaf: Any) -> LeafGradient:
        """The row of a leaf, with what is known from before."""
        reached = last_pass().of(leaf)
        change = None if reached is None or reached.sample is None else _change(torch, leaf, reached.sample)
        row = replace(row, change=change, since=self._behind)
        gradient = torch.Tensor.grad.__get__(leaf)
        if gradient is not None:
            held = self._held.get(id(leaf))
            same = held is not None and held.leaf() is leaf and held.grad() is gradient
            return replace(row, times=held.times if same and held is not None else 1)
        if not self._calls:
            return replace(row, reason="returned" if self._returned else "never")
        if reached is not None:
            return replace(row, reason="cleared")
        cut = origins().cut_below(leaf)
        if cut is not None:
            return replace(row, reason=cut.kind, line=cut.line)
        return replace(row, reason="unused" if last_pass().complete else "")


@dataclass(slots=True)
class _Sorted:
    """The tensors of a namespace by what they have to do with gradients."""

    asked: _Named
    inner: _Named
    frozen: _Named
    plain: list[str]
    integers: list[str]


def _by_path(namespace: dict[str, Any]) -> dict[str, Any]:
    return dict(walk(namespace, _NAMED)[0])


def _sorted(torch: Any, namespace: dict[str, Any]) -> _Sorted:
    found, seen = _Sorted([], [], [], [], []), set()
    base, parameter = torch.Tensor, torch.nn.Parameter
    for path, tensor in walk(namespace, _NAMED)[0]:
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        try:
            if is_leaf(torch, tensor):
                found.asked.append((path, tensor))
            elif not has_values(torch, tensor):
                continue
            elif base.requires_grad.__get__(tensor):
                found.inner.append((path, tensor))
            elif issubclass(type(tensor), parameter):
                found.frozen.append((path, tensor))
            elif "." not in path:
                possible = base.is_floating_point(tensor) or base.is_complex(tensor)
                others = found.plain if possible else found.integers
                if len(others) < _OTHERS:
                    others.append(path)
        except Exception:  # noqa: S112 - a wrapper whose transform is over, a lazy parameter: nothing to tell
            continue
    return found


def _inner(torch: Any, path: str, tensor: Any) -> LeafGradient:
    """The row of a result; it holds a gradient only after ``retain_grad()``."""
    base = torch.Tensor
    gradient = base.grad.__get__(tensor) if base.retains_grad.__get__(tensor) else None
    row = _row(torch, path, tensor, gradient)
    return replace(row, kind="inner", reason="" if gradient is not None else "inner")


def _frozen(torch: Any, path: str, tensor: Any) -> LeafGradient:
    base = torch.Tensor
    possible = base.is_floating_point(tensor) or base.is_complex(tensor)
    gradient = base.grad.__get__(tensor)
    reason = "" if gradient is not None else "frozen" if possible else "integer"
    return replace(_row(torch, path, tensor, gradient), kind="frozen", reason=reason)


def _row(torch: Any, path: str, tensor: Any, gradient: Any) -> LeafGradient:
    values = torch.Tensor.detach(tensor)
    return LeafGradient(
        path=path,
        dtype=str(values.dtype).removeprefix("torch."),
        shape=tuple(values.shape),
        value_norm=_size(torch, values),
        grad_norm=None if gradient is None else _size(torch, gradient),
        value=head(torch, values, SHOWN),
        grad=b"" if gradient is None else head(torch, gradient, SHOWN),
    )


def _size(torch: Any, values: Any) -> float:
    if not (values.is_floating_point() or values.is_complex()):
        values = values.double()
    return float(norm(torch, values))


def _change(torch: Any, leaf: Any, before: Any) -> float | None:
    """How far ``leaf`` is from a sample of what it was."""
    now = sample_of(torch, leaf)
    if now.shape != before.shape or now.dtype != before.dtype or now.device != before.device or not before.numel():
        return None
    difference = now - before
    if leaf.numel() == 1 and not difference.is_complex():
        return float(difference.item())
    return _size(torch, difference) * math.sqrt(leaf.numel() / before.numel())
