"""The program that shows one figure, in terminals that answer as kitty, as a sixel terminal, and not at all."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pexpect
import pytest

pytestmark = pytest.mark.terminal
ROOT = Path(__file__).parents[2]
VIEWER = [sys.executable, "-m", "tutor.ui.viewer"]


def png(width: int, height: int, *, claims: tuple[int, int] | None = None) -> bytes:
    """A red picture; ``claims`` is the size its header gives."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\xf0\0\0" * width) * height
    header = struct.pack(">IIBBBBB", *(claims or (width, height)), 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def view(path: Path, kind: str) -> tuple[str, int | None]:
    """What the viewer wrote to a terminal that answers its questions, and its exit status."""
    child: Any = pexpect.spawn(
        VIEWER[0], [*VIEWER[1:], str(path)], cwd=str(ROOT), dimensions=(40, 120), timeout=30
    )
    output = b""
    while True:
        found = child.expect(
            [rb"\x1b\[c", rb"\x1b_Gi=(\d+)[^\x1b]*\x1b\\", rb"\x1b\[16t", rb"goes back", pexpect.EOF]
        )
        output += child.before
        if found == 0:
            child.send(b"\x1b[?62;4c" if kind == "sixel" else b"\x1b[?62c")
        elif found == 1:
            output += child.after
            if b"a=q" in child.after and kind == "kitty":
                child.send(b"\x1b_Gi=" + child.match[1] + b";OK\x1b\\")
        elif found == 2:
            child.send(b"\x1b[6;20;10t")
        elif found == 3:
            # Ctrl+C is a key like others here.
            child.send(b"\x03")
        else:
            break
    child.close()
    return output.decode("utf-8", "replace"), child.exitstatus


@pytest.mark.parametrize(
    ("kind", "sign"), [("sixel", r"\x1bP"), ("kitty", r"\x1b_Ga=|\x1b_G[^q]*f="), ("none", "[▀▄]")]
)
def test_the_best_the_terminal_can_do_is_used(tmp_path: Path, kind: str, sign: str) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(png(120, 80))
    written, status = view(path, kind)
    assert status == 0
    assert re.search(sign, written)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a picture",
        png(4, 4)[:40],
        png(4, 4, claims=(60_000, 60_000)),
        b"GIF89a",
        b"\x89PNG" + bytes(5_000_000),
    ],
    ids=["empty", "text", "cut", "bomb", "gif", "large"],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(data)
    assert view(path, "none")[1] == 1


def test_without_a_terminal_it_ends(tmp_path: Path) -> None:
    result = subprocess.run([*VIEWER, str(tmp_path / "x.png")], cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    assert result.returncode == 2
