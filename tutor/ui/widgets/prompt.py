"""The prompt: a number, an editor, and the field that ``input()`` asks with."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from tutor.protocol.alignment import Alignment
from tutor.protocol.assistance import Description
from tutor.texts import _, mark
from tutor.ui.widgets import editor
from tutor.ui.widgets.ansi import visible
from tutor.ui.widgets.completer import AlignmentRequested, Completer, CompletionRequested, SignatureRequested
from tutor.ui.widgets.completions import Completions
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.history import CellLog, History
from tutor.ui.widgets.keys import OwnKeys
from tutor.ui.widgets.search import search_rows
from tutor.ui.widgets.search_keys import SearchChanged
from tutor.ui.widgets.shape_line import ShapeLine
from tutor.ui.widgets.signature import SignatureLine

_PLACEHOLDER = mark("Type Python, Enter runs it")
_WAITING = mark("your program waits for a line")
_WIDEST_QUESTION = 40
"""Cells; a wider question stands above its answer."""
_MOST_QUESTION_ROWS = 4
_ROOMY = 30
"""Rows of a terminal in which two lines above the code are not too many."""
_BUSY_AFTER = 0.15
"""Seconds code must run before the prompt changes its looks: for less it would only flicker."""


class Answered(Message, namespace="prompt"):
    """The answer to ``input()``; None is end of file."""

    def __init__(self, text: str | None) -> None:
        super().__init__()
        self.text = text


class Answer(OwnKeys, Input):
    """One line for a program that waits. It answers once each time it is asked."""

    BINDINGS = [
        Binding("ctrl+d", "end_of_file", "End of file", show=False),
        Binding("ctrl+c,super+c", "interrupt", "Copy or interrupt", show=False),
    ]
    DEFAULT_CSS = """
    Answer, Answer:focus { width: 1fr; background: transparent; background-tint: transparent; }
    """

    def __init__(self) -> None:
        super().__init__(compact=True, select_on_focus=False, disabled=True)
        self.display = False
        self.cursor_blink = False
        self._answered = True

    def ask(self, password: bool) -> None:
        """Empty, and ready for one answer."""
        self.value = ""
        self.password = password
        self.placeholder = "" if password else _(_WAITING)
        self._answered = False

    def _answer(self, text: str | None) -> None:
        if not self._answered:
            self._answered = True
            self.value = ""
            self.post_message(Answered(text))

    async def action_submit(self) -> None:
        self._answer(self.value)

    def action_end_of_file(self) -> None:
        self._answer(None)

    def action_interrupt(self) -> None:
        if self.selected_text and not self.password:
            self.app.copy_to_clipboard(self.selected_text)
            self.cursor_position = self.selection.end
        else:
            self.post_message(editor.Interrupted(False))


class LargeChanged(Message, namespace="prompt"):
    """The prompt wants the whole screen, or gives it back."""

    def __init__(self, large: bool) -> None:
        super().__init__()
        self.large = large


class StateChanged(Message, namespace="prompt"):
    """Code has been running for a moment, or waits for a line, or does so no more."""


class Prompt(Widget):
    """Code is typed here; see :class:`Editor` for the keys.

    While a program waits for ``input()``, a field for one line stands in the editor's place.
    """

    Submitted = editor.Submitted
    Interrupted = editor.Interrupted
    EndOfFile = editor.EndOfFile
    CompletionRequested = CompletionRequested
    SignatureRequested = SignatureRequested
    AlignmentRequested = AlignmentRequested
    ClearRequested = editor.ClearRequested
    Answered = Answered

    DEFAULT_CSS = """
    Prompt {
        height: auto;
        & > .prompt--question { width: 1fr; height: auto; display: none; }
        & > .prompt--search { width: 1fr; height: 2; display: none; background: $boost; }
        & > Horizontal { height: auto; }
        & .prompt--gutter { width: auto; height: 1; color: $accent; text-style: bold; }
        &.-large, &.-large > Horizontal, &.-large Editor, &.-large Editor:focus { height: 1fr; }
        &.-large .prompt--gutter { display: none; }
        &.-busy .prompt--gutter { color: $text-muted; text-style: none; }
        &.-asking .prompt--gutter { color: $text; }
    }
    """

    number: reactive[int] = reactive(1)
    """The number the next cell will have."""
    busy: reactive[bool] = reactive(False)
    """Whether code runs; typing goes on all the same."""

    playing: reactive[bool] = reactive(False, init=False)
    """Whether what is typed runs in a copy of the session."""

    large: reactive[bool] = reactive(False, init=False)
    """Whether it has the whole screen."""

    def __init__(
        self,
        log: CellLog | None = None,
        before_submit: Callable[[], None] = lambda: None,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """``before_submit`` is called when a cell is to run, while its text still stands here."""
        super().__init__(id=id, classes=classes)
        self._search = Static(classes="prompt--search", markup=False)
        self._question = Static(classes="prompt--question", markup=False)
        self._gutter = Static(classes="prompt--gutter", markup=False)
        self._editor = Editor(_(_PLACEHOLDER), History(log))
        self._editor.before_submit = before_submit
        self._answer = Answer()
        self._popup = Completions()
        self._signature = SignatureLine()
        self._shapes = ShapeLine()
        self.completer = self._editor.completer = Completer(self._editor, self._popup, self)
        self._asking = False
        self._label = ""

    def compose(self) -> ComposeResult:
        yield self._search
        yield self._question
        yield self._signature
        yield self._shapes
        with Horizontal():
            yield self._gutter
            yield self._editor
            yield self._answer
        yield self._popup

    def on_mount(self) -> None:
        self._show_gutter()
        self.watch(self._editor, "scroll_y", self._show_gutter)

    def on_text_area_changed(self) -> None:
        self.completer.sync()
        if not self._editor.text:
            self._signature.leave()
            self._shapes.leave()

    def show_signature(self, description: Description | None) -> None:
        """Show the call that is being typed above the code; None when there is none."""
        self._signature.show(description if self._editor.text else None)
        self._share_row()

    def show_alignment(self, step: Alignment | None) -> None:
        """Show above the code how the operands of what is being typed meet; None when nothing is known of them."""
        self._shapes.show(step if self._editor.text else None)
        self._share_row()

    def _share_row(self) -> None:
        """Signature and shapes have a row each; where rows are few, one between them."""
        shapes, signature = self._shapes, self._signature
        if self.app.size.height >= _ROOMY:
            shapes.display = shapes.began
        else:
            shapes.display = shapes.began and (shapes.warns or not signature.tells)
            signature.display = signature.began and not shapes.display

    def on_text_area_selection_changed(self) -> None:
        self.completer.sync()

    def on_resize(self) -> None:
        self.completer.place()

    def on_descendant_blur(self) -> None:
        self.completer.close()

    def focus(self, scroll_visible: bool = True) -> Prompt:
        """Focus the field that is in use."""
        self._field.focus(scroll_visible)
        return self

    @property
    def _field(self) -> Widget:
        return self._answer if self._asking else self._editor

    @property
    def source(self) -> str:
        """The code that has been typed and not run."""
        return self._editor.text

    @property
    def cursor_line(self) -> tuple[str, int]:
        """The line the cursor is in, and its place in it from 0."""
        row, column = self._editor.cursor_location
        return self._editor.document.get_line(row), column

    @property
    def history(self) -> list[str]:
        """What Up walks through, oldest first."""
        return list(self._editor.cells.entries)

    def remember(self, source: str) -> None:
        """Let Up find a cell that was run from elsewhere."""
        self._editor.cells.add(source)

    def load(self, source: str) -> None:
        """Put code in for editing. Ctrl+Z brings back what was there."""
        self._editor.put(source)

    def on_prompt_search_changed(self, event: SearchChanged) -> None:
        event.stop()
        self._search.display = event.search is not None
        if event.search is not None:
            self._search.update(search_rows(event.search, self.content_size.width))

    def take(self, text: str) -> None:
        """Get the focus and ``text``, which was typed elsewhere."""
        self.focus()
        if not self._asking:
            self._editor.insert(text)

    def paste(self, event: events.Paste) -> None:
        """Get the focus and what was pasted elsewhere."""
        self.focus()
        self._field.post_message(events.Paste(event.text))

    def ask(self, prompt: str, password: bool) -> None:
        """Become a field for one line; what was typed so far is kept for :meth:`end_ask`."""
        self._editor.leave_search()
        self.large = False
        *above, last = (visible(line) for line in prompt.split("\n"))
        if cell_len(last) > _WIDEST_QUESTION:
            above, last = [*above, last], ""
        self._question.update("\n".join(above[-_MOST_QUESTION_ROWS:]))
        self._question.display = bool(above)
        self._label = last or "? "
        self._answer.ask(password)
        self._swap(asking=True)

    def end_ask(self) -> None:
        """Go back to the code."""
        if not self._asking:
            return
        self._question.display = False
        self._answer.value = ""
        self._swap(asking=False)

    def _swap(self, *, asking: bool) -> None:
        """Let one field take the other's place, and its focus."""
        takes_focus = self.has_focus_within or self.screen.focused is None
        self._asking = asking
        self.set_class(asking, "-asking")
        self.post_message(StateChanged())
        self._show_gutter()
        self.completer.close()
        self._signature.leave()
        self._shapes.leave()
        other = self._editor if asking else self._answer
        self._field.disabled = False
        self._field.display = True
        if takes_focus:
            self.screen.set_focus(self._field)
        other.display = False
        other.disabled = True

    def watch_number(self) -> None:
        self._show_gutter()

    def watch_playing(self) -> None:
        self._show_gutter()

    @property
    def asks(self) -> bool:
        """Whether a program waits for a line."""
        return self._asking

    def watch_large(self, large: bool) -> None:
        self.set_class(large, "-large")
        self._editor.large = large
        self._editor.show_line_numbers = large
        self.post_message(LargeChanged(large))

    def on_prompt_large_left(self) -> None:
        self.large = False

    def watch_busy(self, busy: bool) -> None:
        self.set_class(busy, "-busy")
        self.post_message(StateChanged())
        self._show_gutter()

    def set_running(self, running: bool) -> None:
        """Whether code runs now. It shows, as ``busy``, only when it has run for a moment."""
        self._editor.busy = running
        if not running:
            self.busy = False
        else:
            self.set_timer(_BUSY_AFTER, self._show_busy)

    def _show_busy(self) -> None:
        self.busy = self._editor.busy

    def _show_gutter(self) -> None:
        number = str(self.number)
        label = "*".rjust(len(number)) if self.busy else number
        text = self._label if self._asking else f"{_('play') + ' ' if self.playing else ''}[{label}] "
        if not self._asking and self._editor.scroll_y >= 1:
            # The first line is above: the number belongs to that one.
            text = "↑ ".rjust(len(text))
        # A new layout costs ten milliseconds: only for another width.
        self._gutter.update(text, layout=cell_len(text) != self._gutter.size.width)
