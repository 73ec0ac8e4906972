"""Code that does not want to stop, and the ladder that stops it."""

from __future__ import annotations

import asyncio
import builtins
import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.recorder import Recorder
from tutor.protocol import events
from tutor.worker.interrupts import _inside_library_import

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

_SWALLOWS = {
    "a bare except": "while True:\n    try: step()\n    except: pass",
    "except BaseException": "while True:\n    try: step()\n    except BaseException: pass",
    "except KeyboardInterrupt": "while True:\n    try: step()\n    except KeyboardInterrupt: continue",
    "except with a variable": "E = BaseException\nwhile True:\n    try: step()\n    except E: pass",
    "an endless finally": "try: step()\nfinally:\n    while True: step()",
    "continue in finally": "while True:\n    try: step()\n    finally: continue",
    "inside a function": (
        "def loop():\n    while True:\n        try: step()\n"
        "        except (ValueError, BaseException) as e: pass\nloop()"
    ),
}


@pytest.mark.parametrize("name", _SWALLOWS)
async def test_a_second_press_gets_out_of_what_swallows_the_first(work: Recorder, name: str) -> None:
    await work.run(
        "import time\nkept = 7\ncount = 0\ndef step():\n    global count\n    count += 1\n    time.sleep(0.001)"
    )
    cell = work.session.run(_SWALLOWS[name])
    await work.begun(cell)
    await _press_until_done(work, cell.done, 2)
    assert cell.status == "interrupted"
    assert await work.value("kept") == "7"


@pytest.mark.parametrize("handler", ["signal.SIG_IGN", "lambda *_: None"])
async def test_a_handler_of_the_learners_own_does_not_keep_the_code_running(work: Recorder, handler: str) -> None:
    cell = work.session.run(
        f"import signal\nkept = 7\nsignal.signal(signal.SIGINT, {handler})\nprint('begun')\nwhile True: pass"
    )
    await work.until(lambda: "begun" in work.output)
    await _press_until_done(work, cell.done, 2)
    assert cell.status == "interrupted"
    assert await work.value("kept") == "7"


async def test_a_second_press_reaches_child_processes(work: Recorder) -> None:
    cell = work.session.run(
        "import subprocess\nsubprocess.call(['sh', '-c', 'trap \"exit 9\" INT; while :; do sleep 0.05; done'])"
    )
    await work.begun(cell)
    await _press_until_done(work, cell.done, 2)
    assert cell.status == "interrupted"


async def test_handlers_that_cannot_swallow_an_interrupt_stay_as_written(work: Recorder) -> None:
    shown = await work.value(
        "import dis, io\n"
        "def f():\n    try: g()\n    except (ValueError, RuntimeError): pass\n"
        "out = io.StringIO(); dis.dis(f, file=out); 'insist' in out.getvalue()"
    )
    assert shown == "False"


async def test_interrupts_at_any_moment_leave_the_protocol_in_step(work: Recorder) -> None:
    code = "while True:\n    try: print('x' * 50)\n    except: pass"
    for number in range(100):
        cell = work.session.run(code)
        await work.begun(cell)
        if number % 3:
            await asyncio.sleep(number % 7 / 2000)
        await _press_until_done(work, cell.done, 2)
        assert cell.status == "interrupted"
    started = [event.id for event in work.of(events.Started)]
    assert started == [event.id for event in work.of(events.Finished)]
    assert not work.of(events.Broken)
    assert not work.of(events.Died)
    assert await work.value("1 + 1") == "2"


async def _press_until_done(work: Recorder, done: asyncio.Event, presses: int) -> None:
    """Press, wait a little for the end, press again; at most ``presses`` times, then wait for the end."""
    for _ in range(presses):
        work.session.interrupt()
        try:
            await asyncio.wait_for(done.wait(), 0.2)
        except asyncio.TimeoutError:
            continue
        return
    await asyncio.wait_for(done.wait(), 20)


@pytest.mark.parametrize(("folder", "is_spared"), [("site-packages", True), ("mine", False)])
async def test_an_import_of_a_library_is_spared_in_code_that_it_makes_too(
    folder: str, is_spared: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with the thousands of small functions that ``import torch._dynamo`` makes and calls."""
    place = tmp_path / folder
    place.mkdir()
    name = f"imported_from_{folder.replace('-', '_')}"
    (place / f"{name}.py").write_text(
        "made = {}\nexec('def call(ask): return ask()', made)\nsaid = made['call'](ask)\n"
    )
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.setattr(builtins, "ask", lambda: _inside_library_import(sys._getframe(1)), raising=False)
    assert importlib.import_module(name).said is is_spared
    made: dict[str, Any] = {}
    exec("def call(ask): return ask()", made)
    assert made["call"](builtins.ask) is False, "what the learner gives to exec is the learner's"  # type: ignore[attr-defined]
