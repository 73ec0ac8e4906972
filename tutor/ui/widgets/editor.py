"""The editor inside the prompt: where one cell is typed."""

from __future__ import annotations

from collections.abc import Callable

from rich.style import Style
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import LanguageDoesNotExist, Selection, TextAreaTheme

from tutor.ui.editor_keys import LARGE_KEYS, PROMPT_KEYS, bindings, bound
from tutor.ui.widgets.code_area import CodeArea
from tutor.ui.widgets.complete_input import INDENT, Completeness, is_complete, next_indent
from tutor.ui.widgets.completer import Completer
from tutor.ui.widgets.history import History
from tutor.ui.widgets.keys import OwnKeys
from tutor.ui.widgets.paste import clean_paste, indent_rest
from tutor.ui.widgets.search_keys import SearchKeys

_HIGHLIGHT_UP_TO = 200
"""Lines; every key parses the whole text again, which takes 90 ms at 2,000 lines."""
_MOST_ROWS = 10
_FEWEST_MOST_ROWS = 3

_PARTNER = Style(color="#ffffff", bgcolor="#4a5a78", bold=True, underline=True)
_BLUE, _GREEN, _YELLOW, _PINK = "#7cc4ff", "#5fd3a8", "#e6dc5c", "#e29ad2"
_SYNTAX = {
    **dict.fromkeys(("comment",), Style(color="#8b919c", italic=True)),
    **dict.fromkeys(("string", "string.documentation", "string.escape"), Style(color="#ffb454")),
    **dict.fromkeys(("number", "float"), Style(color="#b7a4ff")),
    **dict.fromkeys(
        ("keyword", "keyword.function", "keyword.operator", "keyword.return", "conditional", "repeat"),
        Style(color=_BLUE),
    ),
    **dict.fromkeys(("include", "exception", "boolean", "constant.builtin"), Style(color=_BLUE)),
    **dict.fromkeys(("function.builtin", "type.builtin"), Style(color=_GREEN)),
    **dict.fromkeys(("type.class", "function", "method"), Style(color=_YELLOW)),
    **dict.fromkeys(("attribute", "attribute.builtin"), Style(color=_PINK)),
}
"""Names of the highlight query; the colours are those of :mod:`tutor.render.code`."""

_NOT_ITS_OWN = {"pageup", "pagedown", "f6", "f7"} | bound(PROMPT_KEYS)
"""Keys of a text area that mean something else here."""


