"""ZIPs: what is unpacked, and everything that is not."""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.packs import archive
from tutor.packs.archive import Refused, unpacked
from tutor.paths import cache_dir

Fill = Callable[[zipfile.ZipFile], None]


def _zip(file: Path, fill: Fill, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(file, "w", method) as target:
        fill(target)
    return file


def _one(name: str, content: str | bytes = "x") -> Fill:
    return lambda target: target.writestr(zipfile.ZipInfo(name), content)


def _link(target: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("01-a/lesson.yaml")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    target.writestr(info, "/etc/passwd")


def _twice(*names: str) -> Fill:
    def fill(target: zipfile.ZipFile) -> None:
        with warnings.catch_warnings():
            # zipfile warns of a name that is there already.
            warnings.simplefilter("ignore")
            for name in names:
                target.writestr(name, "x")

    return fill


def _everything_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_files_are_unpacked_once_and_as_plain_files(tmp_path: Path) -> None:
    def fill(target: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("01-a/run.sh")
        info.external_attr = (stat.S_IFREG | stat.S_ISUID | 0o777) << 16
        target.writestr(info, "echo")
        target.writestr("01-a/", "")
        target.writestr("01-a/lesson.yaml", "é".encode())

    folder = unpacked(_zip(tmp_path / "a.zip", fill))
    assert folder.is_relative_to(cache_dir())
    assert _everything_in(folder) == {"01-a", "01-a/run.sh", "01-a/lesson.yaml"}
    assert (folder / "01-a" / "lesson.yaml").read_text(encoding="utf-8") == "é"
    assert not (folder / "01-a" / "run.sh").stat().st_mode & (stat.S_ISUID | stat.S_IXUSR)
    before = (folder / "01-a" / "run.sh").stat().st_mtime_ns
    assert unpacked(tmp_path / "a.zip") == folder
    assert (folder / "01-a" / "run.sh").stat().st_mtime_ns == before
    assert unpacked(_zip(tmp_path / "a.zip", _one("other"))) != folder


@pytest.mark.parametrize(
    ("fill", "said"),
    [
        (_one("../evil.py"), "`../evil.py` leads out of it"),
        (_one("01-a/../../evil.py"), "leads out of it"),
        (_one("/etc/evil"), "leads out of it"),
        (_one("C:/evil"), "leads out of it"),
        (_one("..\\evil"), "leads out of it"),
        (_one("./a"), "leads out of it"),
        (_one("a//b"), "leads out of it"),
        (_one("a\x1b[2Jb"), "cannot be seen"),
        (_one("a" * 300), "too long a name"),
        (_one("a/" * 20 + "b"), "lies too deep"),
        (_link, "is a link or a device"),
        (_twice("a", "a"), "`a` is in it twice"),
        (_twice("a", "A"), "`A` is in it twice"),
        (_twice("caf\u00e9", "cafe\u0301"), "is in it twice"),
        (_twice("a", "a/b"), "lies in something that is a file"),
    ],
)
def test_what_is_refused_is_named_and_leaves_nothing_behind(fill: Fill, said: str, tmp_path: Path) -> None:
    file = _zip(tmp_path / "bad.zip", fill)
    with pytest.raises(Refused) as raised:
        unpacked(file)
    assert said in str(raised.value)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path != file]


def test_a_bomb_is_refused_before_it_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(target: zipfile.ZipFile) -> None:
        target.writestr("zeros", b"\0" * 5_000_000)

    with pytest.raises(Refused, match="`zeros` grows more than 200 times"):
        unpacked(_zip(tmp_path / "ratio.zip", fill))
    monkeypatch.setattr(archive, "MOST_BYTES", 1_000)
    with pytest.raises(Refused, match="unpacked it has 1,001 bytes, at most 1,000 are taken"):
        unpacked(_zip(tmp_path / "size.zip", lambda target: target.writestr("a", b"x" * 1_001)))
    monkeypatch.setattr(archive, "_MOST_PACKED", 1_000)
    with pytest.raises(Refused, match="a ZIP of lessons has at most 1,000 bytes"):
        unpacked(
            _zip(tmp_path / "packed.zip", lambda target: target.writestr("a", b"x" * 990), zipfile.ZIP_STORED)
        )


def test_too_many_files_are_refused_also_before_their_list_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(target: zipfile.ZipFile) -> None:
        for number in range(30):
            target.writestr(f"{number}", "")

    file = _zip(tmp_path / "many.zip", fill)
    monkeypatch.setattr(archive, "MOST_FILES", 29)
    with pytest.raises(Refused, match="at most 29, not 30"):
        unpacked(file)
    monkeypatch.setattr(archive, "_LISTED", 1)
    with pytest.raises(Refused, match=r"too many files: at most 29$"):
        unpacked(file)


def test_a_lie_about_the_size_is_found_out(tmp_path: Path) -> None:
    file = _zip(tmp_path / "lie.zip", lambda target: target.writestr("a", b"x" * 10_000))
    data = bytearray(file.read_bytes())
    # The size once in the file's own header and once in the list.
    size = struct.pack("<L", 10_000)
    assert data.count(size) == 2
    file.write_bytes(data.replace(size, struct.pack("<L", 10)))
    with pytest.raises(Refused, match="not a whole ZIP"):
        unpacked(file)


def test_encrypted_and_odd_packings_are_refused(tmp_path: Path) -> None:
    file = _zip(tmp_path / "a.zip", _one("a"))
    data = bytearray(file.read_bytes())
    listed = data.index(b"PK\x01\x02")
    data[listed + 8] |= 1
    file.write_bytes(data)
    with pytest.raises(Refused, match="`a` is encrypted; pack it without a password"):
        unpacked(file)
    with pytest.raises(Refused, match="use deflate"):
        unpacked(_zip(tmp_path / "b.zip", lambda target: target.writestr("a", "x"), zipfile.ZIP_LZMA))


def test_what_is_no_zip_is_said(tmp_path: Path) -> None:
    for content in (b"", b"PK", b"x" * 1_000, b"PK\x05\x06" + b"\xff" * 18):
        (tmp_path / "no.zip").write_bytes(content)
        with pytest.raises(Refused):
            unpacked(tmp_path / "no.zip")
    with pytest.raises(Refused, match="cannot be read"):
        unpacked(tmp_path / "nowhere.zip")


@given(st.data())
def test_a_spoilt_zip_is_unpacked_or_refused_and_never_leads_out(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("01-a/lesson.yaml", "schema: 1\n" * 20)
        target.writestr("01-a/data.txt", "x")
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    base = tmp_path_factory.mktemp("spoilt")
    (base / "it.zip").write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TUTOR_CACHE", str(base / "cache"))
        with contextlib.suppress(Refused):
            assert unpacked(base / "it.zip").is_relative_to(base / "cache")
    assert {path.name for path in base.iterdir()} <= {"it.zip", "cache"}
    assert not [path for path in base.rglob("*") if path.is_symlink()]
