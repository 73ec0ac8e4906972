"""CUDA, ROCm, MPS and XPU as this build of torch and this machine have them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tutor.protocol.devices import Backend
from tutor.worker.probe import vendors


def all_backends(torch: Any) -> tuple[Backend, ...]:
    """CUDA or ROCm, MPS and XPU, present or not. May ask the vendor's tool, which takes up to 3 s."""
    return _cuda(torch), _mps(torch), _xpu(torch)


def refreshed(torch: Any, backend: Backend) -> Backend:
    """The same with the name and memory of now, where torch can tell without starting the device."""
    if not backend.usable:
        return backend
    try:
        if backend.kind in ("cuda", "rocm"):
            return _asked(torch.cuda, backend)
        if backend.kind == "xpu":
            return _asked(torch.xpu, backend)
        used, total = torch.mps.current_allocated_memory(), torch.mps.recommended_max_memory()
        return replace(backend, memory_used=used, memory_total=total)
    except Exception:
        return backend


def _cuda(torch: Any) -> Backend:
    rocm = bool(getattr(torch.version, "hip", None))
    kind, title = ("rocm", "ROCm") if rocm else ("cuda", "CUDA")
    version = getattr(torch.version, "hip" if rocm else "cuda", None)
    if not _truth(torch.backends.cuda.is_built):
        return _absent(kind, title)
    usable, complaints = _available(torch.cuda.is_available)
    if not usable:
        return Backend(kind, True, False, "", None, None, _no_gpu(title, str(version), complaints))
    backend = Backend(kind, True, True, title, None, None, "")
    if not _truth(torch.cuda.is_initialized):
        name, used, total = vendors.amd() if rocm else vendors.nvidia()
        name = _several(name or title, torch.cuda)
        return replace(backend, name=name, memory_used=used, memory_total=total)
    return refreshed(torch, backend)


def _mps(torch: Any) -> Backend:
    if not _truth(torch.backends.mps.is_built):
        return _absent("mps", "MPS")
    usable, _ = _available(torch.backends.mps.is_available)
    if not usable:
        reason = "built with MPS, but this Mac or its macOS (12.3 or later is needed) has no Metal GPU for it"
        return Backend("mps", True, False, "", None, None, reason)
    return refreshed(torch, Backend("mps", True, True, "Apple GPU (Metal)", None, None, ""))


def _xpu(torch: Any) -> Backend:
    xpu = getattr(torch, "xpu", None)
    compiled = getattr(xpu, "_is_compiled", None)
    if compiled is None or not _truth(compiled):
        return _absent("xpu", "XPU")
    usable, _ = _available(torch.xpu.is_available)
    if not usable:
        reason = "built with XPU, but no Intel GPU driver answers"
        return Backend("xpu", True, False, "", None, None, reason)
    return refreshed(torch, Backend("xpu", True, True, "Intel GPU", None, None, ""))


def _absent(kind: str, title: str) -> Backend:
    return Backend(kind, False, False, "", None, None, f"this build of torch has no {title}")


def _truth(ask: Callable[[], Any]) -> bool:
    return _available(ask)[0]


def _available(ask: Callable[[], Any]) -> tuple[bool, str]:
    """The answer, False if it raises, and what torch warned about meanwhile."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            answer = bool(ask())
        except Exception:
            answer = False
    return answer, " ".join(str(item.message) for item in caught)


def _no_gpu(title: str, version: str, complaints: str) -> str:
    built = f"built with {title} {version}"
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if "too old" in complaints:
        return f"{built}, but the driver is too old for it"
    if hidden is not None and hidden.strip() in ("", "-1"):
        return f"{built}, but CUDA_VISIBLE_DEVICES hides every GPU"
    vendor = "AMD" if title == "ROCm" else "NVIDIA"
    return f"{built}, but no {vendor} driver answers"


def _asked(module: Any, backend: Backend) -> Backend:
    """Name and memory from torch, once the learner's code has started the device."""
    if not module.is_initialized():
        return backend
    free, total = module.mem_get_info()
    name = backend.name
    if backend.memory_total is None or name in ("CUDA", "ROCm", "Intel GPU"):
        name = _several(str(module.get_device_name()), module)
    return replace(backend, name=name, memory_used=total - free, memory_total=total)


def _several(name: str, module: Any) -> str:
    try:
        count = int(module.device_count())
    except Exception:
        return name
    return name if count < 2 else f"{count} GPUs, the first {name}"