class Submitted(Message, namespace="prompt"):
    """A cell is to run."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source


class Interrupted(Message, namespace="prompt"):
    """Ctrl+C; ``had_text`` when it emptied the prompt."""

    def __init__(self, had_text: bool) -> None:
        super().__init__()
        self.had_text = had_text


class EndOfFile(Message, namespace="prompt"):
    """Ctrl+D on an empty prompt."""


class ClearRequested(Message, namespace="prompt"):
    """Ctrl+L."""


class LargeLeft(Message, namespace="prompt"):
    """The whole screen is not needed any more."""


class Editor(SearchKeys, OwnKeys, CodeArea, inherit_bindings=False):
    """Python in a few rows. Everything a key means is decided at once, so that fast typing stays in order."""

    BINDINGS = [
        *(
            binding
            for binding in TextArea.BINDINGS
            if isinstance(binding, Binding) and not _NOT_ITS_OWN & set(binding.key.split(","))
        ),
        *bindings((*LARGE_KEYS, *PROMPT_KEYS)),
    ]
    DEFAULT_CSS = """
    Editor, Editor:focus {
        width: 1fr;
        height: auto;
        border: none;
        padding: 0;
        background: transparent;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, placeholder: str, cells: History) -> None:
        super().__init__(
            soft_wrap=True, compact=True, highlight_cursor_line=False, placeholder=Content(placeholder)
        )
        self.cells = cells
        self.before_submit: Callable[[], None] = lambda: None
        """Called when a cell is to run, before its text goes."""
        self.busy = False
        """Whether code runs: then Ctrl+C is for that code and leaves what is typed alone."""
        self.completer: Completer | None = None
        self.large = False
        """Whether it has the whole screen: then Enter adds a line, and Up stays in the text."""
        self._may_highlight = False
        self.cursor_blink = False
        self.register_theme(TextAreaTheme("tutor", bracket_matching_style=_PARTNER, syntax_styles=_SYNTAX))
        self.theme = "tutor"

    def on_mount(self) -> None:
        self.call_after_refresh(self._begin_highlighting)
        self._screen_height = self.app.size.height
        self.screen.screen_layout_refresh_signal.subscribe(self, self._mind_the_screen)

    def _mind_the_screen(self, _screen: object) -> None:
        """How many rows it may have depends on the screen's height, which no widget below it is told of."""
        height = self.app.size.height
        if height != self._screen_height:
            self._screen_height = height
            self.refresh(layout=True)

    def _begin_highlighting(self) -> None:
        """The grammar is loaded behind the first frame."""
        self._may_highlight = True
        self._choose_language(self.document.line_count)

    def on_text_area_changed(self) -> None:
        self._choose_language(self.document.line_count)

    def _choose_language(self, lines: int) -> None:
        language = "python" if self._may_highlight and lines <= _HIGHLIGHT_UP_TO else None
        if language == self.language:
            return
        place = self.selection
        try:
            self.language = language
        except LanguageDoesNotExist:
            self._may_highlight = False
            self.language = None
        self.selection = place

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are, at most ten or a quarter of the screen."""
        most = max(_FEWEST_MOST_ROWS, min(_MOST_ROWS, viewport.height // 4))
        return max(1, min(most, super().get_content_height(container, viewport, width)))

    # Whole texts

    def put(self, text: str) -> None:
        """Replace everything; Ctrl+Z brings it back."""
        self.leave_search()
        lines = text.count("\n") + 1
        # What is replaced may be long: nothing is highlighted before it is gone.
        self._choose_language(max(lines, self.document.line_count))
        self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.document.end)
        if self.completer is not None:
            self.completer.skip()

    def _submit(self, source: str) -> None:
        self.before_submit()
        self.cells.add(source)
        self.put("")
        self.history.clear()
        self.post_message(Submitted(source))

    # Keys

    def action_enter(self) -> None:
        """Run what is whole, else add a line."""
        text = self.text
        if self.large:
            self.action_add_line()
            return
        if not text.strip():
            self.put("")
            return
        on_last_line = self.cursor_location[0] == self.document.line_count - 1
        recalled = text == self.cells.shown
        if on_last_line and (recalled or is_complete(text) is not Completeness.INCOMPLETE):
            whole = text.rstrip()
            # After a backslash the empty line is part of the statement.
            self._submit(text if whole.endswith("\\") else whole)
        else:
            self.action_add_line()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.large if action in ("run_all", "leave_large") else super().check_action(action, parameters)

    def action_run_all(self) -> None:
        self.post_message(LargeLeft())
        if self.text.strip():
            self._submit(self.text.rstrip())

    def action_leave_large(self) -> None:
        # An open popup closes first; so the footer may still name this key.
        if self.completer is None or not self.completer.dismiss():
            self.post_message(LargeLeft())

    def action_add_line(self) -> None:
        start, end = sorted(self.selection)
        indent = next_indent(self.get_text_range((0, 0), start))
        self._replace_via_keyboard(f"\n{indent}", start, end)

    def action_indent_or_complete(self) -> None:
        if not self.selection.is_empty:
            self.indent_lines()
            return
        row, column = self.cursor_location
        if self.document[row][:column].strip():
            if self.completer is not None:
                self.completer.tab()
        else:
            self._replace_via_keyboard(" " * (len(INDENT) - column % len(INDENT)), *self.selection)

    def action_open_completions(self) -> None:
        if self.completer is not None:
            self.completer.open()

    def action_close_completions(self) -> None:
        if self.completer is None or not self.completer.dismiss():
            # Without a popup the key is the leader of all the others.
            raise SkipAction

    def action_delete_left(self) -> None:
        """One character; of the blanks that indent a line, one level."""
        row, column = self.cursor_location
        before = self.document[row][:column]
        if self.selection.is_empty and before and not before.strip(" "):
            self._delete_via_keyboard((row, (column - 1) // len(INDENT) * len(INDENT)), (row, column))
        else:
            super().action_delete_left()

    def action_older(self) -> None:
        if self.navigator.is_first_wrapped_line(self.cursor_location) and not self.large:
            self._recall(-1)
        else:
            self.action_cursor_up()

    def action_newer(self) -> None:
        if self.navigator.is_last_wrapped_line(self.cursor_location) and not self.large:
            self._recall(1)
        else:
            self.action_cursor_down()

    def _recall(self, direction: int) -> None:
        found = self.cells.step(direction, self.text)
        if found is not None:
            self.put(found)

    def action_interrupt(self) -> None:
        """Copy what is selected, here or elsewhere, and let go of it, so that the next press interrupts."""
        if self.search is not None:
            self.leave_search()
            if not self.busy:
                return
        selected = self.selected_text or self.screen.get_selected_text()
        if selected:
            self.app.copy_to_clipboard(selected)
            self.screen.clear_selection()
            self.selection = Selection.cursor(self.cursor_location)
            return
        had_text = bool(self.text) and not self.busy
        if had_text:
            self.put("")
            self.cells.leave()
        self.post_message(Interrupted(had_text))

    def action_end_of_file(self) -> None:
        if self.text:
            self.action_delete_right()
        else:
            self.post_message(EndOfFile())

    def action_request_clear(self) -> None:
        self.post_message(ClearRequested())

    def action_paste(self) -> None:
        if not self.app.clipboard:
            raise SkipAction
        self._paste(self.app.clipboard)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self._paste(event.text)

    def _paste(self, text: str) -> None:
        """Text goes in as it is, whatever its lines; nothing runs."""
        row, column = min(self.selection)
        before = self.document[row][:column]
        text = clean_paste(text)
        if self.search_for_pasted(text):
            return
        if before and not before.strip():
            text = indent_rest(text, before)
        self._choose_language(self.document.line_count + text.count("\n"))
        result = self._replace_via_keyboard(text, *self.selection)
        if result is not None:
            self.move_cursor(result.end_location)
        if self.completer is not None:
            self.completer.skip()
