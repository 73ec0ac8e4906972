"""Sees a training loop go by, decides when to look, and tells what was seen."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter, thread_time
from types import FrameType
from typing import Any

from tutor.protocol.training import Progress, TrainingSnapshot
from tutor.worker.probe.budget import Budget
from tutor.worker.probe.touch import disturbs, quiet
from tutor.worker.probe.training.by_hand import Open, closed, leaves_of, opened
from tutor.worker.probe.training.figures import Taken, figures, grads_of, readable, stepped, take
from tutor.worker.probe.training.hooks import Hooks
from tutor.worker.probe.training.looked import LIVE
from tutor.worker.probe.training.losses import loss_reader
from tutor.worker.probe.training.pace import Pace
from tutor.worker.probe.training.run import Run
from tutor.worker.probe.training.scaled import unscaled
from tutor.worker.probe.training.sites import Site

SHARE, TICKS = 0.004, 0.003
"""Of the time, for looks at layers and for telling the step; the rest of the one percent is for the graph."""

TICK = 1 / 30
"""Seconds between two tellings of the step and the losses, at least."""

PER_STEP = 3e-6
"""Seconds that a step costs which is not looked at, as :mod:`tutor.worker.probe.training.pace` has measured it."""

_AHEAD = 2
"""Looks that one of several optimisers may have had more than another."""


@dataclass(slots=True, eq=False)
class _Look:
    """One step of an optimiser while it lasts."""

    named: list[tuple[str, weakref.ref[Any]]]
    before: Taken
    seconds: float


class TrainingWatch:
    """Everything here runs on the learner's thread."""

    def __init__(
        self,
        publish: Callable[[TrainingSnapshot], None],
        moved: Callable[[Progress], None],
        namespace: dict[str, Any],
        budget: Budget | None = None,
    ) -> None:
        self._publish, self._moved, self._namespace = publish, moved, namespace
        self._budget = budget or Budget(SHARE)
        self.pace = Pace()
        self._hooks = Hooks(self)
        self._torch: Any = None
        self.awake = self.inside = 0
        self.returned = False
        self.others: Callable[[], float] = lambda: 0.0
        """Seconds that other watches have taken in this run, for the cost that is shown."""
        self._gate: Callable[[], None] | None = None
        self.late: Callable[[], None] | None = None
        """Called after the next ``backward()`` of a loop with an optimiser; it may raise."""
        self.problem = ""
        self.wanted = ""
        """Path of the layer whose gradient is to be drawn; set from any thread."""
        self._cell = 0
        self._run: Run | None = None
        self._clear()

    def install(self, torch: Any) -> None:
        """Begin to see steps; twice is as good as once."""
        self._torch = torch
        self._read = loss_reader(torch)
        self._hooks.install(torch)

    def remove(self) -> None:
        self._hooks.remove()

    def begin(self, cell: int = 0) -> None:
        """Count from nought. The thread that calls this is the one that is watched."""
        self._clear()
        self.pace.reset()
        self._cell, self.wanted = cell, ""
        self.problem = ""
        self._budget.reset()
        self._begun = self._now
        self.awake = threading.get_ident()

    def end(self, state: str) -> TrainingSnapshot | None:
        """The run with its last figures exact; None where there was no training. ``state`` says how it ended.

        What went by unheard at its end stays with ``pace``, for whoever counts the calls of ``backward()``.
        """
        self.awake = 0
        run, snapshot = self._run, None
        if run is not None:
            run.turns.step += self.pace.counted()
            self._hear_last(run, run.turns.step)
        if run is not None and not self.problem:
            try:
                if run.shown and not disturbs(self._torch):
                    with quiet(self._torch):
                        run.settle()
                        snapshot = run.snapshot(self._now, self.cost, state, self._seconds)
            except Exception as error:
                self._fail(error)
        self._clear()
        return snapshot

    def _hear_last(self, run: Run, step: int) -> None:
        """The loss of the last ``step``, where that went by unheard and the learner still has it."""
        loss = self._read(last, False) if (last := self.pace.unheard()) is not None else None
        site = self._site
        # By what a scaler has multiplied it then, is not known any more.
        if loss is not None and site is not None and site.scaler is None and len(run.sites.all) == 1:
            site.fresh.append(loss)
            site.at.append(step)

    def steer(self, gate: Callable[[], None] | None) -> None:
        """Call ``gate`` at the end of every step, when nothing of a step is under way; it may wait and may raise.

        May be called from another thread.
        """
        self._gate = gate
        self.pace.cut()

    @property
    def run(self) -> Run | None:
        """The run that goes on, once it is a training."""
        return self._run if self._run is not None and self._run.shown else None

    @property
    def optimizers(self) -> list[Any]:
        """Those that have stepped in this run and are still there."""
        held = self._run.optimizers.values() if self._run is not None else ()
        return [optimizer for one in held if (optimizer := one.ref()) is not None]

    def show(self, state: str) -> None:
        """Tell the run as it is at this step: it is ``paused``, every figure of now, or goes on ``running``."""
        run = self.run
        if run is not None:
            if state == "paused":
                self._guarded(run.settle)
            self._guarded(lambda: self._publish(run.snapshot(self._now, self.cost, state, self._seconds)))

    @property
    def cost(self) -> float:
        """Share of the run's time that the watching has taken."""
        steps = self._run.turns.step if self._run is not None else 0
        spent = self._budget.spent + self.others() + PER_STEP * steps
        return min(1.0, spent / max(self._seconds, 1e-9))

    @property
    def _now(self) -> float:
        """A clock in seconds that stands while the loop is held."""
        return (self._gate_since or perf_counter()) - self._held

    @property
    def _seconds(self) -> float:
        """What the run has taken, without its pauses."""
        return self._now - self._begun

    def _clear(self) -> None:
        self._run = None
        self._site: Site | None = None
        self._look: _Look | None = None
        self._hand: Open | None = None
        self._tick = self._begun = self._held = self._gate_since = 0.0
        self.inside = 0
        self.late = None

    def _begin_run(self) -> Run:
        self._run = Run(self._torch, self._namespace, self._cell)
        self._begun = self._now
        return self._run

    def _fail(self, error: Exception) -> None:
        self.problem = f"{type(error).__name__} while watching a training"
        self.awake = 0

    # What a loop calls: quick unless a look is due.

    def heard(self, loss: float | None, frame: FrameType, roots: Any) -> None:
        """``backward()`` has run."""
        if not self.awake:
            return
        self._listen()
        run = self._run or self._begin_run()
        site = self._site_of(run, frame)
        site.calls += 1
        if run.optimizers:
            if loss is not None:
                site.fresh.append(loss)
                site.at.append(run.turns.coming(len(run.optimizers)))
            if self.late is not None:
                self.late()
            return
        self._by_hand(
            run, site, loss, lambda: (leaves := leaves_of(self._torch, roots), grads_of(self._torch, leaves))
        )

    def meant(self, loss: float, frame: FrameType) -> float:
        """What ``backward()`` began at, as the learner means it: without the factor of a gradient scaler.

        Just before it is :meth:`heard`.
        """
        if not self.awake:
            return loss
        site = self._site_of(self._run or self._begin_run(), frame)
        return loss if site.scaler is None else unscaled(loss, site.scaler, self._read)

    def _site_of(self, run: Run, frame: FrameType) -> Site:
        site = self._site
        if site is None or site.place != frame.f_lasti or site.code is not frame.f_code:
            site = self._site = run.sites.at(frame)
        return site

    def _listen(self) -> None:
        """Steps that only were counted belong to the run; the next one is heard."""
        if self.pace.steps and self._run is not None:
            self._run.turns.step += self.pace.counted()
        self.pace.quick = 0

    def after_grad(self, frame: FrameType, outputs: Any, inputs: Any, result: Any) -> None:
        """``torch.autograd.grad`` has run."""
        run = self._run or self._begin_run()
        site = run.sites.at(frame)
        if site.library:
            return
        self._listen()
        site.calls += 1
        loss = self._read(outputs, False)
        if run.optimizers:
            if loss is not None:
                site.fresh.append(loss)
                site.at.append(run.turns.coming(len(run.optimizers)))
            return
        self._by_hand(run, site, loss, lambda: _paired(self._torch, inputs, result))

    def before_step(self, optimizer: Any) -> None:
        self._listen()
        budget = self._budget
        step = self._run.turns.step + 1 if self._run is not None else 1
        if self._gate is not None and self._run is not None:
            # The wish may have come since a backward() that went by unheard.
            self._hear_last(self._run, step)
        if self._gate is not None or budget.clock() >= budget.next or not step & (step - 1):
            self._guarded(lambda: self._open(optimizer, step))

    def after_step(self, optimizer: Any) -> None:
        run = self._run
        if run is None or id(optimizer) not in run.optimizers:
            self._guarded(lambda: self._first(optimizer))
            run = self._run
            if run is None or not self.awake:
                return
        run.turns.take(id(optimizer))
        if self._look is not None:
            self._guarded(self._close)
        elif self._budget.clock() >= self._tick:
            self._guarded(self._tell)
        if self._gate is not None:
            self._pass(self._gate)
        elif len(run.optimizers) == 1:
            self.pace.rest(id(optimizer), run.turns.step, thread_time())

    def _pass(self, gate: Callable[[], None]) -> None:
        self._gate_since = perf_counter()
        try:
            gate()
        finally:
            self._held += perf_counter() - self._gate_since
            self._gate_since = 0.0

    def _guarded(self, action: Callable[[], object]) -> None:
        try:
            if not disturbs(self._torch):
                with quiet(self._torch):
                    action()
        except Exception as error:
            self._look = self._hand = None
            self._fail(error)

    # What happens at a look.

    def _first(self, optimizer: Any) -> Run:
        run = self._run or self._begin_run()
        if not run.optimizers:
            self._hand = None
            run.turns.restart()
            for site in run.sites.all:
                site.restart()
        run.optimizer(optimizer)
        return run

    def _open(self, optimizer: Any, step: int) -> None:
        started = perf_counter()
        self._look = None
        run = self._run
        if run is None or id(optimizer) not in run.optimizers:
            run = self._first(optimizer)
        looks = [held.looks for held in run.optimizers.values() if held.ref() is not None]
        held = run.optimizer(optimizer)
        # A step that the person asked for is looked at whatever it costs: its change is what is shown then.
        if self._gate is None and (held.looks >= min(looks, default=0) + _AHEAD or not self._budget.due(step)):
            return
        held.looks += 1
        named = run.trained(optimizer)
        before = take(self._torch, [tensor for _, tensor in named])
        self._look = _Look([(path, weakref.ref(t)) for path, t in named], before, perf_counter() - started)

    def _close(self) -> None:
        started = perf_counter()
        look, self._look, run = self._look, None, self._run
        if look is None or run is None:
            return
        named = [(path, tensor) for path, ref in look.named if (tensor := ref()) is not None]
        if len(named) == len(look.named):
            tensors = [tensor for _, tensor in named]
            after = take(self._torch, tensors)
            if after.sizes == look.before.sizes:
                grads = grads_of(self._torch, tensors)
                found = stepped(
                    self._torch, tensors, figures(self._torch, tensors, look.before, grads), look.before, after
                )
                run.see(named, found, run.looked.drawn(self._torch, named, grads, self.wanted), run.turns.step)
        self._show(run, look.seconds - started)

    def _show(self, run: Run, since: float) -> None:
        """Publish, and account for a look that has taken ``perf_counter() + since`` seconds."""
        if run.shown:
            self._publish(run.snapshot(self._now, self.cost, "running", self._seconds))
        now = perf_counter()
        self._budget.spend(now + since)
        self._tick = now + TICK

    def _tell(self) -> None:
        started = perf_counter()
        run = self._run
        if run is None:
            return
        bad = run.losses_are_bad()
        if run.shown:
            self._moved(run.progress(self._now, self.cost, self._seconds))
        now = perf_counter()
        self._budget.spent += now - started
        self._tick = now + max(TICK, (now - started) / TICKS)
        if bad:
            self._budget.next = 0.0

    # Loops without an optimiser.

    def _by_hand(
        self, run: Run, site: Site, loss: float | None, trained: Callable[[], tuple[Sequence[Any], Sequence[Any]]]
    ) -> None:
        run.turns.take(id(site))
        step = run.turns.step
        if loss is not None:
            site.fresh.append(loss)
            site.at.append(step)
        now = self._budget.clock()
        if self._hand is not None and self._hand.site == id(site):
            self._guarded(lambda: self._close_hand(run, trained))
        elif self._hand is None and step > 1 and (now >= self._budget.next or not step & (step - 1)):
            self._guarded(lambda: self._open_hand(run, site, step, trained))
        elif now >= self._tick:
            self._guarded(self._tell)
        if self._gate is not None and run.by_hand:
            self._pass(self._gate)

    def _open_hand(
        self, run: Run, site: Site, step: int, trained: Callable[[], tuple[Sequence[Any], Sequence[Any]]]
    ) -> None:
        started = perf_counter()
        if not self._budget.due(step):
            return
        leaves, grads = trained()
        run.names.read(self._torch)
        chosen = list(zip(leaves, grads))[:LIVE]  # noqa: B905 - one each
        named = [(run.names.path(leaf) or f"[{place}]", leaf) for place, (leaf, _) in enumerate(chosen)]
        found = [grad for _, grad in chosen]
        if named:
            drawn = run.looked.drawn(self._torch, named, found, self.wanted)
            self._hand = opened(self._torch, id(site), step, named, found, drawn)
        self._budget.spend(perf_counter() - started)

    def _close_hand(self, run: Run, trained: Callable[[], tuple[Sequence[Any], Sequence[Any]]]) -> None:
        started = perf_counter()
        look, self._hand = self._hand, None
        seen = closed(self._torch, look, trained()[0][:LIVE]) if look is not None else None
        if look is not None and seen is not None:
            named, found, updated = seen
            run.by_hand = run.by_hand or updated
            if run.by_hand:
                run.see(named, found, look.drawn, look.step)
        self._show(run, -started)


def _paired(torch: Any, inputs: Any, result: Any) -> tuple[list[Any], list[Any]]:
    """Inputs of ``autograd.grad`` that can be sampled, and the gradients it gave for them."""
    if type(inputs) is torch.Tensor or not isinstance(inputs, (list, tuple, dict)):
        inputs, grads = [inputs], list(result)
    elif isinstance(inputs, dict):
        inputs, grads = list(inputs.values()), list(result.values())
    else:
        inputs, grads = list(inputs), list(result)
    pairs = [(i, g) for i, g in zip(inputs, grads) if issubclass(type(i), torch.Tensor) and readable(torch, i)]  # noqa: B905
    return [i for i, _ in pairs], [g if g is not None and readable(torch, g) else None for _, g in pairs]
