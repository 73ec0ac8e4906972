"""The worker's eyes, in one place: what the loop may ask about the learner's tensors."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from tutor.protocol.snapshots import DeviceSnapshot, GradientSnapshot, TensorDetail, TensorFacts
from tutor.worker.probe import details
from tutor.worker.probe.devices import devices
from tutor.worker.probe.gradients import GradientWatch
from tutor.worker.probe.tensors import TensorWatch
from tutor.worker.probe.touch import is_tensor


class Observer:
    """Watches one namespace. Everything here runs on the main thread, between or inside runs."""

    def __init__(self, namespace: dict[str, Any], publish: Callable[[GradientSnapshot], None]) -> None:
        self._namespace = namespace
        self._tensors = TensorWatch()
        self._gradients = GradientWatch(publish, namespace)
        self._devices: DeviceSnapshot | None = None
        self._facts: dict[str, TensorFacts] = {}

    def install(self) -> None:
        if "torch" in sys.modules:
            self._gradients.install()

    def begin(self, _run: int) -> None:
        self._gradients.begin_run()

    def end(self) -> GradientSnapshot | None:
        return self._gradients.end_run()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing that runs inside is seen by the gradient pane."""
        self._gradients.remove()
        try:
            yield
        finally:
            self.install()

    def tensors(self) -> tuple[tuple[TensorFacts, ...], int]:
        """Every tensor the namespace reaches, with what changed since the last time, and how many are left out."""
        if "torch" not in sys.modules:
            return (), 0
        facts, more = self._tensors.scan(self._namespace)
        self._facts = {fact.path: fact for fact in facts}
        return facts, more

    def detail(self, path: str, index: tuple[int, ...]) -> TensorDetail | None:
        """What the pane needs to draw the tensor at ``path``; None if there is none."""
        if "torch" not in sys.modules:
            return None
        tensor = details.resolve(self._namespace, path)
        if tensor is None:
            return None
        return details.detail(path, tensor, self._facts.get(path), index)

    def displayed(self, value: Any, path: str = "_") -> TensorDetail | None:
        """Detail of a displayed value that is a tensor; ``path`` is a name of it."""
        torch = sys.modules.get("torch")
        if torch is None or not is_tensor(torch, value):
            return None
        with contextlib.suppress(Exception):
            return details.detail(path, value, None, ())
        return None

    def devices(self) -> DeviceSnapshot:
        self._devices = devices()
        return self._devices

    def devices_if_changed(self) -> DeviceSnapshot | None:
        """A new snapshot if a quick look differs from the last one."""
        latest = devices(quick=True)
        if latest == self._devices:
            return None
        self._devices = latest
        return latest
