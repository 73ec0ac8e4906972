"""Going back through the last runs."""

from __future__ import annotations

import gc
import struct
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.fake import FakeClient, run_well
from tests.recorder import Recorder
from tutor.protocol import commands, events
from tutor.protocol.snapshots import Sample, TensorDetail, TensorFacts
from tutor.session import travel
from tutor.session.session import Session
from tutor.session.state import SessionState
from tutor.session.travel import BYTES, MOMENTS, Travel


def facts(path: str, change: str = "", size: int = 2) -> TensorFacts:
    return TensorFacts(
        path,
        "Tensor",
        "float32",
        (size,),
        (1,),
        0,
        "cpu",
        "strided",
        False,
        True,
        None,
        False,
        4 * size,
        True,
        (),
        change,
    )


def drawing(path: str, first: float, change: str = "", elements: int = 2) -> TensorDetail:
    values = struct.pack(f"<{elements}d", *[first] * elements)
    return TensorDetail(facts(path, change, elements), None, Sample((elements,), (0,), (1,), values))


def after(past: Travel, cell: int, *details: TensorDetail, others: tuple[str, ...] = ()) -> Travel:
    shown = SessionState(tensors=(*(one.facts for one in details), *(facts(path) for path in others)))
    return travel.record(past, cell, shown, details)


def first_value(past: Travel, path: str) -> float | None:
    detail = travel.recall(past, path).shown
    assert detail is not None
    assert detail.detail is not None
    sample = detail.detail.sample
    return None if sample is None else float(struct.unpack_from("<d", sample.values)[0])


def test_it_goes_back_and_forth_between_the_first_moment_and_now() -> None:
    past = Travel()
    for cell in (1, 2, 3):
        past = after(past, cell, drawing("x", cell, "rebound"))
    past = travel.go(past, 1)
    assert past.shown is not None
    assert past.shown.moment == "after [2] · 1 run ago"
    assert first_value(past, "x") == 2
    past = travel.go(past, 5)
    assert past.shown is not None
    assert past.shown.moment == "after [1] · 2 runs ago"
    assert travel.go(past, 1) == past
    assert travel.go(travel.go(past, -1), -1).shown is None
    assert travel.now(past).shown is None


def test_a_new_run_returns_to_now() -> None:
    past = travel.go(after(after(Travel(), 1), 2), 1)
    assert after(past, 3).back == 0


def test_a_tensor_that_did_not_change_looks_as_it_did_when_it_was_drawn_last() -> None:
    past = after(Travel(), 1, drawing("x", 1, "new"))
    past = after(past, 2, drawing("y", 2, "new"), others=("x",))
    past = after(past, 3, drawing("x", 9, "modified"), others=("y",))
    assert first_value(travel.go(past, 1), "x") == 1
    assert first_value(travel.go(past, 1), "y") == 2
    assert first_value(travel.go(past, 2), "x") == 1


def test_a_change_that_was_not_drawn_is_admitted() -> None:
    past = after(Travel(), 1, drawing("x", 1, "new"))
    unseen = SessionState(tensors=(facts("x", "modified"),))
    past = travel.record(past, 2, unseen, ())
    past = after(past, 3, others=("x",))
    assert first_value(travel.go(past, 1), "x") is None
    shown = travel.recall(travel.go(past, 1), "x").shown
    assert shown is not None
    assert shown.detail is not None
    assert "not kept" in shown.detail.note


def test_a_name_that_was_not_there_has_no_drawing() -> None:
    past = after(after(Travel(), 1, drawing("x", 1, "new")), 2, drawing("y", 1, "new"))
    shown = travel.recall(travel.go(past, 1), "y").shown
    assert shown is not None
    assert shown.detail is None


def test_what_was_looked_at_is_kept_with_its_moment_only() -> None:
    model = events.ModelSeen(1, None, ("net",))
    past = after(Travel(), 1)
    past = travel.amend(past, SessionState(model=model, detail=drawing("x", 3)))
    past = travel.record(past, 2, SessionState(model=model, tensors=(facts("x"),)), ())
    assert [moment.state.model for moment in past.moments] == [model, None]
    assert first_value(travel.go(travel.record(past, 3, SessionState(), ()), 1), "x") == 3


def test_nothing_can_be_amended_before_the_first_run() -> None:
    assert travel.amend(Travel(), SessionState(detail=drawing("x", 1))) == Travel()


def test_the_number_of_moments_is_bounded() -> None:
    past = Travel()
    for cell in range(MOMENTS + 20):
        past = after(past, cell)
    assert [past.moments[0].cell, past.moments[-1].cell] == [20, MOMENTS + 19]


def test_their_memory_is_bounded_and_the_newest_is_always_there() -> None:
    past = Travel()
    for cell in range(20):
        past = after(past, cell, drawing("x", cell, "rebound", BYTES // 8 // 8))
    assert sum(moment.cost for moment in past.moments) <= BYTES
    assert 1 < len(past.moments) < 10
    past = after(past, 99, drawing("x", 0, "rebound", BYTES // 4))
    assert [moment.cell for moment in past.moments] == [99]


def test_what_two_moments_share_counts_once() -> None:
    shown = SessionState(tensors=tuple(facts(f"x{n}") for n in range(100)))
    past = travel.record(travel.record(Travel(), 1, shown, ()), 2, shown, ())
    assert past.moments[0].cost > 50_000
    assert past.moments[1].cost == 0


@given(st.lists(st.integers(-60, 60) | st.none(), max_size=40))
def test_wherever_one_goes_something_is_shown(steps: list[int | None]) -> None:
    past = Travel()
    for cell, step in enumerate(steps):
        past = after(past, cell, drawing("x", cell)) if step is None else travel.go(past, step)
        assert 0 <= past.back < max(len(past.moments), 1)
        assert (past.shown is None) == (past.back == 0)
        assert past.moment is None or past.shown is not None


async def test_a_session_answers_for_the_past_and_comes_back_with_the_next_run() -> None:
    def scripted(command: commands.Command) -> list[events.Event]:
        if not isinstance(command, commands.Execute):
            return run_well(command)
        drawn = drawing("x", float(command.source), "rebound")
        changed = events.NamespaceChanged(command.id, (drawn.facts,), 0, (drawn,))
        return [events.Started(command.id), changed, events.Finished(command.id, "ok", 0.0)]

    client = FakeClient(scripted)
    session = Session(client)
    session.start()
    recorder = Recorder(session)
    for number in (1, 2, 3):
        await recorder.run(str(number))
    assert session.view is session.state
    assert session.go_back(2)
    assert session.view.moment == "after [1] · 2 runs ago"
    asked = len(client.commands)
    session.look(commands.Inspect(0, "x"))
    session.look(commands.LookAtModel(0))
    assert len(client.commands) == asked
    assert session.view.detail == replace(drawing("x", 1.0, "rebound"))
    assert not session.go_back(1)
    await recorder.run("4")
    assert session.view is session.state
    gc.collect()
    session.restart(1)
    assert session.travel == Travel()
