"""What a lesson's screen does about free play."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.binding import ActiveBinding, Binding

from tutor.texts import _, mark, retold
from tutor.ui import actions
from tutor.ui.actions import key_text
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.session.player import Player
    from tutor.session.playing import Begun

    _Base = Screen[None]
else:
    _Base = object

_BACK = Binding(
    actions.FREE_PLAY.letter, "free_play", mark("Back to the lesson"), key_display=key_text(actions.FREE_PLAY)
)
_NOT_IN_PLAY = ("next_step", "back", "skip", "solution", "reset", "overview")
PLAY_WORDS = mark("FREE PLAY: nothing here counts")
_REASONS = (mark("is part of a graph"), mark("a {what} cannot be copied"))
"""What the worker says of a name that is not in the copy."""


class FreePlayWork(_Base):
    """Mixin of a lesson's screen."""

    if TYPE_CHECKING:
        player: Player

        def say(self, text: str) -> None: ...

    _play_shown = False

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        found = super().active_bindings
        if not self._play_shown:
            return found
        back = ActiveBinding(self, replace(_BACK, description=_(_BACK.description)), True, "")
        return {actions.FREE_PLAY.letter: back} | {
            key: one for key, one in found.items() if one.binding.action not in _NOT_IN_PLAY
        }

    def show_play(self) -> bool:
        """Mark the screen, or take the mark away; whether that changed anything."""
        playing = self.player.playing
        if playing == self._play_shown:
            return False
        self._play_shown = playing
        self.set_class(playing, "-playing")
        self.query_one(Prompt).playing = playing
        return True

    def held_up(self) -> bool:
        """Whether there is no lesson to go on with, in free play, or before it is as it was left; says so."""
        if self.player.restoring:
            self.say(_("One moment: your code runs again, to bring your variables back. Ctrl+C ends that."))
        elif self.player.playing:
            words = _("This is free play. {key} goes back to the lesson first.")
            self.say(words.format(key=key_text(actions.FREE_PLAY)))
        return self.player.restoring or self.player.playing

    def action_free_play(self) -> None:
        if self.player.restoring:
            self.held_up()
            return
        leave_or_begin = self._leave_play if self.player.playing else self._begin_play
        self.run_worker(leave_or_begin(), group="play", exclusive=True)

    async def _begin_play(self) -> None:
        begun = await self.player.begin_play()
        self.query_one(Transcript).note(_began(begun), "warn" if begun.problem or begun.missing else "info")
        self.query_one(Prompt).focus()

    async def _leave_play(self) -> None:
        names = await self.player.played_names()
        bring: tuple[str, ...] | None = ()
        if names:
            from tutor.ui.screens.bring import BringScreen

            bring = await self.app.push_screen_wait(BringScreen(names))
        if bring is None or not self.player.playing:
            return
        brought = await self.player.end_play(bring)
        if self._play_shown:
            # It was interrupted.
            return
        came = " " + _("{names} came along.").format(names=_listed(brought)) if brought else ""
        self.query_one(Transcript).note(_("Back in the lesson. Your variables are as they were.") + came, "info")


def _began(begun: Begun) -> str:
    if begun.problem:
        return _("No free play: {problem}").format(problem=begun.problem)
    back = _("{key} goes back").format(key=key_text(actions.FREE_PLAY)) + "."
    if begun.missing:
        why = "; ".join(f"`{name.name}` ({retold(name.how, *_REASONS)})" for name in begun.missing)
        words = _(
            "Free play in a copy of your variables: nothing here counts. Not in the copy: {why}. "
            "Run the line that makes it, if you need it."
        )
        return f"{words.format(why=why)} {back}"
    how = _("a copy of your variables") if not begun.again else _("a copy, made by running your code again")
    words = _("Free play in {how}: nothing here counts, and nothing here can break the lesson.")
    return f"{words.format(how=how)} {back}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
