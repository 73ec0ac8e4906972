"""What a real worker displays, whatever the value does."""

from __future__ import annotations

import pytest

from tests.recorder import Recorder
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


async def test_a_model_arrives_as_a_tree(work: Recorder) -> None:
    await work.run("from torch import nn\nnet = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))\nnet")
    (shown,) = work.of(events.Displayed)
    assert shown.view is not None
    assert shown.view.module is not None
    assert [row.type for row in shown.view.module.rows] == ["Sequential", "Linear", "ReLU", "Linear"]
    assert shown.text.startswith("Sequential(\n")


async def test_a_tensor_is_called_by_its_name(work: Recorder) -> None:
    await work.run("import torch\nweights = torch.zeros(3)\nweights")
    await work.run("weights + 1")
    first, second = work.of(events.Displayed)
    assert first.tensor is not None
    assert second.tensor is not None
    assert (first.tensor.facts.path, second.tensor.facts.path) == ("weights", "_")


async def test_a_hundred_thousand_keys_are_shown_quickly(work: Recorder) -> None:
    cell = await work.run("import torch\nx = torch.zeros(3)\nd = {f'key {i}': x for i in range(100_000)}\nd")
    assert cell.status == "ok"
    (shown,) = work.of(events.Displayed)
    assert shown.view is not None
    assert shown.view.items is not None
    assert shown.view.items.count == 100_000
    assert cell.seconds < 5


HOSTILE = """
class Raises:
    def __repr__(self): raise ValueError("no")
class Exits:
    def __repr__(self): return 1 / 0
class Wipes:
    def __getattr__(self, name):
        import __main__
        __main__.__dict__.clear()
        raise AttributeError(name)
class Lies:
    @property
    def __class__(self): raise RuntimeError("no class")
class Meta(type):
    def __getattribute__(self, name): raise RuntimeError(name)
class Odd(metaclass=Meta): pass
class Escapes:
    def __repr__(self): return "\\x1b]0;title\\x07\\x1b[2J[bold]text[/bold]\\x1b[31mred"
"""


async def test_a_repr_that_raises_is_said_in_one_line(work: Recorder) -> None:
    await work.run(HOSTILE)
    text = await work.value("Raises()")
    assert text == "<Raises: its __repr__ raised ValueError: no (<cell 1>, line 3)>"
    assert "ZeroDivisionError" in await work.value("[Exits(), 1]")
    assert await work.value("1 + 1") == "2"


@pytest.mark.parametrize("name", ["Lies", "Odd", "Wipes"])
async def test_strange_objects_are_shown_and_the_next_cell_runs(work: Recorder, name: str) -> None:
    await work.run(HOSTILE)
    assert name in await work.value(f"x = {name}()\nx")
    assert await work.value("1 + 1") == "2"
    assert await work.value("y = 3\ny") == "3"


async def test_escapes_and_markup_in_a_repr_are_text(work: Recorder) -> None:
    await work.run(HOSTILE)
    assert await work.value("Escapes()") == "[bold]text[/bold]red"


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(1000)"])
@pytest.mark.parametrize("shown", ["x", "[x]", "{'a': (1, x)}"])
async def test_a_repr_that_never_returns_is_interrupted(work: Recorder, body: str, shown: str) -> None:
    await work.run(f"class Slow:\n  def __repr__(self):\n    print('begun')\n    {body}\nx = Slow()")
    cell = work.session.run(shown)
    await work.until(lambda: "begun" in work.output)
    work.session.interrupt()
    await work.until(cell.done.is_set)
    assert cell.status == "interrupted"
    assert await work.value("1 + 1") == "2"
