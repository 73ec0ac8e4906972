"""Python files as blocks."""

from __future__ import annotations

from tests.importing.reading import DATA, blocks, told
from tutor.importing import files


def _blocks(name: str) -> list[str]:
    return [told(block) for block in files.read(DATA / name).blocks]


def test_a_gallery() -> None:
    assert _blocks("gallery.py") == [
        "# Gradients by hand",
        (
            "What `torch.autograd.grad` gives for `f(x) = x²` is `2x`; see\n"
            "[the manual](https://example.org/manual) and `torch.Tensor.grad`."
        ),
        "**Note:** Nothing is downloaded here.",
        "~~~python\nnever_run = True\n~~~",
        ">>> # SPDX-License-Identifier: MIT\nimport torch",
        "# A leaf",
        "A tensor that asks for its gradient.",
        ">>> x = torch.tensor(3.0, requires_grad=True)\nx",
        "# Backwards",
        "The derivative of the square:",
        "`d/dx x² = 2x`",
        ">>> (x**2).backward()\nprint(x.grad)",
        "(image: the graph)",
        '>>> other = torch.load("weights.pt")',
    ]


def test_cells_between_percent_signs() -> None:
    assert _blocks("percent.py") == [
        "# Means",
        "The *mean* of each column.",
        ">>> import torch\n\nm = torch.arange(6.0).reshape(3, 2)",
        "## Over the rows",
        "What is left after `dim=0`?",
        ">>> m.mean(0)",
        "## The end",
        "```python\nthis_is_shown_only()\n```",
    ]


def test_a_script_with_comments() -> None:
    assert _blocks("script.py") == [
        "Fit a line, step by step.",
        ">>> import torch",
        "## The data",
        "Points on a line.\nThere is no noise.",
        '>>> x = torch.linspace(0, 1, 5)  # five of them\ntext = """\n# this is no comment\n"""',
        "A text between statements is text.",
        ">>> y = 2 * x",
        "## The slope",
        (
            ">>> slope = (y[-1] - y[0]) / (x[-1] - x[0])\nprint(slope.item())\n\n\n"
            "def unused():\n    # inside a function\n    return 1"
        ),
    ]


def test_the_lines_are_those_of_the_file() -> None:
    for name in ("gallery.py", "percent.py", "script.py"):
        lines = (DATA / name).read_text("utf-8").split("\n")
        for block in files.read(DATA / name).blocks:
            first = told(block).removeprefix(">>> ").split("\n")[0]
            if told(block).startswith(">>> "):
                assert first in lines[block.place.line - 1 : block.place.line + 4]


def test_a_comment_inside_a_statement_stays() -> None:
    source = "x = [\n# one\n1,\n]\nif x:\n# two\n    y = 1"
    assert blocks(source, ".py") == [f">>> {source}"]


def test_what_is_no_python_is_one_text() -> None:
    assert blocks("x = = 1\n# a comment\n", ".py") == ["```python\nx = = 1\n# a comment\n```"]
