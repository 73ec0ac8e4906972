"""The debugger of the standard library, through questions and answers."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

_CODE = """
def inner(n):
    {stop}
    m = n * 2
    return m
def outer(n):
    return inner(n) + 1
result = outer(20)
print('result is', result)
"""


async def _say(work: Recorder, *lines: str) -> str:
    """Answer each question with the next line; gives what was printed after the first of them."""
    start = len(work.output)
    for line in lines:
        count = len(work.of(events.InputRequested))
        work.session.reply(line)
        await work.until(
            lambda count=count: len(work.of(events.InputRequested)) > count or work.session.state.running == 0  # type: ignore[misc]
        )
    return work.output[start:]


@pytest.mark.parametrize("stop", ["breakpoint()", "import pdb; pdb.set_trace()"])
async def test_stepping_looking_and_going_on(work: Recorder, stop: str) -> None:
    cell = work.session.run(_CODE.format(stop=stop))
    await work.until(lambda: work.of(events.InputRequested))
    assert work.of(events.InputRequested)[0].prompt == "(Pdb) "
    assert "20" in await _say(work, "p n")
    stepped = await _say(work, "n", "n", "p m")
    assert "return m" in stepped
    assert stepped.rstrip().endswith("40")
    where = await _say(work, "w")
    assert "result = outer(20)" in where
    assert "return inner(n) + 1" in where
    assert "tutor" not in where
    assert "Return" in await _say(work, "s")
    await _say(work, "c")
    await cell.done.wait()
    assert cell.status == "ok"
    assert "result is 41" in work.output


async def test_leaving_the_debugger_stops_the_cell_without_an_error(work: Recorder) -> None:
    cell = work.session.run("kept = 1\n" + _CODE.format(stop="breakpoint()"))
    await work.until(lambda: work.of(events.InputRequested))
    await _say(work, "q")
    await cell.done.wait()
    assert cell.status == "interrupted"
    assert not work.of(events.Failed)
    assert await work.value("kept") == "1"


async def test_after_the_debugger_went_on_an_interrupt_still_stops_the_code(work: Recorder) -> None:
    cell = work.session.run("breakpoint()\nprint('on')\nwhile True: pass")
    await work.until(lambda: work.of(events.InputRequested))
    work.session.reply("c")
    await work.until(lambda: "on\n" in work.output)
    work.session.interrupt()
    await cell.done.wait()
    assert cell.status == "interrupted"


async def test_looking_at_a_failure_afterwards(work: Recorder) -> None:
    work.session.run(
        "def f(x):\n    return 1 / x\ntry: f(0)\nexcept ZeroDivisionError:\n    import pdb; pdb.post_mortem()"
    )
    await work.until(lambda: work.of(events.InputRequested))
    assert "0" in await _say(work, "p x")
    assert "return 1 / x" in await _say(work, "w")
    await _say(work, "q")
