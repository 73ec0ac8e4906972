"""Every kind of step and of check, judged by a real worker: right code is accepted, wrong code is not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.kinds.judging import LESSONS, judged, passes, statuses, verdict
from tests.recorder import Recorder
from tutor.lesson.model import Explore, Judged, Lesson, Parsons
from tutor.lesson.state import prelude, solution_of, starter_of
from tutor.protocol import commands, events
from tutor.session.steps import check_request

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

KINDS, CHECKS = LESSONS
PLACES = [
    pytest.param(lesson, index, id=f"{lesson.id}#{step.id}")
    for lesson in LESSONS
    for index, step in enumerate(lesson.steps)
    if isinstance(step, (Judged, Explore))
]


def place(lesson: Lesson, step: str) -> int:
    return next(index for index, s in enumerate(lesson.steps) if s.id == step)


@pytest.mark.parametrize(("lesson", "index"), PLACES)
async def test_what_is_right_is_accepted(work: Recorder, lesson: Lesson, index: int) -> None:
    step = lesson.steps[index]
    for code in (solution_of(step), *getattr(step, "accepts", ())):
        checked = await judged(work, lesson, index, code)
        assert passes(checked), f"refused:\n{code}\n{checked.results}"


@pytest.mark.parametrize(("lesson", "index"), PLACES)
async def test_what_is_wrong_is_refused(work: Recorder, lesson: Lesson, index: int) -> None:
    step = lesson.steps[index]
    wrong = ["", "unrelated = 1", starter_of(step), *getattr(step, "rejects", ())]
    if isinstance(step, Parsons):
        wrong.append("\n".join(reversed(step.lines)))
    for code in wrong:
        checked = await judged(work, lesson, index, code)
        assert not passes(checked), f"accepted:\n{code}"
    for mistake in getattr(step, "misconceptions", ()):
        checked = await judged(work, lesson, index, mistake.code)
        assert not passes(checked)
        assert checked.mistake == mistake.feedback


async def test_what_is_forbidden_is_not_looked_for_where_all_that_ran_raised(work: Recorder) -> None:
    checked = await judged(work, CHECKS, place(CHECKS, "words"), 'y = torch.einsum("ij->i", x); 1 / 0')
    assert statuses(checked) == ["pass", "fail", "fail"]
    assert checked.results[-1].message == "nothing has run to its end in this step yet."


async def test_code_that_never_ends_is_a_timeout_of_the_learners(work: Recorder) -> None:
    endless = CHECKS.steps[0].rejects[-1]  # type: ignore[union-attr]
    checked = await judged(work, CHECKS, 0, endless)
    assert statuses(checked) == ["timeout"]
    assert "ran for more than 2 s" in checked.results[0].message
    # Whatever it swallowed, the session goes on.
    assert await work.value("1 + 1") == "2"


async def test_code_that_raises_is_an_error_and_says_for_which_input(work: Recorder) -> None:
    checked = await judged(work, CHECKS, 0, "def scaled(x, w, by):\n    return x @ w")
    assert statuses(checked) == ["error"]
    assert "RuntimeError: mat1 and mat2" in checked.results[0].message
    assert "by = 0.5" in checked.results[0].message


async def test_training_is_judged_over_seeds_when_asked_and_by_the_last_try(work: Recorder) -> None:
    index = place(KINDS, "training")
    step = KINDS.steps[index]
    loop = solution_of(step)
    assert statuses(await judged(work, KINDS, index, loop, asked=False)) == [""]
    # A first try that went nowhere, the model in a cell of its own, the loop, and a look at the result.
    head, body = loop.split("for step", 1)
    cells = (loop.replace("0.3", "1e-9"), head, "for step" + body, "loss_of(model)")
    assert passes(await judged(work, KINDS, index, *cells))
    slow = await judged(work, KINDS, index, loop.replace("range(60)", "range(200)"))
    assert next(p.label for p in slow.results[0].parts if not p.ok) == "steps"
    weak = await judged(work, KINDS, index, loop.replace("range(60)", "range(2)"), asked=False)
    assert statuses(weak) == ["fail"]


async def test_a_first_try_does_not_count_against_the_last(work: Recorder) -> None:
    index = place(CHECKS, "words")
    first = "y = torch.zeros(2)\nfor i in range(2):\n    y[i] = x[i].sum()"
    assert passes(await judged(work, CHECKS, index, first, "y = torch.einsum('ij->i', x)"))
    assert not passes(await judged(work, CHECKS, index, "y = torch.einsum('ij->i', x)", first))


@pytest.mark.parametrize(
    ("helpers", "status", "said"),
    [
        ("def c(mine, reference): return None", "pass", ""),
        ("def c(mine, reference): return 'too small'", "broken", "refuses the lesson's own solution: too small"),
        ("def c(mine, reference): raise ValueError('oh')", "broken", "ValueError: oh"),
        ("def c(mine, reference):\n    while True: pass", "broken", "did not end within 1 s"),
        ("def c(mine, reference): return 7", "broken", "gave a int"),
        ("def d(mine, reference): return True", "broken", "no function `c`"),
        ("1 / 0", "broken", "`checks.py` fails: ZeroDivisionError"),
        ("def c(mine, reference): return mine.y + 1 > 3 or 'too small'", "fail", "too small"),
        ("def c(mine, reference): return mine.f() is None", "error", "ZeroDivisionError"),
        ("def c(mine, reference): return mine.z is None", "fail", "`z` is not defined yet."),
    ],
)
async def test_a_check_of_the_lessons_own(work: Recorder, helpers: str, status: str, said: str) -> None:
    mine = "y = 1\ndef f(): return 1 / 0"
    solution = "y = 3\nz = None\ndef f(): return None"
    found = await verdict(work, {"kind": "python", "function": "c"}, mine, solution, helpers=helpers, limit=1.0)
    assert found[0] == status, found
    assert said in found[1]


@pytest.mark.parametrize(
    ("check", "solution", "said"),
    [
        ({"kind": "value", "target": "missing"}, "y = 1", "not defined by the lesson's own solution"),
        ({"kind": "value", "target": "y / 0"}, "y = 1", "ZeroDivisionError"),
        ({"kind": "value", "target": "id(object()) and object()"}, "y = 1", "refuses the lesson's own solution"),
        (
            {"kind": "value", "target": "__import__('time').perf_counter_ns()"},
            "y = 1",
            "refuses the lesson's own solution",
        ),
        ({"kind": "function", "target": "y", "arguments": []}, "y = 1", "cannot be called"),
        ({"kind": "unchanged", "target": "y"}, "y = 1", "not there before"),
        ({"kind": "magic"}, "y = 1", "knows no check of kind 'magic'"),
    ],
)
async def test_a_check_that_cannot_be_passed_is_broken(
    work: Recorder, check: dict[str, object], solution: str, said: str
) -> None:
    status, message = await verdict(work, check, "y = 2", solution)
    assert status == "broken"
    assert said in message


@pytest.mark.parametrize(
    ("solution", "said"),
    [("1 / 0", "ZeroDivisionError"), ("while True: pass", "did not end within 1 s"), ("exit()", "SystemExit")],
)
async def test_a_solution_that_fails_is_the_lessons_fault(work: Recorder, solution: str, said: str) -> None:
    status, message = await verdict(work, {"kind": "value", "target": "y"}, "y = 2", solution, limit=1.0)
    assert status == "fault"
    assert said in message


async def test_judging_leaves_the_session_as_it_was(work: Recorder) -> None:
    """The check calls code that damages whatever it can reach."""
    mine = """
