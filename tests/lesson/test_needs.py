"""What of earlier steps is run again before a step is judged: all that it may depend on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.loader import parse_lesson
from tutor.lesson.model import Lesson
from tutor.lesson.needs import needed_prelude
from tutor.lesson.state import fitted, prelude
from tutor.paths import lessons_dir
from tutor.session.steps import check_request

_LESSONS = [fitted(lesson, ()) for lesson in Catalogue(lessons_dir()).load_all().lessons]


def _lesson(*earlier: str, setup: str, solution: str, target: str = "y", **more: Any) -> Lesson:
    runs = [{"id": f"step-{n}", "kind": "run", "text": "Run it.", "code": code} for n, code in enumerate(earlier)]
    last: dict[str, Any] = {
        "id": "last",
        "kind": "exercise",
        "text": "Do it.",
        "setup": setup,
        "solution": solution,
        "hints": ["No."],
    }
    last |= {"checks": [{"kind": "value", "target": target}], **more}
    whole = {
        "schema": 1, "id": "needs", "title": "Needs", "track": "tests", "objectives": ["none"], "minutes": 1,
        "difficulty": 1, "steps": [*runs, last], "setup": "import torch\ndef double(a): return 2 * a\n",
    }  # fmt: skip
    return parse_lesson(json.dumps(whole), Path("lesson.yaml"))


def _kept(*earlier: str, setup: str, solution: str, cells: tuple[str, ...] = (), **more: Any) -> list[str]:
    lesson = _lesson(*earlier, setup=setup, solution=solution, **more)
    return [source for source in needed_prelude(lesson, len(earlier), cells) if "import torch" not in source]


@pytest.mark.parametrize(
    ("earlier", "setup", "solution", "kept"),
    [
        (["w = 1", "v = 2"], "x = 3", "y = double(x)", []),
        (["w = 1", "v = 2"], "x = 3", "y = x + v", ["v = 2"]),
        (["w = 1", "v = w + 1", "u = 5"], "x = v", "y = x", ["w = 1", "v = w + 1"]),
        # Set up anew, so what it was before does not matter.
        (["x = 1", "x = 2"], "x = 3", "y = x", []),
        (["x = 1"], "x = x + 3", "y = x", ["x = 1"]),
        # Changed in place by a step between, by itself, through another name, or by a function.
        (["w = [1]", "w.append(2)"], "x = 3", "y = w", ["w = [1]", "w.append(2)"]),
        (["w = [1]", "v = w", "v.append(2)"], "x = 3", "y = w", ["w = [1]", "v = w", "v.append(2)"]),
        (["w = [1]", "torch.nn.init.ones_(w)"], "x = 3", "y = w", ["w = [1]", "torch.nn.init.ones_(w)"]),
        # A function of an earlier step; other calls of it change nothing, unless it reads what they might change.
        (["def f(a): return 2 * a", "z = f(1)"], "x = 3", "y = f(x)", ["def f(a): return 2 * a"]),
        (
            ["k = 2", "def f(a): return k * a", "z = f(1)"],
            "x = 3",
            "y = f(x)",
            ["k = 2", "def f(a): return k * a", "z = f(1)"],
        ),
    ],
)
def test_what_matters_stays(earlier: list[str], setup: str, solution: str, kept: list[str]) -> None:
    assert _kept(*earlier, setup=setup, solution=solution) == kept


def test_checks_mistakes_and_the_learners_code_are_read_too() -> None:
    steps = ("w = 1", "v = 2", "u = 3", "t = 4")
    more = {"misconceptions": [{"id": "other", "code": "y = v", "feedback": "No."}]}
    kept = _kept(*steps, setup="x = 3", solution="y = x", cells=("y = u", "%time nothing"), target="y + w", **more)
    assert kept == ["w = 1", "v = 2", "u = 3"]
    assert _kept(*steps, setup="x = 3", solution="y = x", cells=("%time t",)) == ["t = 4"]


def test_the_learners_code_alone_gets_what_it_alone_depends_on() -> None:
    """What the step is judged against stays the same, whatever the learner looks at."""
    lesson = _lesson("w = 1", "v = 2", setup="x = 3", solution="y = x")
    plain, looking = (
        check_request(lesson, 2, lesson.steps[2], "", cells) for cells in [("y = 3",), ("y = w + v",)]
    )
    assert plain.prelude == looking.prelude
    assert plain.given == ()
    assert looking.given == (*plain.prelude, "w = 1", "v = 2")


@given(st.data())
def test_running_less_makes_the_same(data: st.DataObject) -> None:
    """Small programs over few names, with aliases and changes in place: the last step's name is the same."""
    names = st.sampled_from("abcd")
    line = st.one_of(
        st.builds("{} = [{}]".format, names, st.integers(0, 9)),
        st.builds("{} = {}".format, names, names),
        st.builds("{}.append({})".format, names, st.integers(0, 9)),
        st.builds("{} = [*{}, *{}]".format, names, names, names),
        st.builds("for {0} in [{1}]: {0}.append(7)".format, names, names),
        st.builds("def f(x={0}): {1}.append(x[0])".format, names, names),
        st.builds("f()".format),
    )
    steps = ["a, b, c, d = [1], [2], [3], [4]\ndef f(): a.append(8)", *data.draw(st.lists(line, max_size=6))]
    setup = data.draw(st.one_of(line, st.just("z = 1")))
    lesson = _lesson(*steps, setup=setup, solution=f"y = {data.draw(names)}")
    found = []
    for before in (prelude(lesson, len(steps)), needed_prelude(lesson, len(steps))):
        space: dict[str, Any] = {}
        for source in (*before, setup, lesson.steps[-1].solution):  # type: ignore[union-attr]
            exec(source.replace("import torch", ""), space)
        found.append(space["y"])
    assert found[0] == found[1]


@pytest.mark.parametrize("lesson", _LESSONS, ids=lambda lesson: lesson.id)
def test_the_order_stays_and_the_set_up_is_there(lesson: Lesson) -> None:
    for index in range(len(lesson.steps)):
        whole, part = prelude(lesson, index), list(needed_prelude(lesson, index))
        assert part[:1] == list(whole[:1])
        rest = iter(whole)
        assert all(source in rest for source in part)
