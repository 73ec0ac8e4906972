"""The walls of the house, as tests: who may import whom, and what each process loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _loaded_by(code: str) -> set[str]:
    """Modules that a clean interpreter holds after running ``code``."""
    script = f"import sys\n{code}\nprint(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(result.stdout.split())


def test_import_contracts_hold() -> None:
    command = str(Path(sys.executable).with_name("lint-imports"))
    result = subprocess.run([command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("module", ["tutor.ui.app", "tutor.cli", "tutor.session.session", "tutor.cli.reports"])
def test_the_ui_process_loads_neither_torch_nor_the_worker(module: str) -> None:
    loaded = _loaded_by(f"import {module}")
    assert not {name for name in loaded if name.split(".")[0] in ("torch", "numpy")}
    assert not {name for name in loaded if name.startswith("tutor.worker")}


def test_what_the_first_frame_does_not_show_is_not_imported_for_it() -> None:
    loaded = _loaded_by("import tutor.ui.app")
    late = {
        "yaml",
        "sqlite3",
        "fsrs",
        "nbformat",
        "msgspec",
        "tree_sitter",
        "psutil",
        "markdown_it",
        "pygments.lexers.python",
    }
    assert not loaded & late
    assert not {name for name in loaded if name.startswith(("tutor.lesson", "tutor.session", "tutor.render"))}


def test_the_worker_needs_the_standard_library_and_torch_only() -> None:
    # As the nursery starts it: the package folder under its own name, nothing of ours on sys.path.
    code = (
        "import types; before = set(sys.modules); m = types.ModuleType('tutor'); "
        f"m.__path__ = [{str(ROOT / 'tutor')!r}]; sys.modules['tutor'] = m\n"
        "import tutor.worker.nursery, tutor.worker.loop\n"
        "sys.modules = {n: m for n, m in sys.modules.items() if n not in before}"
    )
    foreign = {
        name.split(".")[0]
        for name in _loaded_by(code)
        if name.split(".")[0] not in sys.stdlib_module_names | {"tutor"} and not name.startswith("_sysconfigdata")
    }
    assert foreign == set()


def test_a_screen_needs_no_session_to_be_imported_by_the_command_line() -> None:
    assert not {name for name in _loaded_by("import tutor.cli") if name.startswith(("textual", "tutor.ui"))}
