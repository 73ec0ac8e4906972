"""The rows of the list: operations, and module calls that can be folded."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.protocol.flow import Flow, FlowCall, FlowStep


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a step, or a call with the steps it holds."""

    depth: int
    step: FlowStep | None
    call: FlowCall | None
    """Of a step: the call that consists of it alone, if there is one."""
    holds: tuple[FlowStep, ...] = ()
    open: bool = False


def rows(flow: Flow, folded: Set[int]) -> tuple[Row, ...]:
    """Steps in order, each below the calls it is part of, unless one of them is folded.

    A call of one operation alone is that operation's row.
    """
    calls = {call.number: call for call in flow.calls}
    chains = {step.number: _chain(step, calls) for step in flow.steps}
    inside: dict[int, list[FlowStep]] = {}
    for step in flow.steps:
        for call in chains[step.number]:
            inside.setdefault(call.number, []).append(step)
    found: list[Row] = []
    shown: set[int] = set()
    for step in flow.steps:
        depth, hidden = 0, False
        own: FlowCall | None = None
        for call in chains[step.number]:
            if len(inside[call.number]) == 1:
                own = call
                continue
            if call.number not in shown:
                shown.add(call.number)
                is_open = call.number not in folded
                found.append(Row(depth, None, call, tuple(inside[call.number]), is_open))
            depth += 1
            if call.number in folded:
                hidden = True
                break
        if not hidden:
            found.append(Row(depth, step, own, (step,)))
    return tuple(found)


def folded_at_first(flow: Flow) -> frozenset[int]:
    """Steps of optimisers, and calls inside other calls where there is much to see."""
    much = len(flow.steps) > 12
    return frozenset(call.number for call in flow.calls if call.optimizer or (much and call.parent))


def at_first(found: Sequence[Row]) -> int:
    """The row that is drawn first: the last one, which gave what is shown or failed, but no optimiser's step."""
    for place in range(len(found) - 1, -1, -1):
        call = found[place].call
        if call is None or not call.optimizer or any(step.error for step in found[place].holds):
            return place
    return max(len(found) - 1, 0)


def _chain(step: FlowStep, calls: dict[int, FlowCall]) -> list[FlowCall]:
    """The calls a step is part of, outermost first."""
    chain: list[FlowCall] = []
    number = step.call
    while number in calls and len(chain) < 50 and calls[number] not in chain:
        chain.append(calls[number])
        number = calls[number].parent
    return chain[::-1]
