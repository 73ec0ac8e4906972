"""A pseudo-language in which every text stands in ⟦⟧, a lesson without Latin words, and what was forgotten."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from textual.widgets import Input, OptionList, Static

from tests.fake import run_well
from tests.ui.driver import Driver
from tutor.protocol import commands, events
from tutor.protocol.verdicts import CheckPart, CheckResult
from tutor.ui.widgets.device_bar import DeviceBar
from tutor.ui.widgets.key_line import KeyLine
from tutor.ui.widgets.transcript import Transcript

LESSON = """\
schema: 1
id: l
title: Λόγος
track: t
objectives: [ποιέω]
minutes: 5
difficulty: 1
steps:
  - {id: a, kind: read, title: Α, text: αβγ, example: shape = 1}
  - {id: b, kind: run, title: Β, text: αβγ, code: y = 2}
  - id: c
    kind: choice
    title: Γ
    text: αβγ
    options: [{text: α, feedback: ναί, correct: true}, {text: β, feedback: οὔ}]
  - id: d
    kind: exercise
    title: Δ
    text: αβγ
    starter: z = 0
    solution: z = 1 + 2
    hints: [αβγ, αβγδ]
    checks: [{kind: value, target: z, label: ζ}]
recall:
  - id: e
    text: αβγ
    options: [{text: α, feedback: ναί, correct: true}, {text: β, feedback: οὔ}]
"""
NAMES = {"tutor", "torch", "cpu", "CUDA", "MPS", "XPU", "MiB", "Esc", "Enter", "PyTorch", "SHA", "kB"}
"""Words that are the same in every language."""


class Pseudo:
    """Says everything in brackets, and leaves what is put in outside of them readable.

    What is not ``known`` has no translation, as in any language: it was not collected.
    """

    def __init__(self, known: Container[str]) -> None:
        self._known = known

    def gettext(self, message: str, /) -> str:
        if message not in self._known:
            return message
        return re.sub(r"(\{\w+\})", "⟧\\1⟦", f"⟦{message}⟧")

    def ngettext(self, one: str, many: str, n: int, /) -> str:
        return self.gettext(one if n == 1 else many)


def answer(command: commands.Command) -> list[events.Event]:
    if isinstance(command, commands.Check):
        right = "3" in str(command.cells)
        parts = () if right else (CheckPart("", False, "3", "0"),)
        said = "" if right else "0: expected 3, got 0."
        result = CheckResult("ζ", "pass" if right else "fail", parts, said, "")
        checked = events.Checked(command.id, (result,), "", "")
        return [events.Started(command.id), checked, events.Finished(command.id, "ok", 0.01)]
    return run_well(command)


def _shown(driver: Driver, besides: frozenset[str]) -> Iterator[str]:
    """Every text of the interface on the screen, but for what is in a widget named in ``besides``."""
    screen = driver.app.screen
    for widget in screen.query("*"):
        above = {one.id for one in widget.ancestors_with_self}
        if not widget.display or not widget.region or above & besides:
            continue
        yield from (str(text) for text in (widget.border_title, widget.border_subtitle) if text)
        if isinstance(widget, KeyLine):
            yield from (description for _, _, description, _ in widget._keys)
        elif isinstance(widget, OptionList):
            yield from (str(widget.get_option_at_index(n).prompt) for n in range(widget.option_count))
        elif isinstance(widget, DeviceBar):
            yield str(widget.render())
        elif isinstance(widget, Transcript):
            yield "\n".join(line for line in widget.text().splitlines() if not line.startswith("["))
        elif isinstance(widget, Static) and widget.id != "step-code":
            yield str(widget.content)
        elif isinstance(widget, Input):
            yield str(widget.placeholder)


def forgotten(driver: Driver, *besides: str, given: Sequence[str] = ()) -> set[str]:
    """Latin words outside the brackets, with what stands around them.

    Not in panes, nor in ``besides``; ``given`` is what was put into the texts, such as the name of a file.
    """
    found = set()
    for text in _shown(driver, frozenset({"inspector", *besides})):
        outside = re.sub(r"⟦[^⟦⟧]*⟧", "·", text)
        for part in given:
            outside = outside.replace(part, "·")
        if set(re.findall(r"[A-Za-z]{2,}", outside)) - NAMES:
            found.add(outside)
    return found
