from __future__ import annotations

import functools
from typing import Any

import pytest

from tests.worker.complete.asking import call, candidates, current, described
from tutor.worker.interpreter import Interpreter, main_module


@pytest.fixture
def prompt(monkeypatch: pytest.MonkeyPatch) -> Interpreter:
    """A prompt whose cells are known by name; the real ``__main__`` comes back."""
    import sys

    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    return Interpreter(vars(main_module()))


def area(width: float, height: float = 2.0, *rest: int, unit: str = "cm", **more: Any) -> float:
    """Multiply.

    Nothing else.
    """
    return width * height


@functools.wraps(area)
def wrapped(*args: Any, **kwargs: Any) -> Any: ...


SPACE = {"area": area, "wrapped": wrapped, "part": functools.partial(area, 1.0), "d": {}}


@pytest.mark.parametrize(
    ("source", "parameter"),
    [
        ("area(", "width"),
        ("area(1, ", "height=2.0"),
        ("area(1, 2, 3, ", "*rest"),
        ("area(unit=", "unit='cm'"),
        ("area(1, unit='in', height=", "height=2.0"),
        ("area(other=", "**more"),
        ("area(area(1, ", "height=2.0"),
        ("area([1, 2, ", "width"),
        ("area(1)", ""),
        ("wrapped(1, ", "height=2.0"),
        ("len(", "obj"),
        ("print('a', sep=", "sep=' '"),
        ("'a'.replace('x', ", "new"),
        ("range(1, ", "stop"),
    ],
)
def test_the_parameter_being_typed(source: str, parameter: str) -> None:
    assert current(source, SPACE) == parameter


@pytest.mark.parametrize(
    "source", ["def area(", "class Area(", "(", "unknown(", "area", "area(1)", "# area(", "if (", ""]
)
def test_no_signature_where_nothing_is_called(source: str) -> None:
    assert call(source, SPACE) is None


def test_a_signature_says_what_is_needed_for_one_line() -> None:
    found = call("area(", SPACE)
    assert found is not None
    assert found.name == "area"
    assert found.parameters == ("width", "height=2.0", "*rest", "unit='cm'", "**more")
    assert found.doc == "Multiply."


def test_parameters_by_position_only_are_no_keywords() -> None:
    def strict(a: int, /, b: int, *, c: int) -> None: ...

    assert [one.text for one in candidates("strict(", {"strict": strict}) if one.kind == "parameter"] == [
        "b=",
        "c=",
    ]


def test_source_file_and_line_of_a_library_function() -> None:
    found = described("functools.partialmethod", {"functools": functools})
    assert found is not None
    assert found.type == "class"
    assert found.file.endswith("functools.py")
    assert found.source.startswith("class partialmethod")
    assert found.line > 1


def test_source_of_what_was_defined_at_the_prompt(prompt: Interpreter) -> None:
    prompt.run("def twice(x):\n    'Double it.'\n    return 2 * x\n", "<cell 1>", None)
    prompt.run(
        "before = 1\n\nclass Bare:\n    size = 3\n\nclass Deep(Bare):\n    def get(self): return 1\n",
        "<cell 2>",
        None,
    )
    twice = described("twice", prompt.namespace)
    assert twice is not None
    assert (twice.file, twice.line, twice.doc) == ("<cell 1>", 1, "Double it.")
    assert twice.source == "def twice(x):\n    'Double it.'\n    return 2 * x"
    for name, line in (("Bare", 3), ("Deep", 6)):
        found = described(name, prompt.namespace)
        assert found is not None
        assert (found.file, found.line) == ("<cell 2>", line)
        assert found.source.startswith(f"class {name}")


def test_a_class_defined_again_has_its_newest_source(prompt: Interpreter) -> None:
    prompt.run("class Net:\n    a = 1\n", "<cell 1>", None)
    prompt.run("class Net:\n    b = 2\n", "<cell 2>", None)
    found = described("Net", prompt.namespace)
    assert found is not None
    assert "b = 2" in found.source


def test_an_object_is_described_by_its_class() -> None:
    found = described("d.items", SPACE)
    assert found is not None
    assert found.type == "method"
    assert described("nothing_like_it", SPACE) is None
    assert described("1 +", SPACE) is None


def test_a_huge_docstring_and_source_are_bounded() -> None:
    def long() -> None: ...

    long.__doc__ = "word " * 100_000
    found = described("long", {"long": long})
    assert found is not None
    assert len(found.doc) <= 20_000


def test_of_a_call_what_would_be_called_is_described_and_nothing_runs() -> None:
    calls: list[int] = []

    def count(start: int) -> None:
        """Count on."""
        calls.append(start)

    found = described("count(5)", {"count": count})
    assert found is not None
    assert (found.name, found.doc) == ("count", "Count on.")
    assert not calls