w = torch.ones(3, requires_grad=True)
(w * 2).sum().backward()
base = torch.arange(6.)
view = base[1:3]
items, table, model = [1, [2]], {"a": 1}, torch.nn.Linear(2, 2)
before = model.weight.detach().clone()
def f(x):
    global items
    print("heard")
    base.mul_(0); view.add_(5); w.grad.zero_(); w.data.zero_()
    items[1].append(3); table["b"] = 2
    model.weight.data.zero_(); model.train(False); model.extra = 1
    globals()["fresh"] = 1
    items = None
    torch.rand(1); torch.set_grad_enabled(False); torch.set_default_dtype(torch.float64)
    input()
    return x
state = torch.get_rng_state()
"""
    check: dict[str, object] = {"kind": "function", "target": "f", "arguments": [{"shape": ["n"]}]}
    status, said = await verdict(work, check, mine, "def f(x):\n    return x + 0")
    assert (status, "EOFError" in said) == ("error", True)
    assert not work.of(events.InputRequested)
    assert "heard" not in work.output
    shown = await work.value(
        "(base.tolist(), view.tolist(), w.tolist(), w.grad.tolist(), items, table,"
        " torch.equal(model.weight, before), model.training, hasattr(model, 'extra'), 'fresh' in globals(),"
        " torch.equal(state, torch.get_rng_state()),"
        " torch.is_grad_enabled(), torch.get_default_dtype())"
    )
    assert shown == (
        "([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.0], [1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [1, [2]], {'a': 1}, True, "
        "True, False, False, True, True, torch.float32)"
    )


async def test_what_is_looked_at_is_the_learners_own_tensor_with_its_graph(work: Recorder) -> None:
    check: dict[str, object] = {"kind": "value", "target": "y.grad_fn is not None"}
    setup = "import torch\nx = torch.ones(2, requires_grad=True)"
    assert (await verdict(work, check, "y = x * 2", "y = x + x", setup=setup))[0] == "pass"
    assert (await verdict(work, check, "y = x.detach() * 2", "y = x + x", setup=setup))[0] == "fail"
    # A name of the check's own is not the learner's to define.
    check = {"kind": "value", "target": "[row.sum().item() for row in y]"}
    assert (await verdict(work, check, "y = torch.ones(2, 2)", "y = torch.ones(2, 2)"))[0] == "pass"


_DEEP = """
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(4, 4) for _ in range(7)])
    def forward(self, x):
        for layer in {order}:
            x = layer(x).{act}()
        return x
