"""How long a learner waits for the verdict on an answer, over every step of the lessons that is judged.

    python -m tests.bench.check [--rounds 10]

The right answer and the starter are judged in turn, as the app asks for it: from the question to the verdict.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Lesson, Train
from tutor.paths import lessons_dir
from tutor.proof.plan import is_judged, solution_claim
from tutor.proof.prover import Prover


async def _waits(prover: Prover, lesson: Lesson, index: int, rounds: int) -> list[float]:
    claim = solution_claim(lesson, index)
    await prover.enter(lesson, index, anew=True)
    ran = await prover.run(claim.code)
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        await prover.judge(lesson, index, claim.code, ran, mistakes=True)
        taken.append(time.perf_counter() - began)
    return taken


async def _all(rounds: int) -> None:
    prover = Prover(sys.executable, preloaded=True)
    await prover.start()
    taken, slowest = [], ("", 0.0)
    for lesson in Catalogue(lessons_dir()).load_all().lessons:
        for index, step in enumerate(lesson.steps):
            # A training is run over several seeds only when it is asked for, and says so.
            if is_judged(lesson, index) and not isinstance(step, Train):
                waits = await _waits(prover, lesson, index, rounds)
                taken += waits
                slowest = max(
                    slowest, (f"{lesson.id}#{step.id}", statistics.median(waits)), key=lambda one: one[1]
                )
    prover.close()
    taken.sort()
    print(f"{len(taken)} verdicts: p50 {1_000 * statistics.median(taken):.0f} ms", end=", ")
    print(f"p95 {1_000 * taken[int(0.95 * len(taken))]:.0f} ms; the slowest step {slowest[0]}", end=" ")
    print(f"{1_000 * slowest[1]:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    asyncio.run(_all(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
