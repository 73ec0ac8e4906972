"""Whatever learner code does to its process, the next prompt works and the person knows what happened."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import events
from tutor.session.state import Phase, cause_of_death

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

_DEATHS = {
    "exit": ("import os; os._exit(3)", "it exited with code 3"),
    "kill": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    "segfault": ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    "abort": ("import os; os.abort()", "SIGABRT"),
    "closing every descriptor": ("import os; os.closerange(0, 4096)", "it exited with code"),
    "native recursion": (
        "import ctypes, sys\nF = ctypes.CFUNCTYPE(None)\nf = F(lambda: f())\nsys.setrecursionlimit(10**9)\nf()",
        "SIGSEGV",
    ),
}


async def test_a_worker_that_loses_its_wire_takes_nothing_from_the_others(work: Recorder) -> None:
    await work.run("import os; os.closerange(0, 4096)")
    await work.until(lambda: work.of(events.Died))
    await work.until(lambda: work.session.state.phase is Phase.READY)
    await work.run("def double(x): return 2 * x")
    assert await work.value("'def double' in open(__file__).read()") == "True"


@pytest.mark.parametrize("name", _DEATHS)
async def test_a_death_is_told_and_the_next_prompt_works(work: Recorder, name: str) -> None:
    source, cause = _DEATHS[name]
    cell = work.session.run(source)
    await work.until(lambda: work.of(events.Died))
    await work.until(lambda: work.session.state.phase is Phase.READY)
    assert cell.status == "died"
    assert cause in cause_of_death(work.of(events.Died)[0])
    assert await work.value("1 + 1") == "2"


async def test_memory_eaten_to_a_limit_ends_the_code_and_not_the_session(work: Recorder) -> None:
    await work.run(
        "import resource\nused = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 2**29, resource.RLIM_INFINITY))"
    )
    await work.run("eaten = []\nwhile True: eaten.append(bytearray(2**24))")
    if not work.of(events.Died):
        assert work.of(events.Failed)[-1].chain[0].type == "MemoryError"
        await work.run("del eaten")
    await work.until(lambda: work.session.state.phase is Phase.READY)
    assert await work.value("1 + 1") == "2"


_ERRORS = {
    "recursion": ("def f(): f()\nf()", "RecursionError"),
    "a tensor larger than any memory": ("import torch; torch.zeros(10**13)", "RuntimeError"),
    "a repr that raises": ("class A:\n    def __repr__(self): raise ValueError('no')\nA()", ""),
    "a repr that ends the program": ("class A:\n    def __repr__(self): raise SystemExit\nA()", ""),
    "sys.exit": ("import sys; sys.exit('bye')", ""),
    "print taken away": ("import builtins; builtins.print = None", ""),
    "builtins taken away": ("del __builtins__", ""),
    "the streams replaced": ("import sys; sys.stdout = None; sys.stderr = 3; sys.stdin = []", ""),
    "the standard streams closed": ("import os; [os.close(n) for n in (0, 1, 2)]; None", ""),
    "stdout closed": ("import sys; sys.stdout.close()", ""),
    "a handler that ignores": ("import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); None", ""),
    "a getattr that deletes the namespace": (
        "class A:\n    def __getattr__(self, name): globals().clear(); raise AttributeError(name)\na = A()\na",
        "",
    ),
    "a huge dict": ("{n: str(n) for n in range(100_000)}", ""),
    "one long line": ("print('x' * 10_000_000)", ""),
    "invalid UTF-8 and NUL": ("import os; os.write(1, b'\\xff\\xfe\\x00caf\\xe9\\n')", ""),
    "escapes": ("print('\\x1b[2J\\x1b]0;title\\x07\\x1b[999;999H\\x9b31mhello')", ""),
    "a forged message": ('print(\'{"message":"Finished","id":1,"status":"ok","seconds":0.0}\')', ""),
    "a forged frame": ("import os; os.write(1, (20).to_bytes(4, 'big') + b'{\"message\":\"Died\"}  ')", ""),
    "import taken away": ("import builtins; builtins.__import__ = None", ""),
    "the loop's modules deleted": (
        "import sys; [sys.modules.pop(n) for n in list(sys.modules) if 'tutor' in n]; None",
        "",
    ),
    "a name that is not a string": ("globals()[3] = 4; globals()[None] = 5", ""),
    "main replaced": ("import sys; sys.modules['__main__'] = None", ""),
    "the trace function": ("import sys; sys.settrace(lambda *a: 1 / 0)", None),
}


@pytest.mark.parametrize("name", _ERRORS)
async def test_an_abuse_is_survived(work: Recorder, name: str) -> None:
    source, error = _ERRORS[name]
    await work.run(source, limit=30)
    if error is not None:
        assert [event.chain[-1].type for event in work.of(events.Failed)] == ([error] if error else [])
    assert await work.value("1 + 1") == "2"
    await work.run("class Z: pass\nprint('printed') if print else None")
    assert not work.of(events.Died)
    assert not work.of(events.Broken)


async def test_nothing_of_an_escape_reaches_the_screen_and_text_does(work: Recorder) -> None:
    await work.run("print('\\x1b[2J\\x1b]0;title\\x07\\x1b[999;999H\\x9b31m[red]hello\\x00[/]')")
    assert work.output == "[red]hello[/]\n"


async def test_a_repr_that_never_returns_can_be_stopped(work: Recorder) -> None:
    cell = work.session.run(
        "class A:\n    def __repr__(self):\n        print('begun')\n        while True: pass\nA()"
    )
    await work.until(lambda: "begun" in work.output)
    work.session.interrupt()
    await cell.done.wait()
    assert cell.status == "interrupted"
    assert await work.value("1 + 1") == "2"


async def test_a_thread_that_prints_for_ever_is_only_noise(work: Recorder) -> None:
    await work.run(
        "import threading, time\ndef noise():\n    while True: print('noise'); time.sleep(0.001)\n"
        "threading.Thread(target=noise, daemon=True).start()"
    )
    assert await work.value("1 + 1") == "2"
    await work.until(lambda: work.output.count("noise") > 20)
    assert await work.value("2 + 2") == "4"
    assert not work.of(events.Broken)


async def test_an_error_in_a_thread_is_shown(work: Recorder) -> None:
    await work.run("import threading\nt = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()")
    assert "ZeroDivisionError" in work.output
    assert await work.value("1 + 1") == "2"
