"""The popup of completions: shows, and never takes a key or the focus."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual.geometry import Offset
from textual.widget import Widget

from tutor.protocol.assistance import Candidate

ROWS = 8
"""At most, the line that counts the rest included."""
_WIDEST_TEXT = 40
_WIDEST_DETAIL = 28


class Completions(Widget):
    """A few candidates above the prompt, one of them perhaps marked."""

    COMPONENT_CLASSES = {"completions--marked", "completions--detail"}
    DEFAULT_CSS = """
    Completions {
        overlay: screen;
        constrain: inside inside;
        width: auto;
        height: auto;
        display: none;
        background: $panel;
        color: $text;
        & > .completions--marked { background: $accent; color: $background; }
        & > .completions--detail { color: $text-muted; }
    }
    """
    can_focus = False
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._shown: Sequence[Candidate] = ()
        self._more = 0
        self._marked: int | None = None

    @property
    def is_open(self) -> bool:
        return bool(self.display)

    def show(self, shown: Sequence[Candidate], more: int, marked: int | None, corner: Offset, above: int) -> None:
        """Stand with the left edge at ``corner`` and, with ``above`` rows free there, end just above it."""
        self._shown, self._more, self._marked = shown, more, marked
        rows = max(1, min(ROWS, above, len(shown) + (1 if more else 0)))
        wide = self.app.size.width
        cells = min(self._cells(), wide)
        place = Offset(max(0, min(corner.x, wide - cells)), corner.y - rows)
        self.styles.width, self.styles.height = cells, rows
        if self.absolute_offset != place:
            self.absolute_offset = place
            self.refresh(layout=True)
        self.display = True
        self.refresh()

    def hide(self) -> None:
        self.display = False

    def _cells(self) -> int:
        return self._name_cells() + self._detail_cells() + 2

    def _name_cells(self) -> int:
        return min(_WIDEST_TEXT, max((cell_len(one.text) for one in self._shown), default=0)) + 2

    def _detail_cells(self) -> int:
        return min(_WIDEST_DETAIL, max((cell_len(_detail(one)) for one in self._shown), default=0))

    def render(self) -> Text:
        """The rows in view; the marked one is always among them."""
        rows = self.size.height
        hidden = self._more + max(0, len(self._shown) - rows)
        room = rows - 1 if hidden and rows > 1 else rows
        first = max(0, min((self._marked or 0) - room // 2, len(self._shown) - room))
        quiet = self.get_component_rich_style("completions--detail")
        marked = self.get_component_rich_style("completions--marked", partial=True)
        text = Text(no_wrap=True, overflow="crop", end="")
        for index, one in enumerate(self._shown[first : first + room], first):
            self._add_row(text, one, marked if index == self._marked else None, quiet)
        if hidden and rows > 1:
            left_out = len(self._shown) - room + self._more
            text.append(f" … {left_out} more", quiet)
        return text

    def _add_row(self, text: Text, one: Candidate, marked: Style | None, quiet: Style) -> None:
        name = set_cell_size(f" {one.text}", self._name_cells())
        detail = set_cell_size(_detail(one), self._detail_cells() + 2)
        text.append(name, marked or "")
        text.append(detail, marked or quiet)
        text.append("\n")


def _detail(one: Candidate) -> str:
    if one.kind == "parameter":
        return f"= {one.detail}" if one.detail else "argument"
    return one.detail or one.kind
