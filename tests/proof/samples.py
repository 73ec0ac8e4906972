"""Small lessons, sound and broken, and what proving them finds."""

from __future__ import annotations

import textwrap
from pathlib import Path

from tutor.lesson.loader import load_lesson
from tutor.proof.findings import Finding
from tutor.proof.proof import Proof
from tutor.proof.prover import Prover

HEAD = """\
schema: 1
id: small
title: Small
track: tensors
objectives: [one]
minutes: 5
difficulty: 1
setup: |
  import torch
steps:
"""

SOUND = """\
id: ones
kind: exercise
text: Make `y`, three ones.
setup: |
  n = 3
starter: |
  y = ...
solution: |
  y = torch.ones(n)
hints: [Which function fills a tensor with one number?]
checks:
  - {kind: tensor, target: y}
misconceptions:
  - id: nothing
    code: y = torch.zeros(n)
    feedback: Those are zeros.
accepts: ["y = torch.zeros(3) + 1"]
rejects: ["y = torch.ones(1)"]
"""


def steps(*texts: str, head: str = HEAD) -> str:
    """The text of a lesson with these steps, each a mapping written without its indent."""
    return head + "".join(
        "  - " + textwrap.indent(textwrap.dedent(t).strip("\n"), "    ")[4:] + "\n" for t in texts
    )


def spoilt(old: str, new: str) -> str:
    """The sound step with one text, which occurs once, replaced."""
    assert SOUND.count(old) == 1
    return SOUND.replace(old, new)


def write(folder: Path, text: str, name: str = "01-small", helpers: str = "") -> Path:
    """A lesson in a folder of lessons; its file."""
    place = folder / name
    place.mkdir(parents=True)
    (place / "lesson.yaml").write_text(text)
    if helpers:
        (place / "checks.py").write_text(helpers)
    return place / "lesson.yaml"


async def proved(prover: Prover, file: Path) -> list[Finding]:
    """What is found in one lesson."""
    proof = Proof()
    await proof.prove([prover], [load_lesson(file)])
    assert proof.proved == proof.planned
    return proof.findings


def line_of(file: Path, needle: str) -> int:
    """Line, from 1, of a text that occurs once."""
    text = file.read_text()
    assert text.count(needle) == 1, needle
    return text[: text.index(needle)].count("\n") + 1
