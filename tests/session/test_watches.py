"""The watched expressions over the runs, and the list that outlives workers."""

from __future__ import annotations

from tests.fake import FakeClient, run_well
from tests.recorder import Recorder
from tutor.protocol import commands, events
from tutor.protocol.events import Watched
from tutor.protocol.watches import WatchLine, WatchRow
from tutor.session.session import Session
from tutor.session.watches import HISTORY, MOST, asked, follow


def number(value: float) -> WatchRow:
    return WatchRow("n", "value", str(value), "float", number=value, mark=str(value))


def told(*rows: WatchRow, ran: bool = True) -> tuple[WatchLine, ...]:
    lines: tuple[WatchLine, ...] = ()
    for row in rows:
        lines = follow(lines, Watched(1, (row,), ran))
    return lines


def test_a_number_has_a_history_and_a_change() -> None:
    (line,) = told(number(1), number(1), number(3))
    assert (line.history, line.change) == ((1, 1, 3), "changed")
    assert line.before == number(1)
    assert told(number(1))[0].change == "new"
    assert told(number(1), number(1))[0].change == "same"


def test_asking_again_is_no_run() -> None:
    assert told(number(1), number(1), ran=False)[0].history == (1,)


def test_another_type_is_told_apart_from_another_value() -> None:
    assert told(number(1), WatchRow("n", "value", "'a'", "str", mark="'a'"))[0].change == "type"


def test_an_error_between_two_values_hides_no_change() -> None:
    (line,) = told(number(1), WatchRow("n", "error", "NameError"), number(2))
    assert (line.before, line.change, line.history) == (number(1), "changed", (1, 2))


def test_histories_are_bounded() -> None:
    assert len(told(*(number(n) for n in range(HISTORY + 50)))[0].history) == HISTORY


def test_the_list() -> None:
    assert asked((), " x.mean( 0 )\n", True) == ("x.mean( 0 )",)
    assert asked(("a", "b"), "a", True) == ("a", "b")
    assert asked(("a", "b"), "a", False) == ("b",)
    assert asked(("a", "b"), "", False) == ()
    assert asked(("a",), "", True) == ("a",)
    many: tuple[str, ...] = ()
    for place in range(MOST + 5):
        many = asked(many, f"x{place}", True)
    assert len(many) == MOST
    assert many[-1] == f"x{MOST + 4}"


async def test_the_list_outlives_a_worker() -> None:
    client = FakeClient(run_well)
    session = Session(client)
    session.start()
    recorder = Recorder(session)
    await recorder.run("1")
    session.watch("x")
    client.tell(events.WatchAsked(1, "y", True))
    assert list(session.state.watching) == ["x", "y"]
    client.tell(events.Died(1, 3, "", 0))
    await recorder.until(lambda: len(client.sent(commands.Watch)) == 3)
    assert client.sent(commands.Watch)[-1].expressions == ("x", "y")  # type: ignore[union-attr]
    session.restart(1)
    await recorder.until(lambda: len(client.sent(commands.Watch)) == 4)
    session.watch("x", keep=False)
    assert list(session.state.watching) == ["y"]
