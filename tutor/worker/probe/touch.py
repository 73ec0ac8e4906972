"""How the probe touches the learner's objects: so that neither they nor the learner's modes notice."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable
from typing import Any


def torch_module() -> Any | None:
    """torch, imported if need be; None where it cannot be imported."""
    loaded = sys.modules.get("torch")
    if loaded is not None:
        return loaded
    try:
        return importlib.import_module("torch")
    except Exception:
        return None


class quiet:  # noqa: N801 - used like a function
    """No graph is recorded and no ``__torch_function__`` (of a subclass or a mode) is called inside."""

    __slots__ = ("_grad", "_plain")

    def __init__(self, torch: Any) -> None:
        self._plain = getattr(torch._C, "DisableTorchFunction", contextlib.nullcontext)()
        self._grad = torch.no_grad()

    def __enter__(self) -> None:
        self._plain.__enter__()
        self._grad.__enter__()

    def __exit__(self, *error: object) -> None:
        self._grad.__exit__(*error)
        self._plain.__exit__(*error)


def is_tensor(torch: Any, value: Any) -> bool:
    """By the real type: ``isinstance`` would believe a ``__class__`` that lies."""
    return issubclass(type(value), torch.Tensor)


def runs_python(torch: Any, kind: type) -> bool:
    """Whether an operation on such a tensor would run a ``__torch_dispatch__`` written in Python."""
    plain = torch.Tensor.__torch_dispatch__
    try:
        return type.__getattribute__(kind, "__torch_dispatch__") is not plain
    except Exception:
        return True


def has_values(torch: Any, tensor: Any) -> bool:
    """Whether reading values is possible and runs no code but torch's own."""
    return not (
        torch.Tensor.is_meta.__get__(tensor)
        or runs_python(torch, type(tensor))
        or torch._C._functorch.is_functorch_wrapped_tensor(tensor)
    )


def type_name(kind: type) -> str:
    """``kind.__name__`` as the interpreter knows it, whatever its metaclass says, at most 80 characters."""
    name: str = type.__dict__["__name__"].__get__(kind)
    return name[:80]


def disturbs(torch: Any) -> bool:
    """Whether an operation of ours would be noticed: by a dispatch mode, transform, profiler or capture."""
    try:
        if watched_over(torch)():
            return True
        compiled = sys.modules.get("torch._dynamo.compiled_autograd")
        if compiled is not None and getattr(compiled, "compiled_autograd_enabled", False):
            return True
        return bool(torch.cuda.is_initialized() and torch.cuda.is_current_stream_capturing())
    except Exception:
        return True


def watched_over(torch: Any) -> Callable[[], bool]:
    """A question for every call of a loop: is a dispatch mode, a transform or a profiler on?"""
    try:
        modes = torch._C._len_torch_dispatch_stack
        profiling = torch._C._autograd._profiler_enabled
        transform = torch._C._functorch.peek_interpreter_stack
    except AttributeError:  # private, all three: where one is gone, better to look at nothing
        return lambda: True
    return lambda: modes() > 0 or profiling() or transform() is not None
