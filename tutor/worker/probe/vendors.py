"""Name and memory of a GPU from its vendor's tool, because torch would have to start the device to know."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

PATIENCE = 3.0
"""Seconds a tool may take to answer."""

Told = tuple[str, "int | None", "int | None"]
"""Name, bytes used, bytes in all; what the tool did not tell is empty or None."""

_NOTHING: Told = ("", None, None)


def nvidia() -> Told:
    """The first visible NVIDIA GPU, as ``nvidia-smi`` describes it."""
    query = ["--query-gpu=name,memory.used,memory.total", "--format=csv,noheader,nounits"]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip()
    lines = _answer("nvidia-smi", [*query, f"--id={visible}"] if visible else query).splitlines()
    parts = [part.strip() for part in lines[0].rsplit(",", 2)] if lines else []
    if len(parts) != 3:
        return _NOTHING
    mebibyte = 1024 * 1024
    return parts[0], _bytes(parts[1], mebibyte), _bytes(parts[2], mebibyte)


def amd() -> Told:
    """The first visible AMD GPU, as ``rocm-smi`` describes it."""
    text = _answer("rocm-smi", ["--showproductname", "--showmeminfo", "vram", "--json"])
    visible = os.environ.get("HIP_VISIBLE_DEVICES", "").split(",")[0].strip()
    try:
        card: dict[str, Any] = {
            str(key).lower(): value for key, value in json.loads(text)[f"card{visible or 0}"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return _NOTHING
    name = str(card.get("card series") or card.get("card model") or "")
    used, total = card.get("vram total used memory (b)"), card.get("vram total memory (b)")
    return name, _bytes(str(used), 1), _bytes(str(total), 1)


def _bytes(text: str, unit: int) -> int | None:
    return int(text) * unit if text.isdecimal() else None


def _answer(tool: str, arguments: list[str]) -> str:
    """What the tool prints; empty if it is not there, fails or takes too long."""
    path = shutil.which(tool)
    if path is None:
        return ""
    try:
        done = subprocess.run(
            [path, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
