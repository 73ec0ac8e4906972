"""The learner's code gives the same results, bit for bit, with the watch and without."""

from __future__ import annotations

import random
import re
from itertools import count
from typing import Any

import pytest
import torch

from tutor.protocol.gradients import GradientSnapshot
from tutor.worker.probe.budget import Budget
from tutor.worker.probe.gradients import GradientWatch

START = """
import torch
from torch import nn
torch.manual_seed(3)
model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1))
X = torch.randn(6, 3)
Y = X.sum(1, keepdim=True)
def loss():
    return ((model(X) - Y) ** 2).mean()
def grads():
    return [None if p.grad is None else p.grad.clone() for p in model.parameters()]
w = torch.tensor([1.0, 2.0], requires_grad=True)
opt = torch.optim.Adam(model.parameters(), 0.05)
out = []
"""

PROGRAMS = dict(
    re.findall(
        r"^# == (.*)\n((?:(?!# ==).*\n)+)",
        """
# == classic loop
for _ in range(5):
    opt.zero_grad()
    l = loss()
    l.backward()
    opt.step()
    out.append(l.item())
# == dropout
d = nn.Dropout(0.5)
for _ in range(3):
    d(model(X)).sum().backward()
    out.append(torch.rand(2))
# == accumulation
for _ in range(4):
    loss().backward()
out += grads()
# == grad set to zero, not None
for _ in range(3):
    opt.zero_grad(set_to_none=False)
    loss().backward()
    out += grads()
# == manual update
for _ in range(3):
    loss().backward()
    with torch.no_grad():
        for p in model.parameters():
            p -= 0.1 * p.grad
            p.grad = None
out.append(loss())
# == lbfgs
o = torch.optim.LBFGS(model.parameters(), max_iter=5)
def closure():
    o.zero_grad()
    l = loss()
    l.backward()
    return l
for _ in range(3):
    out.append(o.step(closure))
# == retain_graph
l = loss()
l.backward(retain_graph=True)
l.backward()
out += grads()
# == backward twice
l = loss()
l.backward()
try:
    l.backward()
except RuntimeError as e:
    out.append(str(e))
# == create_graph
y = (w ** 3).sum()
y.backward(create_graph=True)
g = w.grad
w.grad = None
g.sum().backward()
out += [g, w.grad]
# == gradient penalty
g, = torch.autograd.grad((w ** 3).sum(), w, create_graph=True)
(g ** 2).sum().backward()
out += [g, w.grad]
# == inputs
loss().backward(inputs=[model[0].weight])
out += grads()
# == inputs of a non-leaf
h = w * 2
h.retain_grad()
(h ** 2).sum().backward(inputs=[h])
out += [h.grad, w.grad]
# == vector
(w * 3).backward(torch.tensor([1.0, -1.0]))
out.append(w.grad)
# == vector without gradient
try:
    (w * 3).backward()
except RuntimeError as e:
    out.append(str(e))
# == no graph
try:
    torch.ones(1).backward()
except RuntimeError as e:
    out.append(str(e))
# == no tensor
try:
    torch.autograd.backward(3)
except Exception as e:
    out.append((type(e).__name__, str(e)))
# == no argument
try:
    torch.autograd.backward()
except TypeError as e:
    out.append(str(e))
# == several roots
torch.autograd.backward([w.sum(), (w ** 2).sum()])
out.append(w.grad)
# == an iterator of roots
torch.autograd.backward(iter([w.sum(), (w**2).sum()]))
out.append(w.grad)
# == keyword
torch.autograd.backward(tensors=(w ** 2).sum())
out.append(w.grad)
# == func.grad
out.append(torch.func.grad(lambda v: (v ** 2).sum())(torch.ones(3)))
loss().backward()
out += grads()
# == inplace relu
m = nn.Sequential(nn.Linear(3, 4), nn.ReLU(inplace=True), nn.Linear(4, 1))
m(X).sum().backward()
out += [p.grad for p in m.parameters()]
# == in-place error
y = w.sigmoid()
y += 1
try:
    y.sum().backward()
except RuntimeError as e:
    out.append(type(e).__name__)
# == hooks of the learner
h = w.register_hook(lambda g: g * 2)
log = []
n = (w ** 2).sum()
n.grad_fn.register_prehook(lambda g: log.append(len(g)))
n.backward()
out += [w.grad, log]
# == post accumulate hook
for p in model.parameters():
    p.register_post_accumulate_grad_hook(lambda p: out.append(p.grad.clone()))
loss().backward()
# == module hooks
X.requires_grad_()
model.register_full_backward_hook(lambda m, i, o: out.append(o[0].clone()))
loss().backward()
out += grads()
# == exception in a custom function
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        raise ValueError('mine')
try:
    F.apply(w).sum().backward()
except ValueError as e:
    out.append(str(e))
w.sum().backward()
out.append(w.grad)
# == custom function
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.name = 'odd'
        ctx.save_for_backward(x)
        return x ** 2
    @staticmethod
    def backward(ctx, g):
        return g * 2 * ctx.saved_tensors[0]
F.apply(w).sum().backward()
out.append(w.grad)
# == backward inside backward
from torch.utils.checkpoint import checkpoint
l = checkpoint(model, X.requires_grad_(), use_reentrant=True).sum()
l.backward()
out += grads()
# == checkpoint
from torch.utils.checkpoint import checkpoint
checkpoint(model, X, use_reentrant=False).sum().backward()
out += grads()
# == sparse
e = nn.Embedding(5, 2, sparse=True)
e(torch.tensor([1, 1, 3])).sum().backward()
out.append(e.weight.grad.to_dense())
# == transposed weight
m = torch.randn(3, 4).t().requires_grad_()
(m * torch.arange(12.0).reshape(4, 3)).sum().backward()
out += [m.grad, m.grad.stride()]
# == saved tensor hooks
n = []
with torch.autograd.graph.saved_tensors_hooks(lambda t: (n.append(1), t)[1], lambda t: t):
    loss().backward()
out += [len(n), *grads()]
# == anomaly mode
with torch.autograd.set_detect_anomaly(True):
    try:
        (w - w).sqrt().sum().backward()
    except RuntimeError as e:
        out.append('nan' in str(e))
    else:
        out.append(w.grad)
# == no_grad around backward
l = loss()
with torch.no_grad():
    l.backward()
out += [torch.is_grad_enabled(), *grads()]
# == default dtype and device
torch.set_default_dtype(torch.float64)
loss().backward()
out.append(torch.ones(1))
torch.set_default_dtype(torch.float32)
# == default device
torch.set_default_device('meta')
loss().backward()
out.append(torch.ones(1).device.type)
torch.set_default_device(None)
# == subclass
class T(torch.Tensor):
    pass
t = torch.ones(2).as_subclass(T).requires_grad_()
(t * 2).sum().backward()
out += [type(t.grad).__name__, t.grad]
# == function mode
from torch.overrides import TorchFunctionMode
seen = []
class M(TorchFunctionMode):
    def __torch_function__(self, f, types, args=(), kwargs=None):
        seen.append(f.__name__)
        return f(*args, **(kwargs or {}))
with M():
    loss().backward()
out += [seen, *grads()]
# == dispatch mode
from torch.utils._python_dispatch import TorchDispatchMode
seen = []
class M(TorchDispatchMode):
    def __torch_dispatch__(self, f, types, args=(), kwargs=None):
        seen.append(str(f))
        return f(*args, **(kwargs or {}))
with M():
    loss().backward()
out += [seen, *grads()]
# == fake tensors
from torch._subclasses.fake_tensor import FakeTensorMode
with FakeTensorMode():
    v = torch.ones(3, requires_grad=True)
    (v * 2).sum().backward()
    out.append(tuple(v.grad.shape))
# == fake tensors afterwards
from torch._subclasses.fake_tensor import FakeTensorMode
with FakeTensorMode():
    v = torch.ones(3, requires_grad=True)
(v * 2).sum().backward()
out.append(tuple(v.grad.shape))
# == meta
v = torch.ones(3, requires_grad=True, device='meta')
(v * 2).sum().backward()
out.append(tuple(v.grad.shape))
# == profiler
with torch.profiler.profile() as p:
    loss().backward()
out.append(sorted(e.key for e in p.key_averages()))
# == edge
from torch.autograd.graph import get_gradient_edge
l = (w ** 2).sum()
torch.autograd.backward(get_gradient_edge(l), torch.tensor(1.0))
out.append(w.grad)
# == float loss of int
try:
    torch.tensor(3).backward()
except RuntimeError as e:
    out.append(str(e))
""",
        re.MULTILINE,
    )
)


