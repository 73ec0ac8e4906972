"""No text of the parts that are translated is forgotten: in a pseudo-language every one stands in ⟦⟧.

The lesson is written in Greek letters, so that each Latin word outside the brackets is one that was forgotten.
"""

from __future__ import annotations

import re
from pathlib import Path

from textual.widgets import Static

from tests.texts.pseudo import answer, forgotten
from tests.ui.driver import Driver, opened
from tutor.ui.widgets.editor import Editor


async def test_nothing_is_forgotten_at_home_and_in_a_lesson(lessons: Path) -> None:
    async with opened(lessons=lessons, answer=answer, size=(120, 50)) as driver:
        await driver.until(lambda: driver.shows("Λόγος", "ποιέω"))
        assert driver.shows("⟦start here⟧", "⟦Open⟧", "⟦You will be able to⟧")
        assert forgotten(driver) == set()

        await driver.press("enter")
        await driver.until(lambda: driver.shows("1/4", "⟦F5 runs it⟧", "⟦● ready⟧", "⟦Next⟧"))
        assert forgotten(driver) == set()
        assert "⟦" in str(driver.app.screen.query_one(Editor).placeholder)
        await driver.press("escape")
        await driver.until(lambda: driver.shows("⟦Esc, then: ⟧", "⟦Hint⟧"))
        assert forgotten(driver) == set()
        await driver.press("escape", "f8")

        await driver.until(lambda: driver.shows("2/4"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("⟦Run the code first"))
        assert forgotten(driver) == set()
        await driver.press("f5")
        await driver.until(lambda: driver.shows("⟦Done. F8 goes on.⟧", "⟦done⟧"))
        assert forgotten(driver) == set()
        await driver.press("f8")

        await driver.until(lambda: driver.shows("3/4", "⟦Press the number of your answer⟧"))
        await _choose(driver, "β")
        await driver.until(lambda: driver.shows("⟦Not quite.⟧", "⟦Choose again, by its number.⟧"))
        assert forgotten(driver) == set()
        await _choose(driver, "α")
        await driver.until(lambda: driver.shows("⟦Right.⟧"))
        await driver.press("f8")
        await _exercise(driver)

        await driver.press("f8")
        await driver.until(lambda: driver.shows("⟦You can now⟧", "⟦: finished.⟧", "⟦r: from memory⟧"))
        assert driver.shows(
            "⟦Worth another try (F3 lists the steps)⟧", "⟦You have finished every lesson there is.⟧"
        )
        assert forgotten(driver) == set()
        await driver.press("r")
        await _from_memory(driver)


async def _from_memory(driver: Driver) -> None:
    await driver.until(lambda: driver.shows("⟦Review⟧ · 1/", "⟦From memory: the number of your answer"))
    assert forgotten(driver) == set()
    await driver.until(lambda: driver.shows("1  ", "2  β") or driver.shows("1  β"))
    await _choose(driver, "β")
    await driver.until(lambda: driver.shows("⟦Not quite.⟧", "⟦It is: ⟧", "⟦How well?⟧"))
    assert forgotten(driver) == set()
    await driver.press("3")
    await driver.until(lambda: driver.shows("⟦Review done.⟧"))
    assert forgotten(driver) == set()


async def _choose(driver: Driver, answer: str) -> None:
    line = next(line for line in driver.screen.splitlines() if re.search(rf"[12]  {answer}\b", line))
    await driver.press(re.findall(rf"([12])  {answer}", line)[0])


async def _exercise(driver: Driver) -> None:
    await driver.until(lambda: driver.shows("4/4", "⟦Done when⟧", "⟦F5 puts it into the prompt⟧"))
    assert forgotten(driver) == set()
    await driver.press("f8")
    await driver.until(lambda: driver.shows("⟦: expected ⟧", "⟦yours⟧"))
    assert forgotten(driver) == set()
    for _ in range(3):
        await driver.press("f4")
    await driver.until(lambda: driver.shows("⟦Hint ⟧2⟦ of ⟧2", "⟦That was the last hint."))
    assert forgotten(driver) == set()
    await driver.press("f1")
    await driver.until(lambda: driver.shows("⟦Show the keys and how things work.⟧"))
    assert _help(driver) == set()
    await driver.press("escape", "f3")
    await driver.until(lambda: driver.shows("⟦Enter jumps, Esc closes⟧"))
    assert forgotten(driver) == set()
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
    return {text for text in forgotten(driver) if "rich.table" not in text}
