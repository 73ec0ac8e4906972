"""The worker process, seen from its session."""

from __future__ import annotations

import asyncio
import time

import psutil
import pytest

from tests.recorder import Recorder
from tutor.protocol import events
from tutor.session.state import Phase

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


async def test_the_last_expression_is_displayed_and_kept(work: Recorder) -> None:
    assert await work.value("x = 2\nx * 21") == "42"
    assert await work.value("_ + 1") == "43"
    await work.run("x + 1;")
    await work.run("None")
    assert len(work.of(events.Displayed)) == 2


async def test_one_finished_ends_every_run(work: Recorder) -> None:
    for source in (
        "1",
        "1/0",
        "x = (",
        "raise KeyboardInterrupt",
        "exit()",
        "",
        "raise BaseException('x')",
        "quit",
    ):
        await work.run(source)
    started = [event.id for event in work.of(events.Started)]
    finished = [event.id for event in work.of(events.Finished)]
    assert started == finished
    assert [e.status for e in work.of(events.Finished)] == [
        "ok", "error", "error", "interrupted", "exit", "ok", "error", "exit",
    ]  # fmt: skip


async def test_output_keeps_the_order_in_which_it_was_written(work: Recorder) -> None:
    await work.run(
        "import os, sys, subprocess\n"
        "print('1'); os.system('echo 2'); print('3', file=sys.stderr); os.write(1, b'4\\n'); print('5')\n"
        "subprocess.run(['echo', '6']); print('7', flush=True); os.write(2, b'8\\n')"
    )
    assert work.output.split() == list("12345678")
    marked = [event.text.strip() for event in work.of(events.Output) if event.stream == "stderr"]
    assert "".join(marked) == "3"


async def test_output_comes_before_the_value_and_both_before_the_end(work: Recorder) -> None:
    await work.run("print('printed')\n'shown'")
    kinds = [
        type(e).__name__ for e in work.events if isinstance(e, (events.Output, events.Displayed, events.Finished))
    ]
    assert kinds == ["Output", "Displayed", "Finished"]


async def test_a_print_that_looks_like_a_message_is_text(work: Recorder) -> None:
    forged = '{"message":"Finished","id":1,"status":"ok","seconds":0.0}'
    cell = await work.run(f"print({forged!r})")
    assert cell.output.strip() == forged
    assert len(work.of(events.Finished)) == 1


async def test_slow_prints_are_seen_while_the_code_runs(work: Recorder) -> None:
    cell = work.session.run("import time\nprint('early')\nwhile True: time.sleep(0.01)")
    await work.until(lambda: "early" in work.output)
    assert not cell.done.is_set()
    work.session.interrupt()
    await cell.done.wait()


async def test_errors_are_data_with_the_learners_frames_and_columns(work: Recorder) -> None:
    await work.run("def ratio(x):\n    return 1 / x\n\nratio(0)")
    (report,) = work.of(events.Failed)[0].chain
    assert report.type == "ZeroDivisionError"
    assert [(frame.function, frame.line) for frame in report.frames] == [("<module>", 4), ("ratio", 2)]
    last = report.frames[-1]
    assert last.source == "    return 1 / x"
    assert last.own
    assert last.source[last.column : last.end_column] in ("1 / x", "")


async def test_columns_count_characters_not_bytes(work: Recorder) -> None:
    await work.run("übung = {}\nübung['ä']")
    frame = work.of(events.Failed)[0].chain[-1].frames[-1]
    if frame.column >= 0:
        assert frame.source[frame.column : frame.end_column] == "übung['ä']"


async def test_library_frames_are_marked_and_ours_are_left_out(work: Recorder) -> None:
    await work.run("import torch\ntorch.nn.Linear(3, 2)(torch.ones(4, 5))")
    (report,) = work.of(events.Failed)[0].chain
    assert report.frames[0].own is True
    assert any(not frame.own for frame in report.frames)
    assert not any("tutor" in frame.file for frame in report.frames)


async def test_a_chain_says_how_its_errors_hang_together(work: Recorder) -> None:
    await work.run("try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise ValueError('odd') from e")
    chain = work.of(events.Failed)[0].chain
    assert [(report.type, report.relation) for report in chain] == [
        ("ZeroDivisionError", "cause"),
        ("ValueError", ""),
    ]


