"""Puts displayed values and figures into a transcript."""

from __future__ import annotations

from tutor.protocol import events
from tutor.render.look import Look
from tutor.render.pictures import caption, picture
from tutor.render.values import hint, is_plain, value_lines
from tutor.ui.actions import PICTURE, key_text
from tutor.ui.widgets.transcript import Transcript

_LEAST_WIDTH = 40
_LEAST_HEIGHT = 8


class Values:
    """Remembers which hints it has given, because each is given once, and the last figure."""

    def __init__(self) -> None:
        self._hinted: set[str] = set()
        self.figure: events.Pictured | None = None

    def show(self, event: events.Displayed, transcript: Transcript) -> None:
        """Write a value at the end of the transcript."""
        transcript.fold()
        if is_plain(event):
            # Text of Python's own takes the way of output: long lines are bounded there and cost nothing.
            transcript.write(event.text + "\n", "stdout")
        else:
            transcript.add_lines(value_lines(event, Look(width=max(transcript.size.width - 2, _LEAST_WIDTH))))
        help_ = hint(event)
        if help_ and help_ not in self._hinted:
            self._hinted.add(help_)
            transcript.note(help_, "info")

    def picture(self, event: events.Pictured, transcript: Transcript) -> None:
        """Draw a figure at the end of the transcript, no higher than what can be seen at once."""
        self.figure = event
        height = max(_LEAST_HEIGHT, transcript.size.height - 3)
        look = Look(max(transcript.size.width - 2, _LEAST_WIDTH), height, colour=not transcript.app.no_color)
        transcript.fold()
        transcript.add_picture(picture(event, look))
        transcript.add_lines(caption(event, look, key_text(PICTURE)))
        transcript.end_output()
