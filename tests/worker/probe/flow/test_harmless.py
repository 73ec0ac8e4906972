"""The learner's code does the same, bit for bit, with the flow watched and without."""

from __future__ import annotations

import gc
import random
import re
import warnings
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from tutor.worker.interpreter import Interpreter
from tutor.worker.probe.flow.watch import FlowWatch

START = """
import torch, weakref, warnings, traceback, threading
import torch.nn.functional as F
from torch import nn
torch.manual_seed(3)
torch.set_warn_always(True)
x, w, b = torch.randn(3, 4), torch.randn(4, 5), torch.randn(5)
p = torch.randn(4, 5, requires_grad=True)
q = torch.randn(2, 5, 8)
model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.3), nn.ReLU(), nn.Linear(8, 1))
mha = nn.MultiheadAttention(8, 2, batch_first=True)
encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
opt = torch.optim.Adam(model.parameters(), 0.05)
class Tagged(torch.Tensor):
    calls = []
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        cls.calls.append(func.__name__)
        return super().__torch_function__(func, types, args, kwargs or {})
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a * a
    @staticmethod
    def backward(ctx, g):
        (a,) = ctx.saved_tensors
        return 2 * a * g
class Count(torch.overrides.TorchFunctionMode):
    seen = 0
    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.seen += 1
        return func(*args, **(kwargs or {}))
class Dispatch(torch.utils._python_dispatch.TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out.append(str(func))
        return func(*args, **(kwargs or {}))
out = []
"""


def programs(text: str) -> dict[str, str]:
    """Programs by the title above each."""
    return dict(re.findall(r"^# == (.*)\n((?:(?!# ==).*\n)+)", text, re.MULTILINE))


