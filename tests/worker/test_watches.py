"""Watched expressions in a real worker."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import events
from tutor.protocol.watches import WatchRow

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


async def row(work: Recorder, source: str = "pass") -> WatchRow:
    """The row of the last expression after a run."""
    await work.run(source)
    return work.of(events.Watched)[-1].rows[-1]


async def watching(work: Recorder, expression: str) -> WatchRow:
    work.session.watch(expression)

    def last() -> WatchRow | None:
        told = work.of(events.Watched)
        return told[-1].rows[-1] if told and told[-1].rows else None

    await work.until(lambda: (row := last()) is not None and row.expression == expression)
    found = last()
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _nothing_left(work: Recorder) -> object:
    yield
    work.session.watch("", keep=False)


async def test_values_follow_the_runs(work: Recorder) -> None:
    await work.run("import torch\nx = torch.arange(6.).reshape(2, 3)\nn = 1")
    first = await watching(work, "x.mean(0)")
    assert first.tensor is not None
    assert (first.tensor.shape, first.status) == ((3,), "value")
    changed = await row(work, "x = x + 1")
    assert changed.mark != first.mark
    assert (await row(work)).mark == changed.mark
    assert (await watching(work, "x.sum()")).number == 21
    assert (await watching(work, "n")).text == "1"


async def test_errors_are_a_line_and_not_the_learners(work: Recorder) -> None:
    assert (await watching(work, "missing.mean()")).text == "NameError: name 'missing' is not defined"
    cell = await work.run("1 + 1")
    assert cell.status == "ok"
    assert work.of(events.Failed) == []


async def test_what_takes_too_long_is_stopped_once(work: Recorder) -> None:
    await work.run(
        "calls = []\ndef slow():\n    calls.append(1)\n    while True:\n        try:\n"
        "            while True: pass\n        except KeyboardInterrupt: break\n    while True: pass"
    )
    assert (await watching(work, "slow()")).status == "late"
    assert (await row(work)).status == "late"
    assert await work.value("len(calls)") == "1"


async def test_the_random_state_stays(work: Recorder) -> None:
    await work.run("import torch, random\ntorch.manual_seed(0); random.seed(0)")
    expected = await work.value("(torch.rand(()).item(), random.random())")
    await watching(work, "torch.rand(3).sum() + __import__('random').random()")
    work.session.watch("", keep=False)
    await watching(work, "torch.rand(3).sum()")
    await watching(work, "random.random()")
    await work.run("torch.manual_seed(0); random.seed(0)")
    assert await work.value("(torch.rand(()).item(), random.random())") == expected


async def test_nothing_is_kept_built_or_printed(work: Recorder) -> None:
    await work.run(
        "import torch, weakref, gc\nw = torch.ones(3, requires_grad=True)\nrefs = []\n"
        "def make():\n    out = w * 2\n    refs.append(weakref.ref(out))\n    print('shout')\n    return out\n"
        "def fail():\n    kept = make()\n    raise ValueError('no')"
    )
    before = len(work.output)
    found = await watching(work, "make()")
    assert found.tensor is not None
    assert found.tensor.grad_fn is None
    await watching(work, "fail()")
    assert work.output[before:] == ""
    assert await work.value("[ref() for ref in refs] == [None] * len(refs) and len(refs) > 1") == "True"
    assert await work.value("torch.is_grad_enabled()") == "True"


async def test_backward_and_notices_do_not_see_it(work: Recorder) -> None:
    await work.run(
        "import torch\nw = torch.ones(3, requires_grad=True)\n"
        "def go():\n    with torch.enable_grad(): (w * 2).sum().backward()"
    )
    await watching(work, "go()")
    await work.run("pass")
    assert work.of(events.GradientsChanged) == []
    assert work.of(events.Noticed) == []


async def test_a_change_nobody_could_foresee_is_told_and_names_are_put_back(work: Recorder) -> None:
    await work.run(
        "import torch\nx = torch.zeros(2)\ny = 1\ndef edit():\n    x.add_(1)\n    return 3\n"
        "def bind():\n    global y, z\n    y = z = 2"
    )
    assert "changed x" in (await watching(work, "edit()")).text
    await work.run("pass")
    assert await work.value("x.tolist()") == "[1.0, 1.0]"
    assert "the name y" in (await watching(work, "bind()")).text
    assert await work.value("(y, 'z' in globals())") == "(1, False)"


async def test_a_subclass_hears_nothing_of_it(work: Recorder) -> None:
    await work.run(
        "import torch\ncalls = []\nclass Trap(torch.Tensor):\n    @classmethod\n"
        "    def __torch_function__(cls, func, types, args=(), kwargs=None):\n"
        "        calls.append(func); return super().__torch_function__(func, types, args, kwargs or {})\n"
        "trap = torch.ones(3).as_subclass(Trap); calls.clear()"
    )
    await watching(work, "len('abc')")
    await work.run("x = 1")
    assert await work.value("calls") == "[]"


async def test_nobody_is_asked_for_input(work: Recorder) -> None:
    await work.run("def ask(): return input('who? ')")
    assert "EOFError" in (await watching(work, "ask()")).text
    assert work.of(events.InputRequested) == []


async def test_the_magics(work: Recorder) -> None:
    await work.run("import torch\nx = torch.ones(2)\nnet = torch.nn.Linear(2, 2)")
    await work.run("%watch x.mean(0)\n%watch net.weight")
    await work.until(lambda: len(work.of(events.Watched)) and len(work.of(events.Watched)[-1].rows) == 2)
    assert work.session.state.watching == ("x.mean(0)", "net.weight")
    before = len(work.output)
    await work.run("%watch")
    assert work.output[before:] == "x.mean(0)\nnet.weight\n"
    await work.run("%watch x.add_(1)")
    assert "in place" in work.of(events.Failed)[-1].chain[-1].message
    await work.run("%unwatch x.mean(0)")
    await work.until(lambda: work.session.state.watching == ("net.weight",))
    await work.run("%unwatch")
    await work.until(lambda: work.session.state.watching == ())
