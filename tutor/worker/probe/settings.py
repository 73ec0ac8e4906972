"""What can be set in torch for the whole process, as a worker begins with it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


class Settings:
    """Remembers at the first :meth:`restore` how things are, and puts them back at every later one."""

    def __init__(self) -> None:
        self._kept: list[tuple[Callable[..., object], Any]] | None = None

    def restore(self) -> None:
        """Nothing of a lesson may have run before the first call."""
        torch: Any = sys.modules.get("torch")
        if torch is None:
            return
        if self._kept is None:
            self._kept = _settings(torch)
            return
        for put, value in self._kept:
            put(value)


def _settings(torch: Any) -> list[tuple[Callable[..., object], Any]]:
    """How each of them is set, and to what."""
    return [
        (torch.set_default_device, None),
        (torch.set_grad_enabled, torch.is_grad_enabled()),
        (torch.set_default_dtype, torch.get_default_dtype()),
        (torch.set_num_threads, torch.get_num_threads()),
        (torch.set_float32_matmul_precision, torch.get_float32_matmul_precision()),
        (torch.use_deterministic_algorithms, torch.are_deterministic_algorithms_enabled()),
        (torch.autograd.set_detect_anomaly, torch.is_anomaly_enabled()),
        (lambda profile: torch.set_printoptions(profile=profile), "default"),
    ]
