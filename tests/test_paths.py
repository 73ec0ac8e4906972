"""Where lessons, assets and user data are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor import paths


def test_a_checkout_has_its_lessons_and_assets_beside_the_package() -> None:
    assert paths.lessons_dir() == paths.package_dir().parent / "lessons"
    assert paths.assets_dir() == paths.package_dir().parent / "assets"
    assert paths.lessons_dir().is_dir()
    assert paths.assets_dir().is_dir()


def test_a_wheel_has_them_inside_the_package_whatever_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "tutor"
    (package / "_data" / "lessons").mkdir(parents=True)
    (tmp_path / "site-packages" / "lessons").mkdir()
    monkeypatch.setattr(paths, "package_dir", lambda: package)
    assert paths.lessons_dir() == package / "_data" / "lessons"


def test_the_package_folder_is_the_one_that_is_imported() -> None:
    assert (paths.package_dir() / "paths.py").samefile(paths.__file__)


def test_user_data_goes_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path / "mine"))
    assert paths.data_dir() == tmp_path / "mine"
    assert not (tmp_path / "mine").exists()


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_DATA", "~/kept")
    assert paths.data_dir() == Path.home() / "kept"


@pytest.mark.parametrize("value", [None, ""])
def test_without_it_the_system_has_a_place(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is None:
        monkeypatch.delenv("TUTOR_DATA")
    else:
        monkeypatch.setenv("TUTOR_DATA", value)
    assert paths.data_dir().is_absolute()
    assert paths.data_dir().name == "pytorch-tutor"
