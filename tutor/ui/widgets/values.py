"""Puts displayed values into a transcript."""

from __future__ import annotations

from tutor.protocol import events
from tutor.render.look import Look
from tutor.render.values import hint, is_plain, value_lines
from tutor.ui.widgets.transcript import Transcript

_LEAST_WIDTH = 40


class Values:
    """Remembers which hints it has given: each is given once."""

    def __init__(self) -> None:
        self._hinted: set[str] = set()

    def show(self, event: events.Displayed, transcript: Transcript) -> None:
        """Write a value at the end of the transcript."""
        if is_plain(event):
            # Text of Python's own takes the way of output: long lines are bounded there and cost nothing.
            transcript.write(event.text + "\n", "stdout")
        else:
            transcript.add_lines(value_lines(event, Look(width=max(transcript.size.width - 2, _LEAST_WIDTH))))
        help_ = hint(event)
        if help_ and help_ not in self._hinted:
            self._hinted.add(help_)
            transcript.note(help_, "info")
