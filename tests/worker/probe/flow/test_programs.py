"""What is recorded of one statement: name, kind, what became of each axis, memory."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.worker.probe.flow.runs import SETUP, Prompt, summary
from tutor.protocol.flow import Flow

CASES = [
    (case["run"], case["is"]) for case in yaml.safe_load(Path(__file__).with_name("programs.yaml").read_text())
]


def ran(source: str, setup: str = SETUP) -> Flow:
    flow = Prompt(setup).run(source)
    assert flow is not None
    return flow


@pytest.mark.parametrize(("source", "expected"), CASES, ids=[source for source, _ in CASES])
def test_the_last_operation_of_a_statement(source: str, expected: str) -> None:
    assert summary(ran(source).steps[-1]) == expected


def test_the_steps_of_one_line_with_their_spans() -> None:
    flow = ran("h = torch.relu(x @ w + b)")
    assert [(s.number, s.source, s.column, s.end_column) for s in flow.steps] == [
        (1, "x @ w", 15, 20),
        (2, "x @ w + b", 15, 24),
        (3, "torch.relu(x @ w + b)", 4, 25),
    ]
    assert [operand.made_by for step in flow.steps for operand in step.operands] == [0, 0, 1, 0, 2]
    assert flow.lines == (("<cell 2>", 1, "h = torch.relu(x @ w + b)"),)
    assert (flow.file, flow.seen, flow.aside) == ("<cell 2>", 3, "")


def test_columns_are_characters_also_behind_wide_letters() -> None:
    step = ran("größe = 'ü'; h = x @ w").steps[0]
    assert (step.column, step.end_column) == (17, 22)


def test_a_chain_over_several_lines_and_a_function_of_an_earlier_cell() -> None:
    prompt = Prompt()
    prompt.run("def f(a):\n    return (a\n        .sum(0)\n        .exp())\n")
    flow = prompt.run("y = f(x)")
    assert flow is not None
    assert [(step.name, step.file, step.operands[0].text) for step in flow.steps] == [
        ("sum", "<cell 2>", "a"),
        ("exp", "<cell 2>", ""),
    ]


def test_module_calls_are_nested_and_named_as_the_learner_reaches_them() -> None:
    flow = ran("class Block(nn.Module):\n"
               "    def __init__(self):\n        super().__init__()\n        self.fc = net\n"
               "    def forward(self, a):\n        return self.fc(a) + self.fc(a)\n"
               "block = Block()\ny = block(x)")  # fmt: skip
    calls = {call.number: call for call in flow.calls}
    paths = [calls[step.call].path for step in flow.steps]
    assert paths == ["block.fc.0", "block.fc.1", "block.fc.2"] * 2 + ["block"]
    # Two calls of one module are two, and each counts its parameters once.
    assert [(call.path, call.kind, call.parameters) for call in flow.calls if call.kind != "ReLU"] == [
        ("block", "Block", 58),
        ("block.fc", "Sequential", 58), ("block.fc.0", "Linear", 40), ("block.fc.2", "Linear", 18),
        ("block.fc", "Sequential", 58), ("block.fc.0", "Linear", 40), ("block.fc.2", "Linear", 18),
    ]  # fmt: skip
    assert flow.steps[0].operands[1].text == "block.fc.0.weight"
    assert flow.steps[-1].results[0].text == "y"


UPDATE = """
opt = torch.optim.{}
for i in range(2):
    opt.zero_grad()
    net(x).sum().backward()
    opt.step()
