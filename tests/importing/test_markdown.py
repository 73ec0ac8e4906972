"""Markdown as blocks."""

from __future__ import annotations

import pytest

from tests.importing.reading import DATA, blocks, reasons
from tutor.importing import files
from tutor.importing.blocks import Code, Heading


def test_headings_text_and_fences_of_python_in_their_order() -> None:
    assert blocks(
        "# One\n\nText\nof two lines.\n\n```python\nx = 1\n```\n\nUnder\n---\n\n~~~py\ny = 2\n~~~\n"
    ) == [
        "# One",
        "Text\nof two lines.",
        ">>> x = 1",
        "## Under",
        ">>> y = 2",
    ]


def test_every_block_knows_its_line() -> None:
    tutorial = files.read(DATA / "broadcast.md")
    lines = (DATA / "broadcast.md").read_text("utf-8").split("\n")
    assert len(tutorial.blocks) > 10
    for block in tutorial.blocks:
        line = lines[block.place.line - 1]
        if isinstance(block, Heading):
            assert line == f"## {block.text}"
        elif isinstance(block, Code):
            assert line.startswith("```")
    assert tutorial.title == "Broadcasting, from the ground up"


@pytest.mark.parametrize(
    "info",
    ["python", "py", "Python3", "ipython", "{.python .input}", "{code-cell} ipython3", "{code-cell}", "{python}"],
)
def test_ways_to_say_that_it_is_python(info: str) -> None:
    assert blocks(f"```{info}\nx = 1\n```") == [">>> x = 1"]


@pytest.mark.parametrize("info", ["bash", "text", "", "yaml", "c++", "pythonic", "json"])
def test_other_languages_are_text(info: str) -> None:
    assert blocks(f"```{info}\nx = 1\n```") == [f"```{info}\nx = 1\n```"]


def test_options_of_a_code_cell_are_no_code() -> None:
    assert blocks("```{code-cell} ipython3\n:tags: [hide]\n\nx = 1\n```") == [">>> x = 1"]
    assert blocks("```{code-cell}\n---\ntags: [a]\n---\nx = 1\n```") == [">>> x = 1"]


def test_a_directive_of_myst_is_its_text() -> None:
    assert blocks("```{note}\nMind the **step**.\n```") == ["**Note**\n\nMind the **step**."]


@pytest.mark.parametrize(
    "text",
    [
        "```pycon\n>>> x = 1\n>>> x\n1\n```",
        "```\n>>> x = 1\n>>> x\n1\n```",
        "Text.\n\n    >>> x = 1\n    >>> x\n    1\n",
        "```python\nIn [1]: x = 1\n\nIn [2]: x\nOut[2]: 1\n```",
    ],
)
def test_prompts_and_the_output_after_them_are_not_code(text: str) -> None:
    assert blocks(text)[-1] == ">>> x = 1\nx"


def test_each_output_of_a_session_ends_a_cell_and_is_what_it_showed() -> None:
    session = "```pycon\n>>> x = 1\n>>> x + 1\n2\n\n>>> for i in range(2):\n...     i\n...\n0\n1\n>>> y = x\n```"
    cells = [
        block for block in files.parse(f"Text.\n\n{session}\n".encode(), ".md").blocks if isinstance(block, Code)
    ]
    assert [(cell.source, cell.recorded, cell.place.line) for cell in cells] == [
        ("x = 1\nx + 1", "2", 3),
        ("for i in range(2):\n    i", "0\n1", 8),
        ("y = x", None, 13),
    ]


def test_lines_that_go_on_keep_their_indentation() -> None:
    assert blocks("```\n>>> for i in range(2):\n...     print(i)\n...\n0\n1\n```") == [
        ">>> for i in range(2):\n    print(i)"
    ]


def test_code_inside_a_list_stays_there_and_is_named() -> None:
    text = "- first\n\n  ```python\n  x = 1\n  ```\n"
    assert blocks(text) == [text.rstrip()]
    assert reasons(text) == [(3, "it is inside a list or a quotation")]


def test_what_is_no_python_is_kept_as_text_and_named() -> None:
    parts = ("x = (", "return 1", "%%bash\nls", "# only a comment")
    text = "\n\n".join(f"```python\n{part}\n```" for part in parts)
    assert blocks(text) == [
        "```python\nx = (\n```",
        "```python\nreturn 1\n```",
        "```python\n%%bash\nls\n```",
        "```python\n# only a comment\n```",
    ]
    assert reasons(text) == [
        (1, "not Python: '(' was never closed (its line 1)"),
        (5, "not Python: 'return' outside function"),
        (9, "`%%bash` is a magic of notebooks"),
    ]


def test_lines_for_a_shell_are_taken_out_and_the_rest_is_run() -> None:
    text = "```python\n%matplotlib inline\n!pip install x\nimport torch\n```"
    assert blocks(text) == ["```console\n!pip install x\n```", ">>> import torch"]
    assert [why for _, why in reasons(text)] == [
        "`%matplotlib` was left out: it is not needed here",
        "`!pip install x` is for a shell",
    ]


def test_a_percent_sign_in_a_text_is_no_magic() -> None:
    source = 'text = """\n!pip install x\n"""\nrest = 7\\\n%time'
    assert blocks(f"```python\n{source.replace('%time', '% 2')}\n```") == [f">>> {source.replace('%time', '% 2')}"]


def test_links_that_are_named_elsewhere_are_kept() -> None:
    assert blocks("See [the docs][d], [d] and [x].\n\n[d]: https://a.org/b 'Title'")[0] == (
        "See [the docs](https://a.org/b), [d](https://a.org/b) and [x]."
    )


def test_front_matter_is_no_text() -> None:
    assert blocks("---\ntitle: T\n---\n\nText.") == ["Text."]
    assert blocks("Text.\n\n---\n\nMore.") == ["Text.", "---", "More."]


def test_a_long_cell_is_cut_between_statements() -> None:
    source = "\n".join(f"name_{n} = [{n}] * {n}" for n in range(600))
    found = blocks(f"```python\n{source}\n```")
    assert len(found) > 1
    assert "\n".join(block.removeprefix(">>> ") for block in found) == source
    assert all(len(block) < 6_000 for block in found)


def test_a_statement_that_is_too_long_is_text() -> None:
    text = f"```python\nx = 1\ny = '{'a' * 7_000}'\n@x\ndef f(): pass\n```"
    found = blocks(text)
    assert [block[:8] for block in found] == [">>> x = ", "```pytho", ">>> @x\nd"]
    assert reasons(text) == [(1, "one statement has 7,006 characters; a step has 6,000")]
