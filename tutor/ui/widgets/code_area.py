"""A text area with the keys of IPython's prompt: words, lines, indentation, comments, brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.actions import SkipAction
from textual.cache import LRUCache
from textual.document._document import Location, Selection
from textual.document._syntax_aware_document import SyntaxAwareDocument
from textual.widgets import TextArea

from tutor.ui.widgets import editing

if TYPE_CHECKING:
    from tree_sitter import Tree

_LINES_PAINTED = 64
"""Painted lines that are kept: more are seldom in sight, and painting one anew is quick."""

_MATCH_UP_TO = 20_000
"""Characters of text in which partners of brackets are looked for: a millisecond."""


class _WholeText:
    """Gives tree-sitter the text at once, as Textual does not.

    The binding (tree-sitter 0.26.1) never lets go of what a read callback returned last: 68 bytes for every
    key that is typed. Up to the length at which the prompt stops highlighting this is also faster.
    """

    def __init__(self, document: SyntaxAwareDocument) -> None:
        self._parser = document._parser  # noqa: SLF001 - Textual offers no other way
        self._document = document

    def parse(self, _read: object, old_tree: Tree | None = None) -> Tree:
        return self._parser.parse(self._document.text.encode(), old_tree)


class CodeArea(TextArea, inherit_bindings=False):
    """Closing brackets are not typed for the person: what is typed is what is there, and pasting and
    typing over stay plain. Typing an opening one with text selected puts both around it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Textual keeps 1,024 painted lines, each with what it was cut into: megabytes after an hour of typing.
        self._line_cache = LRUCache(_LINES_PAINTED)

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document(text, language)
        if isinstance(self.document, SyntaxAwareDocument):
            self.document._parser = _WholeText(self.document)  # type: ignore[assignment]  # noqa: SLF001

    async def _on_key(self, event: events.Key) -> None:
        opening = event.character or ""
        if opening in editing.AROUND and not self.selection.is_empty:
            event.stop()
            event.prevent_default()
            self._put_around(opening, editing.AROUND[opening])

    def _put_around(self, opening: str, closing: str) -> None:
        start, end = sorted(self.selection)
        forward = self.selection.start == start
        self._replace_via_keyboard(f"{opening}{self.selected_text}{closing}", start, end)
        begin = (start[0], start[1] + len(opening))
        stop = (end[0], end[1] + (len(opening) if end[0] == start[0] else 0))
        self.selection = Selection(begin, stop) if forward else Selection(stop, begin)

    # Moving: lines are those of the text, however they wrap

    def get_cursor_line_start_location(self, smart_home: bool = False) -> Location:
        row, column = self.cursor_location
        first = editing.indentation(self.document[row]) if smart_home else 0
        return row, 0 if column == first else first

    def get_cursor_line_end_location(self) -> Location:
        row = self.cursor_location[0]
        return row, len(self.document[row])

    def get_cursor_word_left_location(self) -> Location:
        row, column = self.cursor_location
        if not column and row:
            return row - 1, len(self.document[row - 1])
        return row, editing.word_left(self.document[row], column)

    def get_cursor_word_right_location(self) -> Location:
        row, column = self.cursor_location
        if column == len(self.document[row]) and row + 1 < self.document.line_count:
            return row + 1, 0
        return row, editing.word_right(self.document[row], column)

    def action_line_begin(self) -> None:
        self.move_cursor((self.cursor_location[0], 0))

    def action_text_begin(self, select: bool = False) -> None:
        self.move_cursor((0, 0), select=select)

    def action_text_end(self, select: bool = False) -> None:
        self.move_cursor(self.document.end, select=select)

    # Deleting

    def action_delete_blank_left(self) -> None:
        row, column = self.cursor_location
        if self.selection.is_empty and self.document[row][:column].strip():
            self._delete_via_keyboard((row, editing.blank_left(self.document[row], column)), (row, column))
        else:
            self.action_delete_word_left()

    def action_delete_to_line_end(self) -> None:
        if not self.selection.is_empty or self.cursor_location == self.get_cursor_line_end_location():
            self.action_delete_right()
        else:
            self.action_delete_to_end_of_line()

    # Whole lines

    def _rows(self) -> tuple[int, int]:
        """First and last of the selected rows; one of which nothing is selected does not count."""
        (first, _), (last, column) = sorted(self.selection)
        return first, last - 1 if last > first and not column else last

    def _lines(self) -> list[str]:
        first, last = self._rows()
        return [self.document[row] for row in range(first, last + 1)]

    def _set_lines(self, lines: list[str]) -> None:
        """Replace the selected rows; the selection stays on the same characters."""
        first, last = self._rows()
        before = self._lines()
        if lines == before:
            return

        def moved(place: Location) -> Location:
            row, column = place
            if not first <= row <= last or not column:
                return place
            return row, max(0, column + len(lines[row - first]) - len(before[row - first]))

        selection = Selection(moved(self.selection.start), moved(self.selection.end))
        self._replace_via_keyboard("\n".join(lines), (first, 0), (last, len(self.document[last])))
        self.selection = selection

    def action_toggle_comment(self) -> None:
        self._set_lines(editing.commented(self._lines()))

    def indent_lines(self) -> None:
        """One level more for the selected lines."""
        self._set_lines(editing.indented(self._lines()))

    def action_dedent(self) -> None:
        """One level less, where that is what is meant; else the key is the screen's."""
        row, column = self.cursor_location
        inside = self.document.line_count > 1 and 0 < column <= editing.indentation(self.document[row])
        if self.selection.is_empty and not inside:
            raise SkipAction
        self._set_lines(editing.dedented(self._lines()))

    def action_move_lines(self, rows: int) -> None:
        """Change places with the line above or below."""
        first, last = self._rows()
        other = first - 1 if rows < 0 else last + 1
        if not 0 <= other < self.document.line_count:
            return
        lines, passed = self._lines(), self.document[other]
        start, end = self.selection
        selection = Selection((start[0] + rows, start[1]), (end[0] + rows, end[1]))
        top, bottom = min(first, other), max(last, other)
        text = "\n".join([*lines, passed] if rows < 0 else [passed, *lines])
        self._replace_via_keyboard(text, (top, 0), (bottom, len(self.document[bottom])))
        self.selection = selection

    # Brackets

    def find_matching_bracket(self, _bracket: str, search_from: Location) -> Location | None:
        """The partner of the bracket at the cursor, or of the one just left of it."""
        row, column = search_from
        text = self.text
        if len(text) > _MATCH_UP_TO or not editing.BRACKETS & set(
            self.document[row][max(0, column - 1) : column + 1]
        ):
            return None
        return editing.partner(text, row, column)
