"""Whether the code of a pack may run: what the learner said, for exactly the content they said it of."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from tutor.lesson.places import Pack
from tutor.lesson.writing import write_whole
from tutor.paths import data_dir

FILE_NAME = "packs.json"
_IGNORED = frozenset((".git", ".hg", ".svn", "__pycache__", ".ipynb_checkpoints"))
"""Folders that no lesson is read from, and that change by themselves."""
_MOST_FILES = 50_000
_MOST_BYTES = 500_000_000
_MAX_RECORD = 5_000_000
_CHUNK = 1 << 20

Text = Annotated[str, Meta(max_length=4_000)]


class TooMuch(Exception):
    """A pack that is too large to be looked through, so nobody could agree to what is in it."""


@dataclass(frozen=True, slots=True)
class Content:
    """All files of a pack, as one number: SHA-256 of their names and bytes."""

    digest: str
    files: int
    size: int
    """Bytes."""


class _Agreed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pack: Text
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    at: float
    """Seconds since 1970, UTC."""


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    agreed: tuple[_Agreed, ...] = ()


class Trust:
    """What was agreed to, kept in the learner's data; nothing else can write it: no export of progress has it."""

    def __init__(self, *, for_now: bool = False) -> None:
        """With ``for_now`` every pack is agreed to until this object is gone, and nothing is remembered."""
        self._for_now = for_now
        self._file = data_dir() / FILE_NAME
        self._said: set[tuple[str, str]] = set()

    def allows(self, pack: Pack, content: Content) -> bool:
        """Whether this content of the pack may run."""
        return self._for_now or (pack.name, content.digest) in self._said | self._kept()

    def knew(self, pack: Pack) -> bool:
        """Whether an earlier content of a pack with this name was agreed to."""
        return any(name == pack.name for name, _ in self._said | self._kept())

    def agree(self, pack: Pack, content: Content) -> None:
        """The learner said yes; where that cannot be kept it holds until the tutor is left."""
        self._said.add((pack.name, content.digest))
        known = [one for one in self._read().agreed if (one.pack, one.digest) != (pack.name, content.digest)]
        self._write([*known, _Agreed(pack.name, content.digest, time.time())])

    def forget(self, name: str) -> bool:
        """Take back what was agreed to for packs of this name; whether there was anything."""
        known = self._read().agreed
        self._said = {one for one in self._said if one[0] != name}
        self._write([one for one in known if one.pack != name])
        return any(one.pack == name for one in known)

    def _kept(self) -> set[tuple[str, str]]:
        return {(one.pack, one.digest) for one in self._read().agreed}

    def _read(self) -> _Record:
        """Nothing where it cannot be read: then it is asked again."""
        try:
            with self._file.open("rb") as stream:
                return msgspec.json.decode(stream.read(_MAX_RECORD), type=_Record)
        except (OSError, ValueError, RecursionError):
            return _Record()

    def _write(self, agreed: list[_Agreed]) -> None:
        write_whole(self._file, msgspec.json.format(msgspec.json.encode(_Record(tuple(agreed)))))


def content_of(pack: Pack) -> Content:
    """What is in a pack now; every file is read. Raises TooMuch, and OSError where a file cannot be read."""
    total = hashlib.sha256()
    files = size = 0
    for path in _all_files(pack.folder):
        files += 1
        one = hashlib.sha256(b"link " + os.fsencode(path.readlink()) if path.is_symlink() else b"file ")
        # A pipe or a device is not read: it might never end.
        if path.is_file():
            with path.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > _MOST_BYTES:
                        raise TooMuch(f"it has more than {_MOST_BYTES:,} bytes")
                    one.update(chunk)
        name = os.fsencode(path.relative_to(pack.folder).as_posix())
        # Each part has a length of its own, so that no two contents are one text.
        total.update(len(name).to_bytes(8, "big") + name + one.digest())
        if files > _MOST_FILES:
            raise TooMuch(f"it has more than {_MOST_FILES:,} files")
    return Content(total.hexdigest(), files, size)


def _all_files(folder: Path) -> list[Path]:
    """Every file below a folder, sorted; links to folders are files here and not followed. Raises TooMuch."""
    found: list[Path] = []
    for base, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(base) / name).is_symlink()]
        folders[:] = [name for name in folders if name not in _IGNORED and name not in links]
        found += [Path(base) / name for name in (*names, *links)]
        if len(found) > _MOST_FILES:
            raise TooMuch(f"it has more than {_MOST_FILES:,} files")
    return sorted(found)