PROGRAMS = programs(
    """
# == expressions
h = torch.relu(x @ w + b)
out += [h, h.sum(0), h.T.contiguous(), torch.einsum('ij,jk->ik', x, w), 1 - x, x[1:, ::2]]
# == training
for _ in range(30):
    opt.zero_grad()
    loss = F.mse_loss(model(x), x[:, :1])
    loss.backward()
    opt.step()
    out.append(loss.item())
out += [v.grad.clone() for v in model.parameters()]
# == random numbers
out += [torch.rand(3), F.dropout(x, 0.5), torch.randn_like(x), torch.randperm(5), nn.Dropout(0.5)(x)]
# == views and what is changed through them
v = x.view(-1)
t = x.T
x[0] = 7.
v.add_(1)
x += 1
t[:, 1].zero_()
out += [x, v, t, x._version, v._version, x.data_ptr() == v.data_ptr()]
# == in place under grad
a = p * 2
a.add_(1).relu_()
a.sum().backward()
out += [p.grad, a._version, a.is_leaf, a.grad_fn.name()]
# == an error inside and out
for f in (lambda: x @ x, lambda: F.softmax(x, 5), lambda: model(w), lambda: torch.cat([x, b]), lambda: x.view(5),
          lambda: x > 0 and x < 1, lambda: x.int(1, 2), lambda: x.__len__(3)):
    try:
        f()
    except Exception as error:
        out.append(type(error).__name__ + str(error) + traceback.format_exc())
# == the error ends the run
y = x @ w
z = y @ y
# == an error where nothing is seen any more
for _ in range(3000):
    y = x + 1
out.append(y)
for f in (lambda: x @ x, lambda: x > 0 and x < 1):
    try:
        f()
    except Exception as error:
        out.append(traceback.format_exc())
# == a temporary of an error that is kept
try:
    (x @ w) @ x
except RuntimeError as error:
    kept = error
ref = weakref.ref(x)
out += [[f.name for f in traceback.extract_tb(kept.__traceback__)]]
# == warnings say the learner's line
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    F.softmax(x)
    torch.ones(2, 3, 4).T
    nn.functional.mse_loss(x, x[:, :1])
    (p * 1).grad
out += [(n.category.__name__, str(n.message), n.filename, n.lineno) for n in told]
# == generators
def batches():
    for i in range(3):
        with torch.no_grad():
            yield x[i] * 2
g = batches()
out += [next(g), next(g), torch.is_grad_enabled(), (p * 2).requires_grad]
out += [list(g), torch.is_grad_enabled()]
# == no_grad and inference
with torch.no_grad():
    out += [(p * 2).requires_grad, torch.is_grad_enabled()]
with torch.inference_mode():
    i = p * 2
    i += 1
out += [i, i.is_inference(), torch.is_inference_mode_enabled(), torch.is_grad_enabled()]
# == func transforms
out += [torch.func.grad(lambda v: (v ** 2).sum())(x), torch.func.vmap(lambda r: r @ w)(x)]
out += [torch.func.vmap(torch.func.grad(lambda v: v.sin().sum()))(x), torch.func.jacrev(torch.tanh)(b)]
# == custom autograd
y = Square.apply(p)
y.sum().backward()
out += [y, p.grad]
# == double backward
g, = torch.autograd.grad((p ** 3).sum(), p, create_graph=True)
g.sum().backward()
out += [g, p.grad]
# == hooks
p.register_hook(lambda g: g * 2)
h = model.register_forward_hook(lambda m, i, o: o * 1)
model(x).sum().backward()
(p * 3).sum().backward()
out += [p.grad, torch.rand(1)]
h.remove()
# == a subclass
s = x.as_subclass(Tagged)
r = (s @ w).relu() + s.shape[0]
out += [type(r).__name__, r.as_subclass(torch.Tensor), list(Tagged.calls)]
# == a mode of the learner's
with Count() as c:
    y = (x @ w).relu() + x.sum()
out += [y, c.seen, torch._C._len_torch_function_stack() - 0 * c.seen]
del out[-1]
# == a dispatch mode
with Dispatch():
    y = x @ w + b
out.append(y)
# == a default device
with torch.device("meta"):
    out.append(str(torch.zeros(2).device))
torch.set_default_device("cpu")
out += [torch.zeros(2), torch.get_default_device().type]
torch.set_default_device(None)
# == attention in evaluation
mha.eval(), encoder.eval()
with torch.no_grad():
    out += [mha(q, q, q)[0], encoder(q), encoder(q).sum()]
# == attention in training
out += [mha(q, q, q)[0], encoder(q)]
# == autocast
with torch.autocast("cpu", dtype=torch.bfloat16):
    y = x @ w
out += [y.dtype == torch.bfloat16, y.float()]
# == checkpoint
from torch.utils.checkpoint import checkpoint
r = checkpoint(model, x.requires_grad_(), use_reentrant=False)
r.sum().backward()
out += [r, x.grad]
# == threads
def work(): out.append(x @ w)
t = threading.Thread(target=work); t.start(); t.join()
# == swapping tensors
a, c = torch.ones(2), torch.zeros(3)
d = a + 1
torch.utils.swap_tensors(a, c)
out += [a, c, weakref.getweakrefcount(x), weakref.getweakrefcount(d)]
# == parametrizations and buffers
m = nn.utils.parametrizations.weight_norm(nn.Linear(4, 3))
out += [m(x), nn.BatchNorm1d(4)(x), nn.utils.clip_grad_norm_(model.parameters(), 1.)]
# == state dicts
other = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.3), nn.ReLU(), nn.Linear(8, 1))
other.load_state_dict(model.state_dict())
out += [other.eval()(x), model.eval()(x)]
# == lstm and packed sequences
rnn = nn.LSTM(4, 6, batch_first=True)
packed = nn.utils.rnn.pack_padded_sequence(x[None], torch.tensor([3]), batch_first=True)
o, (hn, cn) = rnn(packed)
out += [o.data, hn, cn]
# == sparse, complex, quantised, nested
out += [x.to_sparse().to_dense(), torch.fft.fft(x), torch.nested.nested_tensor([b, w[0]]).to_padded_tensor(0.)]
out.append(torch.sparse.mm(x.to_sparse(), w))
# == lazy layers
lazy = nn.LazyLinear(3)
out += [lazy(x).shape, lazy.weight.shape]
# == dynamo disabled functions and fx
traced = torch.fx.symbolic_trace(nn.Sequential(nn.Linear(4, 2), nn.ReLU()))
out += [traced(x), str(traced.graph)]
# == script and trace
def f(a): return (a @ w).relu()
out += [torch.jit.trace(f, (x,))(x)]
# == printing
out += [str(x), repr(model), f"{x.sum():.3f}", x.tolist(), bool(x.sum() > 0), int(x.sum()), list(x)[0]]
# == copies and pickles
import copy, pickle
out += [copy.deepcopy(model)(x), pickle.loads(pickle.dumps(x)), copy.copy(x)]
# == out arguments
o = torch.empty(3, 5)
torch.matmul(x, w, out=o)
out += [o, o._version]
# == numpy
n = x.detach().numpy()
n[0] = 3
out += [x, torch.from_numpy(n), torch.as_tensor(n) + 1]
# == saved tensors hooks
seen = []
with torch.autograd.graph.saved_tensors_hooks(lambda t: seen.append(t.shape) or t, lambda t: t):
    y = (p * p).sum()
y.backward()
out += [seen, p.grad]
# == anomaly mode
with torch.autograd.detect_anomaly(check_nan=False):
    (p * 2).sum().backward()
out.append(p.grad)
"""
)


