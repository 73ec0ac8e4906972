"""Ctrl+R: while it searches, the editor's keys belong to the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from tutor.ui.widgets import editing
from tutor.ui.widgets.search import Search

if TYPE_CHECKING:
    from textual.widgets import TextArea

    from tutor.ui.widgets.history import History

    _Base = TextArea
else:
    _Base = object

_OLDER, _NEWER = {"ctrl+r", "up"}, {"ctrl+s", "down"}
_LEAVE = {"escape", "ctrl+g"}
_TAKE = {"enter", "tab"}
_NOT_TAKING = {"ctrl+c", "super+c", "ctrl+l", "ctrl+v"}


class SearchChanged(Message, namespace="prompt"):
    """The search goes on, or is over: then ``search`` is None."""

    def __init__(self, search: Search | None) -> None:
        super().__init__()
        self.search = search


class SearchKeys(_Base):
    """Mixin of an editor with ``cells``. The focus stays where it is, so that no key gets lost in between."""

    search: Search | None = None
    if TYPE_CHECKING:
        cells: History

        def put(self, text: str) -> None: ...

    def action_search(self) -> None:
        self.search = Search(self.cells.entries)
        self._show_search()

    def leave_search(self) -> None:
        """Back to what was there."""
        if self.search is not None:
            self.search = None
            self._show_search()

    def _take_found(self) -> None:
        find = self.search.found if self.search else None
        self.leave_search()
        if find is not None:
            draft = self.text
            self.put(find.entry)
            self.cells.go_to(find.back, draft)

    def _show_search(self) -> None:
        self.post_message(SearchChanged(self.search))

    async def _on_key(self, event: events.Key) -> None:
        if self.search is not None and self._search_key(event):
            event.stop()
            event.prevent_default()

    def _search_key(self, event: events.Key) -> bool:
        """Whether the key was the search's own; any other ends it, and does what it does."""
        search, key = self.search, event.key
        assert search is not None  # noqa: S101 - asked by the only caller
        query = self._query_after(event, search.query)
        if query is not None:
            search.look_for(query)
        elif key in _OLDER | _NEWER:
            search.step(1 if key in _OLDER else -1)
        elif key in _LEAVE:
            self.leave_search()
            return True
        else:
            if key in _TAKE or (key in self._bindings.key_to_bindings and key not in _NOT_TAKING):
                self._take_found()
            return key in _TAKE
        self._show_search()
        return True

    @staticmethod
    def _query_after(event: events.Key, query: str) -> str | None:
        """The query as the key leaves it; None if it does not edit."""
        match event.key:
            case "backspace":
                return query[:-1]
            case "ctrl+u":
                return ""
            case "ctrl+w" | "alt+backspace":
                return query[: editing.blank_left(query, len(query))]
        return query + event.character if event.is_printable and event.character else None

    def search_for_pasted(self, text: str) -> bool:
        """While it searches, pasted text is searched for."""
        if self.search is None:
            return False
        self.search.look_for(self.search.query + text.partition("\n")[0])
        self._show_search()
        return True

    def _on_blur(self, _event: events.Blur) -> None:
        self.leave_search()

    async def _on_mouse_down(self, _event: events.MouseDown) -> None:
        self.leave_search()
