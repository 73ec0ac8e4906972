"""What is true of the session now: a fold of events, nothing else. Output is not here: it only ever appends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from tutor.protocol import events
from tutor.protocol.alignment import of_failing
from tutor.protocol.devices import DeviceSnapshot
from tutor.protocol.flow import Flow
from tutor.protocol.gradients import GradientSnapshot
from tutor.protocol.graphs import LeafTable
from tutor.protocol.memory import StorageSnapshot
from tutor.protocol.snapshots import TensorDetail, TensorFacts
from tutor.protocol.training import TrainingSnapshot, moved
from tutor.protocol.watches import WatchLine
from tutor.session.runs import Runs, gone
from tutor.session.watches import asked, follow


class Phase(Enum):
    """What the worker is doing."""

    LOADING = "loading"
    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting for input"
    DEAD = "dead"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class SessionState:
    phase: Phase = Phase.LOADING
    stage: str = "Python"
    """While loading: what is loading."""
    reason: str = ""
    """While dead or unavailable: why."""
    ready: events.Ready | None = None
    playing: bool = False
    """Whether what runs has only a copy of the session: free play."""
    running: int = 0
    """Id of the running command; 0 when idle."""
    tensors: tuple[TensorFacts, ...] = ()
    more_tensors: int = 0
    detail: TensorDetail | None = None
    gradients: GradientSnapshot | None = None
    training: TrainingSnapshot | None = None
    held: str = ""
    """How the training loop that runs is held: ``paused``, or ``stepping`` (one step); empty when it is not."""
    runs: Runs = field(default_factory=Runs)
    """Training runs kept for comparison; they outlive every worker."""
    flow: Flow | None = None
    model: events.ModelSeen | None = None
    watching: tuple[str, ...] = ()
    """Expressions that the person wants evaluated after each run; they outlive every worker."""
    watches: tuple[WatchLine, ...] = ()
    devices: DeviceSnapshot | None = None
    question: events.InputRequested | None = None
    storage: StorageSnapshot | None = None
    comparison: events.Contrasted | None = None
    graph: events.GraphSeen | None = None
    """The graph that was asked for last."""
    leaves: LeafTable | None = None
    """The leaves as they were when they were asked for last."""
    alignment: events.Aligned | None = None
    """The last statement whose operands were known, typed or failed; never an empty answer."""
    moment: str = ""
    """Which past moment this is, in words: ``after [7] · 3 runs ago``; empty for now."""

    def but(self, **changes: object) -> SessionState:
        """What ``dataclasses.replace`` gives, in a sixth of its 6 µs: three times on the way of every run."""
        changed = object.__new__(SessionState)
        changed.__dict__.update(self.__dict__, **changes)
        return changed


def apply(state: SessionState, event: events.Event) -> SessionState:
    """The state after ``event``."""
    match event:
        case events.Loading():
            return replace(state, phase=Phase.LOADING, stage=event.stage)
        case events.Ready():
            return SessionState(
                phase=Phase.READY,
                ready=event,
                devices=state.devices,
                watching=state.watching,
                watches=state.watches,
                runs=state.runs,
            )
        case events.Started():
            return state.but(phase=Phase.RUNNING, running=event.id)
        case events.Finished():
            return state.but(phase=Phase.READY, running=0, question=None, held="")
        case events.FreePlayed():
            return replace(state, playing=event.playing)
        case events.InputRequested():
            return replace(state, phase=Phase.WAITING, question=event)
        case events.Died():
            return SessionState(
                phase=Phase.DEAD,
                reason=cause_of_death(event),
                devices=state.devices,
                watching=state.watching,
                runs=gone(state.runs),
            )
        case events.Unavailable():
            return SessionState(phase=Phase.UNAVAILABLE, reason=event.reason)
        case _:
            return _with_view(state, event)


def _with_view(state: SessionState, event: events.Event) -> SessionState:
    match event:
        case events.NamespaceChanged():
            detail = state.detail
            if detail is not None and all(fact.path != detail.facts.path for fact in event.tensors):
                detail = None
            return replace(state, tensors=event.tensors, more_tensors=event.more, detail=detail)
        case events.GradientsChanged():
            return replace(state, gradients=event.gradients)
        case events.TrainingChanged() | events.TrainingMoved() | events.Steered():
            return _with_training(state, event)
        case events.Flowed():
            return replace(state, flow=event.flow)
        case events.DevicesChanged():
            return replace(state, devices=event.devices)
        case events.Watched():
            return replace(state, watches=follow(state.watches, event))
        case events.WatchAsked():
            return replace(state, watching=asked(state.watching, event.expression, event.keep))
        case events.Aligned() if event.steps and 0 <= event.chosen < len(event.steps):
            return replace(state, alignment=event)
        case events.Failed() if event.chain and event.chain[-1].failing is not None:
            failed = of_failing(event.chain[-1].failing)
            return replace(state, alignment=events.Aligned(event.id, (failed,), 0)) if failed else state
        case _ if isinstance(event, events.Seen):
            return _with_answer(state, event)
        case _:
            return state


def _with_training(
    state: SessionState, event: events.TrainingChanged | events.TrainingMoved | events.Steered
) -> SessionState:
    match event:
        case events.TrainingChanged():
            return replace(state, training=event.training)
        case events.TrainingMoved():
            return replace(state, training=moved(state.training, event.progress)) if state.training else state
        case _ if event.outcome in ("paused", "stepping"):
            return replace(state, held=event.outcome)
        case _:
            return replace(state, held="") if event.outcome in ("running", "stopping") else state


def _with_answer(state: SessionState, event: events.Seen) -> SessionState:
    """What a pane asked for."""
    match event:
        case events.Inspected():
            return replace(state, detail=event.detail)
        case events.ModelSeen():
            return replace(state, model=event)
        case events.Located():
            return replace(state, storage=event.storage)
        case events.Contrasted():
            return replace(state, comparison=event)
        case events.GraphSeen():
            return replace(state, graph=event)
        case events.LeavesSeen():
            return replace(state, leaves=event.table)
        case events.Played() | events.Descended():
            # The playground's screen hears them itself: thirty a second are no news to any pane.
            return state


def answered(state: SessionState) -> SessionState:
    """The state after the person answered ``state.question``."""
    return replace(state, phase=Phase.RUNNING, question=None)


def cause_of_death(event: events.Died) -> str:
    """In one clause: ``it exited with code 3``, ``it was killed (SIGKILL), perhaps for want of memory``."""
    if not event.signal:
        return f"it exited with code {event.code}"
    hints = {
        "SIGKILL": "killed by the system or by hand, often for want of memory",
        "SIGSEGV": "a crash in native code",
        "SIGABRT": "native code gave up",
        "SIGBUS": "a crash in native code",
        "SIGFPE": "a crash in native code",
    }
    hint = hints.get(event.signal)
    return f"it was ended by {event.signal}" + (f" ({hint})" if hint else "")
