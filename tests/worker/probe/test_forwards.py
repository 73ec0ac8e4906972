"""Forwards are seen, and nothing notices."""

from __future__ import annotations

import gc
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch._dynamo import eval_frame
from torch.nn.modules import module as hooks

from tests.worker.probe.zoo import MODELS
from tutor.worker.probe.forwards import CALLS, Forwards, shapes


def hooked() -> bool:
    """Whether torch knows of a hook on all modules."""
    return bool(hooks._has_any_global_hook())


@pytest.fixture(autouse=True)
def _nothing_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process may have used the compiler."""
    monkeypatch.setattr(eval_frame, "cached_backends", {})


@pytest.fixture
def watch() -> Iterator[Forwards]:
    found = Forwards()
    yield found
    found.end()
    assert not hooked()


def mlp() -> Any:
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))


def seen(watch: Forwards, model: Any, run: Callable[[], object], source: str = "model(x)") -> dict[str, Any]:
    """Output shapes by the names of the modules."""
    watch.begin(source, 5)
    run()
    watch.end()
    forward = watch.of(model)
    passed = forward.passed if forward is not None else {}
    return {n: shapes(passed[id(m)].outputs) for n, m in model.named_modules() if id(m) in passed}


WHOLE = {"": ((3, 2),), "0": ((3, 8),), "1": ((3, 8),), "2": ((3, 2),)}


def test_shapes_of_the_last_forward(watch: Forwards) -> None:
    model = mlp()

    def run() -> None:
        model(torch.ones(7, 4))
        model(torch.ones(3, 4))

    assert seen(watch, model, run) == WHOLE
    forward = watch.of(model)
    assert forward is not None
    assert forward.cell == 5
    assert all(len(passed.calls) == 1 for passed in forward.passed.values())


def test_a_part_of_a_model_is_known_by_itself(watch: Forwards) -> None:
    model = mlp()
    seen(watch, model, lambda: model(torch.ones(3, 4)))
    forward = watch.of(model[0])
    assert forward is not None
    assert shapes(forward.passed[id(model[0])].inputs) == ((3, 4),)


def test_a_run_without_a_forward_leaves_the_last_one(watch: Forwards) -> None:
    model = mlp()
    seen(watch, model, lambda: model(torch.ones(3, 4)))
    other = nn.ReLU()
    assert seen(watch, other, lambda: other(torch.ones(1))) == {"": ((1,),)}
    assert watch.of(model) is not None


def test_the_hook_goes_by_itself_in_a_loop(watch: Forwards) -> None:
    model = mlp()
    there = []

    def run() -> None:
        for _ in range(100):
            model(torch.ones(3, 4))
            there.append(hooked())

    assert seen(watch, model, run) == WHOLE
    assert there[0]
    assert not any(there[20:])


def test_ever_new_modules_are_bounded(watch: Forwards) -> None:
    watch.begin("", 1)
    for size in range(CALLS + 10):
        nn.ReLU()(torch.ones(size % 50))
    assert not hooked()


def test_no_module_and_no_tensor_is_kept(watch: Forwards) -> None:
    model, x = mlp(), torch.ones(3, 4)
    watch.begin("", 1)
    out = model(x)
    refs = [weakref.ref(model), weakref.ref(model[0]), weakref.ref(x), weakref.ref(out)]
    watch.end()
    del model, x, out
    gc.collect()
    assert [ref() for ref in refs] == [None] * 4


@pytest.mark.parametrize("name", MODELS)
def test_results_graph_and_random_state_are_the_same(watch: Forwards, name: str) -> None:
    make, batch = MODELS[name]

    def trained(watched: bool) -> list[Any]:
        torch.manual_seed(0)
        model = make()
        if watched:
            watch.begin("", 1)
        out = model(batch())
        out.float().sum().backward()
        watch.end()
        grads = [p.grad for p in model.parameters() if p.grad is not None]
        return [out.detach(), *grads, torch.get_rng_state()]

    plain, watched = trained(False), trained(True)
    assert all(torch.equal(a, b) for a, b in zip(plain, watched, strict=True))


def test_the_fast_path_of_a_transformer_stays(watch: Forwards) -> None:
    make, batch = MODELS["transformer"]
    model = make().eval()
    with torch.inference_mode():
        outputs = seen(watch, model, lambda: model(batch()))
    # On that path the parts are not called one by one.
    assert "layers.0.linear1" not in outputs
    assert outputs[""] == ((2, 5, 16),)


def test_torch_compile_is_not_disturbed(watch: Forwards) -> None:
    model = mlp()
    graphs: list[Any] = []

    def backend(graph: Any, _inputs: Any) -> Any:
        graphs.append(graph)
        return graph.forward

    def run() -> None:
        compiled = torch.compile(model, backend=backend)
        for _ in range(3):
            compiled(torch.ones(3, 4))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert seen(watch, model, run, "compiled = torch.compile(model)") == {}
        # Compiled before: a word in the source is no longer needed.
        assert seen(watch, model, lambda: model(torch.ones(3, 4)), "later()") == {}
    assert len(graphs) == 1
    assert "saw" not in graphs[0].code
    assert watch.compiled
    torch._dynamo.reset()


def test_a_compilation_nobody_announced_finds_no_hook(watch: Forwards) -> None:
    def double(x: Any) -> Any:
        return x * 2

    during: list[bool] = []

    def backend(graph: Any, _inputs: Any) -> Any:
        during.append(hooked())
        return graph.forward

    watch.begin("library.go()", 1)
    torch.compile(double, backend=backend)(torch.ones(2))
    watch.end()
    assert during == [False]
    torch._dynamo.reset()


def test_an_optimiser_alone_is_no_compilation(watch: Forwards) -> None:
    model = mlp()
    torch.optim.SGD(model.parameters(), lr=0.1).step()
    assert seen(watch, model, lambda: model(torch.ones(3, 4))) == WHOLE


def test_functional_call_and_transforms(watch: Forwards) -> None:
    model = mlp()
    weights = dict(model.named_parameters())
    call = torch.func.functional_call
    assert seen(watch, model, lambda: call(model, weights, (torch.ones(3, 4),))) == WHOLE

    def loss(w: Any, x: Any) -> Any:
        return call(model, w, (x,)).sum()

    per_sample = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))
    assert seen(watch, model, lambda: per_sample(weights, torch.ones(5, 4)))["0"] == ((8,),)


def test_wrappers_around_a_model(watch: Forwards) -> None:
    model = nn.DataParallel(mlp())
    assert seen(watch, model, lambda: model(torch.ones(3, 4)))["module.0"] == ((3, 8),)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tracing_records_no_operation_of_ours(watch: Forwards) -> None:
    model = mlp()
    plain = str(torch.jit.trace(model, torch.ones(3, 4)).inlined_graph)
    watch.begin("", 1)
    traced = str(torch.jit.trace(model, torch.ones(3, 4)).inlined_graph)
    watch.end()
    assert traced.count("aten::") == plain.count("aten::")
    assert "aten::size" not in traced


def test_hooks_of_the_learner_run_as_before(watch: Forwards) -> None:
    model, told = mlp(), []
    model[0].register_forward_hook(lambda _m, args, out: told.append((len(args), out.shape)))
    seen(watch, model, lambda: model(torch.ones(3, 4)))
    assert told == [(1, (3, 8))]


def test_an_error_in_a_forward_is_the_learners_own(watch: Forwards) -> None:
    watch.begin("", 1)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        mlp()(torch.ones(3, 5))


def test_other_threads_are_left_alone(watch: Forwards) -> None:
    model = mlp()

    def run() -> None:
        thread = threading.Thread(target=lambda: model(torch.ones(3, 4)))
        thread.start()
        thread.join()

    assert seen(watch, model, run) == {}


def test_containers_of_tensors_and_other_things(watch: Forwards) -> None:
    class Odd(nn.Module):  # type: ignore[misc]
        def forward(self, parts: Any, *, scale: Any) -> Any:
            return {"sum": parts[0] + scale, "rest": (None, "text", [parts[1]])}

    model = Odd()
    assert seen(watch, model, lambda: model([torch.ones(2), torch.ones(3)], scale=torch.ones(()))) == {
        "": ((2,), (3,))
    }
    forward = watch.of(model)
    assert forward is not None
    assert shapes(forward.passed[id(model)].inputs) == ((2,), (3,), ())
