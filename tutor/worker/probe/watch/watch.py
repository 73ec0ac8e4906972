"""One run from its first line to its notices."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import replace
from typing import Any

from tutor.protocol.failures import Notice
from tutor.protocol.gradients import GradientSnapshot
from tutor.worker.probe.touch import disturbs, quiet
from tutor.worker.probe.watch.caught import Caught
from tutor.worker.probe.watch.cell import Cell, Region, Sources, called
from tutor.worker.probe.watch.graphs import Graphs
from tutor.worker.probe.watch.live import Live
from tutor.worker.probe.watch.rules import ORDER, RULES
from tutor.worker.probe.watch.run import Ended

_SENT = 8

_CULPRITS = {
    "softmax-before-loss": ("softmax", "Softmax", "sigmoid", "Sigmoid"),
    "sigmoid-before-loss": ("sigmoid", "Sigmoid", "softmax", "Softmax"),
    "nll-probabilities": ("nll_loss", "NLLLoss"),
}
"""Where a rule of the graph has found something, the call that is to be pointed at, if the run holds one."""


_ACTS = re.compile(r"[(=.@]")
"""Nothing that is worth a word can be done without one of these: a look at a name, ``1 + 1``."""


class Watch:
    """Watches the runs of one namespace. Everything here is called on the thread that runs the code."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._sources = Sources()
        self._caught = Caught()
        self._graphs = Graphs()
        self._live: Live | None = None
        self._source = ""
        self._watching = False
        self._had_gradients: frozenset[int] = frozenset()
        self.problem = ""
        """What went wrong in the watch itself during the last run, for the log; the learner's run goes on."""

    def peek(self, tensors: Any, call: int) -> None:
        """``backward(tensors)`` is about to run, the ``call``-th of the run."""
        self._graphs.peek(tensors, call)

    def begin(self, source: str, name: str) -> None:
        """Watch a run of ``source``, called ``name`` in tracebacks. Raises nothing."""
        self._live, self._source, self.problem = None, source, ""
        torch = sys.modules.get("torch")
        if torch is None or not _ACTS.search(source):
            return
        self._watching = True
        try:
            live = Live(torch, self._namespace)
            self._had_gradients = _with_gradients(live)
            self._graphs.begin(live, name)
            self._caught.begin(torch, name)
            self._live = live
        except Exception as error:  # the learner may have taken torch apart
            self._stumbled("beginning", error)

    def end(self, status: str, gradients: GradientSnapshot | None) -> tuple[Notice, ...]:
        """What the run is worth a word about, most telling first; after an error only what torch warned of."""
        live, self._live = self._live, None
        if not self._watching:
            return ()
        self._watching = False
        found = self._caught.end()
        try:
            if live is not None:
                self._look_back(live, status, gradients, found)
        except Exception as error:
            self._stumbled("looking back", error)
        self.problem = self.problem or self._graphs.problem
        self._graphs.begin(None, "")
        return tuple(sorted(found.values(), key=_weight))[:_SENT]

    def _look_back(
        self, live: Live, status: str, gradients: GradientSnapshot | None, found: dict[str, Notice]
    ) -> None:
        cell = self._sources.read(self._source)
        if status == "error":
            return
        for rule, notice in self._graphs.found.items():
            found.setdefault(rule, _pointed(notice, cell))
        if cell is not None and cell.says_something and not disturbs(live.torch):
            with quiet(live.torch):
                self._apply(Ended(cell, live, self._graphs, gradients, self._had_gradients), found)

    def _apply(self, run: Ended, found: dict[str, Notice]) -> None:
        for rule in RULES:
            try:
                for notice in rule(run):
                    found.setdefault(notice.rule, notice)
            except Exception as error:
                # One rule that stumbles over an odd object must not silence the others.
                self._stumbled(rule.__name__, error)

    def _stumbled(self, where: str, error: Exception) -> None:
        self.problem = f"{type(error).__name__} in {where}"


def _with_gradients(live: Live) -> frozenset[int]:
    """Ids of the optimisers under a name that hold a gradient."""
    optimizers = [value for _, value in live.all() if live.is_optimizer(value)]
    return frozenset(id(o) for o in optimizers if any(live.gradient(p) is not None for p in live.optimized(o)))


def _weight(notice: Notice) -> int:
    return ORDER.index(notice.rule) if notice.rule in ORDER else len(ORDER)


def _pointed(notice: Notice, cell: Cell | None) -> Notice:
    """The notice with the line of the code that is to blame, where the source shows it."""
    if cell is None:
        return notice
    found = next(cell.calls(*_CULPRITS.get(notice.rule, ())), None)
    if found is not None:
        return replace(notice, line=found[1].line_of(found[0]))
    line = _inside_classes(cell, _CULPRITS.get(notice.rule, ()))
    if line:
        return replace(notice, line=line)
    name = dict(notice.facts).get("name")
    for node, region in cell.each(ast.BinOp) if notice.rule == "broadcast" and name else ():
        if isinstance(node.op, ast.Sub) and name in (_origin(node.left, region), _origin(node.right, region)):
            return replace(notice, line=region.line_of(node))
    return notice


def _origin(node: ast.expr, region: Region) -> str | None:
    """What a name was called where it was first passed to a function."""
    while isinstance(node, ast.Name) and node.id in region.arguments and region.caller is not None:
        node, region = region.arguments[node.id], region.caller
    return node.id if isinstance(node, ast.Name) else None


def _inside_classes(cell: Cell, names: tuple[str, ...]) -> int:
    """The line of such a call in a class that the cell defines; 0 if there is none."""
    for kind in cell.main.nodes:
        if isinstance(kind, ast.ClassDef):
            for call in ast.walk(kind):
                if isinstance(call, ast.Call) and called(call) in names:
                    return call.lineno
    return 0
