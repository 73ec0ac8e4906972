"""Packs for tests."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.lesson.bad import write_good


def folder_pack(base: Path, name: str = "deep-nets", *lessons: str) -> Path:
    """A folder with these lessons, or with one named ``first``."""
    for number, lesson in enumerate(lessons or ("first",), 1):
        write_good(base / name, f"{number:02}-{lesson}")
    return base / name


def zip_of(folder: Path, file: Path, *, inside: str = "") -> Path:
    """A ZIP with all files of a folder, below ``inside``."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                target.write(path, f"{inside}{path.relative_to(folder).as_posix()}")
    return file


def install(site: Path, name: str = "deep_nets", *, value: str = "", raising: bool = True) -> None:
    """An installed package with lessons, as pip leaves it in ``site``; importing it is an error."""
    package = site / name
    write_good(package / "lessons", "01-first")
    (package / "__init__.py").write_text("raise SystemExit('imported')" if raising else "")
    (package / "lessons" / "__init__.py").write_text("raise SystemExit('imported')")
    info = site / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    points = f"[console_scripts]\nx = y:z\n\n[tutor.lessons]\nnets = {value or f'{name}.lessons'}\n"
    (info / "entry_points.txt").write_text(points)
    (info / "RECORD").write_text(f"{info.name}/entry_points.txt,,\n{name}/__init__.py,,\n")
