"""Blocks as steps."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importing.reading import lesson, well
from tutor.importing.blocks import NotATutorial, cleaned
from tutor.importing.files import parse
from tutor.importing.importing import put_together
from tutor.importing.lesson import slug
from tutor.importing.notebook import read as read_notebook
from tutor.importing.trial import Outcome
from tutor.lesson.model import Read, Run


def _steps(text: str, ending: str = ".md") -> list[tuple[str, str, str]]:
    return [(step.id, step.title, type(step).__name__) for step in lesson(text, ending).lesson.steps]


def test_headings_begin_steps_and_cells_are_run() -> None:
    text = (
        "# Title\n\nIntro.\n\n## One\n\nText.\n\n```python\nx = 1\n```\n\n"
        "More.\n\n```python\ny = 2\n```\n\n## Two\n\n" + "Words. " * 60
    )
    assert _steps(text) == [
        ("title", "Title", "Read"),
        ("one", "One", "Run"),
        ("one-2", "One (2)", "Run"),
        ("two", "Two", "Read"),
    ]
    made = lesson(text, shown="7").lesson
    assert (made.id, made.title, made.track, made.objectives) == ("title", "Title", "imported", ("One", "Two"))
    run = made.steps[2]
    assert isinstance(run, Run)
    assert (run.text, run.code, run.prints) == ("More.\n", "y = 2\n", "7\n")


def test_a_short_last_paragraph_is_said_after_the_code() -> None:
    (step,) = lesson("# T\n\n```python\nx = 1\n```\n\nSo it is.").lesson.steps
    assert isinstance(step, Run)
    assert step.after == "So it is."
    for marked in ("- a list", "```text\na\nb\n```", "    a\n    b"):
        made = lesson(f"# T\n\n```python\nx = 1\n```\n\n{marked}").lesson
        assert [type(step) for step in made.steps] == [Run, Read]


def test_ids_differ_and_titles_may_be_in_any_script() -> None:
    text = "".join(
        f"## {name}\n\n```python\nx = 1\n```\n\n" for name in ("Same", "Same", "日本語", "日本語", "3 things", "É")
    )
    assert [step_id for step_id, _, _ in _steps("# T\n\n" + text)] == [
        "same", "same-2", "step-3", "step-4", "part-3-things", "e",
    ]  # fmt: skip


def test_the_title_comes_from_the_first_heading_the_front_matter_or_the_file() -> None:
    cell = "```python\nx = 1\n```\n"
    assert lesson(f"# **The** title\n{cell}").lesson.title == "The title"
    assert lesson(f"---\ntitle: 'In front'\n---\n# One\n{cell}\n# Two\n{cell}").lesson.title == "In front"
    assert lesson(f"# One\n{cell}\n# Two\n{cell}").lesson.title == "One"
    assert lesson(cell, name="my_first-file.md").lesson.title == "My first file"
    assert lesson(f"Words.\n\n## One\n{cell}\n## Two\n{cell}").lesson.title == "Some file"


def test_long_text_becomes_several_steps_cut_between_paragraphs() -> None:
    paragraphs = [f"Paragraph {n}. " + "word " * 80 for n in range(20)]
    steps = lesson("# T\n\n" + "\n\n".join(paragraphs) + "\n\n```python\nx = 1\n```").lesson.steps
    assert len(steps) > 3
    assert all(len(step.text) < 2_500 for step in steps)
    assert "\n\n".join(step.text.strip() for step in steps) == "\n\n".join(p.strip() for p in paragraphs)


@pytest.mark.parametrize(
    "text", ["x" * 30_000, "word " * 6_000, "```text\n" + "line\n" * 5_000 + "```", "- a\n" * 9_000]
)
def test_a_paragraph_without_an_end_still_fits(text: str) -> None:
    made = lesson(f"# T\n\n{text}\n\n```python\nx = 1\n```").lesson
    assert sum(len(step.text) for step in made.steps) >= len(text.strip())
    for step in made.steps:
        assert step.text.count("```") % 2 == 0


def test_no_line_of_code_is_cut_that_a_step_can_hold() -> None:
    line = "numbers = [" + "1, " * 1_000 + "]"
    made = lesson("# T\n\n```text\n" + f"{line}\n" * 4 + "```\n\n```python\nx = 1\n```").lesson
    assert sum(step.text.split("\n").count(line) for step in made.steps) == 4


def test_a_cell_that_cannot_run_is_text_that_says_why() -> None:
    tutorial = parse(b"# T\n\n```python\nx = 1\n```\n\n```python\ny = 2\n```", ".md")
    made = put_together(tutorial, [Outcome("needs a GPU"), Outcome()], "t.md")
    (step,) = made.lesson.steps
    assert step.text == "```python\nx = 1\n```\n\n*Only to read: needs a GPU.*\n"
    assert [(note.place.line, note.why, note.kept_as_text) for note in made.notes] == [(3, "needs a GPU", True)]
    assert (made.runs, made.checked) == (1, 0)


def test_a_tutorial_of_which_nothing_runs_is_refused_with_its_notes() -> None:
    tutorial = parse(b"# T\n\n```python\nx = 1\n```", ".md")
    with pytest.raises(NotATutorial, match="none of its cells") as raised:
        put_together(tutorial, [Outcome("needs a GPU")], "t.md")
    assert [note.why for note in raised.value.notes] == ["needs a GPU"]


def test_a_difference_from_what_was_recorded_is_noted() -> None:
    data = {"text/plain": "tensor(1.)"}
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}
    cell = {"cell_type": "code", "source": "1", "metadata": {}, "execution_count": 1, "outputs": [output]}
    book = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}
    tutorial = read_notebook(json.dumps(book).encode())
    same = put_together(tutorial, [Outcome(shown="tensor(1.00000)")], "n.ipynb")
    other = put_together(tutorial, [Outcome(shown="tensor(2.)")], "n.ipynb")
    assert same.notes == ()
    assert [note.why for note in other.notes] == ["shows `tensor(2.)` here; `tensor(1.)` was recorded"]
    assert not other.notes[0].kept_as_text


def test_too_much_for_one_lesson_is_refused() -> None:
    with pytest.raises(NotATutorial, match="split it"):
        lesson("# T\n\n" + ("words " * 100 + "\n\n") * 1_800 + "```python\nx = 1\n```")


@given(st.text(max_size=80))
def test_slugs_are_ids_or_nothing(text: str) -> None:
    assert re.fullmatch(r"([a-z][a-z0-9]*(-[a-z0-9]+)*)?", slug(text))


_MD = [
    "# ", "## ", "\n\n", "\n", "```python\n", "```\n", "x = 1\n", ">>> x\n", "- ", "    ", "\t", "> ",
    "---\n", "text ", "$$", "<b>",
    "|a|b|\n|-|-|\n", "[a]: b\n", "![", "%%", "!ls\n", "~~~", "\x1b", "\ufffe", "é", "*", "return\n", "'''",
    "\\d", "x" *3_000,
]  # fmt: skip
_PY = [
    "# %%\n", "# %% [markdown]\n", "#" *30 + "\n", "# text\n", "x = 1\n", '"""doc\n===\n\ntext"""\n',
    "if x:\n", "    y = 2\n",
    "# ----\n", ".. note::\n", "#\n", "\n", "(", ")", "'''", "\t", "\x0c", "é", "# .. code-block:: python\n",
    "#     z\n", "::\n",
]  # fmt: skip


@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from(_MD), max_size=40).map("".join)),
    st.text(max_size=30),
)
def test_any_markdown_is_refused_in_words_or_becomes_a_lesson(text: str, shown: str) -> None:
    _refused_or_loaded(text, ".md", shown)


@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from(_PY), max_size=40).map("".join)),
    st.text(max_size=30),
)
def test_any_python_is_refused_in_words_or_becomes_a_lesson(text: str, shown: str) -> None:
    _refused_or_loaded(text, ".py", shown)


def _refused_or_loaded(text: str, ending: str, shown: str) -> None:
    try:
        tutorial = parse(text.encode("utf-8", "surrogatepass"), ending)
        made = put_together(tutorial, well(tutorial, cleaned(shown)), f"{text[:20]}.md")
    except NotATutorial as refused:
        assert "no lesson" not in str(refused)  # noqa: PT017 - a lesson is as good
    else:
        assert made.runs
        assert len({step.id for step in made.lesson.steps}) == len(made.lesson.steps)


@given(st.binary(max_size=100), st.sampled_from([".md", ".py"]))
def test_any_bytes_are_refused_in_words_or_become_blocks(data: bytes, ending: str) -> None:
    try:
        found = bool(parse(data, ending).blocks or data)
    except NotATutorial as refused:
        found = bool(str(refused))
    assert found