"""


async def test_many_layers_of_one_shape_are_paired_in_the_order_they_are_used(work: Recorder) -> None:
    check: dict[str, object] = {"kind": "module", "target": "Net()", "arguments": [{"shape": ["n", "4"]}]}
    solution = _DEEP.format(order="self.layers", act="tanh")
    mine = _DEEP.replace("layers", "blocks").format(order="reversed(self.blocks)", act="tanh")
    assert await verdict(work, check, mine, solution) == ("pass", "")
    wrong = _DEEP.replace("layers", "blocks").format(order="self.blocks", act="relu")
    assert (await verdict(work, check, wrong, solution))[0] == "fail"
    raising = _DEEP.replace("layers", "blocks").format(order="self.blocks", act="relux")
    assert (await verdict(work, check, raising, solution))[0] == "error"


@pytest.mark.parametrize("step", ["centring", "fixing", "filling", "ordering", "training", "playing"])
async def test_code_that_raises_or_never_ends_does_no_step(work: Recorder, step: str) -> None:
    index = place(KINDS, step)
    checked = await judged(work, KINDS, index, "raise ValueError('no')")
    assert set(statuses(checked)) <= {"fail", "pass"}
    assert not passes(checked)
    cell = work.session.run("while True: pass")
    await work.begun(cell)
    work.session.interrupt()
    await work.until(cell.done.is_set)
    assert cell.status == "interrupted"
    request = check_request(KINDS, index, KINDS.steps[index], "", ())
    again = await work.session.check(request, 60.0)
    assert again is not None
    assert not passes(again)


async def test_training_that_ends_only_under_one_seed_is_a_timeout(work: Recorder) -> None:
    index = place(KINDS, "training")
    code = solution_of(KINDS.steps[index]) + "while torch.initial_seed() != 0: pass"
    limited = {"kind": "training", "metric": "loss_of(model)", "at_most": 0.05, "seconds": 1.0}
    setup = "\n".join(prelude(KINDS, index)) + KINDS.steps[index].setup
    found = await verdict(work, limited, code, solution_of(KINDS.steps[index]), setup=setup)
    assert found == ("timeout", "Your code ran for more than 1 s here and was stopped.")


async def test_a_lessons_code_that_never_ends_is_its_own_fault(work: Recorder) -> None:
    work.session.restart(1)
    request = commands.Predict(0, (), "", "while True: pass", "value", 0, 1.0)
    predicted = await work.session._ask(events.Predicted, lambda number: replace(request, id=number), 60.0)
    assert predicted is not None
    assert "did not end within 1 s" in predicted.problem
    assert await work.value("1 + 1") == "2"
    prepare = commands.Prepare(0, ("x = 1",), "while True: pass", 0, (), 1.0)
    prepared = await work.session._ask(events.Prepared, lambda number: replace(prepare, id=number), 60.0)
    assert prepared is not None
    assert "did not end within 1 s" in prepared.problem


async def test_an_earlier_try_that_spoilt_what_it_started_from_does_not_count_against_the_last(
    work: Recorder,
) -> None:
    index = place(KINDS, "ordering")
    right = solution_of(KINDS.steps[index])
    spoilt = right.replace("w -=", "w +=")
    checked = await judged(work, KINDS, index, "(w ** 2).sum().backward()", spoilt, right)
    assert passes(checked)
    assert checked.alone == right
    # What later steps count on is as if it had been right at once.
    assert await work.value("w.tolist()") == "[0.800000011920929, 1.600000023841858]"
    checked = await judged(work, KINDS, index, right, spoilt)
    assert not passes(checked)
    assert not checked.alone
    # A run nobody asked to have judged is judged by what is there.
    assert not passes(await judged(work, KINDS, index, spoilt, right, asked=False))


@pytest.mark.parametrize(
    ("cells", "enough"),
    [
        (("x.mean(1)", "print(x)", 'y = torch.einsum("ij->i", x)'), 'y = torch.einsum("ij->i", x)'),
        (
            ("e = torch.einsum", "torch.manual_seed(1)", "x.mean(1)", 'y = e("ij->i", x)'),
            'e = torch.einsum\ny = e("ij->i", x)',
        ),
        (
            ("y = torch.zeros(2)", "x.mean(1)", 'y += torch.einsum("ij->i", x)'),
            'y = torch.zeros(2)\ny += torch.einsum("ij->i", x)',
        ),
        # A command is not given twice.
        (("%time x.mean(1)", 'y = torch.einsum("ij->i", x)'), ""),
        (('y = torch.einsum("ij->i", x)',), ""),
    ],
)
async def test_of_an_answer_that_is_right_the_part_that_is_needed_is_named(
    work: Recorder, cells: tuple[str, ...], enough: str
) -> None:
    checked = await judged(work, CHECKS, place(CHECKS, "words"), *cells)
    assert passes(checked)
    assert checked.enough == enough


async def _told(work: Recorder, checks: tuple[dict[str, Any], ...], mine: str, mistake: str, solution: str) -> str:
    """What is said of ``mine`` where ``mistake`` was foreseen."""
    work.session.restart(1)
    await work.session.prepare((), "import torch", 0)
    cell = work.session.run(mine)
    await asyncio.wait_for(cell.done.wait(), 60)
    foreseen = (commands.Mistake(mistake, "That is it."),)
    request = commands.Check(
        0, (), "import torch", solution, checks, foreseen, 0, "", (mine,), "", asked=True, limit=10
    )
    checked = await work.session.check(request, 60.0)
    assert checked is not None
    assert checked.problem == ""
    return checked.mistake


async def test_a_mistake_that_raises_is_known_by_what_it_raises(work: Recorder) -> None:
    checks: tuple[dict[str, Any], ...] = ({"kind": "value", "target": "total()"},)
    solution, mistake = "def total(): return 3.0", "def total(): return torch.ones(3) @ torch.ones(4)"
    assert await _told(
        work, checks, "def total():\n    a = torch.ones(3)\n    return a @ torch.ones(4)", mistake, solution
    )
    assert not await _told(work, checks, "def total(): return torch.ones(3) @ torch.ones(5)", mistake, solution)
    assert not await _told(work, checks, "def total(): return 4.0", mistake, solution)


_NET = """
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Linear(3, {a})
        self.b = torch.nn.Linear(4, 2)

    def forward(self, x):
        return {forward}
