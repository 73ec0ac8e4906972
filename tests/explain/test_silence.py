"""Errors that only look like a known one: nothing is said rather than something wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.explain.reports import module, report, tensor
from tests.recorder import Recorder
from tests.render import strategies as some
from tutor.explain import Explanation, explain
from tutor.explain.rules import RULES
from tutor.explain.topics import TOPICS
from tutor.protocol import events
from tutor.protocol.failures import ErrorReport

MATMUL = "mat1 and mat2 shapes cannot be multiplied (3x4 and 5x4)"
A, B = tensor("a", (3, 4), "left"), tensor("b", (5, 4), "right")

LOOK_ALIKES = {
    "raised by the learner": report("RuntimeError", MATMUL, source="raise RuntimeError(text)", operation="raise"),
    "an assertion of the learner's": report(
        "AssertionError",
        "Size mismatch between tensors",
        source="assert len(a) == len(b), text",
        operation="assert",
    ),
    "raised by another library": report("ValueError", MATMUL, "sklearn/utils/validation.py:check"),
    "shapes that do fit": report(
        "RuntimeError", MATMUL, source="a @ b", operation="@", operands=(A, tensor("b", (4, 5), "right"))
    ),
    "another exception class": report("KeyError", MATMUL, source="a @ b", operation="@", operands=(A, B)),
    "sizes that broadcast": report(
        "RuntimeError",
        "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
        source="a + b",
        operation="+",
        operands=(tensor("a", (2, 3), "left"), tensor("b", (2, 1), "right")),
    ),
    "other sizes than those of the operands": report(
        "RuntimeError",
        "The size of tensor a (7) must match the size of tensor b (9) at non-singleton dimension 0",
        source="a + b",
        operation="+",
        operands=(tensor("a", (2, 3), "left"), tensor("b", (2, 4), "right")),
    ),
    "a layer that got what it wants": report(
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)",
        "torch/nn/modules/linear.py:forward",
        operands=(module("layer", in_features=3, out_features=5), tensor("x", (2, 3))),
        inside=(
            module("layer", role="forward", in_features=3, out_features=5),
            tensor("input", (2, 3), "forward"),
        ),
    ),
    "a loss that does require a gradient": report(
        "RuntimeError",
        "element 0 of tensors does not require grad and does not have a grad_fn",
        "torch/autograd/graph.py:_engine_run_backward",
        source="loss.backward()",
        operands=(tensor("loss", (), "receiver", requires_grad=True),),
        made=("loss = 1 - (pred == y).float().mean()",),
    ),
    "no error at all that is known": report(
        "ZeroDivisionError", "division by zero", source="1 / 0", operation="/"
    ),
}


@pytest.mark.parametrize("told", LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_contradicting_clues_mean_silence(told: ErrorReport) -> None:
    assert explain((told,)) is None


PROGRAMS = {
    "own function called tensor": "def tensor(data): return data\ntensor(2, 3)",
    "own class called cat": "class Cat:\n    def cat(self, a): return a\nCat().cat(1, 2)",
    "own raise": "import torch\nif torch.ones(2, 3).shape != (2, 4):\n"
    "    raise RuntimeError('mat1 and mat2 shapes cannot be multiplied (2x3 and 2x4)')",
    "own raise in a function": "def check(n):\n    raise IndexError(f'index {n} is out of bounds for dimension 0 "
    "with size 3')\ncheck(3)",
    "own assert": "assert 10 % 3 == 0, 'embed_dim must be divisible by num_heads'",
    "own list": "[1, 2, 3][5]",
    "own unpacking": "for i, x, y in enumerate([(1, 2)]): pass",
    "own None": "box = {'grad': None}\n0.1 * box['grad']",
    "own object with a grad": "class Box:\n    grad = None\nbox = Box()\n0.1 * box.grad",
    "own attribute of None": "thing = None\nthing.mean()",
    "own generator": "list(5)",
    "own callable": "size = (2, 3)\nsize()",
    "own length": "class Squares: pass\nlen(Squares())",
    "own class without its argument": "class Box:\n    def __init__(self, size): pass\nBox()",
    "own class with numbers": "class Box:\n    def __init__(self): pass\nBox(3)",
    "own list's method": "[1].push(2)",
    "own dict's key": "{}['a']",
    "own text as an index": "'abc'['a']",
    "own environment": "import os\nos.environ['RANK_NOT_THERE']",
    "own missing module": "import no_such_module_at_all",
    "own attribute": "import torch\ntorch.zeroes(2)",
    "attention with other sizes": "import torch\nimport torch.nn.functional as F\n"
    "F.scaled_dot_product_attention(torch.ones(2, 3), torch.ones(2, 4), torch.ones(2, 3))",
}


@pytest.mark.worker
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
async def test_programs_that_fail_in_their_own_way_stay_honest_tracebacks(work: Recorder, source: str) -> None:
    await work.run(source)
    (failed,) = work.of(events.Failed)
    assert explain(failed.chain) is None


def test_an_error_that_was_raised_from_a_known_one_is_explained_by_it() -> None:
    known = report("RuntimeError", MATMUL, source="a @ b", operation="@", operands=(A, B))
    own = report("ValueError", "bad data", source="raise ValueError('bad data') from e", operation="raise")
    told = explain((replace(known, relation="cause"), own))
    assert told is not None
    assert told.rule == "matmul-inner-dims"
    assert explain((replace(known, relation="context"), own)) is None


def test_every_rule_has_an_id_of_its_own_and_a_place_in_the_course() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert {rule.topic for rule in RULES} <= set(TOPICS.values())


def _complete(told: Explanation | None) -> bool:
    return told is None or bool(told.headline and told.why and told.fix)


MESSAGES = st.sampled_from(
    [
        MATMUL,
        "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
        "shape '[4, 2]' is invalid for input of size 6",
        "element 0 of tensors does not require grad and does not have a grad_fn",
        "index 3 is out of bounds for dimension 0 with size 3",
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
        "weight of size [8, 3, 3, 3], expected input[4, 1, 28, 28] to have 3 channels, but got 1 channels",
        "Boolean value of Tensor with more than one value is ambiguous",
        "The shape of the mask [3] at index 0 does not match the shape of the indexed tensor [2, 3] at index 0",
        "unsupported operand type(s) for *: 'float' and 'NoneType'",
        "Target 3 is out of bounds.",
        "einsum(): subscript j has size 4 for operand 1 which does not broadcast with previously seen size 3",
        "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
        "Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4",
    ]
)
KINDS = st.sampled_from(
    ["RuntimeError", "ValueError", "TypeError", "IndexError", "AttributeError", "AssertionError"]
)


@settings(deadline=None, max_examples=200)
@given(some.reports, KINDS, MESSAGES, st.booleans())
def test_whatever_arrives_nothing_raises(told: ErrorReport, kind: str, message: str, known: bool) -> None:
    report_ = replace(told, type=kind, message=message) if known else told
    assert _complete(explain((report_,)))
    assert _complete(explain((replace(report_, relation="cause"), told)))


def test_no_error_is_no_explanation() -> None:
    assert explain(()) is None
