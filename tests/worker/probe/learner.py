"""A learner whose runs are watched as in the worker: gradients, operations, names."""

from __future__ import annotations

import linecache
from typing import Any

from tutor.protocol.gradients import GradientSnapshot, LeafGradient
from tutor.protocol.graphs import GraphView, LeafTable
from tutor.worker.probe.observer import Observer


class Learner:
    """A namespace and an observer of it."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self.observer = Observer(self.namespace, lambda _snapshot: None, lambda _training: None)
        self._runs = 0

    def __enter__(self) -> Learner:
        import torch

        assert torch
        self.observer.install()
        return self

    def __exit__(self, *_error: object) -> None:
        self.observer._gradients.remove()

    def run(self, source: str) -> GradientSnapshot | None:
        """Run one cell, as the worker does."""
        self._runs += 1
        name = f"<graph test {self._runs}>"
        linecache.cache[name] = len(source), None, source.splitlines(True), name
        self.observer.begin(self._runs)
        self.observer.watch(source, name)
        try:
            exec(compile(source, name, "exec"), self.namespace)
        finally:
            self.observer.ended()
            snapshot = self.observer.end()
            self.observer.tensors()
            self.observer.notices("ok", snapshot)
            self.observer.flow()
        assert not self.observer._gradients.problem
        assert not self.observer.problem
        return snapshot

    def view(self, path: str = "", start: int = 0) -> GraphView:
        """The graph behind ``path``."""
        view, _ = self.observer.graph(path, start)
        assert view is not None
        return view

    def table(self) -> LeafTable:
        table = self.observer.leaves()
        assert table is not None
        return table

    def row(self, path: str) -> LeafGradient:
        return next(row for row in self.table().rows if row.path == path)
