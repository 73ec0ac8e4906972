"""What the watch of a training tells, keeps and leaves alone."""

from __future__ import annotations

import gc
import sys
import textwrap
import weakref
from itertools import count
from typing import Any

import pytest
import torch

from tests.worker.probe.training.watched import always, run
from tutor.protocol.training import Progress, TrainingSnapshot
from tutor.worker.probe.budget import Budget
from tutor.worker.probe.training import watch as watch_module
from tutor.worker.probe.training.pace import AT_FIRST
from tutor.worker.probe.training.sites import Sites
from tutor.worker.probe.training.watch import TrainingWatch

LOOP = """
model = mlp()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range({}):
    opt.zero_grad()
    loss = F.mse_loss(model(X), Y)
    loss.backward()
    opt.step()
"""


@pytest.mark.parametrize("steps", [700, 701, 702])
def test_steps_are_counted_and_losses_found_though_most_go_by_unheard(
    steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count()
    # A tenth of a millisecond of the processor goes by from one step that is heard to the next.
    monkeypatch.setattr(watch_module, "thread_time", lambda: next(ticks) * 1e-4)
    seen = run(LOOP.format(steps), budget=Budget())
    assert seen.end is not None
    assert seen.end.step == steps
    assert seen.gradients is not None
    assert seen.gradients.step == steps
    (curve,) = seen.end.curves
    assert curve.steps[:AT_FIRST] == tuple(range(1, AT_FIRST + 1))
    assert len(curve.steps) < steps
    assert (curve.steps[-1], curve.values[-1]) == (steps, seen.namespace["loss"].item())
    assert seen.end.rates[0].value == 1e-3
    assert (seen.end.rates[0].optimizer, seen.end.rates[0].kind) == ("opt", "Adam")


def test_gradients_by_autograd_grad_are_heard_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()
    monkeypatch.setattr(watch_module, "thread_time", lambda: next(ticks) * 1e-4)
    seen = run(
        "model = mlp()\nopt = torch.optim.SGD(model.parameters(), 0.01)\nmine = [*model.parameters()]\n"
        "for _ in range(300):\n    grads = torch.autograd.grad(F.mse_loss(model(X), Y), mine)\n"
        "    for p, g in zip(mine, grads):\n        p.grad = g\n    opt.step()\n"
    )
    assert seen.end is not None
    assert seen.end.curves[0].steps == tuple(range(1, 301))


@pytest.mark.parametrize("first", [60, 400, 401, 402, 403])
def test_a_loss_that_is_nan_began_between_the_steps_that_are_told(
    first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count()
    monkeypatch.setattr(watch_module, "thread_time", lambda: next(ticks) * 1e-4)
    broken = "    loss = loss * (math.nan if i == FIRST else 1)\n    loss.backward()"
    source = LOOP.format(700).replace("    loss.backward()", broken.replace("FIRST", str(first - 1)))
    seen = run(source.replace("for _ in", "import math\nfor i in"), budget=Budget())
    assert seen.end is not None
    (flag,) = [flag for flag in seen.end.flags if flag.path == "loss"]
    earliest = flag.numbers[1]
    assert earliest <= first <= flag.step
    assert flag.step - earliest < 128
    if first <= AT_FIRST:
        assert earliest == flag.step


SCALED = """
model = mlp()
opt = torch.optim.SGD(model.parameters(), lr=0.05)
scaler = torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=3, enabled={})
true = []
for _ in range(30):
    opt.zero_grad()
    loss = F.mse_loss(model(X), Y)
    true.append(loss.item())
    scaler.scale(loss).backward()
    scaler.step(opt)
    scaler.update()
"""


@pytest.mark.parametrize("enabled", [True, False])
def test_the_loss_is_told_without_the_factor_of_a_gradient_scaler(enabled: bool) -> None:
    seen = run(SCALED.format(enabled))
    assert seen.end is not None
    (curve,) = seen.end.curves
    assert curve.name == "loss"
    assert curve.values == pytest.approx(seen.namespace["true"])
    assert seen.gradients is not None
    assert seen.gradients.losses == pytest.approx(seen.namespace["true"])


def test_a_call_inside_torch_takes_no_name_from_the_learners_own() -> None:
    sites = Sites()
    scope: dict[str, Any] = {}
    exec(compile("import sys\nframe = sys._getframe()", torch.__file__, "exec"), scope)
    assert sites.at(scope["frame"]).library
    assert sites.at(sys._getframe()).name == "loss"


def test_the_last_figures_are_exact() -> None:
    seen = run(LOOP.format(5))
    assert seen.end is not None
    for layer in seen.end.layers:
        parameter = seen.namespace["model"].get_parameter(layer.path.removeprefix("model."))
        assert layer.grad_norm == pytest.approx(parameter.grad.norm().item())
        assert layer.spread is not None
        assert sum(layer.spread.counts) == parameter.numel()
        # Adam's first steps change each element by about the rate.
        assert layer.update_ratio == pytest.approx(
            1e-3 * parameter.numel() ** 0.5 / parameter.norm().item(), rel=0.3
        )


@pytest.mark.parametrize(
    ("update", "now"),
    [
        ("opt.zero_grad(); loss.backward(); opt.step()", True),
        ("loss.backward(); opt.step(); opt.zero_grad()", False),
        ("g, = torch.autograd.grad(loss, w)\n    with torch.no_grad(): w -= 0.1 * g", False),
    ],
)
def test_gradients_that_are_gone_at_the_end_are_dated(update: str, now: bool) -> None:
    never = Budget(clock=lambda: 0.0)  # only the 1st, 2nd, 4th … step is looked at
    seen = run(
        f"w = torch.ones(3, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\nfor _ in range(20):\n"
        f"    loss = (w * w).sum()\n    {update}\n",
        budget=never,
    )
    assert seen.end is not None
    assert (seen.end.seen == 0) == now
    assert seen.end.seen < 20
    if not now:
        # w shrinks by a fifth at each step.
        assert seen.end.layers[0].grad_norm == pytest.approx(2 * 3**0.5 * 0.8 ** (seen.end.seen - 1))


def test_one_backward_or_gradients_without_an_update_are_no_training() -> None:
    start = "w = torch.ones(3, requires_grad=True)\n"
    assert run(start + "(w * 2).sum().backward()").end is None
    assert run(start + "for _ in range(9):\n    (w * 2).sum().backward()").end is None
    assert run(start + "for _ in range(9):\n    torch.autograd.grad((w * 2).sum(), w)").end is None
    assert (
        run(start + "for _ in range(9):\n    w = torch.randn(3, requires_grad=True)\n    w.sum().backward()").end
        is None
    )


def test_no_tensor_and_no_graph_is_kept_alive() -> None:
    refs: list[weakref.ref[Any]] = []
    seen = run(LOOP.format(20) + "\nkept = [loss, *model.parameters(), opt]")
    refs += [weakref.ref(thing) for thing in seen.namespace["kept"]]
    assert seen.end is not None
    seen.namespace.clear()
    gc.collect()
    assert [ref() for ref in refs] == [None] * len(refs)


def test_variables_of_a_running_function_die_with_their_names() -> None:
    seen = run(
        "import weakref\ndef fit():\n"
        "    net = nn.Linear(4, 1)\n    opt = torch.optim.SGD(net.parameters(), 0.1)\n    big = torch.ones(10)\n"
        "    for _ in range(6):\n        opt.zero_grad()\n        loss = net(X).pow(2).mean()\n"
        "        loss.backward()\n        opt.step()\n"
        "    ref = weakref.ref(big)\n    del big\n    return ref()\nleft = fit()\n"
    )
    assert seen.end is not None
    assert seen.namespace["left"] is None
    assert [layer.path for layer in seen.end.layers] == ["net.weight", "net.bias"]


def test_progress_continues_the_curves() -> None:
    seen = run(LOOP.format(60))
    told = [one for one in seen.told if isinstance(one, Progress)]
    for one in told:
        assert all(curve.steps == tuple(sorted(curve.steps)) for curve in one.fresh)
    assert [snapshot.step for snapshot in seen.live] == sorted(snapshot.step for snapshot in seen.live)
    assert all(snapshot.state == "running" for snapshot in seen.live)


def test_a_step_inside_a_step_counts_once() -> None:
    seen = run(
        "class Mine(torch.optim.SGD):\n    def step(self, closure=None):\n        return super().step(closure)\n"
        "torch.optim.SGD(mlp().parameters(), 0.1)\nmodel = mlp()\nopt = Mine(model.parameters(), lr=0.1)\n"
        "for _ in range(7):\n    F.mse_loss(model(X), Y).backward()\n    opt.step()\n"
    )
    assert seen.end is not None
    assert seen.end.step == 7


def test_an_optimiser_around_another_makes_one_step_of_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks = count()
    monkeypatch.setattr(watch_module, "thread_time", lambda: next(ticks) * 1e-4)
    seen = run(
        "class Around(torch.optim.Optimizer):\n    def __init__(self, inner):\n        self.inner = inner\n"
        "        super().__init__(inner.param_groups[0]['params'], {'lr': 0.1})\n"
        "    def step(self, closure=None):\n        return self.inner.step(closure)\n"
        "model = mlp()\nopt = Around(torch.optim.SGD(model.parameters(), lr=0.01))\n"
        "for _ in range(300):\n    F.mse_loss(model(X), Y).backward()\n    opt.step()\n",
        budget=Budget(),
    )
    assert seen.end is not None
    assert seen.end.step == 300


def test_a_gate_is_called_at_the_end_of_each_step_and_may_raise() -> None:
    calls: list[int] = []

    def gate() -> None:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt

    namespace: dict[str, Any] = {"torch": torch}
    watch = TrainingWatch(lambda _: None, lambda _: None, namespace, always())
    watch.install(torch)
    watch.begin()
    watch.steer(gate)
    w = torch.ones(2, requires_grad=True)
    opt = torch.optim.SGD([w], 0.1)
    try:
        w.grad = torch.ones(2)
        for _ in range(3):
            opt.step()
        with pytest.raises(KeyboardInterrupt):
            opt.step()
    finally:
        end = watch.end("stopped")
        watch.remove()
    assert len(calls) == 4
    assert end is not None
    assert (end.step, end.state) == (4, "stopped")
    assert w.tolist() == pytest.approx([0.6, 0.6])


def test_a_step_that_is_asked_for_is_looked_at_though_no_look_is_due() -> None:
    told: list[TrainingSnapshot | Progress] = []
    watch = TrainingWatch(told.append, told.append, {}, Budget(clock=lambda: 0.0))
    watch.install(torch)
    watch.begin()
    w = torch.ones(4, requires_grad=True)
    opt = torch.optim.SGD([w], 0.01)
    w.grad = torch.ones(4)
    try:
        for _ in range(10):
            opt.step()
        before = w.detach().clone()
        watch.steer(lambda: watch.show("paused"))
        opt.param_groups[0]["lr"] = 0.5
        opt.step()
        shown = told[-1]
    finally:
        watch.end("stopped")
        watch.remove()
    assert isinstance(shown, TrainingSnapshot)
    assert shown.seconds > 0
    assert (shown.step, shown.state) == (11, "paused")
    (layer,) = shown.layers
    assert layer.update_ratio == pytest.approx(0.5 / before[0].item(), rel=1e-3)


def test_the_rate_of_an_optimiser_that_is_gone_is_still_known() -> None:
    seen = run("def fit():\n" + textwrap.indent(LOOP.format(5), "    ") + "fit()\n")
    assert seen.end is not None
    assert [(rate.optimizer, rate.kind, rate.value) for rate in seen.end.rates] == [("opt", "Adam", 1e-3)]


def test_time_in_the_gate_is_no_time_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(watch_module, "perf_counter", lambda: clock[0])

    def step() -> None:
        clock[0] += 1.0
        opt.step()

    told: list[TrainingSnapshot | Progress] = []

    def gate() -> None:
        clock[0] += 60.0
        watch.show("paused")
        assert told[-1].per_second == 1.0

    watch = TrainingWatch(told.append, told.append, {}, always())
    watch.install(torch)
    watch.begin()
    w = torch.ones(2, requires_grad=True)
    w.grad = torch.ones(2)
    opt = torch.optim.SGD([w], 0.1)
    try:
        for _ in range(4):
            step()
        watch.steer(gate)
        step()
        step()
        watch.steer(None)
        step()
    finally:
        end = watch.end("done")
        watch.remove()
    assert end is not None
    assert end.seconds == 6.0  # from the end of the first step, where it is first seen
    assert end.per_second == pytest.approx(1.0)


def test_torch_is_as_it_was_afterwards() -> None:
    import torch.optim.optimizer as optimizer

    grad = torch.autograd.grad
    before = dict(optimizer._global_optimizer_pre_hooks), dict(optimizer._global_optimizer_post_hooks)
    run(LOOP.format(3))
    assert torch.autograd.grad is grad
    assert before == (optimizer._global_optimizer_pre_hooks, optimizer._global_optimizer_post_hooks)


def test_a_failure_of_ours_ends_the_watch_and_not_the_run() -> None:
    def publish(_: object) -> None:
        raise OSError("the pipe is gone")

    watch = TrainingWatch(publish, publish, {}, always())
    watch.install(torch)
    watch.begin()
    w = torch.ones(2, requires_grad=True)
    opt = torch.optim.SGD([w], 0.1)
    try:
        for _ in range(5):
            w.grad = torch.ones(2)
            opt.step()
        assert watch.end("done") is None
        assert "OSError" in watch.problem
    finally:
        watch.remove()
    assert w.tolist() == pytest.approx([0.5, 0.5])
