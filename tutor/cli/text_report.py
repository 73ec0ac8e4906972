"""``tutor run``: events as the transcript and the panes would show them, as text."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from tutor.cli.news import News, names_differ
from tutor.explain import explain
from tutor.explain.notices import explain_notice, place
from tutor.protocol import events
from tutor.protocol.gradients import GradientSnapshot
from tutor.protocol.text import without_colour, without_steps
from tutor.session.script import ScriptCell
from tutor.session.state import cause_of_death

WIDTH = 100
"""Cells at most that pictures take."""


class TextReport:
    """Prints as the transcript and the panes would show it."""

    def __init__(self, console: Console) -> None:
        from tutor.render.look import Look

        self._console = console
        self._look = Look(width=min(console.width, WIDTH), colour=console.color_system is not None)
        self._started = 0
        self._news = News()
        self._gradients: GradientSnapshot | None = None
        """What backward() left, until it is known whether a training follows, which draws the losses itself."""

    def __call__(self, number: int, part: ScriptCell, event: events.Event) -> None:
        self._leave(event)
        match event:
            case events.Started() if number != self._started:
                self._started = number
                self._source(number, part)
            case events.Output():
                text = without_steps(event.text) if self._look.colour else without_colour(event.text)
                self._write(text)
            case events.Displayed():
                from tutor.render.values import value_lines

                self._print(*value_lines(event, self._look))
            case events.Pictured():
                from tutor.render.pictures import caption, picture

                self._print(
                    *(picture(event, self._look) if self._console.is_terminal else ()), *caption(event, self._look)
                )
            case events.Failed():
                from tutor.render.code import error_report

                explanation = explain(event.chain)
                more = f"the lesson “{explanation.topic.title}”" if explanation else ""
                self._print(*error_report(event.chain, self._look, explanation, more))
            case events.NamespaceChanged():
                self._tensors(event)
            case events.GradientsChanged() if not event.gradients.live:
                self._gradients = event.gradients
            case events.TrainingChanged() if event.training.state != "running":
                from tutor.render.training import training

                self._print(training(event.training, self._look), Text())
            case events.Flowed() if any(step.kind != "make" for step in event.flow.steps):
                from tutor.render.flow import flow_text

                self._print(flow_text(event.flow, self._look), Text())
            case events.Noticed():
                from tutor.render.prose import prose

                told = [explain_notice(notice) for notice in event.notices]
                self._print(*(prose(f"! {place(t)}{t.short}", "dim") for t in told if t), Text())
            case events.Died():
                self._print(
                    Text(f"✗ Python is gone: {cause_of_death(event)}. Its variables are lost.", style="bold red")
                )
            case _:
                self._asked(event)

    def _leave(self, event: events.Event) -> None:
        """Print the gradients that waited for ``event``."""
        if self._gradients is not None:
            from tutor.render.gradients import gradients

            left, self._gradients = self._gradients, None
            trained = isinstance(event, events.TrainingChanged)
            self._print(gradients(replace(left, losses=()) if trained else left, self._look), Text())

    def _asked(self, event: events.Event) -> None:
        """What was asked after the cell, as far as it is new."""
        match event:
            case events.Watched() if lines := self._news.watches(event):
                from tutor.render.watches import watches

                self._print(Text("watched", style="dim"), watches(lines, -1, self._look), Text())
            case events.ModelSeen() if model := self._news.model(event):
                from tutor.render.model import beginning
                from tutor.render.model import model as drawn

                self._print(drawn(model, (), beginning(model), 0, self._look), Text())
            case events.Located() if names_differ(event.storage) and event.storage:
                from tutor.render.memory import shared_storage

                self._print(shared_storage(event.storage, self._look), Text())
            case _:
                pass

    def _source(self, number: int, part: ScriptCell) -> None:
        from tutor.render.code import python_source

        prefix = f"[{number}] "
        self._print(*python_source(part.source.strip("\n"), self._look, prefix, " " * len(prefix)))

    def _tensors(self, event: events.NamespaceChanged) -> None:
        from tutor.render.tensors import tensor_rows

        changed = [fact for fact in event.tensors if fact.change]
        if changed:
            self._print(*tensor_rows(changed, self._look))
        self._print(Text())

    def _print(self, *lines: Text) -> None:
        for line in lines:
            self._console.print(line, soft_wrap=True)

    def _write(self, text: str) -> None:
        """Output of the program, with the colours it gave itself."""
        print(text, end="", flush=True)


class Picture(TextReport):
    """The same, kept for a picture instead of printed: in colour, whatever standard output is."""

    def __init__(self) -> None:
        super().__init__(Console(file=io.StringIO(), force_terminal=True, width=WIDTH, color_system="truecolor"))
        self._text = Text()

    def svg(self, title: str) -> str:
        """All that was reported so far."""
        from tutor.render.export import as_svg

        return as_svg(self._text, WIDTH, title)

    def _print(self, *lines: Text) -> None:
        for line in lines:
            self._text.append_text(line).append("\n")

    def _write(self, text: str) -> None:
        # Rich drops the last line end.
        self._text.append_text(Text.from_ansi(text)).append("\n" if text.endswith("\n") else "")
