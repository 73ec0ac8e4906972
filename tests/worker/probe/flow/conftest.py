"""Whoever has compiled is not watched any more: each test begins as if nobody had."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture(autouse=True)
def _nothing_compiled() -> None:
    frames = sys.modules.get("torch._dynamo.eval_frame")
    if frames is not None:
        frames.cached_backends.clear()
