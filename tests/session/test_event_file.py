"""Event files for TensorBoard, written by a program of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.session import event_file

_STAND_IN = {
    "summary/writer/event_file_writer.py": """\
import pathlib
class EventFileWriter:
    def __init__(self, folder):
        pathlib.Path(folder).mkdir(parents=True)
        self.file = open(pathlib.Path(folder) / 'events', 'w')
    def add_event(self, event):
        (value,) = event.summary.value
        print(event.step, value.tag, value.simple_value, file=self.file)
    def close(self):
        self.file.close()
""",
    "compat/proto/event_pb2.py": "import types\nEvent = types.SimpleNamespace\n",
    "compat/proto/summary_pb2.py": (
        "import types\nclass Summary(types.SimpleNamespace):\n    Value = types.SimpleNamespace\n"
    ),
}
"""As much of the package as is used."""


@pytest.fixture
def tensorboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the package, where the program finds it before any real one."""
    root = tmp_path / "packages" / "tensorboard"
    for name, source in _STAND_IN.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
        for folder in file.relative_to(root).parents:
            (root / folder / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(root.parent))
    return root


@pytest.mark.usefixtures("tensorboard")
async def test_each_run_gets_a_folder_with_its_figures_in_order_of_steps(tmp_path: Path) -> None:
    out = tmp_path / "out"
    runs = [("run 1", 2.0, [("loss", 1, 0.5), ("loss", 3, 0.25), ("rate", 2, 0.1)]), ("run 1", 1.0, [])]
    assert await event_file.write(str(out), runs) == ""
    assert (out / "run-1" / "events").read_text().split("\n")[:3] == ["1 loss 0.5", "2 rate 0.1", "3 loss 0.25"]
    assert (out / "run-1-2" / "events").read_text() == ""


async def test_what_goes_wrong_is_told_in_one_line(tensorboard: Path, tmp_path: Path) -> None:
    (tensorboard / "compat/proto/event_pb2.py").write_text("raise OSError('no room')")
    assert await event_file.write(str(tmp_path / "out"), []) == "OSError: no room"


@pytest.mark.usefixtures("tensorboard")
async def test_a_module_in_the_current_folder_is_not_taken_for_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tensorboard.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert await event_file.write("out", [("a", 1.0, [])]) == ""
    assert (tmp_path / "out" / "a" / "events").exists()


def test_the_package_is_looked_for_without_being_loaded() -> None:
    event_file.installed()
    assert "tensorboard" not in sys.modules


@given(st.lists(st.text(max_size=80) | st.sampled_from(["..", ".", "a/../b", "/etc", "a", "A"]), max_size=8))
def test_folder_names_are_single_and_different(names: list[str]) -> None:
    taken: set[str] = set()
    found = [event_file.folder_name(name, taken) for name in names]
    assert len(set(found)) == len(found)
    assert not [name for name in found if "/" in name or "\0" in name or name.startswith((".", "-")) or not name]