"""


@pytest.mark.parametrize("kind", ["SGD(net.parameters(), 0.1, momentum=0.9)", "Adam(net.parameters())"])
def test_an_optimisers_operands_have_the_names_of_what_it_trains(kind: str) -> None:
    flow = ran(UPDATE.format(kind))
    calls = {call.number for call in flow.calls if call.optimizer}
    inside = [step for step in flow.steps if step.call in calls]
    nameless = [step for step in inside for operand in step.operands if not operand.text and not operand.made_by]
    assert inside
    assert nameless == []
    names = {operand.text for step in inside for operand in step.operands}
    trained = {f"net.{layer}.{kind}" for layer in (0, 2) for kind in ("weight", "bias")}
    assert trained | {f"{name}.grad" for name in trained} <= names


def test_an_optimisers_own_tensors_of_an_earlier_cell_are_said_to_be_its_own() -> None:
    prompt = Prompt()
    prompt.run(UPDATE.format("SGD(net.parameters(), 0.1, momentum=0.9)"))
    flow = prompt.run("opt.step()")
    assert flow is not None
    scaled = next(step for step in flow.steps if step.name == "mul_")
    assert scaled.operands[0].text == "momentum_buffer of net.0.weight"


def test_what_an_optimiser_trains_in_a_function_has_a_name_too() -> None:
    prompt = Prompt()
    prompt.run(
        "def train():\n    inner = nn.Linear(4, 2)\n    opt = torch.optim.SGD(inner.parameters(), 0.1)\n"
        "    inner(x).sum().backward()\n    opt.step()"
    )
    flow = prompt.run("train()")
    assert flow is not None
    assert flow.steps[-1].operands[0].text == "inner.bias"
    flow = prompt.run(
        "w = torch.ones(2, requires_grad=True)\ntorch.sum(w).backward()\ntorch.optim.SGD([w]).step()"
    )
    assert flow is not None
    assert [operand.text for operand in flow.steps[-1].operands] == ["w", "w.grad"]


def test_gradients_are_not_named_where_a_closure_may_free_them() -> None:
    flow = ran(
        "opt = torch.optim.LBFGS(net.parameters(), max_iter=2)\n"
        "def closure():\n    opt.zero_grad()\n    loss = net(x).sum()\n    loss.backward()\n    return loss\n"
        "opt.step(closure)"
    )
    assert not [o.text for step in flow.steps for o in step.operands if o.text.endswith(".grad")]


def test_names_in_a_forward_of_ones_own() -> None:
    flow = ran(
        "class Twice(nn.Module):\n    def forward(self, a):\n        b = a + a\n        return torch.relu(b)\n"
        "y = Twice()(x)\nrelu = nn.ReLU()\nz = relu(torch.ones(2))"
    )
    assert [[o.text for o in step.operands] for step in flow.steps[:2]] == [["a", "a"], ["b"]]


def test_an_operand_has_the_name_its_maker_was_given() -> None:
    flow = ran("h = x @ w\ny = net[0](h[:, :4])\nz = net[0](x + x)")
    assert [step.operands[0].text for step in flow.steps if step.name in ("getitem", "linear")] == ["h", "", ""]
    flow = ran("v = x + x\ny = net(v)")
    assert flow.steps[1].operands[0].text == "v"


def test_a_module_called_in_a_loop_is_called_each_time() -> None:
    flow = ran("for batch in (x, x[:2]):\n    net(batch)")
    assert [call.path for call in flow.calls if not call.parent] == ["net", "net"]


def test_what_a_layer_does_to_make_its_parameters_is_not_the_learners() -> None:
    flow = Prompt().run("layer = nn.Linear(3, 4)\nbig = nn.TransformerEncoderLayer(8, 2, 16)")
    assert flow is None


def test_rounds_of_a_loop_are_counted_not_listed() -> None:
    flow = ran("for i in range(3):\n    h = x @ w\n    s = h.sum()")
    assert [(step.name, step.times) for step in flow.steps] == [("matmul", 3), ("sum", 3)]


def test_other_shapes_in_another_round_are_another_operation() -> None:
    flow = ran("for n in (1, 2, 2):\n    h = x[:n] @ w")
    assert [(s.name, s.operands[0].shape, s.times) for s in flow.steps if s.name == "matmul"] == [
        ("matmul", (1, 4), 1),
        ("matmul", (2, 4), 2),
    ]


def test_the_operation_that_failed_is_the_last_with_its_operands() -> None:
    prompt = Prompt()
    flow = prompt.run("h = x @ w\nz = h @ x")
    assert flow is not None
    assert isinstance(prompt.error, RuntimeError)
    last = flow.steps[-1]
    assert (last.error, last.name, last.kind, last.results) == ("RuntimeError", "matmul", "matmul", ())
    assert [operand.shape for operand in last.operands] == [(3, 5), (3, 4)]


def test_a_layer_that_fails_is_named() -> None:
    flow = Prompt().run("net(torch.randn(3, 5))")
    assert flow is not None
    last = flow.steps[-1]
    assert (last.error, last.name) == ("RuntimeError", "linear")
    assert next(call.path for call in flow.calls if call.number == last.call) == "net.0"


def test_parameters_and_operations_of_the_common_ones() -> None:
    # 2·m·n·k for each product; the convolution is 2·batch·out·in·kernel for each of the 6·6 places.
    cases = {
        "h = x @ w": (0, 2 * 3 * 5 * 4),
        "h = net[0](x)": (4 * 8 + 8, 2 * 3 * 4 * 8),
        "h = nn.Conv2d(3, 4, 3)(img)": (4 * 3 * 9 + 4, 2 * 2 * 4 * 36 * 3 * 9),
        "h = F.scaled_dot_product_attention(q, q, q)": (0, 2 * 2 * 5 * 5 * (8 + 8)),
        "h = x + 1": (0, 0),
    }
    for source, expected in cases.items():
        step = ran(source).steps[-1]
        assert (step.parameters, step.flops) == expected, source


def test_flops_agree_with_torchs_own_counter() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    prompt = Prompt()
    prompt.run("conv = nn.Conv2d(3, 4, 3, stride=2, padding=1)\nup = nn.ConvTranspose2d(3, 4, 2, groups=1)")
    for source in ("x @ w", "net(x)", "conv(img)", "up(img)",
                   "torch.bmm(t, t.mT)", "torch.einsum('bik,bjk->bij', t, t)",
                   "F.scaled_dot_product_attention(q, q, q)", "torch.addmm(b, x, w)"):  # fmt: skip
        flow = prompt.run(f"r = {source}")
        assert flow is not None
        with FlopCounterMode(display=False) as counter:
            exec(source, prompt.namespace)
        assert sum(step.flops for step in flow.steps) == counter.get_total_flops(), source


def test_nothing_is_told_of_a_cell_without_operations() -> None:
    prompt = Prompt()
    assert prompt.run("n = 1 + 1") is None
    assert prompt.run("x.shape, x.size(), len(x), x.dtype, x.numel(), repr(x)") is None
    assert prompt.run("x") is None
