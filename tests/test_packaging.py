"""The wheel, built and installed as a user's would be, run from another folder."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.install
def test_lessons_and_assets_travel_inside_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("lessons", "assets"):
        here = {p.relative_to(ROOT).as_posix() for p in (ROOT / folder).rglob("*") if p.is_file()}
        assert here
        assert {f"tutor/_data/{name}" for name in here} <= set(names)
    assert not [name for name in names if name.startswith(("tests", ".setup"))]


@pytest.mark.install
def test_an_installed_wheel_finds_its_lessons_and_runs_code(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = environment / "bin" / "python"
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True
    )
    # The dependencies are those of the environment that runs the tests: only the wheel itself is new.
    scheme = {"base": str(environment), "platbase": str(environment)}
    (Path(sysconfig.get_path("purelib", vars=scheme)) / "dependencies.pth").write_text(
        sysconfig.get_path("purelib")
    )
    tutor = str(environment / "bin" / "tutor")

    listed = subprocess.run([tutor, "list", "--json"], check=True, capture_output=True, text=True, cwd=tmp_path)
    ids = [lesson["id"] for lesson in json.loads(listed.stdout)["lessons"]]
    assert "what-a-tensor-is" in ids

    where = "import tutor.paths as p; print(p.lessons_dir())"
    found = subprocess.run([str(python), "-c", where], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert Path(found.stdout.strip()).is_relative_to(environment)

    (tmp_path / "code.py").write_text("import torch\ntorch.ones(2) + 1\n")
    ran = subprocess.run([tutor, "run", "code.py"], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert "tensor([2., 2.])" in ran.stdout
