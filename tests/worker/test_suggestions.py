"""Misspelt names: what was meant is told as Python tells it, and no code of the learner's runs for it."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.recorder import Recorder
from tutor.explain import explain
from tutor.protocol import events
from tutor.worker.suggestions import suggestion


def meant(source: str, **names: Any) -> str:
    """What is suggested for the error that ``source`` raises."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - any error will do
        exec(textwrap.dedent(source), {"torch": torch, "nn": torch.nn, "x": torch.ones(2, 3), **names})
    return suggestion(raised.value)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("x.reshpe(6)", "reshape"),
        ("nn.Linaer(2, 3)", "Linear"),
        ("nn.linear(2, 3)", "Linear"),
        ("x.shpae", "shape"),
        ("prnt(3)", "print"),
        ("torch.optim.Adma", "Adam"),
        ("import torchh", "torch"),
        ("import torch.nn.functinal", "functional"),
        ("from torch import tenosr", "tensor"),
        ("def f():\n    learning = 1\n    return learnin\nf()", "learning"),
        ("net = nn.Sequential(nn.ReLU())\nnet.foward(x)", "forward"),
        ("net = nn.Module()\nnet.layer1 = nn.ReLU()\nnet.layr1(x)", "layer1"),
        ("foo", ""),
        ("x.qqqqq", ""),
        ("[1].shape", ""),
        ("import sklearnz_nowhere", ""),
        ("{}['a']", ""),
    ],
)
def test_the_nearest_name_that_exists_is_suggested(source: str, name: str) -> None:
    assert meant(source) == name


def test_nothing_of_the_learners_runs() -> None:
    ran: list[str] = []
    source = """
        class Meta(type):
            def __dir__(cls): ran.append("dir of class"); return []
            def mro(cls): return super().mro()
        class Box(metaclass=Meta):
            def __dir__(self): ran.append("dir"); return ["color"]
            @property
            def colour(self): ran.append("property")
            @property
            def __dict__(self): ran.append("dict"); return {}
        Box().color
    """
    assert meant(source, ran=ran) == "colour"
    assert ran == []


def test_an_error_with_answers_of_its_own_is_not_asked() -> None:
    ran: list[str] = []
    source = """
        class Mine(AttributeError):
            @property
            def name(self): ran.append("name"); return "x"
            obj = name
        raise Mine("no attribute")
    """
    assert meant(source, ran=ran) == ""
    assert ran == []


@given(st.text(max_size=50), st.one_of(st.none(), st.integers(), st.text()))
def test_any_name_is_survived(name: str, owner: object) -> None:
    assert isinstance(suggestion(AttributeError("no", name=name, obj=owner)), str)
    assert isinstance(suggestion(NameError("no", name=name)), str)
    assert isinstance(suggestion(ModuleNotFoundError("no", name=name)), str)


@pytest.mark.worker
@pytest.mark.asyncio(loop_scope="session")
async def test_a_misspelt_package_is_not_to_be_installed(work: Recorder) -> None:
    await work.run("import torchh")
    chain = work.of(events.Failed)[-1].chain
    told = explain(chain)
    assert chain[-1].suggestion == "torch"
    assert told is not None
    assert "import torch`" in told.fix
    assert "pip install" not in told.fix