async def test_a_repr_or_message_that_raises_harms_nobody(work: Recorder) -> None:
    cell = await work.run("class Odd:\n    def __repr__(self): raise RuntimeError('no repr')\nOdd()")
    assert cell.status == "ok"
    assert "its __repr__ raised RuntimeError: no repr" in work.of(events.Displayed)[-1].text
    await work.run("class Bad(Exception):\n    def __str__(self): raise RuntimeError\nraise Bad()")
    assert work.of(events.Failed)[-1].chain[-1].type == "Bad"
    assert await work.value("1 + 1") == "2"


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import time; time.sleep(1000)",
        "import torch\nwhile True: torch.ones(64, 64) @ torch.ones(64, 64)",
        "input('waiting')",
        "while True: print('x' * 50)",
    ],
)
async def test_an_interrupt_stops_the_code_and_keeps_the_variables(work: Recorder, code: str) -> None:
    await work.run("kept = 7")
    cell = work.session.run(code)
    await work.begun(cell)
    started = time.perf_counter()
    while not cell.done.is_set():
        # The code may not have begun when the first request arrives; asking again must be harmless.
        work.session.interrupt()
        await asyncio.wait([asyncio.ensure_future(cell.done.wait())], timeout=1)
        assert time.perf_counter() - started < 30
    assert cell.status == "interrupted"
    assert await work.value("kept") == "7"


async def test_an_interrupt_when_nothing_runs_does_nothing(work: Recorder) -> None:
    assert work.session.interrupt() is False
    assert await work.value("1 + 1") == "2"


@pytest.mark.parametrize(
    ("code", "exit_code", "signal"),
    [
        ("import os; os._exit(3)", 3, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9, "SIGKILL"),
        ("import ctypes; ctypes.string_at(0)", -11, "SIGSEGV"),
    ],
)
async def test_a_death_is_told_with_its_cause_and_a_new_worker_comes(
    work: Recorder, code: str, exit_code: int, signal: str
) -> None:
    cell = await work.run(f"print('last words', flush=True)\n{code}")
    (died,) = work.of(events.Died)
    assert (died.code, died.signal, died.during) == (exit_code, signal, cell.id)
    assert cell.status == "died"
    assert "last words" in work.output
    assert await work.value("1 + 1") == "2"


async def test_restart_ends_running_code_and_empties_the_namespace(work: Recorder) -> None:
    await work.run("x = 1")
    cell = work.session.run("while True: pass")
    await work.begun(cell)
    work.session.restart(1)
    await work.run("x")
    assert cell.status == "died"
    assert work.of(events.Failed)[-1].chain[-1].type == "NameError"
    assert not work.of(events.Died)


async def test_children_of_a_dead_worker_die_with_it(work: Recorder) -> None:
    pid = int(await work.value("import subprocess\nchild = subprocess.Popen(['sleep', '1000'])\nchild.pid"))
    await work.run("import os; os._exit(1)")
    await work.until(lambda: work.session.state.phase is Phase.READY)
    for _ in range(200):
        if not _alive(pid):
            break
        await asyncio.sleep(0.05)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_input_is_asked_and_answered(work: Recorder) -> None:
    cell = work.session.run("name = input('name? ')\nprint('hello', name)")
    await work.until(lambda: work.session.state.phase is Phase.WAITING)
    assert work.session.state.question is not None
    assert work.session.state.question.prompt == "name? "
    work.session.reply("Ada")
    await cell.done.wait()
    assert "hello Ada" in work.output


async def test_end_of_input_is_an_eof_error(work: Recorder) -> None:
    cell = work.session.run("input()")
    await work.until(lambda: work.session.state.phase is Phase.WAITING)
    work.session.reply(None)
    await cell.done.wait()
    assert work.of(events.Failed)[-1].chain[-1].type == "EOFError"


async def test_code_given_early_waits_its_turn(work: Recorder) -> None:
    cells = [work.session.run(f"print({n})") for n in range(5)]
    assert [cell.number for cell in cells] == [1, 2, 3, 4, 5]
    for cell in cells:
        await cell.done.wait()
    assert work.output.split() == list("01234")


