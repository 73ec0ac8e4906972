"""Objects a learner may make that answer questions badly."""

from __future__ import annotations

from typing import Any

import torch


class BrokenRepr(torch.Tensor):  # type: ignore[misc]
    def __repr__(self, **_: Any) -> str:
        raise RuntimeError("no text")


class BrokenFunction(torch.Tensor):  # type: ignore[misc]
    @classmethod
    def __torch_function__(cls, *_: Any, **__: Any) -> Any:
        raise RuntimeError("no operations")


class LyingShape(torch.Tensor):  # type: ignore[misc]
    @property
    def shape(self) -> Any:
        raise RuntimeError("no shape")


class Liar:
    """Says it is a tensor."""

    @property
    def __class__(self) -> Any:
        return torch.Tensor

    @__class__.setter
    def __class__(self, value: Any) -> None: ...


class NoAttributes:
    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


class NoClass:
    @property
    def __class__(self) -> Any:
        raise RuntimeError("no class")

    @__class__.setter
    def __class__(self, value: Any) -> None: ...


class Wrapper(torch.Tensor):  # type: ignore[misc]
    """A subclass whose operations are Python code, which counts how often it is asked."""

    asked = 0

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> Any:
        return torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype)

    @classmethod
    def __torch_dispatch__(cls, *_: Any, **__: Any) -> Any:
        cls.asked += 1
        raise RuntimeError("not for you")


class HalfModule(torch.nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        """Forgets to call the one above."""


def uninitialised() -> torch.nn.Module:
    return torch.nn.LazyLinear(3)


def shrunk() -> torch.Tensor:
    tensor = torch.ones(1_000_000)
    tensor.untyped_storage().resize_(0)
    return tensor


def leaked_from_vmap() -> torch.Tensor:
    kept: list[torch.Tensor] = []

    def leak(row: torch.Tensor) -> torch.Tensor:
        kept.append(row)
        return row * 2

    torch.func.vmap(leak)(torch.ones(2, 3))
    return kept[0]


def everything() -> dict[str, Any]:
    plain = torch.arange(3.0)
    return {
        "broken_repr": plain.as_subclass(BrokenRepr),
        "broken_function": plain.as_subclass(BrokenFunction),
        "lying_shape": plain.as_subclass(LyingShape),
        "liar": Liar(),
        "no_attributes": NoAttributes(),
        "no_class": NoClass(),
        "wrapper": Wrapper(plain),
        "half_module": HalfModule(),
        "uninitialised": uninitialised(),
        "shrunk": shrunk(),
        "leaked": leaked_from_vmap(),
        "meta": torch.ones(3, device="meta"),
        "sparse": torch.eye(3).to_sparse(),
        "inference": inference(),
        "last": plain,
    }


def inference() -> torch.Tensor:
    with torch.inference_mode():
        return torch.ones(3)
