"""Questions to a real worker, idle and busy."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


async def completed(work: Recorder, source: str) -> list[str]:
    """Texts of the candidates at the end of ``source``."""
    before = len(work.of(events.Completed))
    work.session.assistant.complete(source, len(source))
    await work.until(lambda: len(work.of(events.Completed)) > before)
    return [one.text for one in work.of(events.Completed)[-1].candidates]


async def test_attributes_of_a_tensor(work: Recorder) -> None:
    await work.run("import torch\nx = torch.ones(3)")
    assert "reshape" in await completed(work, "x.resh")
    assert "imag" in await completed(work, "x.im")
    assert work.output == ""
    assert not work.of(events.Broken)


@pytest.mark.parametrize(
    "code", ["while True: pass", "import time; time.sleep(1000)", "input('?')", "while True: print('x' * 100)"]
)
async def test_answers_come_while_code_runs(work: Recorder, code: str) -> None:
    await work.run("kept = 'text'")
    cell = work.session.run(code)
    await work.begun(cell)
    assert await completed(work, "kept.upp") == ["upper"]
    work.session.assistant.signature("print(", 6)
    await work.until(lambda: any(one.description for one in work.of(events.Described)))
    assert not cell.done.is_set()
    work.session.interrupt()
    await cell.done.wait()
    assert cell.status == "interrupted"
    assert await work.value("kept") == "'text'"


async def test_an_answer_ends_nothing_and_is_no_run(work: Recorder) -> None:
    await work.run("x = 1")
    await completed(work, "x")
    assert work.session.assistant.describe("x", source=True)
    await work.until(lambda: work.of(events.Described))
    assert len(work.of(events.Started)) == len(work.of(events.Finished)) == 1


async def test_what_was_looked_at_is_not_kept_alive(work: Recorder) -> None:
    await work.run("import weakref\nclass Kept: inside = 1\nkept = Kept()\nseen = weakref.ref(kept)")
    assert await completed(work, "kept.ins") == ["inside"]
    await work.run("del kept")
    assert await work.value("seen() is None") == "True"


async def test_a_hostile_object_is_not_run(work: Recorder) -> None:
    await work.run(
        "class Odd:\n    def __getattr__(self, name):\n        globals().clear()\n"
        "    @property\n    def endless(self):\n        while True: pass\nodd = Odd()"
    )
    assert "endless" in await completed(work, "odd.")
    assert await completed(work, "odd.endless.") == []
    assert await work.value("type(odd).__name__") == "'Odd'"


async def test_a_question_about_a_worker_that_dies_is_not_waited_for(work: Recorder) -> None:
    await work.run("import os; os._exit(3)")
    await work.run("1")
    assert "print" in await completed(work, "prin")
