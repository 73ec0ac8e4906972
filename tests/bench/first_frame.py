"""How long until something is on the screen: the tutor, the smallest Textual app, and whatever else is named.

    python -m tests.bench.first_frame [--runs 9] [NAME=COMMAND=TEXT …]

Programs take turns in one run, because the machine's speed changes from minute to minute; the figures to
compare are the ratios. TEXT is what must be on the screen for the frame to count.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import statistics
import sys
import tempfile
import time

import pexpect

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Smallest(App):
    def compose(self): yield Static("Ready")
Smallest().run()
"""

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")


def first_frame(command: list[str], text: str) -> float:
    """Seconds from exec until ``text`` was written to a terminal of 120×40."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TERM": "xterm-256color", "TUTOR_DATA": home}
        for name in ("COLUMNS", "LINES"):
            environment.pop(name, None)
        started = time.perf_counter()
        child = pexpect.spawn(
            command[0], command[1:], dimensions=(40, 120), env=environment, encoding="utf-8", timeout=60
        )
        seen = ""
        try:
            while text not in _ESCAPES.sub("", seen):
                seen += child.read_nonblocking(65_536, timeout=60)
            return time.perf_counter() - started
        finally:
            child.close(force=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("others", nargs="*", metavar="NAME=COMMAND=TEXT")
    options = parser.parse_args()
    programs = {
        "smallest Textual app": ([sys.executable, "-c", MINIMAL], "Ready"),
        "tutor": ([sys.executable, "-m", "tutor"], "learn PyTorch"),
    }
    for other in options.others:
        name, command, text = other.split("=", 2)
        programs[name] = (shlex.split(command), text)
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(options.runs):
        for name, (command, text) in programs.items():
            times[name].append(first_frame(command, text))
    base = statistics.median(times["smallest Textual app"])
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:<24} {median * 1000:7.0f} ms   {median / base:5.2f} ×")


if __name__ == "__main__":
    main()
