"""Why a cell cannot be run in a lesson, in a few words."""

from __future__ import annotations

import re

from tutor.importing.blocks import cleaned
from tutor.importing.offline import REFUSAL
from tutor.protocol import events
from tutor.protocol.failures import ErrorReport

NEEDS_INPUT = "asks for input"

_NETWORK = re.compile(
    rf"{REFUSAL}|urlopen error|Connection(Error| refused| aborted)|Max retries exceeded|offline mode|"
    "LocalEntryNotFound|not connect to|Name or service not known|name resolution|Error downloading|download=True",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"not compiled with (CUDA|MPS|XPU)|NVIDIA driver|CUDA (is not available|error|device)|No (CUDA|HIP) GPUs|"
    r"cuda\.is_available|(MPS|XPU) (backend|device)|cudnn|device type (cuda|mps|xpu)|"
    r"invalid device ordinal|expected (CUDA|GPU)",
    re.IGNORECASE,
)
_LONGEST = 140


def why(status: str, failure: events.Failed | None, died: str) -> str:
    """``status`` is how the cell ended, not well; ``died`` says how its process ended, if it did."""
    if status == "died":
        return f"ends its Python process: {died or 'it is gone'}"
    if status == "exit":
        return "ends Python by `exit()` or the like"
    if status in ("interrupted", "stopped"):
        return "was interrupted"
    if failure is None or not failure.chain:
        return "cannot be run here"
    last = failure.chain[-1]
    whole = " ".join(f"{error.type}: {error.message}" for error in failure.chain)
    if _NETWORK.search(whole):
        return "needs the network"
    if _DEVICE.search(whole):
        return "needs a GPU"
    return _of(last)


def _of(error: ErrorReport) -> str:
    kind = error.type.rpartition(".")[2]
    named = re.search(r"'([^']{1,80})'", error.message)
    if kind == "ModuleNotFoundError" and named:
        return f"needs the package `{named[1].partition('.')[0]}`, which is not installed here"
    if kind in ("FileNotFoundError", "NotADirectoryError"):
        return f"needs the file `{named[1]}`" if named else "needs a file"
    message = " ".join(cleaned(error.message).split())
    said = f"raises {kind}: {message}" if message else f"raises {kind}"
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
