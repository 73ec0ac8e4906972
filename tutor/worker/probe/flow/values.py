"""Arguments and results of an operation as plain data; nothing here keeps a tensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_ITEMS = 24
"""Items of a list that are looked at."""
_DEEP = 4


@dataclass(frozen=True, slots=True)
class At:
    """Stands in the arguments for the tensor that is operand number ``place``."""

    place: int


@dataclass(frozen=True, slots=True)
class Other:
    """Stands for a value that is neither a tensor nor plain."""

    kind: str


@dataclass(slots=True)
class Fact:
    """One tensor at one moment."""

    key: tuple[int, int]
    """Identity of the object and of what is behind it: means something only while the object is known to live."""
    dtype: str
    shape: tuple[int, ...]
    device: str
    address: int
    """Of its storage; 0 if it has none that could be shared."""
    version: int
    parameter: bool
    grad_fn: str
    """Name of the node that made it; empty for a leaf."""


class Facts:
    """Reads tensors of exactly torch's own classes; call it where no ``__torch_function__`` can run."""

    def __init__(self, torch: Any) -> None:
        base = torch._C.TensorBase
        self.own = {torch.Tensor: False, torch.nn.Parameter: True, torch.nn.Buffer: False}
        self._base: type = torch.Tensor
        self._device_names: dict[Any, str] = {}
        self._dtype_names: dict[Any, str] = {}
        self._shape, self._dtype, self._device = base.shape.__get__, base.dtype.__get__, base.device.__get__
        self._version, self._grad_fn, self._cdata = (
            base._version.__get__,
            base.grad_fn.__get__,
            base._cdata.__get__,
        )
        self._grad = base.grad.__get__
        self._layout, self._strided, self._storage = base.layout.__get__, torch.strided, base.untyped_storage
        self._wrapped = torch._C._functorch.is_functorch_wrapped_tensor
        self._size: type = torch.Size

    def is_tensor(self, value: Any) -> bool:
        return issubclass(type(value), self._base)

    def key(self, tensor: Any) -> tuple[int, int]:
        return id(tensor), self._cdata(tensor)

    def grad(self, leaf: Any) -> Any | None:
        """``.grad`` of a leaf of exactly torch's own class; call it on the learner's own thread."""
        return self._grad(leaf)

    def fact(self, tensor: Any) -> Fact:
        """Raises TypeError for what is not to be looked at: subclasses, wrappers of a transform, symbolic
        sizes.
        """
        kind = type(tensor)
        if kind not in self.own or self._wrapped(tensor):
            raise TypeError("not a plain tensor")
        dtype, device = self._dtype(tensor), self._device(tensor)
        dtype_name = self._dtype_names.get(dtype)
        if dtype_name is None:
            dtype_name = self._dtype_names[dtype] = str(dtype).removeprefix("torch.")
        device_name = self._device_names.get(device)
        if device_name is None:
            device_name = self._device_names[device] = str(device)
        made_by = self._grad_fn(tensor)
        return Fact(
            self.key(tensor),
            dtype_name,
            self._sizes(tensor),
            device_name,
            self._address(tensor),
            self._count(tensor),
            self.own[kind],
            "" if made_by is None else type(made_by).__name__,
        )

    def _sizes(self, tensor: Any) -> tuple[int, ...]:
        """A nested tensor has no single size along some axis: it raises, and is not looked at."""
        shape = tuple(self._shape(tensor))
        if not all(type(n) is int for n in shape):
            raise TypeError("symbolic sizes")
        return shape

    def _address(self, tensor: Any) -> int:
        if self._layout(tensor) is not self._strided:
            return 0
        address: int = self._storage(tensor).data_ptr()
        return address

    def _count(self, tensor: Any) -> int:
        try:
            version: int = self._version(tensor)
        except RuntimeError:  # an inference tensor keeps no count
            return -1
        return version

    def taken(self, value: Any, into: list[Any], depth: int = 0) -> Any:
        """``value`` as plain data, its tensors put into ``into`` and replaced by :class:`At`."""
        kind = type(value)
        if kind in (int, float, bool, str, complex) or value is None or value is Ellipsis:
            return value if kind is not str else value[:200]
        if self.is_tensor(value):
            into.append(value)
            return At(len(into) - 1)
        if kind in (list, tuple, self._size) and depth < _DEEP:
            items = [self.taken(item, into, depth + 1) for item in value[:_ITEMS]]
            return items if kind is list else tuple(items)
        if kind is slice:
            parts = (value.start, value.stop, value.step)
            return slice(*(part if type(part) is int else None for part in parts))
        return Other(kind.__name__)
