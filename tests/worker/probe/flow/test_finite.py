"""Where the first NaN or infinity of a run comes from."""

from __future__ import annotations

import pytest

from tests.worker.probe.flow.test_programs import ran

START = "import torch\nx = torch.tensor([0., 1., 2.])\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("y = x.log() * 0 + 1", [("log", "inf"), ("mul", "nan")]),
        ("y = x / x", [("div", "nan")]),
        ("y = (x * 1e30).to(torch.float16)", [("to", "inf")]),
        ("x.sub_(0).div_(0)", [("div_", "nan")]),
        ("x += 1\nx /= 0", [("div_", "inf")]),
        ("torch.div(x, 0, out=x)", [("div", "nan")]),
        ("y = x.masked_fill(x > 0, float('-inf'))\nz = y.softmax(0)", []),
        ("y = torch.full((3,), float('nan')) + x", []),
        ("y = torch.empty(0).log() + 1", []),
        ("y = (x.double() * 1e300).sum()", []),
        ("y = torch.zeros(70_000).log()", []),
        ("for k in range(6):\n    x = x * 1e10", [("mul", "inf")]),
    ],
)
def test_the_operation_is_named(source: str, expected: list[tuple[str, str]]) -> None:
    flow = ran(source, START)
    assert [(step.name, step.broke) for step in flow.steps if step.broke] == expected


def test_tensors_that_came_with_it_are_not_blamed_on_the_operation() -> None:
    flow = ran("w = torch.tensor([float('nan')])\ny = w + 1\nz = torch.cat([w, y])", "import torch")
    assert not any(step.broke for step in flow.steps)
