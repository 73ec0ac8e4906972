"""Free play has a copy of the lesson's variables; only what is brought back is ever seen outside it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.recorder import Recorder
from tests.session.test_resuming import EVERYTHING, NEXT, Learner, chance
from tutor.lesson.model import Lesson
from tutor.progress import Progress
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return chance(tmp_path)


@pytest.fixture
def progress() -> Iterator[Progress]:
    with closing(Progress()) as opened:
        yield opened


async def plays(learner: Learner, *sources: str) -> None:
    for source in sources:
        cell = learner.work.session.run(source)
        await cell.done.wait()
        learner.player.play_finished(cell)


async def names(learner: Learner) -> dict[str, str]:
    return {one.name: f"{one.how} {one.kind}" for one in await learner.player.played_names()}


_MODEL = (
    "net = torch.nn.Linear(3, 1); opt = torch.optim.Adam(net.parameters()); view = a[:2]\n"
    "class Box:\n    size = 1\n    __repr__ = lambda self: 'box'\n"
    "box = Box()"
)
_WRECK = (
    "view.zero_(); net(a).sum().backward(); opt.step()",
    "import random; random.seed(1); torch.manual_seed(99); torch.set_default_dtype(torch.float64)",
    "torch.set_grad_enabled(False); Box.size = 2; Box.more = 1; box.x = 1",
    "del b; a = 'gone'; new = 1\nnew",
    "%reset -f",
)


async def test_whatever_is_done_in_play_the_lesson_is_as_it_was(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open("second")
    await learner.does(_MODEL)
    state = (
        "[v.tolist() for v in net.state_dict().values()], opt.state_dict(), net.weight.grad, box.size, vars(box), "
        "hasattr(Box, 'more'), torch.get_default_dtype(), torch.is_grad_enabled(), view.data_ptr() == a.data_ptr()"
    )
    everything, following = await learner.value(EVERYTHING), await learner.value(f"({state}, {NEXT})")
    # The random numbers that were just drawn are drawn again by whoever asks after this.
    await learner.reopens("second")
    await learner.does(_MODEL)
    assert (await learner.player.begin_play()).missing == ()
    assert work.session.state.playing
    assert (
        await learner.value("view.data_ptr() == a.data_ptr() and opt.param_groups[0]['params'][0] is net.weight")
        == "True"
    )
    await plays(learner, *_WRECK)
    assert await learner.player.end_play() == ()
    assert await learner.value(EVERYTHING) == everything
    assert await learner.value(f"({state}, {NEXT})") == following


async def test_panes_show_the_copy_and_then_the_lesson_again(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open("second")
    await learner.player.begin_play()
    await plays(learner, "mine = torch.zeros(4)")
    await work.until(lambda: {fact.path for fact in work.session.state.tensors} == {"a", "b", "mine"})
    await learner.player.end_play()
    await work.until(lambda: {fact.path for fact in work.session.state.tensors} == {"a", "b"})


async def test_what_was_made_or_changed_can_be_brought_back(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open("second")
    await learner.does(_MODEL)
    await learner.player.begin_play()
    await plays(learner, "b += 1", "c = torch.rand(2)", "opt.step()", "a.sum()", "net(a).sum().backward()")
    found = await names(learner)
    # The optimiser's parameters have got gradients; it stands for what it stood for.
    assert found == {"b": "changed tensor [2]", "c": "new tensor [2]", "net": "changed Linear"}
    c = await learner.value("c.tolist()")
    assert await learner.player.end_play(("b", "c", "nothing")) == ("b", "c")
    assert (
        await learner.value("(b.tolist(), c.tolist() == " + c + ", net.weight.grad)") == "([1.0, 1.0], True, None)"
    )


async def test_what_was_brought_back_is_there_when_the_lesson_is_reopened(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open("first")
    await learner.does("d = torch.rand(2)")
    await learner.player.begin_play()
    await plays(learner, "d.zero_(); e = torch.rand(3)", "junk = 1")
    await learner.player.end_play(("e",))
    await learner.does("f = e + torch.rand(3)")
    everything, following = await learner.value(EVERYTHING), await learner.value(NEXT)
    assert await learner.reopens() == 2
    assert await learner.value(EVERYTHING) == everything
    assert await learner.value(NEXT) == following


async def test_play_that_brought_nothing_leaves_no_trace(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open()
    kept = progress.journal("chance")
    await learner.player.begin_play()
    await plays(learner, "only_in_play = 1")
    await learner.player.end_play()
    assert progress.journal("chance") == kept
    work.session.restart(1)
    assert "only_in_play = 1" not in [cell.source for cell in work.session.replayable()[0]]


async def test_a_graph_is_made_again_by_running_the_code_again(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open("first")
    await learner.does("w = torch.rand(2, requires_grad=True)")
    await learner.does("loss = (w * torch.rand(2)).sum()")
    w, following = await learner.value("w.tolist()"), await learner.value(NEXT)
    await learner.reopens()
    begun = await learner.player.begin_play()
    assert (begun.again, begun.missing) == (True, ())
    await plays(learner, "loss.backward(); w.data.zero_()", "kept = w.grad + 0")
    await learner.player.end_play(("kept",))
    assert await learner.value("(w.grad, w.tolist())") == f"(None, {w})"
    assert await learner.value(NEXT) == following
    await learner.does("loss.backward(); equal = w.grad.equal(kept)")
    assert await learner.value("equal") == "True"
    await learner.reopens()
    assert await learner.value("(equal, w.grad.equal(kept))") == "(True, True)"


async def test_where_code_is_slow_what_cannot_be_copied_is_named_and_left_out(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open("first")
    await learner.does("w = torch.rand(2, requires_grad=True); loss = w.sum(); lines = (1 for _ in 'ab')")
    work.session.cells[-1].seconds = 60.0
    begun = await learner.player.begin_play()
    assert {one.name: one.how for one in begun.missing} == {
        "loss": "is part of a graph",
        "lines": "a generator cannot be copied",
    }
    assert await learner.value("'loss' in globals(), w.requires_grad") == "(False, True)"
    await learner.player.end_play()
    assert await learner.value("(next(lines), loss.grad_fn is not None)") == "(1, True)"


async def test_a_worker_that_dies_in_play_takes_the_play_with_it(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open("first")
    await learner.does("mine = 5")
    await learner.player.begin_play()
    count = len(work.of(events.Ready))
    work.session.run("played = 1")
    work.session.run("import os; os._exit(3)")
    await work.until(lambda: len(work.of(events.Ready)) > count)
    assert not learner.player.playing
    assert [cell.source for cell in work.session.replayable()[0]][-1] == "mine = 5"


async def test_a_copy_that_is_interrupted_or_compared_badly_changes_nothing(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open("first")
    await learner.does(
        "import time\n"
        "class Slow:\n"
        "    seconds = 600\n"
        "    def __deepcopy__(self, memo):\n"
        "        time.sleep(Slow.seconds)\n"
        "        return Slow()\n"
        "    def __eq__(self, other):\n"
        "        raise ValueError\n"
        "slow = Slow()"
    )
    before = await learner.value("id(slow), id(a), torch.random.initial_seed()")
    beginning = asyncio.create_task(learner.player.begin_play())
    await work.until(lambda: work.session.state.running)
    work.session.interrupt()
    assert "stopped" in (await asyncio.wait_for(beginning, 60)).problem
    assert not work.session.state.playing
    assert await learner.value("id(slow), id(a), torch.random.initial_seed()") == before
    await learner.does("Slow.seconds = 0")
    assert (await learner.player.begin_play()).problem == ""
    assert await names(learner) == {"slow": "changed Slow"}
