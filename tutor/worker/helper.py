"""Answers Complete, Describe and Align on a thread of its own, beside whatever the main thread runs."""

from __future__ import annotations

import queue
import signal
import threading
import traceback
from collections.abc import Callable
from typing import Any

from tutor.protocol import commands, events
from tutor.worker.complete import describe
from tutor.worker.complete.aligning import aligned
from tutor.worker.complete.candidates import complete

Question = commands.Complete | commands.Describe | commands.Align


class Helper:
    """One thread. The wire's reader hands questions over, so that a slow disk never delays an interrupt."""

    def __init__(self, namespace: dict[str, Any], send: Callable[[Any], None]) -> None:
        self._namespace = namespace
        self._send = send
        self._questions: queue.SimpleQueue[Question] = queue.SimpleQueue()

    def start(self) -> None:
        threading.Thread(target=self._serve, name="tutor-help", daemon=True).start()

    def ask(self, question: Question) -> None:
        """Answer soon. Questions are answered in order."""
        self._questions.put(question)

    def _serve(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while True:
            question = self._questions.get()
            try:
                self._send(self._answer(question))
            except Exception:
                self._send(self._no_answer(question))
                self._send(events.Broken(question.id, traceback.format_exc(limit=-6)))
            # What was looked at must not live on here until the next question.
            del question

    def _answer(self, question: Question) -> events.Completed | events.Described | events.Aligned:
        if isinstance(question, commands.Align):
            return aligned(self._namespace, question.id, question.source, question.cursor)
        if isinstance(question, commands.Complete):
            return complete(self._namespace, question.id, question.source, question.cursor)
        if question.full:
            return describe.everything(self._namespace, question.id, question.source)
        return describe.call(self._namespace, question.id, question.source, question.cursor)

    @staticmethod
    def _no_answer(question: Question) -> events.Completed | events.Described | events.Aligned:
        if isinstance(question, commands.Align):
            return events.Aligned(question.id, (), 0)
        if isinstance(question, commands.Complete):
            return events.Completed(question.id, question.cursor, question.cursor, (), 0)
        return events.Described(question.id, None, question.full)
