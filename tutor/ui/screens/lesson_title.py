"""The line above a lesson: where the learner is, and how much is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tutor.texts import _
from tutor.ui import actions
from tutor.ui.screens.free_play import PLAY_WORDS

if TYPE_CHECKING:
    from tutor.lesson.model import Lesson
    from tutor.session.player import Player

_BAR_CELLS = 12
_PACK_CELLS = 20


def title_line(lesson: Lesson, player: Player, width: int, *, watching: bool) -> Text:
    """Lesson, step, progress; ``watching`` says that each save of the step's file is handed in."""
    view = player.view
    done, total = player.done, view.total
    title = Text(" tutor   ", style="bold")
    if player.playing:
        title.append(f" {_(PLAY_WORDS)} ", style="bold reverse magenta").append("   ")
        title.append(_("{key} goes back").format(key=actions.key_text(actions.FREE_PLAY)))
        return title
    if lesson.pack:
        title.append(f"{lesson.pack[:_PACK_CELLS]} ({_('from outside')})   ", style="yellow")
    title.append(f"{lesson.title} · {view.index + 1}/{total}   ")
    state = Text(f" {100 * done // total} %")
    if view.status != "open":
        behind = _("answered") if view.missed else "✓ " + _("done")
        state.append("   " + (behind if view.status == "done" else _("solution shown")), style="dim")
    if view.step.id in player.bookmarked:
        state.append("   ★ " + _("bookmark"), style="yellow")
    if watching:
        state.append("   ✎ " + _("file"), style="cyan")
    # The bar gives way first: what it shows stands beside it as a number.
    cells = min(_BAR_CELLS, max(0, width - title.cell_len - state.cell_len - 1))
    filled = round(cells * done / total)
    return title.append("█" * filled + "░" * (cells - filled), style="green").append_text(state)
