"""Where things are: lessons, assets and user data, in a checkout, an editable install and a wheel alike."""

from __future__ import annotations

import os
from pathlib import Path

_DATA = "_data"
"""Folder inside the installed package that a wheel puts ``lessons/`` and ``assets/`` into; see pyproject.toml."""


def package_dir() -> Path:
    """The folder of the ``tutor`` package."""
    return Path(__file__).resolve().parent


def lessons_dir() -> Path:
    """The lessons that come with the tutor."""
    return _shipped("lessons")


def assets_dir() -> Path:
    """Bundled data sets and pictures."""
    return _shipped("assets")


def data_dir() -> Path:
    """Where progress is kept: ``$TUTOR_DATA``, or the system's place for a user's data. It may not exist yet."""
    if chosen := os.environ.get("TUTOR_DATA"):
        return Path(chosen).expanduser()
    import platformdirs

    return platformdirs.user_data_path("pytorch-tutor", appauthor=False)


def cache_dir() -> Path:
    """What can be made again: in ``$TUTOR_CACHE``, ``cache`` in ``$TUTOR_DATA``, or the system's place."""
    if chosen := os.environ.get("TUTOR_CACHE"):
        return Path(chosen).expanduser()
    if os.environ.get("TUTOR_DATA"):
        return data_dir() / "cache"
    import platformdirs

    return platformdirs.user_cache_path("pytorch-tutor", appauthor=False)


def _shipped(name: str) -> Path:
    in_wheel = package_dir() / _DATA / name
    return in_wheel if in_wheel.is_dir() else package_dir().parent / name
