"""The picture that a step names in its ``view``: its pane stands in front while the step is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.lesson.model import Step
from tutor.ui.panes.inspector import Inspector
from tutor.ui.panes.tensors import TensorPane

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.session.session import Session

    _Base = Screen[None]
else:
    _Base = object


class PictureWork(_Base):
    """Mixin of a lesson's screen. Where there is room for one thing only, the text stays in front of the pane."""

    session: Session

    _pictured: Step | None = None
    """The step whose picture is shown."""

    def picture_step(self, step: Step) -> None:
        """Show what ``step`` names; what the one before had shown is given up. Once each time it is entered."""
        before, self._pictured = self._pictured, step
        if before is step:
            return
        for expression in before.view.get("watch", ()) if before is not None else ():
            self.session.watch(expression, keep=False)
        pane = next(iter(step.view), "")
        self.query_one(Inspector).hold(pane)
        for expression in step.view.get("watch", ()):
            self.session.watch(expression)
        self.query_one(TensorPane).wanted = next(iter(step.view.get("tensors", ())), "")
        self.picture_again()

    def picture_again(self) -> None:
        """What is drawn before it runs, from the variables as they are now."""
        for expression in self._pictured.view.get("align", ()) if self._pictured is not None else ():
            self.session.assistant.align(expression, len(expression))