def run(source: str, watched: bool) -> tuple[dict[str, Any], str, FlowWatch]:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    interpreter = Interpreter(namespace)
    random.seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        interpreter.run(START, "<cell 1>", None)
        watch = FlowWatch(namespace)
        ended = ""
        if watched:
            watch.begin(source, "<cell 2>")
        try:
            interpreter.run(source, "<cell 2>", None)
        except Exception as error:
            ended = f"{type(error).__name__}: {error}"
    if watched:
        flow = watch.end()
        assert watch.problem == ""
        # Of a subclass, under a dispatch mode and on another thread nothing is recorded; all else was watched.
        assert flow is not None or any(word in source for word in ("Tagged", "Dispatch()", "Thread("))
        assert flow is None or flow.aside != "compiled"
    assert torch._C._len_torch_function_stack() == 0
    return namespace, ended, watch


@pytest.fixture(autouse=True)
def _once_a_process() -> Iterator[None]:
    yield
    torch.set_warn_always(False)


def plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        raw = value.detach().contiguous()
        data = raw.view(-1).view(torch.uint8).tolist() if raw.numel() else []
        return type(value).__name__, str(value.dtype), tuple(value.shape), value.requires_grad, data
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("name", PROGRAMS)
def test_results_random_state_and_gradients_are_the_same(name: str) -> None:
    results = []
    for watched in (False, True):
        namespace, ended, _ = run(PROGRAMS[name], watched)
        assert namespace["out"] or ended
        held = {
            key: (plain(value), value._version if not value.is_inference() else 0, value.is_leaf)
            for key, value in namespace.items()
            if type(value) in (torch.Tensor, torch.nn.Parameter) and not value.is_sparse and not value.is_nested
        }
        results.append(
            (
                plain(namespace["out"]),
                ended,
                held,
                torch.get_rng_state().tolist(),
                random.getstate(),
                torch.is_grad_enabled(),
                torch.get_default_dtype(),
            )
        )
    for without, with_flow in zip(*results, strict=True):
        assert without == with_flow


