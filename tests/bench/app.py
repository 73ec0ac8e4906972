"""How fast the app is, from outside, in a real terminal: keys, results, keys during a flood, memory over time.

    python -m tests.bench.app [--minutes 1]

Every time is from the write of a key to the moment its effect was written to the terminal.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import sys
import tempfile
import time

import pexpect
import psutil

from tests.bench.table import Table, median, milliseconds, quantile

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")
_KEYS = 60
_KEYS_TRAINING = 200
"""More of them: the slowest of a hundred tells a p99 no better than the slowest of one."""
_RUNS = 40


class App:
    """The tutor, its free prompt if nothing else is named, in a terminal of 120×40."""

    def __init__(self, *arguments: str, shows: str = "ready") -> None:
        self._home = tempfile.TemporaryDirectory()
        environment = {**os.environ, "TERM": "xterm-256color", "TUTOR_DATA": self._home.name}
        for name in ("COLUMNS", "LINES"):
            environment.pop(name, None)
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "tutor", *(arguments or ("repl",))],
            dimensions=(40, 120),
            env=environment,
            encoding="utf-8",
            timeout=60,
        )
        self.child.delaybeforesend = None
        self.until(shows)
        self.settle()

    def settle(self, quiet: float = 0.3) -> None:
        """Read until nothing was written for a while."""
        try:
            while True:
                self.child.read_nonblocking(1 << 16, timeout=quiet)
        except pexpect.TIMEOUT:
            return

    def until(self, text: str, sent: str = "") -> float:
        """Seconds from sending ``sent`` until ``text`` was written."""
        started = time.perf_counter()
        self.child.send(sent)
        seen = ""
        while text not in _ESCAPES.sub("", seen):
            seen += self.child.read_nonblocking(1 << 16, timeout=60)
        return time.perf_counter() - started

    def first_bytes(self, key: str) -> float:
        """Seconds from a key until anything was written."""
        started = time.perf_counter()
        self.child.send(key)
        self.child.read_nonblocking(1 << 16, timeout=60)
        return time.perf_counter() - started

    def memory(self) -> float:
        """Resident MB of the UI process."""
        return float(psutil.Process(self.child.pid).memory_info().rss) / 1e6

    def close(self) -> None:
        self.child.close(force=True)
        self._home.cleanup()


def _keys(app: App) -> list[float]:
    times = []
    for _, key in zip(range(_KEYS), itertools.cycle("qzwvk")):
        times.append(app.until(key, key))
        app.settle(0.03)
    app.child.send("\x03")
    app.settle()
    return times


def _results(app: App) -> list[float]:
    times = []
    for number in range(_RUNS):
        app.child.send(f"{70_000 + number}+{number * 3}")
        app.settle(0.1)
        times.append(app.until(str(70_000 + number * 4), "\r"))
        app.settle(0.1)
    return times


def _flood(app: App) -> list[float]:
    """Keys while a million lines are printed."""
    app.child.send("for i in range(1_000_000): print(i)\r")
    time.sleep(0.05)
    times = []
    for key in itertools.cycle("qzwvk"):
        times.append(app.until(key, key))
        if len(times) >= 30:
            break
        time.sleep(0.01)
    app.child.send("\x03")
    app.settle(1.0)
    return times


_TRAINING = """\
import torch
net = torch.nn.Sequential(torch.nn.Linear(2, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
x = torch.randn(32, 2)
while True:
    loss = ((net(x) - x.prod(1, keepdim=True)) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
"""
_UNSEEN = "äöüßøåþð"
"""Letters that nothing but the prompt writes."""


def _training(app: App) -> list[float]:
    """Keys while a small model is trained, with its pane in front."""
    app.child.send(f"\x1b[200~{_TRAINING}\x1b[201~")
    app.settle()
    app.until("step/s", "\r")
    times = []
    for _, key in zip(range(_KEYS_TRAINING), itertools.cycle(_UNSEEN)):
        times.append(app.until(key, key))
        time.sleep(0.1)
    app.child.send("\x03")
    app.settle(1.0)
    return times


def _playing(app: App) -> list[float]:
    """Keys while the playground trains: another activation function, until its name is written."""
    app.child.send(" ")
    time.sleep(2.0)
    times = []
    for _, name in zip(range(_KEYS_TRAINING), itertools.cycle(("sigmoid", "linear", "gelu", "relu", "tanh"))):
        times.append(app.until(name, "a"))
        time.sleep(0.1)
    return times


_SCRIPT = (
    "x = torch.randn(200, 300)",
    "for i in range(3000): print('line', i)",
    "w = torch.randn(4, 5, requires_grad=True); (w ** 2).sum().backward()",
    "1 / 0",
    "m = torch.nn.Linear(300, 10); m(x).sum().backward()",
    "for step in range(60): (w ** 2).sum().backward(); w.data -= 0.01 * w.grad; w.grad = None",
    "x @ x",
    "{n: str(n) for n in range(5000)}",
)


def _session(app: App, minutes: float) -> list[tuple[float, float]]:
    """Memory over a scripted session: pairs of seconds and MB."""
    app.until("[", "import torch\r")
    started, seen, lines = time.monotonic(), list[tuple[float, float]](), itertools.cycle(_SCRIPT)
    while True:
        line = next(lines)
        app.child.send(line + "\r")
        app.settle(0.5)
        seen.append((time.monotonic() - started, app.memory()))
        if seen[-1][0] > 60 * minutes:
            return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1)
    minutes = parser.parse_args().minutes
    table = Table()
    app = App()
    key, result = median(_keys(app)), median(_results(app))
    ratio = result / key
    figure = f"{ratio:.2f} × ({milliseconds(result)})"
    table.row("Enter to painted result, against a key to its paint", figure, "≤ 2.5 ×", reached=ratio <= 2.5)
    before = app.memory()
    slow = quantile(_flood(app), 0.99)
    table.row("keys while a million lines come, p99", milliseconds(slow), "≤ 100 ms", reached=slow <= 0.1)
    grown = app.memory() - before
    table.row("… and how much the UI has grown", f"{grown:+.1f} MB", "≤ 20 MB", reached=grown <= 20)
    app.close()
    slow = quantile(_training(app := App()), 0.99)
    table.row("keys while a model is trained, p99", milliseconds(slow), "≤ 50 ms", reached=slow <= 0.05)
    app.close()
    slow = quantile(_playing(app := App("play", shows="Settings")), 0.99)
    table.row("keys while the playground trains, p99", milliseconds(slow), "≤ 50 ms", reached=slow <= 0.05)
    app.close()
    app = App()
    seen = _session(app, minutes)
    most = max(memory for _, memory in seen)
    half = [memory for second, memory in seen if second > seen[-1][0] / 2]
    growth = median(half[-len(half) // 4 :]) - median(half[: len(half) // 4 or 1])
    table.row(f"UI process in a session of {minutes:g} min", f"{most:.1f} MB", "≤ 70 MB", reached=most <= 70)
    table.row("… growth over the last half", f"{growth:+.2f} MB", "0", reached=growth < 0.5)
    app.close()


if __name__ == "__main__":
    main()
