"""ZIPs of lessons, unpacked into the cache once each is known to hold nothing but plain files of a sane size.

Everything is checked from the directory of the ZIP before the first byte is written, and the bytes are counted
again as they come: a ZIP can lie about their number.
"""

from __future__ import annotations

import hashlib
import shutil
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tutor.paths import cache_dir

MOST_FILES = 20_000
MOST_BYTES = 200_000_000
"""All files together, unpacked; data sets of lessons are small."""
_MOST_PACKED = 100_000_000
_MOST_RATIO = 200
"""Text packs ten times, a table of zeros a thousand times; what is small may."""
_SMALL = 1_000_000
_LONGEST = 200
_LISTED = 400
"""Bytes of one file in the list of files: 46, its name, times and owners."""
_END_LONGEST = 22 + 65_535
_DEEPEST = 12
_CHUNK = 1 << 16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class Refused(Exception):
    """A ZIP that is not unpacked; the message says what of it, and why."""


def unpacked(file: Path) -> Path:
    """The folder in the cache with the contents of a ZIP; unpacked now if it is new. Raises Refused."""
    try:
        size = file.stat().st_size
        if size > _MOST_PACKED:
            raise Refused(f"too large: a ZIP of lessons has at most {_MOST_PACKED:,} bytes, not {size:,}")
        with file.open("rb") as stream:
            _check_directory(stream)
            stream.seek(0)
            digest = hashlib.sha256(stream.read(_MOST_PACKED + 1)).hexdigest()
        folder = cache_dir() / "packs" / digest[:40]
        if not folder.is_dir():
            with zipfile.ZipFile(file) as archive:
                _unpack(archive, _checked(archive), folder)
    except OSError as error:
        raise Refused(f"cannot be read or unpacked: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, ValueError) as error:
        raise Refused(f"not a whole ZIP: {error}") from error
    except (NotImplementedError, RuntimeError) as error:
        raise Refused(f"packed in a way that is not read here: {error}") from error
    return folder


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a list of files too long to be read; zipfile reads all of it before anything can be asked.

    Its size stands 12 bytes after the signature at the end (APPNOTE 6.3.10, section 4.3.16).
    """
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - _END_LONGEST))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise Refused("not a ZIP, or not a whole one")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > MOST_FILES * _LISTED:
        raise Refused(f"too many files: at most {MOST_FILES:,}")


def _checked(archive: zipfile.ZipFile) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """The files to unpack, by path. Raises Refused."""
    members = archive.infolist()
    if len(members) > MOST_FILES:
        raise Refused(f"too many files: at most {MOST_FILES:,}, not {len(members):,}")
    total = sum(member.file_size for member in members)
    if total > MOST_BYTES:
        raise Refused(f"too large: unpacked it has {total:,} bytes, at most {MOST_BYTES:,} are taken")
    files: dict[PurePosixPath, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for member in members:
        path = _path(member)
        _check_kind(member)
        key = _same(path)
        if key in seen:
            raise Refused(f"`{_shown(member)}` is in it twice")
        seen.add(key)
        if not member.is_dir():
            files[path] = member
    plain_files = {_same(path) for path in files}
    for path in files:
        if any(_same(parent) in plain_files for parent in path.parents):
            raise Refused(f"`{path}` lies in something that is a file")
    return files


def _path(member: zipfile.ZipInfo) -> PurePosixPath:
    """Where a member goes, below the folder of the pack. Raises Refused."""
    # `filename` has been put in order by zipfile; what the ZIP says is judged.
    name = member.orig_filename
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
        raise Refused(f"`{_shown(member)}` leads out of it, or might: names are like 01-first/lesson.yaml")
    if not name.isprintable():
        raise Refused(f"`{_shown(member)}` has a character in its name that cannot be seen")
    if len(name) > _LONGEST or len(parts) > _DEEPEST:
        raise Refused(f"`{_shown(member)}` has too long a name, or lies too deep")
    return PurePosixPath(*parts)


def _check_kind(member: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused(f"`{_shown(member)}` is a link or a device; only files and folders are unpacked")
    if member.flag_bits & _ENCRYPTED:
        raise Refused(f"`{_shown(member)}` is encrypted; pack it without a password")
    if member.compress_type not in _METHODS:
        raise Refused(f"`{_shown(member)}` is packed in a way that is not read here; use deflate")
    if member.file_size > _SMALL and member.file_size > _MOST_RATIO * max(member.compress_size, 1):
        raise Refused(f"`{_shown(member)}` grows more than {_MOST_RATIO} times when it is unpacked")


def _same(path: PurePosixPath) -> str:
    """Paths with one such key are one file on some systems."""
    return unicodedata.normalize("NFC", str(path)).casefold()


def _shown(member: zipfile.ZipInfo) -> str:
    name = member.orig_filename
    return name if len(name) <= _LONGEST // 2 else name[: _LONGEST // 2] + "…"


def _unpack(archive: zipfile.ZipFile, files: dict[PurePosixPath, zipfile.ZipInfo], folder: Path) -> None:
    """Unpack beside the place, then put there at once: what is there is whole, also with two tutors at it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent))
    left = MOST_BYTES
    try:
        for path, member in files.items():
            target = work / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("xb") as sink:
                while chunk := source.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise Refused("too large: it holds more than it says")
                    sink.write(chunk)
        try:
            work.rename(folder)
        except OSError:
            # Another tutor was faster.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
