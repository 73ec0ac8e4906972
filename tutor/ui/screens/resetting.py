"""The question before a step or a lesson is begun anew."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.texts import _


class ResetScreen(ModalScreen[str]):
    """Dismissed with ``step``, ``lesson``, or nothing."""

    BINDINGS = [("escape,q", "dismiss('')", "Keep everything")]
    CSS_PATH = "../styles/help.tcss"

    def __init__(self, step: str, lesson: str) -> None:
        super().__init__()
        self._step = step
        self._lesson = lesson

    def compose(self) -> ComposeResult:
        choices = (
            ("", _("Keep everything"), _("Nothing changes.")),
            (
                "step",
                _("Begin this step anew: {step}").format(step=self._step),
                _("Its answers and what you ran in it are forgotten; variables are as when you entered it."),
            ),
            (
                "lesson",
                _("Begin the whole lesson anew: {lesson}").format(lesson=self._lesson),
                _("Every answer, attempt and bookmark in it is forgotten, and what review knows of it."),
            ),
        )
        options = [
            Option(Text.assemble((f"{title}\n", "bold"), (words, "dim")), id=name or "none")
            for name, title, words in choices
        ]
        with Vertical(id="help", classes="-small") as box:
            box.border_title = _("Begin anew?")
            box.border_subtitle = _("Up, Down, Enter; Esc keeps everything")
            yield OptionList(*options, markup=False, id="resets")

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.highlighted = 0
        options.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss("" if event.option_id == "none" else event.option_id)
