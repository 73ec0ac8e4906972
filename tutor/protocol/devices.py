"""Which devices this machine and this build of torch have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backend:
    """One kind of device, as this build of torch and this machine have it."""

    kind: str
    """``cuda``, ``rocm``, ``mps`` or ``xpu``."""
    present: bool
    """Whether torch was built with it."""
    usable: bool
    """Whether a tensor can be put there now."""
    name: str
    memory_used: int | None
    memory_total: int | None
    reason: str
    """Why it is not usable; empty when it is."""


@dataclass(frozen=True, slots=True)
class DeviceSnapshot:
    torch: str | None
    """``torch.__version__``; None when torch is not installed."""
    threads: int
    """``torch.get_num_threads()``: threads inside one CPU operation."""
    cpus: int
    backends: tuple[Backend, ...]
    default: str
    """The device a new tensor lands on."""
    accelerator: str | None
    """What ``torch.accelerator`` names, if it is usable."""
