"""What a key costs while all lessons are searched: those that are there, over and over until they are a thousand.

    python -m tests.bench.search

Processor time, so that other work on the machine does not count.
"""

from __future__ import annotations

import statistics
import time

import msgspec

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.search import Index
from tutor.paths import lessons_dir

_LESSONS = 1_000
_QUERIES = ("s", "shape", "shape axis", "gradient descent step", "nowhere", "reshape(2")
_ROUNDS = 15


def main() -> None:
    real = Catalogue(lessons_dir()).load_all().lessons
    index = Index(lambda _lesson, _step: (True, 9))
    start = time.process_time()
    for number in range(_LESSONS):
        one = real[number % len(real)]
        index.add(msgspec.structs.replace(one, id=f"{one.id}-{number}", title=f"{one.title} {number}"))
    print(f"{_LESSONS:,} lessons taken in, between other work: {time.process_time() - start:.2f} s")
    for query in _QUERIES:
        taken = []
        for _ in range(_ROUNDS):
            start = time.process_time()
            found = index.find(query)
            taken.append(time.process_time() - start)
        print(f"{query!r:26} {found.total:>7,} places  {1_000 * statistics.median(taken):6.1f} ms")


if __name__ == "__main__":
    main()
