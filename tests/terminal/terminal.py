"""A real pseudo-terminal with a screen that can be read."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

ROOT = Path(__file__).parent.parent.parent
# pyte does not know private-mode queries and the kitty keyboard protocol; it would print their parameters.
_UNKNOWN = re.compile(
    r"\x1b\[[<>=?][0-9;:]*[ $'\"!]?[@-~](?<![hl])|\x1b\[[0-9;:]*[ $'\"!][@-~]|\x1b[P_][^\x1b]*\x1b\\"
)


class Terminal:
    """One program in a terminal of ``columns`` × ``rows``."""

    def __init__(
        self, *arguments: str, columns: int = 80, rows: int = 24, data: Path, cwd: Path | None = None
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self.raw = ""
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "TUTOR_DATA": str(data),
            "PYTHONPATH": str(ROOT),
            "TEXTUAL_ANIMATIONS": "none",
        }
        for name in ("NO_COLOR", "COLUMNS", "LINES"):
            environment.pop(name, None)
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "tutor", *arguments],
            dimensions=(rows, columns),
            env=environment,
            cwd=str(cwd) if cwd else None,
            encoding="utf-8",
            codec_errors="replace",
            timeout=60,
        )

    def send(self, text: str) -> None:
        self.child.send(text)

    def read(self) -> None:
        """Take in what the program has written so far."""
        try:
            data = self.child.read_nonblocking(65_536, timeout=0.05)
        except pexpect.TIMEOUT:
            return
        self.raw += data
        self._stream.feed(_UNKNOWN.sub("", data))

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def until(self, condition: Callable[[], object], limit: float = 60.0) -> float:
        """Read until ``condition()`` is true; returns the seconds that took."""
        started = time.monotonic()
        while not condition():
            assert time.monotonic() - started < limit, f"waited in vain; the screen shows:\n{self.text}"
            self.read()
        return time.monotonic() - started

    def shows(self, *texts: str) -> bool:
        return all(text in self.text for text in texts)

    def end(self) -> int | None:
        """Read to the end; the exit status, or None if a signal ended it."""
        while True:
            try:
                self.read()
            except pexpect.EOF:
                break
        self.child.close()
        status: int | None = self.child.exitstatus
        return status
