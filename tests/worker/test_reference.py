"""What the solution left is kept from one judging to the next, and nobody can tell."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from tutor.protocol import commands
from tutor.worker.aside import LessonFault
from tutor.worker.reference import LessonRun, References

SLOW = "import time, torch\nfrom torch import nn\ntime.sleep(0.02)\n"
"""Code that is worth keeping."""

_ENTRIES = yaml.safe_load((Path(__file__).parent / "changing.yaml").read_text(encoding="utf-8"))
CHANGING = {entry["name"]: (entry["code"], entry["expression"]) for entry in _ENTRIES}


def unlimited(_seconds: float) -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext()


def check(solution: str, target: str = "", prelude: tuple[str, ...] = (), **more: Any) -> commands.Check:
    checks = ({"kind": "value", "target": target},)
    return commands.Check(1, prelude, "", solution, checks, (), 0, **more)


@pytest.fixture
def references() -> References:
    return References(unlimited)


def seen(references: References, command: commands.Check) -> Any:
    """What the check of a command sees."""
    with references.of(command) as reference:
        names = reference.solution.names()
        try:
            return eval(command.checks[0]["target"], names)
        finally:
            torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("what", CHANGING)
def test_what_a_check_changes_the_next_judging_does_not_see(references: References, what: str) -> None:
    solution, target = CHANGING[what]
    command = check(SLOW + solution, target)
    first = seen(references, command)
    assert [seen(references, command) for _ in range(2)] == [first] * 2


def test_what_is_written_to_a_file_is_written_again(references: References, tmp_path: Path) -> None:
    file = tmp_path / "made.txt"
    command = check(SLOW + f"import pathlib\npathlib.Path({str(file)!r}).write_text('right')", "1")
    for _ in range(2):
        file.write_text("the learner's")
        seen(references, command)
        assert file.read_text() == "right"


def names(references: References, command: commands.Check) -> dict[str, Any]:
    with references.of(command) as reference:
        return reference.solution.names()


TRAINED = (
    SLOW
    + """
net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
rows = torch.utils.data.TensorDataset(torch.ones(6, 3))
loader = torch.utils.data.DataLoader(rows, batch_size=2, shuffle=True)
opt = torch.optim.Adam(net.parameters())
def train(rounds):
    for (x,) in loader:
        loss = net(x).sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
    return loss
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = net
device = torch.device("cpu")
last = train(2)
mine = Net()
"""
)


def test_a_training_runs_once(references: References) -> None:
    first = names(references, check(TRAINED))
    assert names(references, check(TRAINED, output="something", cells=("x = 1",), asked=False)) is first


@pytest.mark.parametrize(
    "other",
    [check(TRAINED + "\n"), check(TRAINED, "net"), check(TRAINED, helpers="x"), check(TRAINED, limit=3.0)],
    ids=["solution", "check", "helpers", "limit"],
)
def test_another_step_is_another_reference(references: References, other: commands.Check) -> None:
    first = names(references, check(TRAINED))
    assert names(references, other) is not first


def test_a_setting_of_the_learners_makes_another_reference(references: References) -> None:
    first = names(references, check(TRAINED))
    try:
        torch.set_default_dtype(torch.float64)
        assert names(references, check(TRAINED))["net"][0].weight.dtype is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert names(references, check(TRAINED)) is not first


def test_what_was_not_put_back_is_not_used_again(references: References) -> None:
    command = check(TRAINED)
    first = names(references, command)
    with pytest.raises(KeyboardInterrupt), references.of(command):
        raise KeyboardInterrupt
    assert names(references, command) is not first


def test_a_graph_that_a_check_may_use_up_is_not_kept(references: References) -> None:
    solution = SLOW + "w = torch.ones(3, requires_grad=True)\nloss = (w * w).sum()"
    assert names(references, check(solution, "loss")) is names(references, check(solution, "loss"))
    used = check(solution, "torch.autograd.grad(loss, w)")
    assert names(references, used) is not names(references, used)


def test_a_mistake_runs_once(references: References) -> None:
    def made() -> dict[str, Any]:
        with references.of(check("x = 1")) as reference:
            return reference.mistake(TRAINED).names()

    assert made() is made()


def test_a_mistake_that_fails_fails_once(references: References) -> None:
    runs: list[float] = []

    def counted(seconds: float) -> contextlib.AbstractContextManager[None]:
        runs.append(seconds)
        return contextlib.nullcontext()

    wrong = LessonRun(check(""), "1 / 0", counted)
    for _ in range(2):
        with pytest.raises(LessonFault, match="ZeroDivisionError"):
            wrong.have_run()
    assert len(runs) == 1


WRITES = """
import pathlib
def note(file, text):
    pathlib.Path(file).write_text(text)
class Log:
    def keep(self, file):
        note(file, "kept")
log = Log()
"""
HOOKS = (
    SLOW
    + """
net = nn.Linear(2, 1)
net.register_forward_hook(lambda module, given, out: out + 1)
net.register_buffer("b", torch.ones(1))
"""
)


@pytest.mark.parametrize(
    ("prelude", "solution", "target", "kept"),
    [
        (WRITES, SLOW + "x = 1", "x", True),
        (WRITES, SLOW + "note('made.txt', 'a')", "1", False),
        (WRITES, SLOW + "log.keep('made.txt')", "1", False),
        (WRITES, SLOW + "x = 1", "log", False),
        ("from torch import save as put", SLOW + "x = 1", "put", False),
        ("", HOOKS, "net(torch.ones(1, 2)).item()", True),
        ("", SLOW + "nn.modules.module.register_module_forward_hook(print).remove()", "1", False),
        ("torch.set_num_threads(torch.get_num_threads())", SLOW + "x = 1", "x", False),
    ],
    ids=[
        "unused",
        "called",
        "through an object",
        "by the check",
        "by another name",
        "hooks",
        "global hook",
        "setting",
    ],
)
def test_what_acts_outside_its_names_runs_again_for_whoever_can_notice(
    references: References, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    prelude: str, solution: str, target: str, kept: bool,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    command = check(solution, target, prelude=("import torch", prelude))
    assert (names(references, command) is names(references, command)) is kept