LIVES = programs(
    """
# == a name that goes
y = x @ w
note(y)
del y
say()
# == a temporary
h = note(x @ w) + b
say()
# == rebound
y = note(x + 1)
y = note(y + 1)
say()
y = None
say()
# == inside a function
def f():
    a = note(x * 2)
    c = a + 1
    del a
    say()
    return c
f()
say()
# == inside a module
class M(nn.Module):
    def forward(self, a):
        h = note(a * 2)
        k = h + 1
        del h
        say()
        return k
M()(x)
say()
# == what a module was given
nn.ReLU()(note(x * 2))
say()
model(note(x * 3))
say()
# == an error that is caught
try:
    note(x @ w) @ x
except RuntimeError:
    say()
say()
# == an error that is kept
try:
    note(x @ w) @ x
except RuntimeError as e:
    kept = e
say()
# == an error that is kept, in a function
try:
    F.softmax(note(x * 1), 7)
except Exception as e:
    kept = e
say()
kept = None
say()
# == a graph
y = note(p * 2).relu().sum()
y.backward()
say()
del y
say()
# == a loop past the bound
for i in range(400):
    y = note(x + i) * 2
say()
del y
say()
# == a generator
def g():
    for i in range(3):
        yield note(x + i)
for v in g():
    say()
del v
say()
"""
)


@pytest.mark.parametrize("name", LIVES)
def test_every_tensor_dies_at_the_same_moment(name: str) -> None:
    told = []
    for watched in (False, True):
        said: list[Any] = []
        refs: list[weakref.ref[Any]] = []

        def note(tensor: Any, refs: list[weakref.ref[Any]] = refs) -> Any:
            refs.append(weakref.ref(tensor))
            return tensor

        def say(said: list[Any] = said, refs: list[weakref.ref[Any]] = refs) -> None:
            said.append([ref() is not None for ref in refs])

        namespace: dict[str, Any] = {"note": note, "say": say}
        interpreter = Interpreter(namespace)
        interpreter.run(START, "<cell 1>", None)
        gc.disable()
        try:
            watch = FlowWatch(namespace)
            if watched:
                watch.begin(LIVES[name], "<cell 2>")
            interpreter.run(LIVES[name], "<cell 2>", None)
            if watched:
                assert watch.end() is not None
            assert watch.problem == ""
        finally:
            gc.enable()
        told.append((said, [ref() is not None for ref in refs]))
    assert told[0] == told[1]
    assert told[0][0]


def test_memory_is_given_back_during_the_run() -> None:
    """A gigabyte passes through 30 steps: were one of them held, the process would keep 32 MB for each."""
    import resource

    namespace, _, _ = run("big = torch.ones(8_000_000)\nfor i in range(3):\n    big = big + 1", True)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    watch = FlowWatch(namespace)
    source = "".join(f"big = big + {n}\n" for n in range(30))
    watch.begin(source, "<cell 3>")
    Interpreter(namespace).run(source, "<cell 3>", None)
    flow = watch.end()
    assert flow is not None
    assert len(flow.steps) == 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 12 * 32_000


def test_the_compiler_sees_no_mode_and_compiles_no_more_than_without() -> None:
    counts = []
    for watched in (False, True):
        namespace: dict[str, Any] = {}
        interpreter = Interpreter(namespace)
        torch._dynamo.reset()
        watch = FlowWatch(namespace)
        cells = (
            "import torch\nn = 0\ndef backend(graph, inputs):\n    global n\n    n += 1\n    return graph",
            "f = torch.compile(lambda a: torch.relu(a @ a) + 1, backend=backend, fullgraph=True)",
            "r = f(torch.ones(2, 2))",
            "r2 = f(torch.ones(2, 2) * 2)",
            "def g(a): return f(a) * 2\nr3 = g(r)",
        )
        for number, cell in enumerate(cells):
            if watched:
                watch.begin(cell, f"<cell {number}>")
            interpreter.run(cell, f"<cell {number}>", None)
            if watched:
                watch.end()
        counts.append((namespace["n"], plain(namespace["r3"])))
    assert counts[0] == counts[1]
    assert counts[0][0] == 1
