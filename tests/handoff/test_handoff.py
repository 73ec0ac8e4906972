"""What is exported runs alone, holds what was done, and nothing that was not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.cli.test_cli import LESSONS as SAMPLE
from tutor.handoff.formats import FORMATS
from tutor.handoff.parts import shown, work
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Choice, Explore, Judged, Lesson, Parsons, Predict, Read, Run
from tutor.lesson.state import solution_of
from tutor.paths import lessons_dir
from tutor.progress import StepProgress

KINDS = Catalogue(Path(__file__).parent.parent / "kinds" / "lessons").load_all().lessons
LESSONS = (*Catalogue(lessons_dir()).load_all().lessons, *KINDS)
EVERY_KIND = next(lesson for lesson in KINDS if lesson.id == "every-kind")
(BROADCASTING,) = Catalogue(SAMPLE).load_all().lessons

PROCESSES = 5
"""That all lessons are run in: each loads torch once."""

State = dict[str, StepProgress]


def done(lesson: Lesson, status: str = "done", **accepted: str) -> State:
    """Every step with this status; what is judged with the learner's own code, or another right answer."""
    states = {}
    for step in lesson.steps:
        own = accepted.get(step.id, "")
        if not own and isinstance(step, (Judged, Explore)) and status == "done":
            own = (*getattr(step, "accepts", ()), solution_of(step))[0]
        states[step.id] = StepProgress(status, 1, 0, "(3, 5)", own)
    return states


def text(lesson: Lesson, states: State, form: str = "py") -> str:
    return FORMATS[form](work(lesson, states)).decode()


def code_of(exported: str, form: str) -> str:
    """The code in an exported file, as whoever opens it would run it."""
    if form == "md":
        return "\n".join(re.findall(r"```python\n(.*?)\n```", exported, re.DOTALL))
    if form == "ipynb":
        book = nbformat.reads(exported, as_version=4)
        return "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
    return exported


def run(source: str, folder: Path) -> str:
    """What a Python of its own prints; it must not fail."""
    file = folder / "exported.py"
    file.write_text(source, encoding="utf-8")
    # One thread: as many processes run side by side as there are processors.
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        [sys.executable, file.name], cwd=folder, capture_output=True, text=True, check=False, timeout=200,
        env=environment,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


def together(sources: list[str], name: str) -> str:
    """One program of several, each with names of its own: loading torch takes longer than most of them."""
    return "\n".join(
        f"exec(compile({source!r}, {name!r}, 'exec'), {{'__name__': '__main__'}})" for source in sources
    )


@pytest.mark.worker
def test_every_form_runs_alone(tmp_path: Path) -> None:
    sources = [code_of(text(EVERY_KIND, done(EVERY_KIND), form), form) for form in FORMATS]
    run(together(sources, "every-kind"), tmp_path)


@pytest.mark.worker
@pytest.mark.parametrize("some", range(PROCESSES))
def test_what_is_done_wholly_or_by_half_runs_alone(some: int, tmp_path: Path) -> None:
    programs = []
    for lesson in LESSONS[some::PROCESSES]:
        whole = done(lesson)
        half = {step.id: whole[step.id] for number, step in enumerate(lesson.steps) if number % 2}
        other = {step.id: whole[step.id] for number, step in enumerate(lesson.steps) if not number % 2}
        states: tuple[State, ...] = whole, {}, half, other, done(lesson, "shown")
        programs.append(together([text(lesson, one) for one in states], lesson.id))
    run("\n".join(programs), tmp_path)


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize("lesson", [*LESSONS, BROADCASTING], ids=lambda lesson: lesson.id)
def test_nothing_of_a_step_that_is_not_done_is_given_away(lesson: Lesson, form: str) -> None:
    exported = code_of(text(lesson, {}, form), form)
    whole = text(lesson, {}, form)
    for step in lesson.steps:
        if isinstance(step, (Judged, Explore)) and (solution := solution_of(step).strip()):
            assert solution not in exported
            assert "\n".join(f"# {line}" for line in solution.splitlines()) not in exported
            assert not any(hint in whole for hint in step.hints)
        if isinstance(step, Parsons) and len(step.lines) > 1:
            assert "\n".join(f"# {line}" for line in step.lines) not in exported
        if isinstance(step, Choice):
            said = [json.dumps(option.feedback.strip())[1:-1] for option in step.options]
            assert not any(words in whole for words in said if len(words) > 8)
        if isinstance(step, Predict) and step.after:
            assert " ".join(step.after.split())[:60] not in " ".join(whole.split())
    assert "TODO" not in whole


def test_own_answers_are_the_learners_and_others_are_marked() -> None:
    states = done(BROADCASTING, centre="centred = x - x.mean(0)")
    exported = text(BROADCASTING, states)
    assert "# My answer\ncentred = x - x.mean(0)" in exported
    assert "keepdim" not in exported
    assert "My prediction: `(3, 5)`" in exported
    assert "My answer: this one" in exported
    assert "5 of 5 steps done" in exported
    shown_all = text(BROADCASTING, done(BROADCASTING, "shown"))
    assert "# The lesson's solution, which was shown\ncentred = x - x.mean(dim=0, keepdim=True)" in shown_all
    assert "My " not in shown_all
    assert "0 of 5 steps done, 5 shown" in shown_all
    old = {"centre": StepProgress("done", 1, 0, "")}
    assert "but my own answer was not kept\ncentred" in text(BROADCASTING, old)


