"""How fast completion answers: ``torch.`` and ``x.re``, with the worker idle and busy.

    python -m tests.bench.complete

Round trips through the session, from the question to the decoded answer.
"""

from __future__ import annotations

import asyncio
import sys
import time

from tests.recorder import Recorder
from tutor.protocol import events
from tutor.session.client import ProcessClient
from tutor.session.session import Session
from tutor.session.state import Phase

_ROUNDS = 200
_SETUP = "import torch\nx = torch.randn(100, 100)\nmodel = torch.nn.Sequential(torch.nn.Linear(100, 100))"
_BUSY = {
    "idle": "",
    "a Python loop": "while True: pass",
    "a training loop": "while True: model(x).sum().backward()",
    "a large product": "y = torch.randn(2000, 2000)\nwhile True: y @ y",
}


async def _asked(recorder: Recorder, source: str, *, signature: bool = False) -> float:
    assistant = recorder.session.assistant
    before = len(recorder.events)
    started = time.perf_counter()
    ask = assistant.signature if signature else assistant.complete
    ask(source, len(source))
    await recorder.until(
        lambda: any(isinstance(event, (events.Completed, events.Described)) for event in recorder.events[before:])
    )
    return time.perf_counter() - started


async def main() -> None:
    session = Session(ProcessClient(sys.executable, threads=1))
    recorder = Recorder(session)
    session.start()
    await recorder.until(lambda: session.state.phase is Phase.READY)
    await recorder.run(_SETUP)
    print(f"{'':<26}{'p50':>8}{'p99':>10}")
    for name, code in _BUSY.items():
        cell = session.run(code) if code else None
        if cell is not None:
            await recorder.begun(cell)
            await asyncio.sleep(0.2)
        for source in ("torch.", "x.re", "torch.sum("):
            signature = source.endswith("(")
            times = sorted([await _asked(recorder, source, signature=signature) for _ in range(_ROUNDS)])
            p50, p99 = times[_ROUNDS // 2], times[_ROUNDS * 99 // 100]
            print(f"{source:<11}{name:<15}{p50 * 1000:8.1f} ms {p99 * 1000:6.1f} ms")
        if cell is not None:
            session.interrupt()
            await cell.done.wait()
    session.close()


if __name__ == "__main__":
    asyncio.run(main())
