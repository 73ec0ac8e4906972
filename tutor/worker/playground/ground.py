"""Ground of its own for code that is not the learner's but runs in the same process."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any


class Ground:
    """The settings and the random state that the playground's code finds, whatever the learner has set."""

    def __init__(self) -> None:
        self._random: Any = None

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Inside, torch is as it is in a fresh process with one thread; after, as the learner left it.

        One thread because small steps on two are no faster, and on a busy machine 29 times slower.
        """
        import torch

        dtype, device, threads = torch.get_default_dtype(), torch.get_default_device(), torch.get_num_threads()
        learners = torch.get_rng_state()
        torch.set_default_dtype(torch.float32)
        torch.set_num_threads(1)
        if self._random is not None:
            torch.set_rng_state(self._random)
        try:
            with torch.inference_mode(False), torch.enable_grad(), _on_cpu(device):
                yield
        finally:
            self._random = torch.get_rng_state()
            torch.set_rng_state(learners)
            torch.set_default_dtype(dtype)
            torch.set_num_threads(threads)


def _on_cpu(device: Any) -> contextlib.AbstractContextManager[Any]:
    """Only where the learner has chosen another device: to choose one slows every operation down."""
    return contextlib.nullcontext() if device.type == "cpu" else sys.modules["torch"].device("cpu")
