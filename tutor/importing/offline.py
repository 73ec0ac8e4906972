"""What a worker is given first, so that a trial reaches neither the network nor the files beside the tutorial.

Each turn of a trial has another time, for no lesson can count on one.
"""

from __future__ import annotations

REFUSAL = "no network while a tutorial is tried"
"""In the message of what tried to connect."""

_SOURCE = """
import os, socket
os.chdir({folder!r})

def refuse(*_arguments, **_named):
    raise OSError({refusal!r})

connect = socket.socket.connect

def connect_here(self, address):
    if self.family != getattr(socket, "AF_UNIX", None):
        refuse()
    return connect(self, address)

socket.socket.connect = connect_here
socket.socket.connect_ex = connect_here
socket.create_connection = refuse
socket.getaddrinfo = refuse
socket.gethostbyname = refuse

import time

os.environ["TZ"] = {zone!r}
time.tzset()

def later(now, by):
    return lambda: now() + by

time.time = later(time.time, {later})
time.time_ns = later(time.time_ns, {later} * 1_000_000_000)

def told(read):
    return lambda seconds=None: read(time.time() if seconds is None else seconds)

for name in ("ctime", "gmtime", "localtime"):
    setattr(time, name, told(getattr(time, name)))
"""
_LATER = 500 * 86_400 + 45_296
"""Seconds by which the clock of a second turn is ahead: in another year, at another hour, minute and second."""
_ZONES = ("UTC0", "TUTOR-9:17")
"""Who asks the operating system for the time of day is told another hour and minute."""


def code(folder: str, turn: int = 1) -> str:
    """One expression: it binds no name. ``folder`` becomes the current one."""
    source = _SOURCE.format(folder=folder, refusal=REFUSAL, later=(turn - 1) * _LATER, zone=_ZONES[turn % 2])
    return f"exec({source!r}, {{}})"


def environment(folder: str) -> dict[str, str]:
    """Variables of the worker: no accelerator, no cache of earlier downloads, and a network that is not there."""
    nowhere = "http://127.0.0.1:9"
    return {
        "CUDA_VISIBLE_DEVICES": "",
        "HIP_VISIBLE_DEVICES": "",
        "TORCH_HOME": folder,
        "HF_HOME": folder,
        "HF_HUB_OFFLINE": "1",
        "SKLEARN_DATA": folder,
        "http_proxy": nowhere,
        "https_proxy": nowhere,
    }
