"""Magics and shell commands, as a person types them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.recorder import Recorder
from tutor.protocol import events
from tutor.protocol.magics import MAGICS

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


async def _printed(work: Recorder, source: str) -> str:
    before = len(work.output)
    cell = await work.run(source)
    assert cell.status == "ok", work.of(events.Failed)[-1:]
    return work.output[before:]


async def test_timeit_gives_mean_and_deviation(work: Recorder) -> None:
    await work.run("import torch\nx = torch.ones(10)")
    printed = await _printed(work, "%timeit -n 20 -r 3 x.sum()")
    assert re.fullmatch(
        r"[\d.]+ (s|ms|µs|ns) ± [\d.]+ (s|ms|µs|ns) per loop \(mean ± std. dev. of 3 runs, 20 loops each\)\n",
        printed,
    )
    printed = await _printed(work, "%%timeit -r 2 y = 3\nfor _ in range(y):\n    x + 1\n")
    assert "2 runs" in printed


async def test_an_error_in_a_timed_statement_is_the_learners(work: Recorder) -> None:
    await work.run("%timeit 1 / 0")
    (report,) = work.of(events.Failed)[0].chain
    assert report.type == "ZeroDivisionError"
    assert [frame.source for frame in report.frames] == ["%timeit 1 / 0"]
    assert report.failing is not None
    assert report.failing.source == "1 / 0"


async def test_time_displays_the_value_too(work: Recorder) -> None:
    assert await work.value("%time 6 * 7") == "42"
    assert "wall time" in work.output
    assert await work.value("%%time\na = 20\na + 1\n") == "21"
    assert await work.value("a") == "20"


async def test_who_and_whos_name_what_was_made(work: Recorder) -> None:
    await work.run("import torch\nx = torch.ones(2, 3)\nn = 5\nxs = [1, 2]")
    assert (await _printed(work, "%who")).split() == ["n", "torch", "x", "xs"]
    assert (await _printed(work, "%who Tensor")).split() == ["x"]
    table = await _printed(work, "%whos")
    assert re.search(r"^x +Tensor +float32 \[2, 3\] cpu$", table, re.MULTILINE)
    assert re.search(r"^xs +list +2 items$", table, re.MULTILINE)


async def test_reset_asks_and_forgets(work: Recorder) -> None:
    await work.run("n = 5\nn")
    cell = work.session.run("%reset")
    await work.until(lambda: work.of(events.InputRequested))
    assert work.of(events.InputRequested)[0].prompt == "Forget 1 name? (y/n) "
    work.session.reply("n")
    await cell.done.wait()
    assert await work.value("n") == "5"
    await work.run("%reset -f")
    await work.run("n")
    assert work.of(events.Failed)[-1].chain[0].type == "NameError"
    assert await work.value("__name__") == "'__main__'"


async def test_a_file_runs_as_the_main_program(work: Recorder, tmp_path: Path) -> None:
    script = tmp_path / "train it.py"
    script.write_text(
        "import sys\nif __name__ == '__main__':\n    lr = float(sys.argv[1])\n"
        "place = __file__\ndef f(): return 1 / lr\n"
    )
    await work.run(f"%run '{script}' 0.5")
    assert await work.value("lr") == "0.5"
    assert await work.value("place") == repr(str(script))
    assert await work.value("f()") == "2.0"
    await work.run("lr = 0\nf()")
    assert work.of(events.Failed)[-1].chain[0].frames[-1].file == str(script)
    await work.run("%run nowhere.py")
    assert "There is no file nowhere.py" in work.of(events.Failed)[-1].chain[0].message


async def test_what_was_run_is_saved_as_a_script(work: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "kept.py"
    for source in ("a = 1", "1 / 0", "for i in range(2):\n    a += i", "%time a", "a"):
        await work.run(source)
    assert "4 cells written" in await _printed(work, f"%save {path}")
    space: dict[str, object] = {}
    exec(path.read_text(), space)
    assert space["a"] == 2
    assert "1 / 0" not in path.read_text()
    await work.run(f"%save {path} 1-3")
    assert "%save -f" in work.of(events.Failed)[-1].chain[0].message
    assert "2 cells written" in await _printed(work, f"%save -f {path} 1-3")
    assert (await _printed(work, "%history 3")).splitlines() == ["[3] for i in range(2):", "        a += i"]


async def test_shell_commands_write_into_the_transcript(work: Recorder, tmp_path: Path) -> None:
    await work.run("word = 'seen'")
    assert await _printed(work, "!echo {word} {not_a_name} $((1 + 1))") == "seen {not_a_name} 2\n"
    assert "exit status 3" in await _printed(work, "!exit 3")
    assert await work.value("_exit_code") == "3"
    assert await _printed(work, f"%cd {tmp_path}") == f"{tmp_path}\n"
    assert await work.value("%pwd") == repr(str(tmp_path))
    assert (await _printed(work, "!pip --version")).startswith("pip ")
    await work.run("import sys")
    assert await _printed(work, "!python -c 'import sys; print(sys.executable)'") == await _printed(
        work, "print(sys.executable)"
    )
    assert await _printed(work, "%%bash\nfor i in 1 2; do\n  echo $i\ndone\n") == "1\n2\n"
    await _printed(work, "%%writefile note.txt\nHello,\n  you.\n")
    assert (tmp_path / "note.txt").read_text() == "Hello,\n  you.\n"


async def test_magics_stand_among_statements(work: Recorder) -> None:
    printed = await _printed(work, "for i in range(2):\n    !echo {i}\n    print('then', i)")
    assert printed == "0\nthen 0\n1\nthen 1\n"


async def test_an_unknown_magic_says_what_exists(work: Recorder) -> None:
    await work.run("%timit x")
    report = work.of(events.Failed)[0].chain[0]
    assert report.type == "UsageError"
    assert "Did you mean %timeit?" in report.message
    assert all(f"%{name}" in report.message for name in MAGICS)
    assert report.frames[-1].source == "%timit x"
    assert "breakpoint()" in await _printed(work, "%debug")


async def test_numbered_results_are_kept_within_a_budget(work: Recorder) -> None:
    assert await work.value("6 * 7") == "42"
    assert await work.value("_1 + _") == "84"
    for _ in range(3):
        await work.run("import torch\ntorch.zeros(40 * 2**20 // 4)")
    kept = await work.value("[name for name in list(globals()) if name[0] == '_' and name[1:].isdigit()]")
    assert kept == "['_5']"
    assert await work.value("sum(_5.shape)") == str(10 * 2**20)


async def test_a_syntax_error_beside_a_magic_shows_the_line_as_typed(work: Recorder) -> None:
    await work.run("%time x = 1\ny = = 2")
    frame = work.of(events.Failed)[0].chain[0].frames[-1]
    assert (frame.line, frame.source) == (2, "y = = 2")


async def test_what_a_command_writes_can_be_kept(work: Recorder) -> None:
    assert await _printed(work, "word = 'b'\nfound = !printf 'a\\n%s\\n' $word") == ""
    assert await work.value("found") == "['a', 'b']"
    await work.run("t = %timeit -o -n 2 -r 3 1 + 1")
    assert await work.value("t.loops, t.repeat, t.best <= t.average <= t.worst") == "(2, 3, True)"
    assert await work.value("here = %pwd\nhere[0]") == "'/'"


async def test_values_stand_in_commands_and_the_shell_keeps_its_own(work: Recorder) -> None:
    await work.run("name, d = 'x y', {'k': 0.123}")
    for line, shown in {
        "!echo $name {name} {d['k']:.1f} {1 + 1}": "x y x y 0.1 2\n",
        "!n=5; echo ${n} $n $$name": "5 5\n",
        "!echo a-{b,c}": "a-{b,c}\n",
        "!echo 3 4 | awk '{print $2}'": "4\n",
        "!echo {1 / 0}": "{1 / 0}\n",
    }.items():
        assert await _printed(work, line) == shown


async def test_short_names_questions_and_the_environment(work: Recorder) -> None:
    await work.run("a = 1")
    assert await _printed(work, "%hist") == "[1] a = 1\n"
    await work.run("%env TUTOR_TEST_NAME=seven")
    assert await work.value("%env TUTOR_TEST_NAME") == "'seven'"
    assert await work.value("import os; os.environ['TUTOR_TEST_NAME']") == "'seven'"
    await work.run("%env TUTOR_NOWHERE")
    assert "There is no environment variable TUTOR_NOWHERE" in work.of(events.Failed)[-1].chain[0].message
    assert await _printed(work, "%timeit?") == f"%timeit: {MAGICS['timeit']}\n"


async def test_await_at_the_top(work: Recorder) -> None:
    await work.run(
        "import asyncio\nasync def z():\n    await asyncio.sleep(0)\n    return 7\n"
        "async def bad():\n    return 1 / 0\nbox = []\n"
        "async def later():\n    await asyncio.sleep(0)\n    box.append(1)"
    )
    assert await work.value("await z()") == "7"
    assert await work.value("x = await z()\nx + 1") == "8"
    assert await work.value("[await z() for _ in range(2)]") == "[7, 7]"
    await work.run("await bad()")
    frames = work.of(events.Failed)[-1].chain[0].frames
    assert [frame.source.strip() for frame in frames] == ["await bad()", "return 1 / 0"]
    await work.run("async def begin():\n    return asyncio.create_task(later())\nt = await begin()")
    assert await work.value("await t\nbox") == "[1]"
    assert await work.value("asyncio.run(z())") == "7"


async def test_an_interrupt_ends_an_await_and_the_next_one_works(work: Recorder) -> None:
    cell = work.session.run(
        "import asyncio\ndone = []\n"
        "try:\n    print('on', flush=True)\n    await asyncio.sleep(1000)\nfinally:\n    done.append(1)"
    )
    await work.until(lambda: "on" in work.output)
    work.session.interrupt()
    await cell.done.wait()
    assert cell.status == "interrupted"
    assert await work.value("done") == "[1]"
    assert await work.value("await asyncio.sleep(0, 5)") == "5"


async def test_cells_that_failed_are_shown_and_named(work: Recorder, tmp_path: Path) -> None:
    for source in ("a = 1", "1 / 0", "a"):
        await work.run(source)
    assert (await _printed(work, "%history 1-3")).splitlines() == ["[1] a = 1", "[2]! 1 / 0", "[3] a"]
    told = await _printed(work, f"%save {tmp_path / 'kept.py'} 1-3")
    assert "2 cells written" in told
    assert "Left out, because of an error: [2]" in told
