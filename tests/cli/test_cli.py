"""The command line, as a shell sees it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tutor import __version__

LESSONS = Path(__file__).parent.parent / "ui" / "lessons"


def tutor(*arguments: str, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tutor", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent), "COLUMNS": "100"}
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, cwd=cwd, env=environment, check=False, timeout=100
    )


def events_of(output: str) -> list[dict[str, Any]]:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return [json.loads(line, parse_constant=refuse) for line in output.splitlines()]


def test_version_and_help() -> None:
    assert __version__ in tutor("--version").stdout
    shown = tutor("--help").stdout
    assert "Examples:" in shown
    for command in ("repl", "play", "run", "list", "lint", "doctor", "progress"):
        assert command in shown


def test_help_of_the_playground_names_both_views() -> None:
    shown = tutor("play", "--help")
    assert shown.returncode == 0
    assert "network" in shown.stdout
    assert "descent" in shown.stdout
    assert tutor("play", "elsewhere").returncode == 2


def test_without_a_terminal_the_catalogue_is_plain_text() -> None:
    result = tutor("--lessons", str(LESSONS))
    assert result.returncode == 0
    assert "broadcasting" in result.stdout
    assert "tutor run" in result.stdout
    assert "\x1b" not in result.stdout


def test_list_as_json() -> None:
    lessons = json.loads(tutor("list", "--json", "--lessons", str(LESSONS)).stdout)["lessons"]
    assert [(lesson["id"], lesson["steps"], lesson["done"]) for lesson in lessons] == [("ui/broadcasting", 5, 0)]


def test_progress_says_when_there_is_none() -> None:
    assert "Nothing yet" in tutor("progress").stdout
    assert json.loads(tutor("progress", "--json").stdout) == {"lessons": [], "bookmarks": []}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("brodcasting", "`broadcasting`"),
        ("broadcasting#gues", "`guess`"),
        ("broadcasting#77", "5 steps"),
    ],
)
def test_an_unknown_lesson_or_step_is_named_with_the_nearest(name: str, message: str) -> None:
    result = tutor(name, "--lessons", str(LESSONS))
    assert result.returncode != 0
    assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list", "--lessons", "/nowhere"], "there is no folder /nowhere"),
        (["--python", "/no/python", "repl"], "/no/python is not a program"),
        (["run", "/no/file.py"], "cannot read /no/file.py"),
        (["repl", "--threads", "0"], "threads"),
    ],
)
def test_bad_options_get_one_clear_message(arguments: list[str], message: str) -> None:
    result = tutor(*arguments)
    assert result.returncode != 0
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_a_broken_lesson_is_reported_with_its_place_and_the_others_load(tmp_path: Path) -> None:
    good = (LESSONS / "01-broadcasting" / "lesson.yaml").read_text()
    for name, text in (("01-good", good), ("02-bad", good.replace("id: broadcasting", "id: other\nminuets: 3"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lesson.yaml").write_text(text)
    result = tutor("list", "--lessons", str(tmp_path))
    assert "broadcasting" in result.stdout
    assert f"{tmp_path}/02-bad/lesson.yaml:3:1:" in result.stdout
    assert "`minuets`; did you mean `minutes`?" in result.stdout
    assert result.returncode == 1
    (tmp_path / "02-bad" / "lesson.yaml").write_text(good.replace("id: broadcasting", "id: bad"))
    assert tutor("list", "--lessons", str(tmp_path)).returncode == 0


TWENTY = "".join(f"# %%\nprint({n})\n{n} * 2\n" if n != 10 else "# %%\n1 / 0\n" for n in range(20))


@pytest.mark.worker
def test_one_failing_cell_of_twenty_ends_itself_and_not_the_run(tmp_path: Path) -> None:
    file = tmp_path / "twenty.py"
    file.write_text(TWENTY)
    result = tutor("run", "--json", "twenty.py", cwd=tmp_path)
    assert result.returncode == 1
    records = events_of(result.stdout)
    values = [record for record in records if record["event"] == "value"]
    errors = [record for record in records if record["event"] == "error"]
    assert [record["text"] for record in values] == [str(n * 2) for n in range(20) if n != 10]
    (error,) = errors
    assert (error["type"], error["cell"], error["file"], error["line"]) == (
        "ZeroDivisionError",
        11,
        "twenty.py",
        32,
    )
    finished = [record for record in records if record["event"] == "finished"]
    assert [record["status"] for record in finished].count("ok") == 19


@pytest.mark.worker
def test_a_file_from_standard_input_shows_what_the_panes_would() -> None:
    code = "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x**2 + 2*x + 1\ny.backward()\nx.grad\n"
    result = tutor("run", "-", stdin=code)
    assert result.returncode == 0, result.stderr
    assert "tensor(6.)" in result.stdout
    assert "PowBackward0" in result.stdout
    rows = [line.split() for line in result.stdout.splitlines()]
    assert any(row[:3] == ["+", "x", "f32"] for row in rows)
    assert "\x1b" not in result.stdout


@pytest.mark.worker
def test_gradients_and_facts_as_json() -> None:
    code = "import torch\nx = torch.tensor([1., float('nan')], requires_grad=True)\n(x * 2).sum().backward()\n"
    records = events_of(tutor("run", "--json", "-", stdin=code).stdout)
    (gradients,) = [record for record in records if record["event"] == "gradients"]
    assert gradients["leaves"][0]["path"] == "x"
    assert gradients["leaves"][0]["grad"] == [2.0, 2.0]
    assert gradients["leaves"][0]["value"] == [1.0, "NaN"]
    (tensors,) = [record for record in records if record["event"] == "tensors"]
    fact = tensors["tensors"][0]
    assert (fact["path"], fact["shape"], fact["dtype"], fact["is_leaf"]) == ("x", [2], "float32", True)


@pytest.mark.worker
def test_silent_mistakes_as_text_and_as_json() -> None:
    code = "import torch\n# %%\nx = torch.ones(3)\nx.double()\nprint(x.dtype)\n"
    (record,) = [r for r in events_of(tutor("run", "--json", "-", stdin=code).stdout) if r["event"] == "notice"]
    (told,) = record["notices"]
    assert (record["cell"], told["rule"], told["line"]) == (2, "unused-result", 4)
    assert told["facts"] == {"code": "x.double()", "name": "x"}
    assert told["text"].startswith("the result of `x.double()` is thrown away")
    assert "! line 4: the result of x.double() is thrown away" in tutor("run", "-", stdin=code).stdout


@pytest.mark.worker
def test_a_script_that_kills_python_fails_and_the_next_cell_runs() -> None:
    result = tutor("run", "-", stdin="import os; os._exit(3)\n# %%\n1 + 1\n")
    assert result.returncode == 1
    assert "it exited with code 3" in result.stdout
    assert "\n2\n" in result.stdout


@pytest.mark.worker
def test_the_doctor_names_what_works() -> None:
    result = tutor("doctor", "--json")
    facts = json.loads(result.stdout)
    assert result.returncode == 0, facts["problems"]
    assert facts["torch"]
    assert {backend["kind"] for backend in facts["devices"]["backends"]} >= {"mps", "xpu"}


@pytest.mark.worker
def test_a_python_without_torch_opens_and_the_doctor_says_how_to_install_it(tmp_path: Path) -> None:
    environment = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    python = environment / "bin" / "python"
    result = tutor("doctor", "--python", str(python))
    assert result.returncode == 1
    assert f"{python} -m pip install torch" in result.stdout
    ran = tutor("run", "-", "--python", str(python), stdin="1 + 1\n# %%\nimport torch\n")
    assert "2" in ran.stdout.split()
    assert "ModuleNotFoundError" in ran.stdout


@pytest.mark.worker
def test_an_unreadable_progress_file_is_kept_aside_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path))
    (tmp_path / "progress.sqlite3").write_bytes(b"this is no database, and long enough to be read as one" * 50)
    facts = json.loads(tutor("doctor", "--json").stdout)
    assert any("unreadable-1" in problem for problem in facts["problems"])
    assert (tmp_path / "progress.sqlite3.unreadable-1").exists()


def test_a_run_can_be_kept_as_a_picture_in_colour(tmp_path: Path) -> None:
    code = "print('\\x1b[31mred')\n# %%\n1 / 0\n"
    result = tutor("run", "-", "--svg", "run.svg", stdin=code, cwd=tmp_path)
    assert result.returncode == 1
    svg = (tmp_path / "run.svg").read_text("utf-8")
    assert "ZeroDivisionError" in svg
    assert len(set(re.findall(r"fill: (#\w+)", svg))) > 3
    result = tutor("run", "-", "--svg", str(tmp_path / "no" / "run.svg"), stdin="1")
    assert result.returncode == 1
    assert "cannot write" in result.stderr
    assert "--svg" in tutor("run", "-", "--svg", "run.svg", "--json", stdin="1").stderr


def test_a_run_tells_the_flow_of_its_operations() -> None:
    code = "import torch\nx = torch.ones(2, 3)\n# %%\ny = (x @ x.T).sum()\n"
    text = tutor("run", "-", stdin=code).stdout
    assert text.count("y = (x @ x.T).sum()") == 2  # the cell, and once above all its operations
    assert "[i=2, j=3]" in text
    assert "1 ones" not in text  # only making tensors is no flow
    flows = [r for r in events_of(tutor("run", "--json", "-", stdin=code).stdout) if r["event"] == "flow"]
    assert [step["name"] for step in flows[-1]["steps"]][-2:] == ["matmul", "sum"]


def test_a_reader_that_goes_away_ends_the_run() -> None:
    """As ``| head`` does: nothing hangs, and nobody is told of a broken pipe."""
    program = [sys.executable, "-m", "tutor", "run", "-"]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdin.write("import itertools\nfor i in itertools.count(): print(i)\n")
        run.stdin.close()
        assert run.stdout.readline().startswith("[1] import itertools")
        run.stdout.close()
        assert run.wait(timeout=60) == 1
        assert run.stderr.read() == ""


ASKED = """\
import torch
x = torch.ones(3, 4)
model = torch.nn.Linear(4, 2)
# %%
%watch x.sum()
# %%
model(x);
# %%
v = x.t()
# %%
x[0] += 1
# %%
model(x);
"""


def test_watches_models_and_shared_memory_are_told_when_they_are_new() -> None:
    records = events_of(tutor("run", "--json", "-", stdin=ASKED).stdout)
    watched = [
        (r["cell"], w["expression"], w["number"]) for r in records if r["event"] == "watch" for w in r["watches"]
    ]
    assert watched == [(2, "x.sum()", 12.0), (5, "x.sum()", 16.0)]
    models = [r for r in records if r["event"] == "model"]
    assert [(r["cell"], r["path"], r["layers"][0]["inputs"]) for r in models] == [
        (1, "model", []),
        (3, "model", [[3, 4]]),
    ]
    storages = [r for r in records if r["event"] == "storage"]
    assert [(r["cell"], [t["path"] for t in r["tenants"]]) for r in storages] == [(4, ["x", "v"]), (5, ["x", "v"])]
    assert storages[1]["changed"] == [0, 1, 2, 3]


def test_the_same_stands_in_the_text() -> None:
    text = tutor("run", "-", stdin=ASKED).stdout
    assert text.count("x.sum()  12") == 1
    assert text.count("x.sum()  16") == 1
    assert "2 of 1" not in text
    assert "no forward seen yet" in text
    assert "shapes from the forward in [3]" in text
    assert "shapes from the forward in [6]" not in text
    assert "Storage of x: 48 B on cpu: 12 slots of 4 B, shared with v" in text
    assert "The last run wrote to slots 0 to 3." in text
    assert text.index("Storage of x") > text.index("[4] v = x.t()")


def test_a_run_without_tensors_or_watches_tells_of_neither() -> None:
    kinds = {r["event"] for r in events_of(tutor("run", "--json", "-", stdin="print(1)\n# %%\n1 + 1\n").stdout)}
    assert not kinds & {"watch", "model", "storage"}


_TRAINS = """\
import torch
m, x = torch.nn.Linear(3, 1), torch.randn(8, 3)
opt = torch.optim.SGD(m.parameters(), lr=0.1)
for n in range(30):
    opt.zero_grad()
    loss = m(x).pow(2).mean()
    loss.backward()
    opt.step()
