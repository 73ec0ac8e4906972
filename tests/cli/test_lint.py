"""``tutor lint``, as a shell sees it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.cli.test_cli import tutor
from tests.proof.samples import SOUND, line_of, spoilt, steps, write

pytestmark = pytest.mark.worker

WRONG = steps(spoilt("y = torch.ones(1)", "y = torch.ones(3)"))


def test_a_sound_lesson_has_nothing_to_put_right(tmp_path: Path) -> None:
    write(tmp_path, steps(SOUND))
    result = tutor("lint", str(tmp_path), "-j", "1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.fullmatch(r"Proving \d+ claims …\n", result.stderr)
    assert result.stdout.startswith("1 lesson, ")
    assert result.stdout.endswith(": nothing to put right.\n")


def test_an_error_is_one_line_with_its_place_and_the_code_is_1(tmp_path: Path) -> None:
    file = write(tmp_path, WRONG)
    result = tutor("lint", "--lessons", str(tmp_path), "-j", "1")
    assert result.returncode == 1
    first, *_, last = result.stdout.splitlines()
    line = line_of(file, "rejects:")
    assert first.startswith(f"{file}:{line}:15: error: small#ones: `rejects[0]` passes.")
    assert first.endswith("Add a check that refuses it. [answers]")
    assert last.endswith(" s: 1 error.")
    assert "\x1b" not in result.stdout


def test_what_lessons_leave_behind_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    leaves = SOUND.replace(
        "  n = 3\n", "  n = 3\n  import tempfile\n  box = tempfile.mkdtemp(prefix='left-by-a-lesson-')\n"
    )
    result = tutor("lint", str(write(tmp_path, steps(leaves))), "-j", "1")
    assert result.returncode == 0, result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01-small", "data"], "data is the tutor's own"


def test_one_step_alone(tmp_path: Path) -> None:
    folder = write(tmp_path, WRONG).parent
    whole = json.loads(tutor("lint", str(folder), "--json").stdout)
    alone = json.loads(tutor("lint", f"{folder}#ones", "--json").stdout)
    assert alone["claims"] < whole["claims"], "nobody walks through the lesson"
    assert [f["message"] for f in alone["findings"]] == [f["message"] for f in whole["findings"]]
    refused = tutor("lint", f"{folder}#one")
    assert refused.returncode == 2
    assert "did you mean `ones`?" in refused.stderr
    both = tutor("lint", f"{folder}#ones", str(folder))
    assert both.returncode == 2
    assert "not both" in both.stderr


def test_findings_as_json(tmp_path: Path) -> None:
    file = write(tmp_path, WRONG)
    (tmp_path / "02-broken").mkdir()
    (tmp_path / "02-broken" / "lesson.yaml").write_text("schema: 2\n")
    result = tutor("lint", str(tmp_path), "--json")
    assert result.returncode == 1
    facts = json.loads(result.stdout)
    assert facts["lessons"] == ["small"]
    assert facts["claims"] > 10
    assert facts["seconds"] > 0
    assert facts["stopped"] is False
    found = [finding for finding in facts["findings"] if finding["lesson"] == "small"]
    assert [(f["file"], f["step"], f["proof"], f["level"]) for f in found] == [(str(file), "ones", 3, "error")]
    assert any("`schema` must be `1`" in finding["message"] for finding in facts["findings"])


def test_warnings_alone_are_no_failure(tmp_path: Path) -> None:
    write(tmp_path, steps(spoilt("y = torch.ones(1)", "y = helper")))
    result = tutor("lint", str(tmp_path / "01-small" / "lesson.yaml"), "-j", "1")
    assert result.returncode == 0
    assert result.stdout.endswith(": 1 warning.\n")


def test_what_is_not_there_is_a_mistake_in_the_command(tmp_path: Path) -> None:
    result = tutor("lint", str(tmp_path / "nowhere"))
    assert result.returncode == 2
    assert "there is no " in result.stderr
    assert "Traceback" not in result.stderr


def test_of_a_zip_it_is_said_how_its_lessons_are_proved(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a pack.zip", "w") as archive:
        archive.writestr("01-small/lesson.yaml", steps(SOUND))
    result = tutor("lint", str(tmp_path / "a pack.zip"))
    assert result.returncode == 2
    assert f"tutor lint --lessons '{tmp_path / 'a pack.zip'}'" in " ".join(result.stderr.split())


def test_a_folder_without_lessons_is_no_success(tmp_path: Path) -> None:
    result = tutor("lint", str(tmp_path))
    assert result.returncode == 1
    assert "there are no lessons here" in result.stdout


def test_a_python_without_torch_proves_nothing(tmp_path: Path) -> None:
    write(tmp_path, steps(SOUND))
    environment = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    result = tutor("lint", str(tmp_path / "01-small"), "--python", str(environment / "bin" / "python"))
    assert result.returncode == 1
    assert "this Python has no torch" in result.stderr
    assert "nothing to put right" not in result.stdout


def test_ctrl_c_tells_what_was_found_until_then(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        steps(SOUND, head=WRONG.split("steps:")[0].replace("[one]", "[one]\nprerequisites: [no]") + "steps:\n"),
    )
    marker = tmp_path / "begun"
    slow = f"import time, pathlib; pathlib.Path({str(marker)!r}).touch(); time.sleep(60)"
    file.write_text(file.read_text().replace("n = 3", slow))
    command = [sys.executable, "-m", "tutor", "lint", str(tmp_path / "01-small"), "-j", "1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as run:
        while not marker.exists():
            assert run.poll() is None
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=30)
    assert run.returncode == 130
    assert "Traceback" not in err
    assert "there is no lesson `no`" in out
    assert "Stopped: 1 lesson, 0 of " in out
    assert ": 1 error" in out
