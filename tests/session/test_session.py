"""The queue and the fold, with a fake worker."""

from __future__ import annotations

import asyncio

import pytest

from tests.fake import READY, FakeClient, run_well
from tests.recorder import Recorder
from tutor.protocol import commands, events
from tutor.protocol.wire import WireError
from tutor.session.decode import event_from
from tutor.session.session import Session
from tutor.session.state import Phase


async def test_code_given_before_the_worker_is_ready_runs_when_it_is() -> None:
    client = FakeClient(run_well, ready=False)
    session = Session(client)
    session.start()
    cell = session.run("x = 1")
    assert session.queued == [cell]
    assert client.commands == []
    client.ready()
    await cell.done.wait()
    assert [c.source for c in client.commands if isinstance(c, commands.Execute)] == ["x = 1"]


async def test_one_command_is_out_at_a_time() -> None:
    client = FakeClient()
    session = Session(client)
    session.start()
    first, second = session.run("1"), session.run("2")
    await Recorder(session).until(lambda: client.commands)
    client.tell(events.Started(first.id))
    assert len(client.commands) == 1
    client.tell(events.Finished(first.id, "ok", 0.1))
    assert len(client.commands) == 2
    assert (first.status, second.status) == ("ok", "running")


async def test_an_interrupt_names_the_running_command_and_drops_what_waits() -> None:
    client = FakeClient()
    session = Session(client)
    session.start()
    running, waiting = session.run("1"), session.run("2")
    await Recorder(session).until(lambda: client.commands)
    client.tell(events.Started(running.id))
    assert session.interrupt()
    assert client.commands[-1] == commands.Interrupt(running.id)
    assert waiting.status == "dropped"


async def test_a_death_ends_the_cell_and_brings_a_new_worker() -> None:
    client = FakeClient()
    session = Session(client)
    session.start()
    cell = session.run("1")
    recorder = Recorder(session)
    await recorder.until(lambda: client.commands)
    client.tell(events.Started(cell.id))
    client.tell(events.Died(4242, 3, "", cell.id))
    assert cell.status == "died"
    assert session.state.reason == "it exited with code 3"
    await recorder.until(lambda: session.state.phase is Phase.READY)
    assert client.starts == 2


async def test_a_worker_that_never_gets_ready_is_not_started_for_ever() -> None:
    client = FakeClient(ready=False)
    session = Session(client)
    session.start()
    for _ in range(10):
        client.tell(events.Died(1, 1, "", 0))
    assert client.starts == 3


async def test_a_judgement_that_takes_too_long_is_interrupted() -> None:
    def never(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Interrupt):
            return [events.Finished(command.id, "interrupted", 1.0)]
        return [events.Started(command.id)]

    session = Session(FakeClient(never))
    session.start()
    assert await session.predict((), "", "1", "value", 0, limit=0.01) is None


async def test_answers_of_an_older_inspection_are_ignored() -> None:
    client = FakeClient()
    session = Session(client)
    recorder = Recorder(session)
    session.start()
    session.look(commands.Inspect(0, "a"))
    session.look(commands.Inspect(0, "b"))
    client.tell(events.Inspected(1, None))
    assert recorder.of(events.Inspected) == []
    client.tell(events.Inspected(2, None))
    assert len(recorder.of(events.Inspected)) == 1


async def test_close_gives_up_what_waits() -> None:
    client = FakeClient(ready=False)
    session = Session(client)
    session.start()
    answer = asyncio.ensure_future(session.prepare((), "", 0))
    await asyncio.sleep(0)
    session.close()
    assert await answer is None
    assert client.closed


@pytest.mark.parametrize(
    "message",
    [
        {"message": "Nonsense"},
        {"message": "Finished", "id": "one", "status": "ok", "seconds": 1.0},
        {"message": "Finished", "id": 1},
        {"message": "Output", "stream": "stdout", "text": ["x"]},
    ],
)
def test_what_does_not_have_its_form_is_refused(message: dict[str, object]) -> None:
    with pytest.raises(WireError):
        event_from(message)


def test_every_string_of_an_event_is_made_safe() -> None:
    event = event_from({"message": "Displayed", "id": 1, "text": "a\x1b[2Jb", "type": "T\x00", "tensor": None})
    assert event == events.Displayed(1, "ab", "T", None)


def test_ready_round_trips() -> None:
    import json

    from tutor.protocol.wire import encode

    assert event_from(json.loads(encode(READY)[4:])) == READY


def _fails_or_dies(command: commands.Command) -> list[events.Event]:
    """``bad`` ends in an error, ``die`` ends the worker; everything else goes well."""
    if not isinstance(command, commands.Execute) or command.source not in ("bad", "die"):
        return run_well(command)
    end: events.Event = events.Finished(command.id, "error", 0.1)
    if command.source == "die":
        end = events.Died(4242, 3, "", command.id)
    return [events.Started(command.id), end]


async def _run(session: Session, *sources: str) -> None:
    for source in sources:
        await session.run(source).done.wait()


async def test_what_ended_well_can_run_again_and_what_killed_the_worker_cannot() -> None:
    client = FakeClient(_fails_or_dies)
    session = Session(client)
    session.start()
    await _run(session, "a", "bad", "b", "die")
    cells, seconds = session.replayable()
    assert [cell.source for cell in cells] == ["a", "b"]
    assert seconds == pytest.approx(0.002)
    before = len(client.sent(commands.Execute))
    assert session.replay() == 2
    await session.cells[-1].done.wait()
    again = client.sent(commands.Execute)[before:]
    assert [(c.source, c.number) for c in again if isinstance(c, commands.Execute)] == [("a", 1), ("b", 2)]
    assert session.replay() == 0


async def test_running_again_ends_at_the_first_cell_that_fails_and_forgets_none() -> None:
    client = FakeClient(run_well)
    session = Session(client)
    session.start()
    await _run(session, "a", "bad", "b")
    session.restart(1)
    client._answer = _fails_or_dies
    session.replay()
    last = session.cells[-1]
    await last.done.wait()
    assert last.status == "dropped"
    session.restart(1)
    assert [cell.source for cell in session.replayable()[0]] == ["a", "b"]
