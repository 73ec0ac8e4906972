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
