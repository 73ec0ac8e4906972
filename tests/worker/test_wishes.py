"""Which wishes about a training loop are kept, and for which code."""

from __future__ import annotations

from tutor.protocol.commands import Steer
from tutor.protocol.events import Steered
from tutor.worker.interrupts import Interrupts
from tutor.worker.steering import Steering


class Loop:
    """What the steering of a loop tells, and whether its steps are to be sent by."""

    def __init__(self) -> None:
        self.told: list[Steered] = []
        self.gates: list[bool] = []
        self.steering = Steering(
            Interrupts(), self.told.append, lambda: None, lambda _wish: None, self.gates.append
        )

    @property
    def late(self) -> list[int]:
        return [event.id for event in self.told if event.outcome == "late"]


def test_a_wish_that_comes_before_its_code_begins_is_kept_for_it() -> None:
    loop = Loop()
    loop.steering.ask(Steer(5, "stop"))
    assert not loop.gates
    loop.steering.begin(5)
    assert (loop.late, loop.gates, loop.steering.stops) == ([], [True], True)
    loop.steering.end()
    assert (loop.late, loop.gates, loop.steering.stops) == ([5], [True, False], False)


def test_a_wish_for_the_code_after_this_one_waits_for_that() -> None:
    loop = Loop()
    loop.steering.begin(5)
    loop.steering.ask(Steer(6, "stop"))
    assert not loop.gates
    loop.steering.end()
    loop.steering.begin(6)
    assert (loop.late, loop.steering.stops) == ([], True)


def test_a_wish_for_code_that_has_ended_is_too_late() -> None:
    loop = Loop()
    loop.steering.begin(5)
    loop.steering.end()
    loop.steering.ask(Steer(5, "pause"))
    loop.steering.begin(6)
    assert (loop.late, loop.gates) == ([5], [])
