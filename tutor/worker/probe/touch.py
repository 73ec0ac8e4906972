"""How the probe touches the learner's objects: so that neither they nor the learner's modes notice."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
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


@contextlib.contextmanager
def quiet(torch: Any) -> Iterator[None]:
    """No graph is recorded and no ``__torch_function__`` (of a subclass or a mode) is called inside."""
    disable = getattr(torch._C, "DisableTorchFunction", contextlib.nullcontext)
    with disable(), torch.no_grad():
        yield


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


def type_name(kind: type) -> str:
    """``kind.__name__`` as the interpreter knows it, whatever its metaclass says, at most 80 characters."""
    name: str = type.__dict__["__name__"].__get__(kind)
    return name[:80]


def disturbs(torch: Any) -> bool:
    """Whether an operation of ours would be noticed: by a dispatch mode, transform, profiler or capture."""
    core = torch._C
    try:
        if core._len_torch_dispatch_stack() > 0 or core._autograd._profiler_enabled():
            return True
        if core._functorch.peek_interpreter_stack() is not None:
            return True
        compiled = sys.modules.get("torch._dynamo.compiled_autograd")
        if compiled is not None and getattr(compiled, "compiled_autograd_enabled", False):
            return True
        return bool(torch.cuda.is_initialized() and torch.cuda.is_current_stream_capturing())
    except Exception:
        return True
