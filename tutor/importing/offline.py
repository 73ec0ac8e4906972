"""Code that a worker runs first, so that a trial reaches neither the network nor the files beside the tutorial."""

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
"""


def code(folder: str) -> str:
    """One expression: it binds no name. ``folder`` becomes the current one."""
    source = _SOURCE.format(folder=folder, refusal=REFUSAL)
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
