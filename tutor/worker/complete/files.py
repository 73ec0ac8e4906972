"""File names inside a string."""

from __future__ import annotations

import os

_MOST = 2_000
"""Entries of a folder that are looked at."""


def entries(folder: str, *, hidden: bool) -> list[str]:
    """What lies in ``folder`` (relative to the current one; ``~`` is the home folder), folders with a slash.

    Names that begin with a dot are there only with ``hidden``.
    """
    found = []
    try:
        with os.scandir(os.path.expanduser(folder) or ".") as inside:  # noqa: PTH111 - text in, text out
            for _, entry in zip(range(_MOST), inside):  # noqa: B905 - bounded on purpose
                if entry.name.isprintable() and (hidden or entry.name[0] != "."):
                    found.append(f"{entry.name}/" if entry.is_dir() else entry.name)
    except (OSError, ValueError):
        return []
    return found
