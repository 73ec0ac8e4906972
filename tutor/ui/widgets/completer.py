"""Completion at the prompt: what is asked for, what the popup shows, what Tab puts in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.geometry import Offset
from textual.message import Message

from tutor.protocol.assistance import Candidate
from tutor.protocol.events import Completed
from tutor.ui.widgets.completions import Completions

if TYPE_CHECKING:
    from textual.widget import Widget
    from textual.widgets import TextArea

_LETTERS_TO_OPEN = 2
"""Typed letters of a name after which the popup opens by itself."""

_OPERATION = re.compile(r"[-+*/@%<>&|^(]|==|!=")
"""Without one of these no two operands meet."""


class CompletionRequested(Message, namespace="prompt"):
    """What can stand at ``cursor`` (characters into ``source``)?"""

    def __init__(self, source: str, cursor: int) -> None:
        super().__init__()
        self.source = source
        self.cursor = cursor


class SignatureRequested(Message, namespace="prompt"):
    """Which call is ``cursor`` in?"""

    def __init__(self, source: str, cursor: int) -> None:
        super().__init__()
        self.source = source
        self.cursor = cursor


class AlignmentRequested(Message, namespace="prompt"):
    """How do the operands at ``cursor`` meet?"""

    def __init__(self, source: str, cursor: int) -> None:
        super().__init__()
        self.source = source
        self.cursor = cursor


def narrowed(candidates: Sequence[Candidate], prefix: str) -> list[Candidate]:
    """Those that go on with ``prefix``: as it is written, then in another case."""
    lower = prefix.lower()
    fitting = [one for one in candidates if one.text[: len(prefix)].lower() == lower]
    return sorted(fitting, key=lambda one: not one.text.startswith(prefix))


class Completer:
    """Follows one editor. Nothing is taken from the person typing: only Tab puts anything in."""

    def __init__(self, editor: TextArea, popup: Completions, prompt: Widget) -> None:
        self._editor = editor
        self._popup = popup
        self._prompt = prompt
        self._seen = ("", 0)
        self._asked: tuple[str, int] | None = None
        self._tab_waits = False
        self._open_wanted = False
        self._dismissed = False
        self._forget()

    def _forget(self) -> None:
        self._candidates: Sequence[Candidate] = ()
        self._more = 0
        self._start = 0
        self._end = 0
        self._shown: list[Candidate] = []
        self._chosen: int | None = None

    # What happens in the editor

    def sync(self) -> None:
        """The text or the cursor may have changed."""
        before, now = self._seen, self._now()
        if now == before:
            return
        self._seen = now
        self._tab_waits = False
        typed = _typed(before, now)
        if not typed and not (self._popup.is_open and _erased(before, now)):
            self._dismissed = False
            self.close()
        else:
            self._follow(now, letter=typed[-1:])
        if "(" in now[0][: now[1]] or "(" in before[0]:
            self._prompt.post_message(SignatureRequested(*now))
        if _OPERATION.search(now[0]) or _OPERATION.search(before[0]):
            self._prompt.post_message(AlignmentRequested(*now))

    def _follow(self, now: tuple[str, int], letter: str) -> None:
        """A letter came or went: narrow what is shown, and ask again."""
        in_word = not letter or letter == "_" or letter.isalnum()
        if not in_word:
            self._dismissed = False
        if not self._still_open(now, in_word=in_word):
            self.close()
        going_on = self._popup.is_open
        if going_on:
            self._narrow(now)
            going_on = in_word or self._popup.is_open
        if self._dismissed:
            return
        wanted = going_on or _opens(now) or letter == "/" or (letter in ("'", '"') and _after_bracket(now))
        if wanted:
            self._open_wanted = True
            self._ask(now)

    def _still_open(self, now: tuple[str, int], *, in_word: bool) -> bool:
        """Whether what is shown may still go on with what stands there now."""
        if not self._popup.is_open or self._chosen is not None or now[1] <= self._start:
            return False
        return in_word or bool(narrowed(self._candidates, now[0][self._start : now[1]]))

    def _narrow(self, now: tuple[str, int]) -> None:
        prefix = now[0][self._start : now[1]]
        self._shown = narrowed(self._candidates, prefix)
        self._end = now[1]
        if not self._shown or all(one.text == prefix for one in self._shown):
            self._popup.hide()
        else:
            self._show()

    def _ask(self, now: tuple[str, int]) -> None:
        self._asked = now
        self._prompt.post_message(CompletionRequested(*now))

    def answered(self, answer: Completed) -> None:
        """The newest question has its answer; it counts only if the text is still the same."""
        self.sync()
        now = self._now()
        if self._asked != now or answer.end != now[1] or not 0 <= answer.start <= answer.end:
            return
        tab, self._tab_waits, self._asked = self._tab_waits, False, None
        self._candidates, self._more, self._start = answer.candidates, answer.more, answer.start
        self._chosen = None
        if not (tab or self._open_wanted):
            return
        self._narrow(now)
        if tab and self._shown:
            self._complete(stay=True)

    def skip(self) -> None:
        """A whole text was put in, not typed: nothing opens by itself."""
        self._seen = self._now()
        self.close()

    # Keys

    def tab(self) -> None:
        """Put in what is certain; then go through what is shown."""
        self.sync()
        if self._popup.is_open and self._shown:
            self._complete(stay=False)
            return
        self._tab_waits = True
        self._open_wanted = True
        # Again even if it was asked already: perhaps there was nobody to answer.
        self._ask(self._now())

    def open(self) -> None:
        """Show what can stand here, whatever has been typed."""
        self.sync()
        self._open_wanted, self._dismissed = True, False
        self._ask(self._now())

    def dismiss(self) -> bool:
        """Close the popup and leave the word at the cursor alone from now on; False if none was open."""
        was_open = self._popup.is_open
        self.close()
        self._dismissed = was_open
        return was_open

    def close(self) -> None:
        """No popup, and no answer is waited for."""
        self._popup.hide()
        self._asked = None
        self._tab_waits = self._open_wanted = False
        self._forget()

    def _complete(self, *, stay: bool) -> None:
        """One step of Tab. ``stay``: with nothing certain to put in, only show what there is."""
        prefix = self._seen[0][self._start : self._end]
        if len(self._shown) == 1:
            self._put(self._shown[0].text)
            self.close()
            return
        if self._chosen is None:
            as_written = [one.text for one in self._shown if one.text.startswith(prefix)]
            common = "" if self._more or not as_written else _common(as_written)
            if len(common) > len(prefix):
                self._put(common)
                self._narrow(self._seen)
                return
            if stay:
                return
        self._chosen = 0 if self._chosen is None else (self._chosen + 1) % len(self._shown)
        self._put(self._shown[self._chosen].text)
        self._show()

    def _put(self, text: str) -> None:
        start, end = (_location(self._seen[0], place) for place in (self._start, self._end))
        result = self._editor.replace(text, start, end, maintain_selection_offset=False)
        self._editor.move_cursor(result.end_location)
        self._end = self._start + len(text)
        self._seen = self._now()

    # Where things are

    def _now(self) -> tuple[str, int]:
        row, column = self._editor.cursor_location
        lines = self._editor.document.lines
        return "\n".join(lines), sum(len(line) + 1 for line in lines[:row]) + column

    def place(self) -> None:
        """The prompt has moved or grown: the popup follows."""
        if self._popup.is_open:
            self._show()

    def _show(self) -> None:
        cursor = self._editor.cursor_screen_offset
        back = cell_len(self._seen[0][self._start : self._end])
        top = self._prompt.region.y
        self._popup.show(self._shown, self._more, self._chosen, Offset(cursor.x - back - 1, top), top)


def _location(text: str, place: int) -> tuple[int, int]:
    """Row and column of the character at ``place``."""
    return text.count("\n", 0, place), place - (text.rfind("\n", 0, place) + 1)


def _typed(before: tuple[str, int], now: tuple[str, int]) -> str:
    """The characters that were typed at the cursor (several when keys come fast); empty if it was not typing."""
    (old, place), (new, cursor) = before, now
    longer = cursor > place and len(new) - len(old) == cursor - place
    if not longer or new[:place] != old[:place] or new[cursor:] != old[place:]:
        return ""
    # A new line is typed too, but nothing opens behind it.
    return new[place:cursor] if new[cursor - 1] != "\n" else ""


def _erased(before: tuple[str, int], now: tuple[str, int]) -> bool:
    return bool(_typed(now, before))


def _word_before(now: tuple[str, int]) -> str:
    text = now[0][: now[1]]
    start = len(text)
    while start and (text[start - 1] == "_" or text[start - 1].isalnum()):
        start -= 1
    return text[start:]


def _common(texts: list[str]) -> str:
    """The longest beginning that all of them share; it is shared if the first and the last in order have it."""
    first, last = min(texts), max(texts)
    same = next((place for place, letter in enumerate(first) if last[place : place + 1] != letter), len(first))
    return first[:same]


def _opens(now: tuple[str, int]) -> bool:
    """Whether the popup opens here by itself: behind a dot, or some letters into a name; never in a number."""
    text, cursor = now
    word = _word_before(now)
    start = cursor - len(word)
    if word[:1].isdigit():
        return False
    if text[:start].endswith("."):
        return not _word_before((text, start - 1))[:1].isdigit()
    return len(word) >= _LETTERS_TO_OPEN


def _after_bracket(now: tuple[str, int]) -> bool:
    """Whether a quote has just been opened behind a bracket: ``d['``."""
    return now[0][: now[1] - 1].endswith("[")
