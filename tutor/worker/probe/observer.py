"""The worker's eyes, in one place: what the loop may ask about the learner's tensors."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tutor.protocol.commands import Inspect
from tutor.protocol.comparison import Comparison
from tutor.protocol.devices import DeviceSnapshot
from tutor.protocol.failures import Notice
from tutor.protocol.flow import Flow
from tutor.protocol.gradients import GradientGraph, GradientSnapshot
from tutor.protocol.graphs import GraphView, LeafTable
from tutor.protocol.memory import StorageSnapshot
from tutor.protocol.models import ModelSnapshot
from tutor.protocol.snapshots import TensorDetail, TensorFacts
from tutor.protocol.training import Progress, TrainingSnapshot
from tutor.worker.probe import details, graph_view
from tutor.worker.probe.contrast import contrast
from tutor.worker.probe.devices import devices, unchanged
from tutor.worker.probe.facts import facts_of
from tutor.worker.probe.flow.watch import FlowWatch
from tutor.worker.probe.forwards import forwards
from tutor.worker.probe.gradients import GradientWatch
from tutor.worker.probe.leaf_table import LeafWatch
from tutor.worker.probe.models import models_in, snapshot
from tutor.worker.probe.packed import packed_note
from tutor.worker.probe.small import thumbnail
from tutor.worker.probe.storage import StorageWatch
from tutor.worker.probe.tensors import TensorWatch
from tutor.worker.probe.touch import is_tensor
from tutor.worker.probe.training.watch import TrainingWatch
from tutor.worker.probe.watch.watch import Watch

_CHANGED = 4
_SMALL = 1_024
"""Elements of each."""


class Observer:
    """Watches one namespace. Everything here runs on the main thread, between or inside runs."""

    def __init__(
        self,
        namespace: dict[str, Any],
        publish: Callable[[GradientSnapshot], None],
        trained: Callable[[TrainingSnapshot | Progress], None],
    ) -> None:
        self._namespace = namespace
        self._tensors = TensorWatch()
        self._watch = Watch(namespace)
        self.training = training = TrainingWatch(trained, trained, namespace)
        self._gradients = GradientWatch(
            publish,
            namespace,
            peek=self._watch.peek,
            meant=training.meant,
            heard=training.heard,
            pace=training.pace,
        )
        training.others = lambda: self._gradients.spent
        self._flow = FlowWatch(namespace)
        self._devices: DeviceSnapshot | None = None
        self._facts: dict[str, TensorFacts] = {}
        self._storages = StorageWatch()
        self._runs = 0
        self._passed: GradientGraph | None = None
        self._leaves = LeafWatch()

    def install(self) -> None:
        if "torch" in sys.modules:
            self._gradients.install()
            self.training.install(sys.modules["torch"])

    def begin(self, cell: int) -> None:
        self._runs += 1
        self.training.begin(cell)
        self._gradients.begin_run()

    def forwards(self, source: str, cell: int) -> None:
        """Remember what goes through the modules in the run of ``source`` that begins now."""
        forwards().begin(source, cell)

    def end(self) -> GradientSnapshot | None:
        forwards().end()
        snapshot = self._gradients.end_run()
        if snapshot is not None and snapshot.graph is not None:
            self._passed = snapshot.graph
        return self._leaves.ran(self._namespace, snapshot) if snapshot is not None else None

    def trained(self, status: str) -> TrainingSnapshot | None:
        """The training that the run was, as it ended; None if it was none."""
        return self.training.end(
            {"ok": "done", "interrupted": "stopped", "stopped": "stopped"}.get(status, "failed")
        )

    def watch(self, source: str, name: str) -> None:
        """Look out for silent mistakes in the run of ``source`` that begins now."""
        self._watch.begin(source, name)
        self._flow.begin(source, name)

    def notices(self, status: str, gradients: GradientSnapshot | None) -> tuple[Notice, ...]:
        """What the watched run did that is rarely meant; empty for a run that was not watched."""
        return self._watch.end(status, gradients)

    def ended(self) -> None:
        """The learner's code has ended: no operation is theirs any more."""
        self._flow.seen()

    def flow(self) -> Flow | None:
        """The tensor operations of the watched run; None if there were none."""
        return self._flow.end()

    @property
    def problem(self) -> str:
        """What went wrong in the watching itself; empty when nothing did."""
        return self._watch.problem or self._flow.problem or self.training.problem

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing that runs inside is seen by the gradient pane, and nothing after it by the flow."""
        self._flow.seen()
        self._gradients.remove()
        self.training.remove()
        try:
            yield
        finally:
            self.install()

    def tensors(self, glance: bool = False) -> tuple[tuple[TensorFacts, ...], int]:
        """Every tensor the namespace reaches, with what changed since the last time, and how many are left out.

        A ``glance``, in the middle of a run, does not count as a time.
        """
        if "torch" not in sys.modules:
            return (), 0
        facts, more = self._tensors.scan(self._namespace, glance)
        self._facts = {fact.path: fact for fact in facts}
        return facts, more

    def detail(self, asked: Inspect) -> TensorDetail | None:
        """What the pane needs to draw the tensor it asks about; None if there is none."""
        if "torch" not in sys.modules:
            return None
        tensor = details.resolve(self._namespace, asked.path)
        if tensor is None:
            return None
        found = details.detail(asked.path, tensor, self._facts.get(asked.path), asked)
        if found is None:
            return None
        note = found.note or packed_note(self._namespace, asked.path)
        return replace(found, history=self._tensors.history(asked.path), note=note)

    def model(self, path: str) -> tuple[ModelSnapshot | None, tuple[str, ...]]:
        """The module under ``path``, without one the one that ran or changed last; and what there is."""
        torch = sys.modules.get("torch")
        if not hasattr(torch, "nn"):
            return None, ()
        changed = frozenset(path.partition(".")[0] for path, facts in self._facts.items() if facts.change)
        found = models_in(self._namespace, torch, changed, forwards().ran())
        if not found:
            return None, ()
        named = dict(found)
        chosen = path if path in named else found[0][0]
        return snapshot(torch, chosen, named[chosen], forwards().reason), tuple(named)

    def graph(self, path: str, start: int) -> tuple[GraphView | None, tuple[str, ...]]:
        """The graph behind ``path``, or where that is empty the one to be seen first; and what there is."""
        torch = sys.modules.get("torch")
        if not hasattr(torch, "nn"):
            return None, ()
        changed = frozenset(path for path, facts in self._facts.items() if facts.change)
        return graph_view.look(torch, self._namespace, path, start, changed, self._passed)

    def leaves(self) -> LeafTable | None:
        """What has a gradient, could have one, or might be thought to; None when there is nothing of the kind."""
        return self._leaves.table(self._namespace, self.training.returned) if "torch" in sys.modules else None

    def changed(self, facts: tuple[TensorFacts, ...]) -> tuple[TensorDetail, ...]:
        """Small drawings of the latest few tensors that the last run changed; never of an accelerator's."""
        changed = [fact for fact in facts if fact.change and fact.device == "cpu"]
        # What a name holds says more than one parameter of many.
        chosen = sorted(changed, key=lambda fact: "." not in fact.path)[-_CHANGED:]
        found = []
        for fact in chosen:
            tensor = details.resolve(self._namespace, fact.path)
            if tensor is not None and (small := thumbnail(fact.path, tensor, _SMALL, fact)) is not None:
                found.append(small)
        return tuple(found)

    def storage(self, path: str) -> StorageSnapshot | None:
        """The memory under the tensor at ``path``; None if there is none."""
        return self._storages.look(self._namespace, path, self._runs) if "torch" in sys.modules else None

    def contrast(self, left: str, right: str) -> Comparison | None:
        """Two tensors compared, named as a scan names them; None if one of them is none."""
        if "torch" not in sys.modules:
            return None
        one, two = (details.resolve(self._namespace, path) for path in (left, right))
        return self.contrast_values(left, one, right, two)

    def contrast_values(self, left: str, one: Any, right: str, two: Any) -> Comparison | None:
        """The same for values at hand, with what they are called."""
        torch = sys.modules.get("torch")
        if torch is None or not is_tensor(torch, one) or not is_tensor(torch, two):
            return None
        return contrast(left, one, right, two)

    def displayed(self, value: Any, path: str = "_") -> TensorDetail | None:
        """Detail of a displayed value that is a tensor; ``path`` is a name of it."""
        torch = sys.modules.get("torch")
        if torch is None or not is_tensor(torch, value):
            return None
        with contextlib.suppress(Exception):
            return details.detail(path, value)
        return None

    def describe(self, value: Any) -> str:
        """Dtype, shape and device of a tensor, in one line; empty for anything else."""
        facts = self._facts_of(value)
        return f"{facts.dtype} {list(facts.shape)} {facts.device}" if facts else ""

    def size(self, value: Any) -> int:
        """Bytes of a tensor's elements; 0 for anything else."""
        facts = self._facts_of(value)
        return facts.nbytes if facts else 0

    def _facts_of(self, value: Any) -> TensorFacts | None:
        torch = sys.modules.get("torch")
        return facts_of("", value) if torch is not None and is_tensor(torch, value) else None

    def synchronize(self) -> None:
        """Wait for the accelerator, if one was used."""
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_initialized():
            torch.cuda.synchronize()

    def devices(self) -> DeviceSnapshot:
        self._devices = devices()
        return self._devices

    def devices_if_changed(self) -> DeviceSnapshot | None:
        """A new snapshot if a quick look differs from the last one."""
        if self._devices is not None and unchanged(self._devices):
            return None
        latest = devices(quick=True)
        if latest == self._devices:
            return None
        self._devices = latest
        return latest
