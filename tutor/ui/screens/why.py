"""Why an answer was refused, rule by rule, and a report of it in a file."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.protocol.events import Ready
from tutor.render.look import Look
from tutor.render.refusal import why_refused
from tutor.session.refusal import Refusal, report
from tutor.texts import _, mark
from tutor.ui.saving import save_report

_KEYS = mark("r writes a report, Esc closes")


class WhyScreen(ModalScreen[None]):
    """``r`` writes the report into the folder the tutor was started in; Esc goes back."""

    BINDINGS = [("r", "report", "Report"), ("escape,q,W", "dismiss", "Close")]
    CSS_PATH = "../styles/help.tcss"

    def __init__(self, refusal: Refusal, ready: Ready | None) -> None:
        super().__init__()
        self._refusal = refusal
        self._ready = ready

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help", classes="-small") as scroll:
            scroll.border_title = _("Why it was refused")
            scroll.border_subtitle = _(_KEYS)
            yield Static(id="why", markup=False)
            yield Static(id="why-report", markup=False)

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        width = self.query_one("#help").scrollable_content_region.width
        told = self._refusal
        text = why_refused(told.results, told.said, told.code, Look(width=max(width - 1, 24)), fault=told.fault)
        self.query_one("#why", Static).update(text)

    def action_report(self) -> None:
        told = self._refusal
        try:
            file = save_report(report(told, self._ready), f"{told.lesson.id}-{told.step.id}")
        except OSError as error:
            words = _("Not written: {problem} ({file}).").format(problem=error.strerror, file=error.filename)
        else:
            words = _(
                "The report is in {file}. Nothing was sent: read it, then send it to whoever keeps the lesson."
            ).format(file=file)
        said = self.query_one("#why-report", Static)
        said.update(f"\n{words}")
        self.call_after_refresh(said.scroll_visible, animate=False)
