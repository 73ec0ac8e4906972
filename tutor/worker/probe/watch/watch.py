"""One run from its first line to its notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tutor.protocol.snapshots import GradientSnapshot, Notice
from tutor.worker.probe.touch import disturbs, quiet, torch_module
from tutor.worker.probe.watch.caught import Caught
from tutor.worker.probe.watch.cell import Cell, Region, Sources
from tutor.worker.probe.watch.graphs import Graphs
from tutor.worker.probe.watch.live import Live

_SENT = 8

_CULPRITS = {
    "softmax-before-loss": ("softmax", "Softmax", "sigmoid", "Sigmoid"),
    "sigmoid-before-loss": ("sigmoid", "Sigmoid", "softmax", "Softmax"),
    "nll-probabilities": ("nll_loss", "NLLLoss"),
}
"""Where a rule of the graph has found something, the call that is to be pointed at, if the run holds one."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over, as the rules see it."""

    cell: Cell
    live: Live
    graphs: Graphs
    gradients: GradientSnapshot | None


Rule = Callable[[Ended], Iterator[Notice]]


class Watch:
    """Watches the runs of one namespace. Everything here is called on the thread that runs the code."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._sources = Sources()
        self._caught = Caught()
        self._graphs = Graphs()
        self._live: Live | None = None
        self._source = ""
        self.problem = ""
        """What went wrong in the watch itself during the last run, for the log; the learner's run goes on."""

    def peek(self, tensors: Any) -> None:
        """``backward(tensors)`` is about to run."""
        self._graphs.peek(tensors)

    def begin(self, source: str, name: str) -> None:
        """Watch a run of ``source``, called ``name`` in tracebacks."""
        torch = torch_module()
        self._live = None if torch is None else Live(torch, self._namespace)
        self._source = source
        self.problem = ""
        self._graphs.begin(self._live, name)
        if torch is not None:
            self._caught.begin(torch, name)

    def end(self, status: str, gradients: GradientSnapshot | None) -> tuple[Notice, ...]:
        """What the run is worth a word about, most telling first; after an error only what torch warned of."""
        live, self._live = self._live, None
        if live is None:
            return ()
        self._caught.end()
        found = dict(self._caught.found)
        cell = self._sources.read(self._source)
        if status != "error":
            for rule, notice in self._graphs.found.items():
                found.setdefault(rule, _pointed(notice, cell))
            if cell is not None and not disturbs(live.torch):
                with quiet(live.torch):
                    self._apply(Ended(cell, live, self._graphs, gradients), found)
        self.problem = self.problem or self._graphs.problem
        self._graphs.begin(None, "")
        return tuple(sorted(found.values(), key=_weight))[:_SENT]

    def _apply(self, run: Ended, found: dict[str, Notice]) -> None:
        from tutor.worker.probe.watch.rules import RULES

        for rule in RULES:
            try:
                for notice in rule(run):
                    found.setdefault(notice.rule, notice)
            except Exception as error:
                # One rule that stumbles over an odd object must not silence the others.
                self.problem = f"{type(error).__name__} in {rule.__name__}: {error}"[:200]


def _weight(notice: Notice) -> int:
    from tutor.worker.probe.watch.rules import ORDER

    return ORDER.index(notice.rule) if notice.rule in ORDER else len(ORDER)


def _pointed(notice: Notice, cell: Cell | None) -> Notice:
    """The notice with the line of the call that is to blame, where the source shows it."""
    names = _CULPRITS.get(notice.rule)
    if cell is None or names is None:
        return notice
    call: tuple[Any, Region] | None = next(cell.calls(*names), None)
    return notice if call is None else replace(notice, line=call[1].line_of(call[0]))
