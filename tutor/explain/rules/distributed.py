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


@rule("X1", "ProcessRaisedException", r"Process (\d+) terminated with the following error", origins=(TORCH,))
def spawned_process_failed(f: Failure, match: re.Match[str]) -> Say | None:
    lines = f.message.rstrip().splitlines()
    told = next((line for line in reversed(lines) if re.match(r"[\w.]+(:|$)", line)), "")
    # The innermost line that was typed here: such code lies in a file of the session in the child.
    typed = [n for n, line in enumerate(lines) if re.search(r'File ".*session_\d+_\d+\.py", line \d+, in ', line)]
    if not told:
        return None
    where = ""
    if typed and typed[-1] + 1 < len(lines):
        function = lines[typed[-1]].rpartition(" in ")[2].strip()
        where = f", at {code(lines[typed[-1] + 1].strip())} in {code(function)}"
    name = f.arguments[0].source if f.arguments else "the function"
    return Say(
        f"Process {match[1]} failed with {code(told)}{where}.",
        "Each process runs the function by itself; the first that fails ends them all, and its own traceback is "
        "the text above.",
        f"Call it here once, without `spawn`, where every error is shown in full: {code(f'{name}({match[1]})')}.",
    )
