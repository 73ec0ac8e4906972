"""Lets code of packs in: whatever runs any goes through here first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.packs.trust import Content, TooMuch, Trust, content_of

if TYPE_CHECKING:
    from tutor.lesson.catalogue import Catalogue
    from tutor.lesson.places import Pack
    from tutor.ui.app import TutorApp


class Gate:
    """Asks the learner once for each content of each pack."""

    def __init__(self, app: TutorApp, trust: Trust, say: Callable[[str], None]) -> None:
        self._app = app
        self._trust = trust
        self._say = say

    async def allows(self, name: str, catalogue: Catalogue) -> bool:
        """Whether the code of the pack of that name may run; the tutor's own, which has no name, always may.

        Call it from a worker of Textual's: it may wait for an answer.
        """
        if not name:
            return True
        pack = catalogue.packs[name]
        lessons = sum(entry.pack == name for entry in catalogue.entries)
        while (content := await self._content(pack)) is not None:
            # Also after a yes: what was agreed to must be what is there now.
            if self._trust.allows(pack, content):
                return True
            from tutor.ui.screens.consent import ConsentScreen

            question = ConsentScreen(pack, content, lessons, changed=self._trust.knew(pack))
            if not await self._app.push_screen_wait(question):
                return False
            self._trust.agree(pack, content)
        return False

    async def _content(self, pack: Pack) -> Content | None:
        try:
            return await asyncio.to_thread(content_of, pack)
        except TooMuch as why:
            self._say(f"The pack {pack.name} cannot be used: {why}, too much to look at.")
        except OSError as why:
            self._say(f"The pack {pack.name} cannot be used: {why.filename}: {why.strerror}")
        return None
