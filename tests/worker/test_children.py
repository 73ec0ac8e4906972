"""Processes that the learner's code starts: data loaders, spawned ranks, forks."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

_DATASET = """
import torch
from torch.utils.data import DataLoader, Dataset
SCALE = 10.0
class Squares(Dataset):
    def __len__(self): return 8
    def __getitem__(self, i): return torch.tensor(SCALE * i ** 2)
def batches(items): return torch.stack(items)
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
async def test_a_data_loader_finds_a_class_from_the_prompt(work: Recorder, method: str) -> None:
    await work.run(_DATASET)
    total = await work.value(
        "loader = DataLoader(Squares(), batch_size=4, num_workers=2, collate_fn=batches,"
        f" multiprocessing_context={method!r})\n"
        "sum(batch.sum().item() for batch in loader)"
    )
    assert float(total) == 1400.0


async def test_a_class_and_its_loader_may_be_one_cell_and_be_changed_later(work: Recorder) -> None:
    loader = "DataLoader(Squares(), batch_size=8, num_workers=1, multiprocessing_context='spawn')"
    loop = f"\n[b.tolist() for b in {loader}]"
    assert "490.0" in await work.value(_DATASET + loop)
    assert "49.0" in await work.value("SCALE = 1.0" + loop)


async def test_ranks_spawned_from_the_prompt_work_together(work: Recorder) -> None:
    await work.run(
        "import os, torch, torch.distributed as dist, torch.multiprocessing as mp\n"
        "def rank(number, world, store):\n"
        "    dist.init_process_group('gloo', init_method=f'file://{store}', rank=number, world_size=world)\n"
        "    x = torch.tensor([float(number + 1)])\n"
        "    dist.all_reduce(x)\n"
        "    print(f'rank {number} has {x.item()}')\n"
        "    dist.destroy_process_group()\n"
    )
    cell = await work.run("import tempfile\nmp.spawn(rank, args=(2, tempfile.mktemp()), nprocs=2)", limit=110)
    assert cell.status == "ok", work.of(events.Failed)
    assert "rank 0 has 3.0" in cell.output
    assert "rank 1 has 3.0" in cell.output


async def test_a_fork_after_a_parallel_operation_does_not_hang(work: Recorder) -> None:
    await work.run("import torch\ntorch.set_num_threads(2)\nx = torch.randn(900, 900)\n(x @ x).sum().item();")
    cell = await work.run(
        "import torch.multiprocessing as mp\n"
        "def multiply(_): print('product', (x @ x).shape)\n"
        "mp.start_processes(multiply, nprocs=1, start_method='fork')"
    )
    assert cell.status == "ok", work.of(events.Failed)
    assert "product torch.Size([900, 900])" in cell.output


async def test_a_forked_child_leaves_the_wire_alone(work: Recorder) -> None:
    cell = await work.run(
        "import os, torch\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    w = torch.ones(2, requires_grad=True)\n"
        "    w.sum().backward()\n"
        "    try: input('?')\n"
        "    except EOFError: print('no input here')\n"
        "    print('child', w.grad.tolist(), flush=True)\n"
        "    os._exit(0)\n"
        "os.waitpid(pid, 0);"
    )
    assert cell.status == "ok"
    assert "no input here\nchild [1.0, 1.0]" in cell.output
    assert not work.of(events.InputRequested)
    assert await work.value("1 + 1") == "2"


async def test_the_file_for_children_holds_definitions_and_no_computation(work: Recorder) -> None:
    await work.run(
        "from __future__ import annotations\nimport math\nN = 3\ny = print('once')\nclass A: pass\nz = [N] * 2"
    )
    source = await work.value("print(open(__file__).read()); __file__")
    assert "class A" in work.output
    assert "N = 3" in work.output
    assert work.output.startswith("once\nfrom __future__ import annotations\n")
    assert "z =" not in work.output
    assert "y =" not in work.output
    assert source.endswith("_1.py'")


async def test_the_files_for_children_go_with_the_worker(work: Recorder) -> None:
    from pathlib import Path

    name = await work.value("class A: pass\n__file__")
    folder = Path(name.strip("'")).parent
    assert folder.is_dir()
    await work.run("import os; os._exit(0)")
    await work.until(lambda: not folder.exists() or work.of(events.Ready))
    assert not folder.exists()
