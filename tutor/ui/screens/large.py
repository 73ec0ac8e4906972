"""What needs the whole screen: folded output and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.ui.widgets.folds import Fold
from tutor.ui.widgets.transcript import Transcript
from tutor.ui.widgets.values import Values

if TYPE_CHECKING:
    from textual.screen import Screen

    _Base = Screen[None]
else:
    _Base = object


class LargeViews(_Base):
    """Mixin of a screen with a transcript."""

    _values: Values

    def say(self, text: str) -> None:
        """One quiet line; the screen has it."""
        raise NotImplementedError

    def action_unfold(self) -> None:
        fold = self.query_one(Transcript).latest_fold
        if fold is None:
            self.say("Nothing is folded.")
        else:
            self._open_fold(fold)

    def on_transcript_fold_clicked(self, event: Transcript.FoldClicked) -> None:
        self._open_fold(event.fold)

    def action_show_picture(self) -> None:
        from tutor.ui.pictures import show_large

        if self._values.figure is None:
            self.say("No figure yet: plt.show() draws one.")
        else:
            show_large(self.app, self._values.figure)

    def _open_fold(self, fold: Fold) -> None:
        from tutor.ui.screens.pager import Pager

        if fold.whole:
            self.app.push_screen(Pager(f"{len(fold.whole):,} lines of output", fold.whole))
