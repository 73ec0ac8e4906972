"""What the room as a whole promises: no torch at import, none needed, and out of the compiler's way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import tutor

ROOT = Path(tutor.__file__).parents[1]

MODULES = "names facts tensors details gradients devices sampling budget"

WITHOUT_TORCH = f"""
import sys
for name in {MODULES.split()!r}:
    __import__("tutor.worker.probe." + name)
loaded = {{"torch", "numpy"}} & set(sys.modules)
assert not loaded, loaded

sys.modules["torch"] = None  # now importing it fails
from tutor.worker.probe.details import detail, resolve
from tutor.worker.probe.devices import devices
from tutor.worker.probe.gradients import GradientWatch
from tutor.worker.probe.tensors import TensorWatch

namespace = {{"x": 1, "xs": [1, 2]}}
assert TensorWatch().scan(namespace) == ((), 0)
assert resolve(namespace, "x") is None
assert detail("x", 1) is None
watch = GradientWatch(print, namespace)
watch.install()
watch.begin_run()
assert watch.end_run() is None
watch.remove()
assert devices().torch is None
"""

COMPILED = """
import torch
from tutor.worker.probe.gradients import GradientWatch

graphs = []

def backend(module, inputs):
    graphs.append([str(node.target) for node in module.graph.nodes])
    return module.forward

def train():
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 1)
    opt = torch.optim.SGD(model.parameters(), 0.1)
    def one(x):
        loss = model(x).square().mean()
        loss.backward()
        return loss * 2
    one = torch.compile(one, backend=backend)
    losses = []
    for _ in range(3):
        losses.append(one(torch.ones(4, 3)).item())
        opt.step()
        opt.zero_grad()
    return losses

import torch._dynamo
plain = train()
alone, graphs[:] = list(graphs), []
torch._dynamo.reset()
live = []
watch = GradientWatch(live.append, {})
watch.install()
watch.begin_run()
seen = train()
end = watch.end_run()
assert seen == plain, (seen, plain)
assert end.step == 3 and live
assert graphs == alone, (graphs, alone)
"""


@pytest.mark.parametrize("program", [WITHOUT_TORCH, COMPILED], ids=["without torch", "compiled"])
def test_in_a_process_of_its_own(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert "tutor" not in done.stderr
