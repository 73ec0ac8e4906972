"""A file on the disk as blocks, by its ending. Nothing is run here."""

from __future__ import annotations

import mmap
from pathlib import Path

from tutor.importing import markdown, notebook, python
from tutor.importing.blocks import NotATutorial, Tutorial, cleaned

ENDINGS = (".md", ".markdown", ".ipynb", ".py")
_LARGEST_TEXT = 1_000_000
"""Bytes of Markdown or Python; a lesson has no more."""


def read(file: Path) -> Tutorial:
    """Raises NotATutorial, which says why, and what to do."""
    ending = file.suffix.lower()
    if ending not in ENDINGS:
        raise NotATutorial(f"only {', '.join(ENDINGS)} can be imported")
    try:
        return _notebook(file) if ending == ".ipynb" else _text(file, ending)
    except OSError as error:
        raise NotATutorial(f"it cannot be read: {error.strerror or error}") from error


def _notebook(file: Path) -> Tutorial:
    size = file.stat().st_size
    if size > notebook.LARGEST:
        raise NotATutorial(f"it is too large: {size / 1e6:,.0f} MB; at most {notebook.LARGEST / 1e6:,.0f} MB")
    with file.open("rb") as stream:
        if not size:
            raise NotATutorial("it is empty")
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return notebook.read(data)


def _text(file: Path, ending: str) -> Tutorial:
    with file.open("rb") as stream:
        data = stream.read(_LARGEST_TEXT + 1)
    if len(data) > _LARGEST_TEXT:
        raise NotATutorial(f"it is too large: at most {_LARGEST_TEXT:,} bytes can be imported; split it")
    return parse(data, ending)


def parse(data: bytes, ending: str) -> Tutorial:
    """The blocks of Markdown or Python."""
    try:
        text = cleaned(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = f"the byte 0x{data[error.start]:02X} stands in line {line}"
        raise NotATutorial(f"it is not UTF-8: {place}; save it as UTF-8") from error
    if not text.strip():
        raise NotATutorial("it is empty")
    return python.read(text) if ending == ".py" else markdown.read(text, cells=True)
