from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.worker.probe.budget import Budget, Series


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def looks(step_seconds: float, calls: int, cost: float) -> list[int]:
    """Which calls of a loop are looked at when a look takes ``cost`` seconds."""
    clock = Clock()
    budget = Budget(clock=clock)
    seen = []
    for call in range(1, calls + 1):
        clock.now += step_seconds
        if budget.due(call):
            clock.now += cost
            budget.spend(cost)
            seen.append(call)
    return seen


def test_a_short_loop_is_seen_to_move() -> None:
    assert looks(0.0003, 200, 0.0005) == [1, 2, 4, 8, 16, 32, 64, 128]


def test_a_long_loop_is_seen_at_most_ten_times_a_second() -> None:
    seen = looks(0.001, 20_000, 0.0005)
    assert 150 <= len(seen) <= 20 * 10 + 15


def test_costly_looks_stay_within_one_percent() -> None:
    step, calls, cost = 0.01, 20_000, 0.05
    spent = len(looks(step, calls, cost)) * cost
    assert 0.5 * 0.01 < spent / (step * calls) < 0.012


def test_slow_steps_are_all_seen() -> None:
    assert looks(2.0, 5, 0.001) == [1, 2, 3, 4, 5]


def test_the_first_call_of_every_run_is_seen_whatever_the_last_one_cost() -> None:
    clock = Clock()
    budget = Budget(clock=clock)
    assert budget.due(1)
    budget.spend(10)
    clock.now += 1
    assert not budget.due(2)
    budget.reset()
    assert budget.due(1)
    assert budget.due(2)


@given(st.integers(0, 300), st.integers(3, 40), st.integers(2, 40))
def test_a_series_is_short_and_keeps_its_ends(count: int, limit: int, wanted: int) -> None:
    series = Series(limit)
    for value in range(count):
        series.add(float(value))
    points = series.points(wanted)
    assert len(points) <= min(wanted, limit)
    assert list(points) == sorted(set(points))
    if count:
        assert (points[0], points[-1]) == (0.0, count - 1.0)
    if count < min(limit, wanted):
        assert len(points) == count
    else:
        assert len(points) >= min(limit, wanted) // 4
