"""Being watched changes nothing: torch, warnings and objects stay as they are; and nothing hurts the watch."""

from __future__ import annotations

import pytest

from tests.notices.watched import noticed, rules
from tests.recorder import Recorder
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

MODEL = """
import torch
from torch import nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Softmax(dim=1))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(16, 4), torch.randint(0, 8, (16,))
"""


async def test_compiled_code_is_compiled_whole(work: Recorder) -> None:
    await noticed(work, MODEL)
    code = (
        "@torch.compile(backend='eager', fullgraph=True)\n"
        "def forward(x):\n    return nn.functional.cross_entropy(model(x), y)\n"
        "step = torch.compile(opt.step, backend='eager')\n"
        "for _ in range(3):\n    opt.zero_grad()\n    forward(x).backward()\n    step()\n"
    )
    await noticed(work, code)


async def test_torch_is_not_wrapped_and_what_is_saved_holds_nothing_of_ours(work: Recorder) -> None:
    code = (
        "import torch.optim.optimizer as o, pickle\n"
        "assert not opt._optimizer_step_pre_hooks and not opt._optimizer_step_post_hooks\n"
        "assert nn.functional.cross_entropy.__module__ == 'torch.nn.functional'\n"
        "saved = pickle.dumps(model) + pickle.dumps(opt.state_dict())\n"
        "assert b'tutor' not in saved\n"
        "assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())\n"
    )
    await noticed(work, MODEL)
    await noticed(work, code)


async def test_the_numbers_are_those_of_an_unwatched_run(work: Recorder) -> None:
    loop = (
        "for _ in range(20):\n    opt.zero_grad()\n    loss = nn.functional.cross_entropy(model(x), y)\n"
        "    loss.backward()\n    opt.step()\nprint(loss.item(), torch.rand(2).tolist())\n"
    )
    watched = await work.run(MODEL + loop)
    unwatched = work.session.run(MODEL + loop, silent=True)
    await unwatched.done.wait()
    assert watched.output == unwatched.output != ""


async def test_a_warning_is_shown_in_every_cell_that_causes_it(work: Recorder) -> None:
    await work.run("import torch")
    for _ in range(2):
        assert await rules(work, "for _ in range(3): torch.ones(3).T") == ["vector-T"]
    assert "deprecated" not in work.output


async def test_nothing_is_told_of_a_run_of_the_tutors_own(work: Recorder) -> None:
    assert await rules(work, "import torch", "v = torch.ones(3).T") == ["vector-T"]
    await work.session.prepare(("import torch",), "w = torch.ones(2).T", 0)
    await work.session.run("u = torch.ones(3).T\nt = torch.Tensor(3)", silent=True).done.wait()
    assert len(work.of(events.Noticed)) == 1


async def test_a_warning_nobody_explains_is_printed_once_a_cell(work: Recorder) -> None:
    for times in (1, 2):
        await work.run("import warnings\nfor n in range(3): warnings.warn('look out')")
        assert work.output.count("UserWarning: look out") == times


async def test_filters_of_the_learners_are_obeyed(work: Recorder) -> None:
    await work.run("import torch, warnings\nwarnings.filterwarnings('ignore')")
    assert await rules(work, "torch.ones(3).T") == []
    await work.run("warnings.filterwarnings('error')")
    cell = await work.run("torch.ones(3).T")
    assert cell.status == "error"
    shown = "warnings.resetwarnings(); warnings.showwarning = lambda *a, **k: print('mine')\ntorch.ones(3).T;"
    assert await rules(work, shown) == []
    assert work.output.endswith("mine\n")


async def test_after_an_error_only_warnings_are_told(work: Recorder) -> None:
    found = await noticed(work, "import torch\nx = torch.Tensor(3)\nx.T\n1 / 0", status="error")
    assert [notice.rule for notice in found] == ["vector-T"]


async def test_an_interrupted_training_is_looked_at(work: Recorder) -> None:
    await work.run(MODEL)
    cell = work.session.run(
        "print('on', flush=True)\nwhile True:\n    loss = nn.functional.cross_entropy(model(x), y)\n"
        "    loss.backward()\n    opt.step()\n"
    )
    await work.until(lambda: "on" in work.output)
    await work.until(lambda: work.session.state.gradients is not None and work.session.state.gradients.step > 20)
    work.session.interrupt()
    await cell.done.wait()
    (told,) = work.of(events.Noticed)
    assert [notice.rule for notice in told.notices] == ["softmax-before-loss", "no-zero-grad"]


HOSTILE = """
import torch
from torch import nn
class Trap(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        calls.append(func); return super().__torch_function__(func, types, args, kwargs or {})
    @property
    def shape(self): raise RuntimeError("no shape")
class Meta(type):
    def __getattribute__(cls, name): raise RuntimeError("no class attribute")
class Odd(metaclass=Meta):
    def __getattr__(self, name): raise RuntimeError("no attribute")
    def __bool__(self): raise RuntimeError("no truth")
    def __eq__(self, other): raise RuntimeError("no equal")
class Shy(nn.Module):
    def __getattribute__(self, name):
        if name == "training" and armed: raise RuntimeError("no training")
        return super().__getattribute__(name)
    def forward(self, x): return x
armed = False
calls = []
trap, odd, shy, lazy = torch.ones(3).as_subclass(Trap), Odd(), Shy(), nn.LazyLinear(3)
armed = True
meta, sparse = torch.empty(3, device="meta"), torch.eye(3).to_sparse()
calls.clear()
"""


async def test_hostile_objects_are_neither_run_nor_feared(work: Recorder) -> None:
    await noticed(work, HOSTILE)
    uses = (
        "with torch.no_grad():\n    a = shy(sparse)\ny = trap\nz = meta\nn = sparse\nfor odd2 in [odd]: pass\n"
        "p = (trap, odd); calls.clear()"
    )
    await noticed(work, uses)
    await noticed(work, "trap; odd; assert calls == [], calls")
    await noticed(work, "lin = torch.log\nfor o in (odd, shy): w = o")


async def test_a_torch_taken_apart_does_not_stop_the_session(work: Recorder) -> None:
    await work.run("import torch, sys\nfor name in ('optim', 'isnan'): delattr(torch, name)")
    assert (await work.run("x = 1")).status == "ok"
    assert await work.value("1 + 1") == "2"
    assert not work.of(events.Broken)
