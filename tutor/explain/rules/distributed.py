"""Several processes together."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import TORCH, Say, rule
from tutor.explain.words import code


@rule("X1", "ValueError RuntimeError", r"Default process group has not been initialized", origins=(TORCH,))
def dist_not_initialised(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through("torch/distributed/distributed_c10d.py"):
        return None
    return Say(
        f"{code(f.function.source or 'This')} talks to other processes, but they have not met yet.",
        "Processes first form a group and agree who is number 0, 1, …; only then can they exchange anything.",
        "Call `dist.init_process_group('gloo')` first (`'nccl'` on NVIDIA cards), in a program started by "
        "`torchrun`.",
    )


@rule("X1", "ValueError RuntimeError", r"environment variable (\w+) expected, but not set", origins=(TORCH,))
def dist_env_missing(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.through("torch/distributed/rendezvous.py"):
        return None
    return Say(
        f"`{match[1]}` is not set: this program was started as a single one.",
        "`init_process_group` reads `RANK`, `WORLD_SIZE`, `MASTER_ADDR` and `MASTER_PORT`; `torchrun` sets them.",
        "Start it with `torchrun --nproc-per-node=2 script.py`. For one process here, set the four in "
        "`os.environ`.",
    )
