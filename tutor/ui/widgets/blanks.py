"""Code with gaps that are typed in place; a single gap is how a prediction is typed."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Static

from tutor.lesson.steps import BLANK, filled
from tutor.render.look import Look
from tutor.render.puzzles import gaps

_LONGEST = 200


class Blanks(Static, can_focus=True):
    """Enter and Tab go from gap to gap; Enter in the last one, when every gap is filled, hands the code in."""

    class Filled(Message):
        """Every gap has something in it."""

        def __init__(self, code: str, typed: tuple[str, ...]) -> None:
            super().__init__()
            self.code = code
            self.typed = typed

    def __init__(self, name: str) -> None:
        super().__init__(id=name, markup=False)
        self._code = ""
        self._typed: list[str] = []
        self._active = 0
        self._cursor = 0
        self._open = False

    def load(self, code: str, *, typed: tuple[str, ...] = (), is_open: bool = True) -> None:
        """Show ``code``; its gaps hold ``typed``, or what was typed if it is the same code."""
        count = len(BLANK.findall(code))
        if code != self._code or typed:
            self._typed = (list(typed) + [""] * count)[:count]
            self._code, self._active, self._cursor = code, 0, len(self._typed[0]) if count else 0
        self._open = is_open
        self._draw()

    @property
    def typed(self) -> tuple[str, ...]:
        return tuple(text.strip() for text in self._typed)

    def hand_in(self) -> bool:
        """Post Filled; False, with the first empty gap chosen, when one is left."""
        empty = next((n for n, text in enumerate(self._typed) if not text.strip()), None)
        if empty is not None:
            self._go(empty)
            return False
        if self._open:
            self.post_message(self.Filled(filled(self._code, self.typed), self.typed))
        return True

    def _draw(self) -> None:
        look = Look(width=max(self.scrollable_content_region.width, 24))
        active = self._active if self._open and self.has_focus else None
        self.update(gaps(self._code, self._typed, active, self._cursor, look))

    def on_focus(self) -> None:
        self._draw()

    def on_blur(self) -> None:
        self._draw()

    def on_paste(self, event: events.Paste) -> None:
        if self._open:
            event.stop()
            self._insert(" ".join(event.text.split()))

    async def _on_key(self, event: events.Key) -> None:
        if not self._open or not self._typed:
            return
        if self._moves(event.key) or self._edits(event):
            event.stop()
            event.prevent_default()
            self._draw()

    def _moves(self, key: str) -> bool:
        last = len(self._typed) - 1
        if key == "enter":
            if self._active == last or all(text.strip() for text in self._typed):
                self.hand_in()
            else:
                self._go(self._active + 1)
        elif key in ("tab", "down") and self._active < last:
            self._go(self._active + 1)
        elif key in ("shift+tab", "up") and self._active > 0:
            self._go(self._active - 1)
        elif key in ("left", "home", "ctrl+a"):
            self._cursor = max(self._cursor - 1, 0) if key == "left" else 0
        elif key in ("right", "end", "ctrl+e"):
            length = len(self._typed[self._active])
            self._cursor = min(self._cursor + 1, length) if key == "right" else length
        else:
            return False
        return True

    def _edits(self, event: events.Key) -> bool:
        text = self._typed[self._active]
        before, behind = text[: self._cursor], text[self._cursor :]
        if event.key in ("backspace", "ctrl+h"):
            self._typed[self._active] = before[:-1] + behind
            self._cursor = max(self._cursor - 1, 0)
        elif event.key in ("delete", "ctrl+d"):
            self._typed[self._active] = before + behind[1:]
        elif event.key == "ctrl+u":
            self._typed[self._active], self._cursor = behind, 0
        elif event.is_printable and event.character:
            self._insert(event.character)
        else:
            return False
        return True

    def _insert(self, text: str) -> None:
        whole = self._typed[self._active]
        if len(whole) + len(text) > _LONGEST:
            return
        self._typed[self._active] = whole[: self._cursor] + text + whole[self._cursor :]
        self._cursor += len(text)
        self._draw()

    def _go(self, gap: int) -> None:
        self._active = gap
        self._cursor = len(self._typed[gap])
        self._draw()
