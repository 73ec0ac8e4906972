"""No text of the parts that are translated is forgotten: in a pseudo-language every one stands in ⟦⟧.

The lesson is written in Greek letters, so that each Latin word outside the brackets is one that was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList, Static
from textual.widgets._footer import FooterKey

from tests.fake import run_well
from tests.ui.driver import Driver, opened
from tutor.protocol import commands, events
from tutor.protocol.verdicts import CheckPart, CheckResult
from tutor.texts import Choice, use
from tutor.ui.widgets.device_bar import DeviceBar
from tutor.ui.widgets.editor import Editor
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
  - {id: a, kind: read, title: Α, text: αβγ, example: x = 1}
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
"""
NAMES = {"tutor", "torch", "cpu", "CUDA", "MPS", "XPU", "MiB", "Esc", "PyTorch"}
"""Words that are the same in every language."""


class Pseudo:
    """Says everything in brackets, and leaves what is put in outside of them readable."""

    def gettext(self, message: str, /) -> str:
        return re.sub(r"(\{\w+\})", "⟧\\1⟦", f"⟦{message}⟧")

    def ngettext(self, one: str, many: str, n: int, /) -> str:
        return self.gettext(one if n == 1 else many)


@pytest.fixture
def lessons(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "lessons" / "01-l" / "lesson.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(LESSON, "utf-8")
    before = use(Choice("xx", "", Pseudo()))
    yield file.parent.parent
    use(before)


def _answer(command: commands.Command) -> list[events.Event]:
    if isinstance(command, commands.Check):
        right = "3" in str(command.cells)
        parts = () if right else (CheckPart("", False, "3", "0"),)
        said = "" if right else "0: expected 3, got 0."
        result = CheckResult("ζ", "pass" if right else "fail", parts, said, "")
        checked = events.Checked(command.id, (result,), "", "")
        return [events.Started(command.id), checked, events.Finished(command.id, "ok", 0.01)]
    return run_well(command)


def _shown(driver: Driver) -> Iterator[str]:
    """Every text of the interface on the screen, but for the panes of the inspector."""
    screen = driver.app.screen
    for widget in screen.query("*"):
        above = {one.id for one in widget.ancestors_with_self}
        if not widget.display or not widget.region or "inspector" in above:
            continue
        yield from (str(text) for text in (widget.border_title, widget.border_subtitle) if text)
        if isinstance(widget, FooterKey):
            yield widget.description
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


def _forgotten(driver: Driver) -> set[str]:
    """Latin words outside the brackets, with what stands around them."""
    found = set()
    for text in _shown(driver):
        outside = re.sub(r"⟦[^⟦⟧]*⟧", "·", text)
        if set(re.findall(r"[A-Za-z]{2,}", outside)) - NAMES:
            found.add(outside)
    return found


async def test_nothing_is_forgotten_at_home_and_in_a_lesson(lessons: Path) -> None:
    async with opened(lessons=lessons, answer=_answer, size=(120, 50)) as driver:
        await driver.until(lambda: driver.shows("Λόγος", "ποιέω"))
        assert driver.shows("⟦start here⟧", "⟦Open⟧", "⟦You will be able to⟧")
        assert _forgotten(driver) == set()

        await driver.press("enter")
        await driver.until(lambda: driver.shows("1/4", "⟦F5 runs it⟧", "⟦● ready⟧", "⟦Next⟧"))
        assert _forgotten(driver) == set()
        assert "⟦" in str(driver.app.screen.query_one(Editor).placeholder)
        await driver.press("escape")
        await driver.until(lambda: driver.shows("⟦Esc, then: ⟧", "⟦Hint⟧"))
        assert _forgotten(driver) == set()
        await driver.press("escape", "f8")

        await driver.until(lambda: driver.shows("2/4"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("⟦Run the code first"))
        assert _forgotten(driver) == set()
        await driver.press("f5")
        await driver.until(lambda: driver.shows("⟦Done. F8 goes on.⟧", "⟦done⟧"))
        assert _forgotten(driver) == set()
        await driver.press("f8")

        await driver.until(lambda: driver.shows("3/4", "⟦Press the number of your answer⟧"))
        await _choose(driver, "β")
        await driver.until(lambda: driver.shows("⟦Not quite.⟧", "⟦Choose again.⟧"))
        assert _forgotten(driver) == set()
        await _choose(driver, "α")
        await driver.until(lambda: driver.shows("⟦Right.⟧"))
        await driver.press("f8")
        await _exercise(driver)

        await driver.press("f8")
        await driver.until(lambda: driver.shows("⟦You can now⟧", "⟦: finished.⟧"))
        assert _forgotten(driver) == set()


async def _choose(driver: Driver, answer: str) -> None:
    line = next(line for line in driver.screen.splitlines() if re.search(rf"[12]  {answer}\b", line))
    await driver.press(re.findall(rf"([12])  {answer}", line)[0])


async def _exercise(driver: Driver) -> None:
    await driver.until(lambda: driver.shows("4/4", "⟦Done when⟧", "⟦F5 puts it into the prompt⟧"))
    assert _forgotten(driver) == set()
    await driver.press("f8")
    await driver.until(lambda: driver.shows("⟦: expected ⟧", "⟦yours⟧"))
    assert _forgotten(driver) == set()
    for _ in range(3):
        await driver.press("f4")
    await driver.until(lambda: driver.shows("⟦Hint ⟧2⟦ of ⟧2", "⟦That was the last hint."))
    assert _forgotten(driver) == set()
    await driver.press("f1")
    await driver.until(lambda: driver.shows("⟦Show the keys and how things work.⟧"))
    assert _help(driver) == set()
    await driver.press("escape", "f3")
    await driver.until(lambda: driver.shows("⟦Enter jumps, Esc closes⟧"))
    assert _forgotten(driver) == set()
    await driver.press("escape")
    await driver.type("z = 3\n")
    await driver.until(lambda: driver.shows("⟦Right. Compare with the lesson's own", "⟦The lesson's solution⟧"))


def _help(driver: Driver) -> set[str]:
    """Descriptions in the tables of keys that were not translated; the keys themselves have names."""
    from rich.table import Table

    tables = [one.content for one in driver.app.screen.query(Static) if isinstance(one.content, Table)]
    assert len(tables) >= 4
    cells = [str(cell) for table in tables for cell in table.columns[1].cells]
    return {cell for cell in cells if not cell.startswith("⟦")} | _forgotten_headings(driver)


def _forgotten_headings(driver: Driver) -> set[str]:
    return {text for text in _forgotten(driver) if "rich.table" not in text}