"""


@pytest.mark.worker
def test_training_runs_of_a_script_are_written_as_table_and_picture(tmp_path: Path) -> None:
    for name in ("runs.csv", "runs.svg"):
        result = tutor("run", "--training", name, "-", stdin=_TRAINS, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
    rows = (tmp_path / "runs.csv").read_text().splitlines()
    assert rows[0].startswith("run,step,loss")
    assert len(rows) == 31
    assert "<polyline" in (tmp_path / "runs.svg").read_text()


@pytest.mark.worker
def test_json_tells_a_training_run_once_when_it_has_ended_with_every_loss() -> None:
    told = [r for r in events_of(tutor("run", "--json", "-", stdin=_TRAINS).stdout) if r["event"] == "training"]
    (run,) = told
    assert (run["run"], run["step"], run["state"], run["source"]) == (1, 30, "done", "for n in range(30):")
    (curve,) = run["curves"]
    assert (curve["name"], curve["steps"]) == ("loss", list(range(1, 31)))
    assert curve["values"][-1] < curve["values"][0]
    assert [layer["path"] for layer in run["layers"]] == ["m.weight", "m.bias"]
    assert run["rates"] == [{"optimizer": "opt", "kind": "SGD", "group": 0, "value": 0.1}]
    assert run["flags"] == []


@pytest.mark.worker
def test_a_loop_draws_its_losses_once_and_a_backward_without_one_tells_its_own() -> None:
    lines = tutor("run", "-", stdin=_TRAINS).stdout.splitlines()
    assert len([line for line in lines if line.startswith("loss ") and "30 values" in line]) == 1
    assert "backward() ran 30 times" in lines
    alone = "import torch\nx = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\n"
    assert "backward() ran once   loss 9" in tutor("run", "-", stdin=alone).stdout.splitlines()


@pytest.mark.worker
def test_a_script_without_training_says_that_nothing_was_written(tmp_path: Path) -> None:
    result = tutor("run", "--training", "runs.csv", "-", stdin="1 + 1", cwd=tmp_path)
    assert result.returncode == 0
    assert "No training loop ran" in result.stderr
    assert not (tmp_path / "runs.csv").exists()


def test_a_file_for_training_runs_that_is_of_no_kind_is_refused_before_anything_runs(tmp_path: Path) -> None:
    result = tutor("run", "--training", "runs.txt", "-", stdin="print('ran')", cwd=tmp_path)
    assert result.returncode == 2
    assert ".csv" in result.stderr
    assert "ran" not in result.stdout.split()
