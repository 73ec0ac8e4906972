"""The watch leaves when it has seen enough, and where it would be noticed it is not there."""

from __future__ import annotations

import cProfile
import os
import signal
import threading
import warnings
from typing import Any

import pytest
import torch

from tests.worker.probe.flow.runs import Prompt
from tutor.worker.probe.flow.recorder import STEPS
from tutor.worker.probe.flow.watch import FlowWatch
from tutor.worker.probe.watch.frames import own_frames

depth = torch._C._len_torch_function_stack


def test_in_a_loop_the_mode_leaves_the_stack_while_the_loop_goes_on() -> None:
    prompt = Prompt()
    prompt.namespace["depth"] = depth
    flow = prompt.run("depths = [depth()]\nfor i in range(300):\n    x = x + 1\n    depths.append(depth())")
    assert flow is not None
    depths = prompt.namespace["depths"]
    assert depths[0] == 1
    assert set(depths[60:]) == {0}
    assert flow.aside == "bound"
    assert 2 <= flow.seen < 60
    assert [step.times for step in flow.steps] == [flow.seen]


def test_a_long_straight_run_is_watched_up_to_the_bound() -> None:
    prompt = Prompt()
    prompt.namespace["depth"] = depth
    flow = prompt.run("x = x + 1\n" * (STEPS + 20) + "depth()\nleft = depth()")
    assert flow is not None
    assert (len(flow.steps), flow.aside, prompt.namespace["left"]) == (STEPS, "bound", 0)


def test_calls_that_are_no_operations_are_bounded_too() -> None:
    prompt = Prompt()
    prompt.namespace["depth"] = depth
    prompt.run("for i in range(3000):\n    x.shape\nprint('', end='')\nleft = depth()")
    assert prompt.namespace["left"] == 0


def test_under_a_mode_of_the_learners_it_comes_off_at_the_end_and_theirs_stays() -> None:
    prompt = Prompt()
    prompt.run("from torch.overrides import BaseTorchFunctionMode\nmine = BaseTorchFunctionMode()")
    prompt.run("mine.__enter__()\nfor i in range(300):\n    x = x + 1")
    try:
        assert depth() == 1
        assert torch._C._get_function_stack_at(0) is prompt.namespace["mine"]
    finally:
        prompt.namespace["mine"].__exit__(None, None, None)


def test_a_profiler_in_the_learners_code_ends_it_and_nothing_hangs() -> None:
    prompt = Prompt()
    prompt.namespace["cProfile"] = cProfile
    source = "p = cProfile.Profile()\np.enable()\nfor i in range(300):\n    x = x + 1\np.disable()"
    flow = prompt.run(source)
    assert flow is not None
    assert flow.aside == "debugger"
    assert depth() == 0
    assert prompt.run("x = x + 1") is not None


def test_a_profiler_that_is_on_already_keeps_it_away() -> None:
    prompt = Prompt()
    profile = cProfile.Profile()
    profile.enable()
    try:
        flow = prompt.run("for i in range(300):\n    x = x + 1")
    finally:
        profile.disable()
    assert flow is None or flow.aside == "debugger"
    assert depth() == 0


def test_attention_in_evaluation_takes_its_fast_path_and_that_is_said() -> None:
    prompt = Prompt()
    prompt.run("layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()")
    flow = prompt.run("a = q * 2\nwith torch.no_grad():\n    y = layer(a)\nz = y + 1")
    assert flow is not None
    assert [step.name for step in flow.steps] == ["mul"]
    assert flow.aside == "fast path"
    assert depth() == 0


@pytest.mark.parametrize(
    "source",
    [
        "f = torch.compile(lambda a: a + 1, backend='eager')",
        "y = torch.func.grad(lambda v: (v ** 2).sum())(x)",
        "y = x.as_subclass(Sub) @ w",
        "t = threading.Thread(target=lambda: x @ w); t.start(); t.join()",
    ],
)
def test_what_is_not_plain_is_not_recorded(source: str) -> None:
    prompt = Prompt()
    prompt.run("import threading\nclass Sub(torch.Tensor): pass")
    flow = prompt.run(source)
    names = [step.name for step in flow.steps] if flow is not None else []
    assert not {"matmul", "pow", "add"} & set(names)


def test_operations_of_backward_are_not_the_runs() -> None:
    prompt = Prompt()
    prompt.run("p = torch.ones(3, requires_grad=True)\n_ = p.register_hook(lambda g: g * 2)")
    flow = prompt.run("y = (p * 3).sum()\ny.backward()")
    assert flow is not None
    assert [step.name for step in flow.steps] == ["mul", "sum"]


def test_a_forked_child_is_not_watched() -> None:
    prompt = Prompt()
    prompt.namespace.update(os=os, depth=depth)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside threads, on Python 3.12
        flow = prompt.run(
            "r, e = os.pipe()\npid = os.fork()\nif pid == 0:\n    x + 1\n"
            "    os.write(e, bytes([depth()]))\n    os._exit(0)\n"
            "os.waitpid(pid, 0)\nchild = os.read(r, 1)[0]\ny = x * 2"
        )
    assert prompt.namespace["child"] == 0
    assert flow is not None
    assert [step.name for step in flow.steps] == ["mul"]


def test_an_interrupt_at_any_moment_reaches_the_learners_code() -> None:
    """Signals come from outside at random moments; each must end the loop, and the next run must be watched."""
    prompt = Prompt()

    def press(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        for delay in range(60):
            timer = threading.Timer(
                0.0002 * delay, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)
            )
            with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it may come as soon as the timer has begun
                timer.start()
                prompt.run("while True:\n    y = x + 1")
            timer.join()
            prompt.watch.end()
            assert depth() == 0
    finally:
        signal.signal(signal.SIGINT, before)
    assert prompt.run("y = x + 1") is not None


def test_the_frame_that_stands_for_the_learners_is_not_taken_for_it() -> None:
    prompt = Prompt()
    names: list[list[str]] = []

    def showwarning(*_arguments: Any, **_more: Any) -> None:
        names.append(
            [frame.f_code.co_name for frame in own_frames() if frame.f_code.co_filename.startswith("<cell")]
        )

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = showwarning
        prompt.run("def f():\n    return F.softmax(x)\nf()")
    assert names == [["f", "<module>"]]


def test_a_recorder_that_stumbles_says_so_and_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = Prompt()
    watch = FlowWatch(prompt.namespace)
    monkeypatch.setattr("tutor.worker.probe.flow.recorder.Frames.look", lambda *_: 1 / 0)
    watch.begin("y = x + 1", "<cell 9>")
    exec("y = x + 1\nz = y * 2", prompt.namespace)
    assert watch.end() is None
    assert "ZeroDivisionError" in watch.problem
    assert prompt.namespace["z"].shape == (3, 4)
    assert depth() == 0
