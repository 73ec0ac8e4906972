"""The last runs as they were shown: going back through them and coming back to now.

A moment is the session's state after one run, which is plain data and mostly shared with the moments beside
it; nothing of the learner's is kept alive. What panes ask for is kept with the moment it was asked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.protocol.snapshots import TensorDetail, TensorFacts
from tutor.session.state import SessionState
from tutor.texts import _, plural

MOMENTS = 50
BYTES = 8_000_000
"""Estimated memory of all moments together; the oldest go first."""

_FACTS, _LEAF, _NODE, _LAYER, _LINE = 700, 900, 400, 1_500, 1_500
"""Rough bytes of one record of each kind."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How things stood after one run."""

    cell: int
    """The cell's number."""
    state: SessionState
    details: tuple[TensorDetail, ...] = ()
    """Drawings of tensors that the run changed, and of those that were looked at after it."""
    cost: int = 0
    """Estimated bytes that this moment does not share with the one before."""


@dataclass(frozen=True, slots=True)
class Travel:
    """The moments, the newest last, and which of them is shown."""

    moments: tuple[Moment, ...] = ()
    back: int = 0
    """How many runs ago; 0 is now."""
    shown: SessionState | None = None
    """What the panes show while ``back`` is not 0."""

    @property
    def moment(self) -> Moment | None:
        """The moment that is shown; None for now."""
        return self.moments[-1 - self.back] if self.back else None


def record(travel: Travel, cell: int, state: SessionState, details: tuple[TensorDetail, ...]) -> Travel:
    """A run of ``cell`` is over: back to now, with one moment more."""
    # What was asked for before this run does not tell of the time after it.
    state = state.but(detail=None, model=None, storage=None, comparison=None, graph=None, leaves=None)
    before = travel.moments[-1].state if travel.moments else None
    moment = Moment(cell, state, details, _cost(state, before) + sum(map(_weight, details)))
    moments = (*travel.moments, moment)[-MOMENTS:]
    return Travel(_bounded(moments))


def amend(travel: Travel, state: SessionState) -> Travel:
    """Something was asked for and answered after the newest run."""
    if not travel.moments:
        return travel
    last = travel.moments[-1]
    details, model, cost = last.details, last.state.model, last.cost
    detail = state.detail
    if detail is not None and detail not in details:
        # The same tensor drawn anew (another slice, the whole sample) takes the place of the small one.
        details = (*(kept for kept in details if kept.facts.path != detail.facts.path), detail)
        cost += _weight(detail)
    if state.model is not None and state.model is not model:
        model = state.model
        cost += _LAYER * len(model.model.layers) if model.model is not None else 0
    amended = replace(last, state=replace(last.state, model=model), details=details, cost=cost)
    return replace(travel, moments=_bounded((*travel.moments[:-1], amended)))


def go(travel: Travel, runs: int) -> Travel:
    """``runs`` further back (negative: towards now), as far as moments are kept."""
    back = min(max(travel.back + runs, 0), max(len(travel.moments) - 1, 0))
    if not back:
        return now(travel)
    cell = travel.moments[-1 - back].cell
    words = plural("after [{cell}] · {n} run ago", "after [{cell}] · {n} runs ago", back).format(cell=cell, n=back)
    return replace(travel, back=back, shown=replace(travel.moments[-1 - back].state, moment=words))


def now(travel: Travel) -> Travel:
    return replace(travel, back=0, shown=None) if travel.back else travel


def recall(travel: Travel, path: str) -> Travel:
    """Show the drawing that ``path`` had at the moment shown; where it was not kept, its facts and why."""
    if travel.shown is None:
        return travel
    return replace(travel, shown=replace(travel.shown, detail=_recalled(travel, path)))


def _recalled(travel: Travel, path: str) -> TensorDetail | None:
    shown = travel.shown
    facts = next((one for one in shown.tensors if one.path == path), None) if shown is not None else None
    if facts is None:
        return None
    # Unchanged since it was drawn last, a tensor still looked the same then.
    for moment in reversed(travel.moments[: len(travel.moments) - travel.back]):
        for detail in moment.details:
            if detail.facts.path == path and _same(detail.facts, facts):
                return replace(detail, facts=facts)
        if any(one.path == path and one.change for one in moment.state.tensors):
            break
    return TensorDetail(facts, None, None, _("its values were not kept: only a few tensors of each run are"))


def _same(one: TensorFacts, other: TensorFacts) -> bool:
    """Whether a drawing of the one can stand for the other; names and badges may have changed since."""
    return (one.kind, one.dtype, one.shape, one.device) == (other.kind, other.dtype, other.shape, other.device)


def _bounded(moments: tuple[Moment, ...]) -> tuple[Moment, ...]:
    total, kept = 0, 0
    for moment in reversed(moments):
        total += moment.cost
        if kept and total > BYTES:
            break
        kept += 1
    return moments[len(moments) - kept :]


def _weight(detail: TensorDetail) -> int:
    return 2 * _FACTS + (len(detail.sample.values) if detail.sample is not None else 0)


def _cost(state: SessionState, before: SessionState | None) -> int:
    """Estimated bytes of what ``state`` does not share with ``before``."""
    cost = 0
    if before is None or state.tensors is not before.tensors:
        cost += _FACTS * len(state.tensors)
    gradients = state.gradients
    if gradients is not None and (before is None or gradients is not before.gradients):
        nodes = len(gradients.graph.nodes) if gradients.graph is not None else 0
        points = 32 * (len(gradients.losses) + len(gradients.grad_norms))
        cost += _LEAF * len(gradients.leaves) + _NODE * nodes + points
    if before is None or state.watches is not before.watches:
        samples = sum(len(line.row.sample.values) for line in state.watches if line.row.sample is not None)
        cost += _LINE * len(state.watches) + samples + 8 * sum(len(line.history) for line in state.watches)
    return cost