def test_data_of_the_tutor_says_what_must_be_installed() -> None:
    own = "from tutor.datasets import elements\ncentred = x - x.mean(0)"
    exported = " ".join(text(BROADCASTING, done(BROADCASTING, centre=own)).split())
    assert "it needs the package pytorch-tutor" in exported
    assert "pytorch-tutor" not in text(BROADCASTING, done(BROADCASTING))


@pytest.mark.parametrize("kept", ["x = (", "x\0", "(" * 3000, "   "])
def test_an_answer_that_is_no_python_gives_way_too(kept: str) -> None:
    exported = text(BROADCASTING, done(BROADCASTING, centre=kept))
    assert "but my own answer was not kept\ncentred = x - x.mean(dim=0" in exported


def test_an_answer_that_needs_what_was_made_elsewhere_gives_way_to_the_solution() -> None:
    exported = text(BROADCASTING, done(BROADCASTING, centre="centred = x - mine"))
    assert "my own answer used what I had made elsewhere (mine)" in exported
    assert "x - mine" not in exported


def test_what_needs_a_step_that_is_not_done_is_a_comment() -> None:
    steps = BROADCASTING.steps
    lesson = Lesson(
        **{name: getattr(BROADCASTING, name) for name in BROADCASTING.__struct_fields__ if name != "steps"},
        steps=(steps[4], Run(id="later", text="Use it.", code="centred.sum()")),
    )
    exported = text(lesson, {"later": StepProgress("done", 0, 0, "")})
    assert "# This needs centred, which a step makes that is not done yet:\n# centred.sum()" in exported


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("x = 1", "x = 1"),
        ("x", "print(x)"),
        ("x  # x", "print(x)  # x"),
        ("a = 1\nä = 2; a.b(\n  1,\n)  # end", "a = 1\nä = 2; print(a.b(\n  1,\n))  # end"),
        ("x;", "x;"),
        ("print(x)", "print(x)"),
        ("loss.backward()", "loss.backward()"),
        ("'é'.upper(), 1", "print('é'.upper(), 1)"),
        ("", ""),
    ],
)
def test_the_last_value_is_printed(code: str, printed: str) -> None:
    assert shown(code) == printed


def test_a_prediction_ends_in_what_it_asks() -> None:
    states = done(BROADCASTING)
    assert "\nprint((a + b).shape)\n" in text(BROADCASTING, states)
    assert (a_notebook := code_of(text(BROADCASTING, states, "ipynb"), "ipynb")).count("(a + b).shape") == 1
    assert "print" not in a_notebook


def test_a_notebook_is_valid_and_twice_the_same() -> None:
    states = done(BROADCASTING)
    first, again = (FORMATS["ipynb"](work(BROADCASTING, states)) for _ in range(2))
    assert first == again
    book = nbformat.reads(first.decode(), as_version=4)
    nbformat.validate(book)
    assert not [cell for cell in book.cells if cell.cell_type == "code" and cell.outputs]


def test_prose_cannot_become_code() -> None:
    evil = Read(id="evil", text="one\rraise SystemExit(3)\u2028raise SystemExit(4)\x0c\nraise SystemExit(5)")
    lesson = Lesson(
        **{
            name: getattr(BROADCASTING, name)
            for name in BROADCASTING.__struct_fields__
            if name not in ("steps", "setup")
        },
        steps=(evil,),
    )
    exec(text(lesson, {}), {})


def test_every_kind_of_step_is_written_as_it_was_done() -> None:
    exported = text(EVERY_KIND, done(EVERY_KIND))
    assert "# The code that was to be put right:\n# def share(x):\n#     return x / x.sum(dim=1)\n" in exported
    assert "# My answer\ndef share(x):\n    return x / x.sum(1)[:, None]" in exported
    assert "# My answer\ntotal = x.sum(dim=-1)" in exported
    assert "# My answer\nloss = (w ** 2).sum()\nloss.backward()" in exported
    assert "# My answer\nmodel = nn.Linear(1, 1)" in exported
    assert "12 of 12 steps done" in exported


def test_a_step_for_a_device_is_written_for_any_machine() -> None:
    exported = text(EVERY_KIND, done(EVERY_KIND))
    assert 'y = x.to("cpu")' in exported
    assert "current_accelerator" not in exported


@pytest.mark.parametrize(
    ("way", "as_code"),
    [
        ("view = x.t()", True),
        ("x = x.t(); view = x", False),
        ("x.t_()\nview = x", False),
        ("view = mine", False),
        ("for view in x:\n    pass", False),
    ],
)
def test_free_play_changes_nothing_of_what_follows(way: str, as_code: bool) -> None:
    exported = text(EVERY_KIND, done(EVERY_KIND, playing=way))
    if as_code:
        assert f"# My answer\n{way}\n" in exported
    else:
        assert "# My answer, as a comment, since it may change what follows:\n# " in exported
        assert f"\n{way}" not in exported
    unreached = done(EVERY_KIND) | {"playing": StepProgress("done", 0, 0, "")}
    assert "view = " not in text(EVERY_KIND, unreached)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_nothing_speaks_of_keys_and_panes(lesson: Lesson) -> None:
    said = [part.text for part in work(lesson, done(lesson)).parts if not part.code]
    named = re.compile(r"\bF(?:[2-9]|1[0-2])\b|\bEsc\b|[Tt]he \w+ pane\b|\bpress\b", re.IGNORECASE)
    assert not [text for text in said if named.search(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL))]