def results(source: str, watched: bool) -> tuple[list[Any], Any, list[GradientSnapshot]]:
    """What a program put into ``out``, the random state after it, and what was published."""
    namespace: dict[str, Any] = {}
    live: list[GradientSnapshot] = []
    ticks = count(0, 100)
    watch = GradientWatch(live.append, namespace, Budget(clock=lambda: float(next(ticks))))
    original = torch.autograd.backward
    random.seed(0)
    exec(START, namespace)
    if watched:
        watch.install()
    try:
        watch.begin_run()
        exec(source, namespace)
        watch.end_run()
        assert watch.problem == ""
    finally:
        watch.remove()
        torch.set_default_device(None)
        torch.set_default_dtype(torch.float32)
    assert torch.autograd.backward is original
    return namespace["out"], (torch.get_rng_state(), random.getstate()), live


def alike(left: Any, right: Any) -> bool:
    if isinstance(left, torch.Tensor):
        return bool(
            left.shape == right.shape
            and ((left == right) | (left.isnan() & right.isnan())).all()
            and left.dtype == right.dtype
            and left.stride() == right.stride()
            and left.requires_grad == right.requires_grad
        )
    return bool(left == right)


@pytest.mark.filterwarnings(
    "ignore:Using backward", "ignore:Anomaly", "ignore:Error detected", "ignore:.*Profiler.*", "ignore:Warning"
)
@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_same_results(program: str) -> None:
    plain, plain_random, _ = results(PROGRAMS[program], watched=False)
    seen, seen_random, _ = results(PROGRAMS[program], watched=True)
    assert plain
    assert len(seen) == len(plain)
    for left, right in zip(seen, plain, strict=True):
        assert alike(left, right), (left, right)
    assert torch.equal(seen_random[0], plain_random[0])
    assert seen_random[1] == plain_random[1]


def test_the_comparison_was_not_idle() -> None:
    _, _, live = results(PROGRAMS["classic loop"], watched=True)
    assert [shot.step for shot in live] == [1, 2, 3, 4, 5]
    # How often LBFGS calls its closure depends on the last bits that a processor's products have.
    counted = PROGRAMS["lbfgs"].replace("out.append(o.step(closure))", "o.step(closure)")
    counted = counted.replace("def closure():\n", "def closure():\n    out.append(1)\n")
    calls, _, live = results(counted, watched=True)
    assert [shot.step for shot in live] == list(range(1, len(calls) + 1))
    assert len(calls) > 3
    _, _, live = results(PROGRAMS["backward inside backward"], watched=True)
    assert [shot.step for shot in live] == [1]
