"""The random generators a learner can see, kept and seeded."""

from __future__ import annotations

import contextlib
import importlib
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any


def seed(value: int) -> None:
    """Seed Python's generator, torch's (every device) and NumPy's old global one, where loaded.

    Where NumPy is loaded its generator is loaded with it: it would seed itself, each time anew, when it first is.
    """
    random.seed(value)
    if (torch := sys.modules.get("torch")) is not None:
        torch.manual_seed(value)
    if "numpy" in sys.modules:
        with contextlib.suppress(ImportError):
            importlib.import_module("numpy.random").seed(value % 2**32)


def now() -> Callable[[], None]:
    """What puts every generator back to where it is now."""
    python = random.getstate()
    torch: Any = sys.modules.get("torch")
    numpy: Any = sys.modules.get("numpy.random")
    torch_state = torch.get_rng_state() if torch is not None else None
    numpy_state = numpy.get_state() if numpy is not None else None
    devices = [(put, get()) for get, put in _accelerators(torch)]

    def put_back() -> None:
        random.setstate(python)
        if torch is not None and torch_state is not None:
            torch.set_rng_state(torch_state)
        if numpy is not None and numpy_state is not None:
            numpy.set_state(numpy_state)
        for put, state in devices:
            put(state)

    return put_back


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """What runs inside leaves every generator as it found it."""
    put_back = now()
    try:
        yield
    finally:
        put_back()


def _accelerators(torch: Any) -> list[tuple[Any, Any]]:
    """How to read and put back the generators of accelerators that are in use; none is woken for it."""
    found = []
    for name in ("cuda", "xpu"):
        module = getattr(torch, name, None)
        if module is not None and module.is_initialized():
            found.append((module.get_rng_state_all, module.set_rng_state_all))
    if torch is not None and torch.backends.mps.is_available():
        found.append((torch.mps.get_rng_state, torch.mps.set_rng_state))
    return found
