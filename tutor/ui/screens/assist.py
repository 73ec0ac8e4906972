"""Completion, signatures and ``obj?``: between the prompt and the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tutor.protocol import events
from tutor.render.help import description
from tutor.render.look import Look
from tutor.ui.widgets.asking import asked_about
from tutor.ui.widgets.completer import AlignmentRequested, CompletionRequested, SignatureRequested
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.session.session import Session

    _Base = Screen[None]
else:
    _Base = object

_NARROWEST = 40


class Assisting(_Base):
    """Mixin of a screen with a prompt, a transcript and a session."""

    session: Session

    def on_prompt_completion_requested(self, event: CompletionRequested) -> None:
        self.session.assistant.complete(event.source, event.cursor)

    def on_prompt_signature_requested(self, event: SignatureRequested) -> None:
        self.session.assistant.signature(event.source, event.cursor)

    def on_prompt_alignment_requested(self, event: AlignmentRequested) -> None:
        self.session.assistant.align(event.source, event.cursor)

    def ask_about(self, source: str) -> bool:
        """Answer ``obj?``; False if ``source`` is no such question."""
        if source.strip() in ("?", "??"):
            self.call_later(self.run_action, "show_help")
            return True
        asked = asked_about(source)
        if asked is None:
            return False
        if not self.session.assistant.describe(*asked):
            self.query_one(Transcript).note("Python is still starting. Ask again in a moment.", "info")
        return True

    def hear_assistant(self, event: events.Completed | events.Described | events.Aligned) -> None:
        """Show an answer that is still wanted."""
        prompt = self.query_one(Prompt)
        if isinstance(event, events.Completed):
            prompt.completer.answered(event)
        elif isinstance(event, events.Aligned):
            prompt.show_alignment(event.steps[event.chosen] if 0 <= event.chosen < len(event.steps) else None)
        elif event.full:
            self._tell(event)
        else:
            prompt.show_signature(event.description)

    def _tell(self, event: events.Described) -> None:
        transcript = self.query_one(Transcript)
        name, source = self.session.assistant.question(event.id)
        transcript.add_lines([Text(f"{name}{'??' if source else '?'}", style="bold")])
        if event.description is None:
            transcript.note(f"Nothing is known of {name} without running code. Is the name spelled right?", "info")
            return
        look = Look(max(transcript.size.width - 2, _NARROWEST))
        transcript.add_lines(description(event.description, look, source=source))
