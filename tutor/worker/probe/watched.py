"""What a watched value looks like: a few facts and numbers, and nothing that keeps it alive."""

from __future__ import annotations

import contextlib
import hashlib
import math
import struct
import sys
from typing import Any

from tutor.protocol.snapshots import Sample, TensorDetail
from tutor.protocol.watches import WatchRow
from tutor.worker.probe.names import walk
from tutor.worker.probe.small import thumbnail
from tutor.worker.probe.touch import is_tensor, quiet, type_name

SAMPLE = 256


def tensor_row(expression: str, value: Any) -> WatchRow | None:
    """The row of a tensor; None for any other value. Reads it without a graph and without its overrides."""
    torch = sys.modules.get("torch")
    if torch is None or not is_tensor(torch, value):
        return None
    found = thumbnail(expression, value, SAMPLE)
    kind = type_name(type(value))
    if found is None:
        return WatchRow(expression, "value", "a tensor without a size yet", kind)
    return WatchRow(
        expression, "value", found.note, kind, found.facts, found.stats, found.sample, _number(found), _mark(found)
    )


def versions(namespace: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Identity and count of in-place changes of every tensor the namespace reaches."""
    torch = sys.modules.get("torch")
    if torch is None:
        return {}
    read = torch._C.TensorBase._version.__get__
    found = {}
    with quiet(torch):  # a subclass would hear of every attribute that is read
        for path, tensor in walk(namespace)[0]:
            with contextlib.suppress(Exception):  # inference tensors keep no count
                found[path] = id(tensor), int(read(tensor))
    return found


def _number(found: TensorDetail) -> float | None:
    sample: Sample | None = found.sample
    count = math.prod(found.facts.shape)
    if sample is None or count != 1 or len(sample.values) != 8 or "complex" in found.facts.dtype:
        return None
    return float(struct.unpack("<d", sample.values)[0])


def _mark(found: TensorDetail) -> str:
    values = found.sample.values if found.sample is not None else b""
    facts = found.facts
    words = f"{facts.dtype} {facts.shape} {facts.device} {found.stats}".encode()
    return hashlib.blake2b(words + values, digest_size=8).hexdigest()
