"""A displayed value as lines: tensors, modules, containers, tables; everything else as Python writes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.comparison import comparison
from tutor.render.drawings import drawing
from tutor.render.gradcheck import gradient_check
from tutor.render.lines import to_text
from tutor.render.tensors import identity
from tutor.render.values_items import container
from tutor.render.values_module import module_tree
from tutor.render.values_table import table

if TYPE_CHECKING:
    from rich.text import Text

    from tutor.protocol.events import Displayed
    from tutor.protocol.snapshots import TensorDetail
    from tutor.render.lines import Line
    from tutor.render.look import Look

__all__ = ["hint", "is_plain", "value_lines"]

_ROWS = 12
"""Lines a tensor gets in the transcript; its pane shows the rest."""
_PRINTED = 1_000
"""Elements up to which torch prints all of them."""


def value_lines(event: Displayed, look: Look) -> list[Text]:
    """What the transcript shows of a value, at most ``look.width`` wide but for text of Python's own."""
    if event.tensor is not None:
        return _tensor(event.tensor, event.text, look)
    view = event.view
    if view is not None and view.comparison is not None:
        return list(comparison(view.comparison, replace(look, height=_ROWS)).split("\n"))
    if view is not None and view.gradcheck is not None:
        return _lines(gradient_check(view.gradcheck, look), look)
    if view is not None and view.module is not None:
        return _lines(module_tree(view.module, look), look)
    if view is not None and view.table is not None:
        return _lines(table(view.table, look), look)
    if view is not None and view.array is not None:
        return [*identity(view.array, look).split("\n"), *_text(event.text)]
    if view is not None and view.items is not None and not _fits(event.text, look):
        return _lines(container(view.items, look), look)
    return _text(event.text)


def is_plain(event: Displayed) -> bool:
    """Whether the value is shown as Python's own text and nothing else."""
    return event.tensor is None and event.view is None


def hint(event: Displayed) -> str:
    """One sentence that helps with how Python shows this value; most often nothing."""
    if event.type == "str" and "\\n" in event.text:
        return "print(...) shows a string with its line breaks: \\n stands for one."
    if "<matplotlib." in event.text:
        return "plt.show() draws the figure here."
    return ""


def _tensor(detail: TensorDetail, text: str, look: Look) -> list[Text]:
    lines = text.split("\n")
    count = 1
    for size in detail.facts.shape:
        count *= size
    small = count <= _PRINTED and len(lines) <= _ROWS and all(cell_len(line) <= look.width for line in lines)
    if small or detail.sample is None:
        shown = lines if len(lines) <= _ROWS else [*lines[: _ROWS - 1], look.glyphs.ellipsis]
        return [*identity(detail.facts, look).split("\n"), *_text("\n".join(shown))]
    return list(drawing(detail, replace(look, height=_ROWS)).split("\n"))


def _fits(text: str, look: Look) -> bool:
    return "\n" not in text and cell_len(text) <= look.width


def _lines(lines: list[Line], look: Look) -> list[Text]:
    return [to_text([line], look) for line in lines]


def _text(text: str) -> list[Text]:
    from rich.text import Text

    return [Text(line) for line in text.split("\n")]
