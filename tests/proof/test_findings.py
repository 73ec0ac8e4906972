"""Every kind of finding, in lessons that are broken in one way each, with a real worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof.samples import SOUND, proved, spoilt, steps, write
from tutor.proof.prover import Prover

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture(autouse=True)
def _no_mutants(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sample is weak enough for some; what becomes of mutants is asked elsewhere."""
    monkeypatch.setattr("tutor.proof.plan.mutants", lambda _lesson, _index: [])


def read(example: str, name: str = "look") -> str:
    return f"id: {name}\nkind: read\ntext: Look.\nexample: |\n  {example}\n"


def predict(code: str, ask: str, *answers: str) -> str:
    offered = "".join(f"\n  - {{answer: '{answer}', feedback: No.}}" for answer in answers)
    return f"id: guess\nkind: predict\ntext: What?\ncode: |\n  {code}\nask: {ask}\ndistractors:{offered}\n"


FILL = """\
id: gap
kind: fill
text: Fill it.
code: |
  y = torch.ones(3)
  z = ___
blanks: [torch.ones(3)]
hints: [Look at `y`.]
checks:
  - {kind: tensor, target: y}
"""

PARSONS = """\
id: order
kind: parsons
text: In order.
solution: |
  a = torch.ones(2)
  b = torch.zeros(2)
hints: [Look.]
checks:
  - {kind: tensor, target: a}
"""

FIX = """\
id: mend
kind: fix
text: Mend it.
starter: |
  y = torch.zeros(2) + 1
solution: |
  y = torch.ones(2)
hints: [Look.]
checks:
  - {kind: tensor, target: y}
"""

TRAIN = """\
id: learn
kind: train
text: Learn.
setup: |
  w = torch.zeros(1)
starter: |
  w = torch.zeros(1)
solution: |
  for step in range(3):
      w = w + 1
hints: [Look.]
checks:
  - {kind: training, metric: w.item(), at_least: 0.0, seeds: 2}
"""

RUN = """\
id: show
kind: run
text: Run it.
code: |
  print(1 + 1)
prints: "3"
"""

EXPLORE = """\
id: play
kind: explore
text: Play.
goal: Make `y`.
setup: y = 1
checks:
  - {kind: value, target: y}
solution: y = 1
"""

GOES_ON = """\
id: first
kind: run
text: Begin.
setup: a = [0]
code: a = [1]
"""

AFTER = """\
id: second
kind: exercise
text: Go on.
solution: b = a[0] + 1
hints: [Look.]
checks:
  - {kind: value, target: b}
"""

LEANS = """\
id: leans
kind: exercise
text: Go on.
solution: b = globals().get('x', 1)
hints: [Look.]
checks:
  - {kind: value, target: b}
"""

LUCK = """\
id: luck
kind: exercise
text: Draw `y`.
solution: y = torch.rand(1)
hints: [Look.]
checks:
  - {kind: tensor, target: y, atol: 0.001}
accepts: ["y = torch.tensor([0.4963])"]
"""

LINES = """\
id: lines
kind: exercise
text: Begin with `first = torch.arange(6)`.
solution: |
  first = torch.arange(6)
  second = first.reshape(2, 3)
  total = second.sum(dim=0, keepdim=True)
hints: [Look., "HINT"]
checks:
  - {kind: tensor, target: total}
"""

TWIN = "id: move\nkind: run\nneeds: mps\ntext: Move.\ncode: y = 1\ntwin: {code: y = 1}\n"

ONCE = (3,)
"""What is wrong under both seeds is told of the lesson's own."""

