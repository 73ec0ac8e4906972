"""Every key of the prompt and of the transcript's cells, once: what does it and what help says of it.

The bindings, the help screen and the README's table are made from this, as those of the actions are from
:mod:`tutor.ui.actions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class EditorKey:
    shown: str
    """How a person is told the keys."""
    help: str
    bindings: dict[str, str] = field(default_factory=dict)
    """Textual keys, comma-separated, and the action of the editor that they run."""
    title: str = ""
    """What the footer calls it; empty keeps it out."""


RUNNING = (
    EditorKey("Enter", "Run a complete statement; otherwise add a line.", {"enter": "enter"}),
    EditorKey("Alt+Enter, Ctrl+J", "Always add a line.", {"ctrl+j,alt+enter,shift+enter": "add_line"}),
    EditorKey(
        "Up, Down",
        "At the first and last line: earlier cells that begin like what you typed.",
        {"up": "older", "down": "newer"},
    ),
    EditorKey(
        "Ctrl+R",
        "Search all you ever ran: type a part of it; Ctrl+R older, Ctrl+S newer, Enter takes it, Esc leaves.",
        {"ctrl+r": "search"},
    ),
    EditorKey(
        "Ctrl+C",
        "Copy what is selected; else stop running code; else clear the prompt.",
        {"ctrl+c,super+c": "interrupt"},
    ),
    EditorKey(
        "Ctrl+D",
        "Delete to the right; on an empty prompt, leave after asking.",
        {"ctrl+d": "end_of_file", "delete": "delete_right"},
    ),
    EditorKey("Ctrl+L", "Clear the transcript.", {"ctrl+l": "request_clear"}),
    EditorKey("PgUp, PgDn", "Scroll the transcript."),
)
MOVING = (
    EditorKey(
        "Ctrl+A, Ctrl+E", "Start and end of the line.", {"ctrl+a": "line_begin", "end,ctrl+e": "cursor_line_end"}
    ),
    EditorKey(
        "Home",
        "First character of the line; again, its start.",
        {"home": "cursor_line_start", "shift+home": "cursor_line_start(True)"},
    ),
    EditorKey(
        "Ctrl+Left or Alt+B, Ctrl+Right or Alt+F",
        "One word; with Shift, selecting.",
        {
            "ctrl+left,alt+left,alt+b": "cursor_word_left",
            "ctrl+right,alt+right,alt+f": "cursor_word_right",
            # Not Alt+Shift+B and F: Esc B and Esc F, typed fast, are the same to a terminal.
            "ctrl+shift+left,alt+shift+left": "cursor_word_left(True)",
            "ctrl+shift+right,alt+shift+right": "cursor_word_right(True)",
        },
    ),
    EditorKey(
        "Ctrl+Home, Ctrl+End",
        "Start and end of everything; with Shift, selecting.",
        {
            "ctrl+home,alt+less_than_sign": "text_begin",
            "ctrl+end,alt+greater_than_sign": "text_end",
            "ctrl+shift+home": "text_begin(True)",
            "ctrl+shift+end": "text_end(True)",
        },
    ),
)
CHANGING = (
    EditorKey("Ctrl+W", "Delete to the left up to a blank.", {"ctrl+w": "delete_blank_left"}),
    EditorKey(
        "Alt+Backspace, Alt+D",
        "Delete the word to the left, to the right.",
        {"alt+backspace,ctrl+backspace": "delete_word_left", "alt+d,alt+delete,ctrl+delete": "delete_word_right"},
    ),
    EditorKey(
        "Ctrl+U, Ctrl+K",
        "Delete to the start, to the end of the line; there, join it with the next one.",
        {"ctrl+u,super+backspace": "delete_to_start_of_line", "ctrl+k": "delete_to_line_end"},
    ),
    EditorKey(
        "Alt+Up, Alt+Down",
        "Move the line or the selected lines.",
        {"alt+up": "move_lines(-1)", "alt+down": "move_lines(1)"},
    ),
    EditorKey(
        "Tab",
        "Behind text: complete; again: go through what is offered. Elsewhere: indent, also selected lines.",
        {"tab": "indent_or_complete"},
    ),
    EditorKey(
        "Ctrl+Space",
        "Offer what can stand here. It offers by itself as you type, and never takes another key; Esc closes it.",
        {"ctrl+@": "open_completions", "escape": "close_completions"},
    ),
    EditorKey("x? x??", "Say what x is; show its source. Nothing runs, and it works while your code runs."),
    EditorKey(
        "Shift+Tab",
        "With lines selected or in the indentation: one level less. Otherwise leave the prompt.",
        {"shift+tab": "dedent"},
    ),
    EditorKey(
        "Ctrl+/",
        "Make the line or the selected lines comments, and back.",
        {"ctrl+slash,ctrl+underscore": "toggle_comment"},
    ),
    EditorKey("( [ { \" '", "With text selected: put them around it."),
    EditorKey(
        "Ctrl+Z, Ctrl+Y",
        "Undo, redo.",
        {"ctrl+z,super+z": "undo", "ctrl+y,super+y": "redo", "backspace": "delete_left"},
    ),
)
LARGE_KEYS = (
    EditorKey("F5, Ctrl+Enter", "Run it.", {"f5,ctrl+enter": "run_all"}, "Run"),
    EditorKey("Esc", "Back to the panes; what you typed stays in the prompt.", {"escape": "leave_large"}, "Back"),
)
"""While the prompt has the whole screen."""
CELL_KEYS = (
    EditorKey(
        "[ or K, ] or J",
        "Choose the cell above, below.",
        {"left_square_bracket,K": "choose_cell(-1)", "right_square_bracket,J": "choose_cell(1)"},
    ),
    EditorKey("Enter or e", "Put its code into the prompt, to edit it.", {"enter,e": "edit_cell"}),
    EditorKey("r", "Run it again.", {"r": "run_cell"}),
    EditorKey("y, Y", "Copy its code, its output.", {"y": "copy_cell", "Y": "copy_output"}),
    EditorKey("Esc", "Back to the prompt.", {"escape": "leave_cell"}),
)
"""Where the transcript has the focus (Esc k, or F6)."""
PROMPT_KEYS = (*RUNNING, *MOVING, *CHANGING)


def bindings(keys: Iterable[EditorKey]) -> list[Binding]:
    """Textual bindings of the keys."""
    return [
        Binding(combination, action, key.title or key.help, show=bool(key.title))
        for key in keys
        for combination, action in key.bindings.items()
    ]


def bound(keys: Iterable[EditorKey]) -> set[str]:
    """Every Textual key that is bound."""
    return {name for key in keys for combination in key.bindings for name in combination.split(",")}
