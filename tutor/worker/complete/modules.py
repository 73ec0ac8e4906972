"""Names that ``import`` could take, found without importing anything."""

from __future__ import annotations

import importlib.machinery
import os
import sys
import time
import types
from collections.abc import Iterable
from typing import Any

from tutor.worker.complete.things import mro, own_dict

_KEPT = 30.0
"""Seconds for which a folder's listing is believed."""
_MOST = 5_000

_listings: dict[str, tuple[float, tuple[str, ...]]] = {}


def top_level() -> set[str]:
    """Modules and packages on ``sys.path``, and those built in."""
    found = set(sys.stdlib_module_names) | set(sys.builtin_module_names)
    for entry in list(sys.path):
        if type(entry) is str:
            found.update(_modules_in(entry or "."))
    return found


def inside(package: str) -> set[str]:
    """Submodules of a package, loaded or not."""
    found: set[str] = set()
    for folder in _folders(package):
        found.update(_modules_in(folder))
    start = f"{package}."
    loaded = (name for name in list(sys.modules) if type(name) is str and name.startswith(start))
    found.update(name[len(start) :].partition(".")[0] for name in loaded)
    return found


def _folders(package: str) -> list[str]:
    module: Any = sys.modules.get(package)
    if module is not None and types.ModuleType in mro(type(module)):
        return [folder for folder in _plain(own_dict(module).get("__path__")) if type(folder) is str]
    parent, _, name = package.rpartition(".")
    above = _folders(parent) if parent else [entry or "." for entry in sys.path if type(entry) is str]
    candidates = [os.path.join(folder, name) for folder in above]  # noqa: PTH118 - sys.path holds text
    return [folder for folder in candidates if os.path.isdir(folder)][:10]  # noqa: PTH112


def _plain(path: Any) -> Iterable[Any]:
    """A package's ``__path__``; of a namespace package, what it has found so far."""
    if type(path) is list:
        return list(path)
    found = own_dict(path).get("_path") if path is not None else None
    return list(found) if type(found) is list else ()


def _modules_in(folder: str) -> tuple[str, ...]:
    now = time.monotonic()
    known = _listings.get(folder)
    if known is None or now - known[0] > _KEPT:
        known = _listings[folder] = (now, tuple(sorted(_scan(folder))))
    return known[1]


def _scan(folder: str) -> set[str]:
    suffixes = sorted(importlib.machinery.all_suffixes(), key=len, reverse=True)
    found: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_MOST), entries):  # noqa: B905 - bounded on purpose
                name = _module_name(entry, suffixes)
                if name.isidentifier() and name != "__init__":
                    found.add(name)
    except OSError:
        return found
    return found


def _module_name(entry: os.DirEntry[str], suffixes: list[str]) -> str:
    if "." not in entry.name:
        package = os.path.join(entry.path, "__init__.py")  # noqa: PTH118
        return entry.name if entry.is_dir() and os.path.exists(package) else ""  # noqa: PTH110
    return next((entry.name[: -len(end)] for end in suffixes if entry.name.endswith(end)), "")
