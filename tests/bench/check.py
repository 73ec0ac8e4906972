"""How long a learner waits for the verdict on an answer, over every step of the lessons that is judged.

    python -m tests.bench.check [--rounds 10] [--slowest 5] [LESSON…]

The right answer, and those that the lesson refuses (its starter, ``rejects``, misconceptions), each from the
question to the verdict: as the app asks after whatever was run, and as it does when the learner asks (F8), where a
refused try is run again by itself. Each in a fresh step, as the app comes to it.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from dataclasses import dataclass, field

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Lesson, Train
from tutor.lesson.state import fitted
from tutor.paths import lessons_dir
from tutor.proof.plan import Claim, further_claims, is_judged, solution_claim
from tutor.proof.prover import Prover, Ran


@dataclass
class Waits:
    """Seconds, by what was judged."""

    right: list[float] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    steps: dict[str, list[float]] = field(default_factory=dict)


async def _judged(prover: Prover, lesson: Lesson, claim: Claim, rounds: int, waits: Waits) -> None:
    if await prover.enter(lesson, claim.index, anew=True):
        return
    # Coming to a step has it judged, too: nobody waits for that verdict.
    await prover.judge(lesson, claim.index, "", Ran(), mistakes=True, asked=False)
    ran = await prover.run(claim.code)
    if ran.status in ("died", "timeout"):
        return
    name = f"{lesson.id}#{lesson.steps[claim.index].id}"
    for _ in range(rounds):
        for asked in (False, True):
            began = time.perf_counter()
            await prover.judge(lesson, claim.index, claim.code, ran, mistakes=True, asked=asked)
            taken = time.perf_counter() - began
            (waits.right if claim.passes else waits.asked if asked else waits.wrong).append(taken)
            waits.steps.setdefault(name, []).append(taken)


def _said(name: str, seconds: list[float]) -> str:
    taken = sorted(1_000 * s for s in seconds)
    return (
        f"{len(taken):5} {name}: p50 {statistics.median(taken):.0f} ms, p95 {taken[int(0.95 * len(taken))]:.0f} ms"
    )


async def _all(rounds: int, slowest: int, only: list[str]) -> None:
    prover = Prover(sys.executable, preloaded=True)
    await prover.start()
    waits = Waits()
    for whole in Catalogue(lessons_dir()).load_all().lessons:
        lesson = fitted(whole, prover.devices)
        for index, step in enumerate(lesson.steps):
            # A training is run over several seeds only when it is asked for, and says so.
            if (only and lesson.id not in only) or not is_judged(lesson, index) or isinstance(step, Train):
                continue
            wrong = [
                c for c in further_claims(lesson, index) if c.kind in ("wrong", "mistake") and not c.other_seed
            ]
            for claim in (solution_claim(lesson, index), *wrong):
                await _judged(prover, lesson, claim, rounds, waits)
            prover.renew()
    prover.close()
    print(_said("verdicts", waits.right + waits.wrong + waits.asked))
    print(_said("on what is right", waits.right))
    print(_said("on what is wrong, after it was run", waits.wrong))
    print(_said("on what is wrong, asked for", waits.asked))
    for name, taken in sorted(waits.steps.items(), key=lambda one: -statistics.median(one[1]))[:slowest]:
        print(f"  {name}: median {1_000 * statistics.median(taken):.0f} ms, longest {1_000 * max(taken):.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--slowest", type=int, default=5)
    parser.add_argument("lessons", nargs="*")
    args = parser.parse_args()
    asyncio.run(_all(args.rounds, args.slowest, args.lessons))


if __name__ == "__main__":
    main()