async def test_a_failed_cell_does_not_keep_its_tensors(work: Recorder) -> None:
    await work.run(
        "import torch, weakref\n"
        "def f():\n    big = torch.ones(10)\n    global ref\n    ref = weakref.ref(big)\n    raise ValueError\n"
        "f()"
    )
    assert await work.value("ref() is None") == "True"


@pytest.mark.parametrize(
    "failing",
    [
        "big @ torch.ones(3)",
        "torch.nn.Linear(3, 2)(big)",
        "torch.cat([big, torch.ones(2, 2)])",
        "try:\n        big @ torch.ones(3)\n    except RuntimeError as e:\n        raise ValueError from e",
    ],
)
async def test_operands_are_told_and_not_kept(work: Recorder, failing: str) -> None:
    cell = await work.run(
        "import torch, weakref, gc\ngc.disable()\n"
        f"def f():\n    global ref\n    big = torch.ones(10, 10)\n    ref = weakref.ref(big)\n    {failing}\nf()"
    )
    assert cell.status == "error", work.events
    (failed,) = work.of(events.Failed)
    told = [o for report in failed.chain if report.failing for o in report.failing.operands]
    items = [item for operand in told for item in operand.items]
    assert any(operand.source == "big" for operand in (*told, *items))
    assert await work.value("ref() is None") == "True"


async def test_streams_that_were_closed_or_replaced_come_back(work: Recorder) -> None:
    await work.run("import sys, os\nsys.stdout = None")
    await work.run("os.close(0); os.close(2)")
    await work.run("print('still here')")
    assert "still here" in work.output


async def test_a_signal_handler_of_the_learners_does_not_stop_interrupts(work: Recorder) -> None:
    await work.run("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)")
    cell = work.session.run("while True: pass")
    await work.begun(cell)
    work.session.interrupt()
    await asyncio.wait_for(cell.done.wait(), 30)
    assert cell.status == "interrupted"


async def test_the_library_is_not_interrupted_inside_its_own_import(work: Recorder) -> None:
    cell = work.session.run(
        "import torch\nprint('begun')\n"
        "for _ in range(10**9):\n    torch.optim.SGD([torch.nn.Parameter(torch.ones(2))])"
    )
    await work.until(lambda: "begun" in work.output)
    work.session.interrupt()
    await asyncio.wait_for(cell.done.wait(), 60)
    assert cell.status == "interrupted"
    assert await work.value("type(torch.optim.SGD([torch.nn.Parameter(torch.ones(2))])).__name__") == "'SGD'"


async def test_ten_thousand_characters_of_value_are_cut_in_the_worker(work: Recorder) -> None:
    assert "more characters" in await work.value("'x' * 1_000_000")


async def test_what_the_lesson_made_for_a_later_step_is_taken_back_and_the_learners_own_is_not(
    work: Recorder,
) -> None:
    await work.session.prepare(("scores = 5", "rows = 2"), "", 0)
    await work.run("rows = 3")
    await work.session.prepare(("a = 1",), "", 0, ("scores", "rows"))
    assert await work.value("'scores' in globals(), rows, a") == "(False, 3, 1)"


@pytest.mark.parametrize(
    "body",
    [
        "    @property\n    def __notes__(self): raise RuntimeError('odd')",
        "    def __getattribute__(self, name): raise RuntimeError('odd')",
        "    def __setattr__(self, name, value): raise RuntimeError('odd')",
        "    def __str__(self): raise RuntimeError('odd')",
        "    __traceback__ = __cause__ = __context__ = 3",
    ],
)
async def test_an_exception_whose_attributes_are_odd_is_told_all_the_same(work: Recorder, body: str) -> None:
    cell = await work.run(f"class Odd(Exception):\n{body}\ndef f():\n    raise Odd('hello')\nf()")
    assert cell.status == "error"
    (failed,) = work.of(events.Failed)
    assert failed.chain[-1].type.endswith("Odd")
    assert [frame.line for frame in failed.chain[-1].frames] == [5 + body.count("\n"), 4 + body.count("\n")]
    assert await work.value("1 + 1") == "2"
