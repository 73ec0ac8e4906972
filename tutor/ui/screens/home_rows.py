"""What the first screen's list is made of: lessons by pack and track, packs, and lessons that cannot be used."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.protocol.text import plain
from tutor.texts import _

if TYPE_CHECKING:
    from tutor.lesson.catalogue import Catalogue
    from tutor.lesson.entry import Entry
    from tutor.lesson.places import Pack
    from tutor.lesson.problems import Problem

_MOST = 200
"""Broken lessons in the list; `tutor list` tells of all."""
_WIDE = 58
"""Characters of a row: it stands on one line where the list is as narrow as it gets in 100 columns."""
_ROW = "file:"
"""Begins the ids of their rows: no id of a lesson has a colon."""


def sections(catalogue: Catalogue) -> dict[tuple[str, str], list[Entry]]:
    """The lessons by pack (empty for the tutor's own) and track, in the order in which these first come."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in catalogue.entries:
        found.setdefault((entry.pack, entry.track), []).append(entry)
    return found


def about_pack(pack: Pack) -> Text:
    """Where a pack is from, and what that means."""
    words = _("From outside: the pack {name}; its code asks before it first runs")
    before, _gap, after = words.partition("{name}")
    text = Text.assemble(before, (pack.name, "bold"), f"{after}\n")
    text.stylize("yellow")
    return text.append(f"{plain(pack.origin)}\n", style="dim")


class BrokenLessons:
    """The problems of a catalogue, by file, and how the list and the text beside it show them."""

    def __init__(self, problems: list[Problem]) -> None:
        self._by_file: dict[Path, list[Problem]] = {}
        for problem in problems:
            self._by_file.setdefault(problem.file, []).append(problem)

    def __len__(self) -> int:
        return len(self._by_file)

    def rows(self) -> list[tuple[str, Text]]:
        """An id and a line for each file, the first of many."""
        return [(f"{_ROW}{file}", _row(file, found)) for file, found in islice(self._by_file.items(), _MOST)]

    @property
    def left_out(self) -> int:
        """Files that have no row."""
        return max(0, len(self._by_file) - _MOST)

    def about(self, row: str) -> Text | None:
        """Everything that is wrong with a file, and the way out; None for a row of something else."""
        found = self._by_file.get(Path(row.removeprefix(_ROW))) if row.startswith(_ROW) else None
        if not found:
            return None
        text = Text.assemble((_("{name} cannot be used").format(name=_name(found[0].file)) + "\n", "bold"))
        for problem in found:
            text.append(f"{problem.line}:{problem.column}", style="red").append(f"  {plain(problem.message)}\n")
        text.append(f"\n{plain(str(found[0].file))}\n", style="dim")
        after = _(
            "Everything else works. `tutor list` tells the same in a form that editors jump to (line:column)."
        )
        return text.append(after, style="dim")


def _row(file: Path, found: list[Problem]) -> Text:
    more = " " + _("and {n} more").format(n=len(found) - 1) if len(found) > 1 else ""
    line = f"{_name(file)}:{found[0].line}{more}   {plain(found[0].message)}"
    return Text.assemble((" ✗ ", "red"), line if len(line) <= _WIDE else f"{line[: _WIDE - 1]}…")


def _name(file: Path) -> str:
    """The folder of a lesson, else the file itself."""
    return plain(file.parent.name if file.name == "lesson.yaml" else file.name)
