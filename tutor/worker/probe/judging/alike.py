"""Whether two namespaces can be told apart by what is asked of them; where that is unsure, they can."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from tutor.worker.probe.said import looked_up

_PLAIN = (str, bytes, int, float, complex, bool, type(None), range, slice)


def alike(left: dict[str, Any], right: dict[str, Any], names: Iterable[str]) -> bool:
    """Whether ``names``, and all that functions among them read, hold the same in both, bit for bit.

    What is one object in the one must be one object in the other.
    """
    return _Pair(left, right).names(names)


class _Pair:
    def __init__(self, left: dict[str, Any], right: dict[str, Any]) -> None:
        self._left, self._right = left, right
        self._torch: Any = sys.modules.get("torch")
        self._seen: set[str] = set()
        self._partners: dict[tuple[str, int], tuple[Any, Any]] = {}
        """By the side and identity of each object: it, and the one on the other side that it was compared with."""

    def names(self, names: Iterable[str]) -> bool:
        for name in names:
            if name in self._seen:
                continue
            self._seen.add(name)
            if (name in self._left) is not (name in self._right):
                return False
            if name in self._left and not self._same(self._left[name], self._right[name]):
                return False
        return True

    def _same(self, left: Any, right: Any) -> bool:
        kind = type(left)
        if kind is not type(right):
            return False
        if kind in _PLAIN:
            return bool(left == right)
        if issubclass(kind, (type, ModuleType, BuiltinFunctionType)):
            return left is right
        mine, theirs = self._partners.get(("left", id(left))), self._partners.get(("right", id(right)))
        if mine is not None or theirs is not None:
            return mine is theirs
        self._partners["left", id(left)] = self._partners["right", id(right)] = left, right
        if kind is FunctionType:
            return self._same_function(left, right)
        if kind in (list, tuple):
            return len(left) == len(right) and all(map(self._same, left, right))
        if kind is dict:
            return [*left] == [*right] and all(map(self._same, left.values(), right.values()))
        if self._torch is not None and kind in (self._torch.Tensor, self._torch.nn.Parameter):
            return self._same_tensor(left, right)
        return False

    def _same_function(self, left: FunctionType, right: FunctionType) -> bool:
        return (
            left.__code__ == right.__code__
            and left.__closure__ is right.__closure__ is None
            and self._same(left.__defaults__, right.__defaults__)
            and self._same(left.__kwdefaults__, right.__kwdefaults__)
            and self._same(left.__dict__, right.__dict__)
            and self.names(looked_up(left.__code__))
        )

    def _same_tensor(self, left: Any, right: Any) -> bool:
        return (
            (left.layout, left.dtype, left.device, left.requires_grad)
            == (right.layout, right.dtype, right.device, right.requires_grad)
            and left.layout is self._torch.strided
            and left.device.type == "cpu"
            and (left.shape, left.stride(), left.storage_offset())
            == (right.shape, right.stride(), right.storage_offset())
            and left.grad_fn is right.grad_fn is None
            and not left.__dict__
            and not right.__dict__
            and self._same(left.grad if left.is_leaf else None, right.grad if right.is_leaf else None)
            and bool(self._torch.equal(left.detach(), right.detach()))
        )
