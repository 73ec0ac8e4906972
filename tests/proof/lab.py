"""Lessons of one step, made for a test."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from tutor.lesson.loader import parse_lesson
from tutor.lesson.model import Lesson


def lesson_of(
    solution: str, *checks: dict[str, Any], setup: str = "", kind: str = "exercise", **more: Any
) -> Lesson:
    """A lesson whose one step is judged by ``checks``; ``torch``, ``nn`` and ``F`` are imported."""
    step = {"id": "only", "kind": kind, "text": "Do it.", "setup": textwrap.dedent(setup), "hints": ["No."]}
    step |= {"checks": list(checks), **more} | ({} if kind == "fill" else {"solution": textwrap.dedent(solution)})
    lesson = {
        "schema": 1, "id": "lab", "title": "Lab", "track": "tests", "objectives": ["none"], "minutes": 1,
        "difficulty": 1, "steps": [step],
        "setup": "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n",
    }  # fmt: skip
    # YAML 1.2 holds all of JSON.
    return parse_lesson(json.dumps(lesson), Path("lesson.yaml"))


TENSOR = {"kind": "tensor", "target": "y"}
VALUE = {"kind": "value", "target": "y"}
