"""What torch can compute on here: threads, accelerators, their memory, the default device."""

from __future__ import annotations

import os
from typing import Any

from tutor.protocol.devices import Backend, DeviceSnapshot
from tutor.worker.probe import backends
from tutor.worker.probe.touch import torch_module

_known: dict[str, tuple[Backend, ...]] = {}


def devices(quick: bool = False) -> DeviceSnapshot:
    """A snapshot of now; ``quick`` asks the drivers nothing that cannot have changed since the last full one.

    Never starts a CUDA context, changes nothing, never raises.
    """
    torch = torch_module()
    if torch is None:
        return DeviceSnapshot(None, 0, _cpus(), (), "cpu", None)
    known = _known.get("backends")
    if quick and known is not None:
        found = tuple(backends.refreshed(torch, backend) for backend in known)
    else:
        found = backends.all_backends(torch)
    _known["backends"] = found
    return DeviceSnapshot(
        torch=str(torch.__version__),
        threads=torch.get_num_threads(),
        cpus=_cpus(),
        backends=found,
        default=_default(torch),
        accelerator=_accelerator(torch, found),
    )


def unchanged(before: DeviceSnapshot) -> bool:
    """Whether a new snapshot would say the same; only where there is no accelerator is that known so cheaply."""
    torch = torch_module()
    return (
        torch is not None
        and not any(backend.usable for backend in before.backends)
        and torch.get_num_threads() == before.threads
        and _default(torch) == before.default
    )


def _cpus() -> int:
    """Cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):  # not on macOS and Windows
        return os.cpu_count() or 1


def _default(torch: Any) -> str:
    try:
        # torch.get_default_device() may make a tensor to find the index, and so start the device.
        context = getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None)
        return str(torch.get_default_device() if context is None else context.device)
    except Exception:
        return "cpu"


def _accelerator(torch: Any, found: tuple[Backend, ...]) -> str | None:
    """torch.accelerator names a device even where no driver answers, so that is asked first."""
    if not any(backend.usable for backend in found):
        return None
    try:
        if not torch.accelerator.is_available():
            return None
        return str(torch.accelerator.current_accelerator())
    except Exception:
        return None