"""


async def test_a_module_that_raises_is_known_also_where_its_parameters_are_wrong(work: Recorder) -> None:
    checks: tuple[dict[str, Any], ...] = (
        {"kind": "module", "target": "Net()", "arguments": [{"shape": ["batch", "3"]}]},
    )
    right, other = "self.b(self.a(x).relu())", "self.b(torch.relu(self.a(x)))"
    solution = _NET.format(a=4, forward=right)
    narrow, misnamed = _NET.format(a=5, forward=right), _NET.format(a=4, forward=right.replace("relu", "rellu"))
    assert await _told(work, checks, _NET.format(a=5, forward=other), narrow, solution)
    assert await _told(work, checks, misnamed, misnamed, solution)
    # As wide, but what it does is another mistake, or none.
    assert not await _told(work, checks, _NET.format(a=5, forward="self.b(self.c(x))"), narrow, solution)
    assert not await _told(work, checks, _NET.format(a=5, forward="self.b(self.a(x)[:, :4])"), narrow, solution)
    assert not await _told(work, checks, _NET.format(a=6, forward=right), narrow, solution)


async def test_a_mistake_without_a_gradient_is_known(work: Recorder) -> None:
    checks: tuple[dict[str, Any], ...] = (
        {"kind": "grad", "target": "f", "arguments": [{"shape": ["n"], "requires_grad": True}]},
    )
    mistake = "def f(x): return (x.detach() ** 2).sum()"
    solution = "def f(x): return (x ** 2).sum()"
    assert await _told(work, checks, "def f(x):\n    return x.detach().pow(2).sum()", mistake, solution)
    assert not await _told(work, checks, "def f(x): return (x ** 3).sum()", mistake, solution)


async def test_a_mistake_of_training_is_known_by_the_other_checks(work: Recorder) -> None:
    step = KINDS.steps[place(KINDS, "training")]
    (trained,) = (check for check in check_request(KINDS, place(KINDS, "training"), step, "").checks)
    checks = (trained, {"kind": "value", "target": "rate"})
    setup = f"{KINDS.setup}\n{step.setup}"
    loop = solution_of(step)
    slow = loop.replace("0.3", "1e-9")
    solution, mistake = f"{setup}\n{loop}\nrate = 0.3", f"{setup}\n{slow}\nrate = 1e-9"
    assert await _told(work, checks, mistake, mistake, solution)
    assert not await _told(work, checks, mistake.replace("rate = 1e-9", "rate = 7"), mistake, solution)
    assert not await _told(work, checks, mistake.replace("rate = 1e-9", "rate = 0.3"), mistake, solution)


async def test_what_was_not_done_is_not_called_wrong(work: Recorder) -> None:
    index = place(KINDS, "training")
    work.session.restart(1)
    step = KINDS.steps[index]
    await work.session.prepare(prelude(KINDS, index), step.setup, KINDS.seed)
    checked = await work.session.check(check_request(KINDS, index, step, ""), 60.0)
    assert checked is not None
    trained = next(result for result in checked.results if "to its end" in result.message)
    assert (trained.status, trained.message, trained.feedback) == (
        "fail", "Nothing was run to its end in this step yet.", "",
    )  # fmt: skip
    empty = await verdict(work, {"kind": "value", "target": "net(1)"}, "x = 1", "net = abs", setup="net = None")
    assert empty == ("fail", "`net` is still None.")
    raised = await verdict(work, {"kind": "value", "target": "net(1)"}, "net = 3", "net = abs", setup="net = None")
    assert raised[0] == "error"


async def test_a_counter_of_the_set_up_is_not_what_a_step_needs(work: Recorder) -> None:
    setup = "squares = []\nfor i in range(4):\n    squares.append(i * i)"
    work.session.restart(1)
    await work.session.prepare((), setup, 0)
    for mine, repaired in (("i = 'mine'", ()), ("i = 'mine'\nsquares = 0", ("squares",))):
        cell = work.session.run(mine)
        await asyncio.wait_for(cell.done.wait(), 60)
        prepared = await work.session.prepare((), setup, 0)
        assert prepared is not None
        assert prepared.repaired == repaired
    assert await work.value("squares") == "[0, 1, 4, 9]"