CASES: dict[str, tuple[list[str], list[tuple[int, str, str, str]]]] = {
    # name: (steps, [(proof, level, what is said, what stands in its line)])
    "sound": ([read("torch.ones(2)"), SOUND, predict("torch.ones(2, 3)", "shape", "(3, 2)")], []),
    "other output": ([RUN], [(2, "error", "it shows `2`, not `3`", "prints:")]),
    "refused": (
        [spoilt("{kind: tensor, target: y}", "{kind: uses, names: [torch.full]}")],
        [(2, "error", "a check is broken", "kind: uses")],
    ),
    "raises": (
        [spoilt("y = torch.ones(n)", "y = torch.ones(m)")],
        [(2, "error", "NameError: name 'm'", "solution:")],
    ),
    "endless": (
        [spoilt("y = torch.ones(n)", "y = torch.ones(n)\n  while True: pass")],
        [(2, "error", "running it fails: it did not end within 1.5 s", "solution:")],
    ),
    "ends Python": (
        [spoilt("y = torch.ones(n)", "import os; os._exit(3)")],
        [(2, "error", "it ended Python itself", "solution:")],
    ),
    "asks": ([spoilt("y = torch.ones(n)", "y = input()")], [(2, "error", "EOFError", "solution:")]),
    "set-up": (
        [spoilt("n = 3", "n = 3 / 0")],
        [(2, "error", "cannot be set up: the lesson's own code", "setup:")],
    ),
    "set-up of an earlier step": (
        [spoilt("n = 3", "n = 3 / 0"), read("torch.ones(2)"), AFTER.replace("a[0]", "1")],
        [(2, "error", "cannot be set up: the lesson's own code", "setup:")],
    ),
    "solution of an earlier step": (
        [spoilt("y = torch.ones(n)", "y = nowhere"), read("torch.ones(2)"), AFTER.replace("a[0]", "1")],
        [(2, "error", "the solution is refused: running it fails: NameError: name 'nowhere'", "solution:")],
    ),
    "example": ([read("torch.ones(2) @ 3")], [(2, "error", "fails in an empty session: TypeError", "example:")]),
    "comments": ([read("# nothing")], [(6, "error", "nothing is executed", "example:")]),
    "run": (["id: go\nkind: run\ntext: Go.\ncode: q = nowhere\n"], [(2, "error", "NameError", "code:")]),
    "leans on an example": (
        [read("x = 5"), LEANS],
        [
            (
                2,
                "warning",
                "after all earlier steps were done as shown: the solution is right only when",
                "solution:",
            )
        ],
    ),
    "leans on a name that another step rebinds": (
        [GOES_ON, AFTER],
        [(2, "warning", "coming straight from the first step", "solution:")],
    ),
    "prediction fails": ([predict("1 / 0", "value", "3")], [(2, "error", "ZeroDivisionError", "code:")]),
    "prediction true": (
        [predict("torch.ones(2, 3)", "shape", "(3, 2)", "(2,3)")],
        [(3, "error", "`(2,3)` is the true answer", "(2,3)")],
    ),
    "prediction twice": (
        [predict("torch.ones(2, 3)", "shape", "(3, 2)", "(3,2)")],
        [(3, "error", "are one answer", "(3,2)")],
    ),
    "a tensor is not the number in it": ([predict("torch.ones(2).sum()", "value", "2.0")], []),
    "prediction changes": (
        [predict('__import__("time").perf_counter_ns()', "value", "0")],
        [(6, "error", "another each time", "code:")],
    ),
    "accepts": (
        [spoilt("torch.zeros(3) + 1", "torch.zeros(3) + 2")],
        [(n, "error", "`accepts[0]` is refused: “y", "accepts:") for n in ONCE],
    ),
    "accepts by luck": ([LUCK], [(6, "error", "(under the seed 1; under 0 it is otherwise)", "accepts:")]),
    "rejects": (
        [spoilt("y = torch.ones(1)", "y = torch.ones(3)")],
        [(n, "error", "`rejects[0]` passes", "rejects:") for n in ONCE],
    ),
    "rejects for nothing": (
        [spoilt("y = torch.ones(1)", "y = helper")],
        [(n, "warning", "only because it raises NameError", "rejects:") for n in ONCE],
    ),
    "misconception passes": (
        [spoilt("y = torch.zeros(n)", "y = torch.zeros(n) + 1")],
        [(n, "error", "the misconception `nothing` passes", "id: nothing") for n in ONCE],
    ),
    "misconception raises": (
        [spoilt("y = torch.zeros(n)", "y = torch.zeros(n, m=2)")],
        [(n, "error", "its words never come: TypeError", "id: nothing") for n in ONCE],
    ),
    "misconception like another": (
        [spoilt("accepts", "  - {id: same, code: y = torch.zeros(n) * 2, feedback: Twice.}\naccepts")],
        [(n, "error", "is met with the words of `nothing`", "id: same") for n in ONCE],
    ),
    "misconception that changes each time": (
        [spoilt("y = torch.zeros(n)", "y = torch.zeros(n) + __import__('time').perf_counter_ns() % 9973")],
        [(n, "error", "not met with its own words", "id: nothing") for n in ONCE],
    ),
    "gap": ([FILL], [(n, "error", "the code with its gaps left open passes", "code:") for n in ONCE]),
    "order": (
        [PARSONS],
        [
            (
                3,
                "error",
                "the order in which the lines lie at first passes, and so does the reverse order of the lines",
                "solution:",
            )
        ],
    ),
    "starter": ([FIX], [(n, "error", "the starter passes", "starter:") for n in ONCE]),
    "train": ([TRAIN], [(n, "error", "the starter passes", "starter:") for n in ONCE]),
    "explore": ([EXPLORE], [(n, "error", "doing nothing at all passes", "kind: value") for n in ONCE]),
    "needs": ([TWIN], [(6, "note", "no mps device: only the step's twin is proved", "mps")]),
    "twin": (
        [TWIN.replace("twin: {code: y = 1}", "twin: {code: y = 1 / 0}")],
        [
            (6, "note", "no mps device", "mps"),
            (2, "error", "fails in an empty session: ZeroDivisionError", "twin:"),
        ],
    ),
    "hint": (
        [
            LINES.replace(
                "HINT", "Now `second = first.reshape(2, 3)`, and `total = second.sum( dim=0,keepdim=True )`."
            )
        ],
        [(5, "error", "this hint is the solution", "Now")],
    ),
    "a line in a hint": (
        [LINES.replace("HINT", "Then `first.reshape(2, 3)` helps.")],
        [(5, "warning", "a whole line of the solution: `second = first.reshape(2, 3)`", "Then")],
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_what_is_wrong_is_found_where_it_stands(prover: Prover, tmp_path: Path, name: str) -> None:
    parts, wanted = CASES[name]
    file = write(tmp_path, steps(*parts))
    findings = await proved(prover, file)
    lines = file.read_text().splitlines()
    left = list(findings)
    for proof, level, said, place in wanted:
        match = [f for f in left if (f.proof, f.level) == (proof, level) and said in f.message]
        assert len(match) == 1, (said, findings)
        # A list of things begins in the line below its key.
        near = lines[max(match[0].line - 2, 0) : match[0].line]
        assert any(place in line for line in near), (place, match)
        left.remove(match[0])
    assert left == []
