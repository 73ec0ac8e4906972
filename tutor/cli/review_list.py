"""``tutor review``: what is due, where there is no screen or nothing to ask."""

from __future__ import annotations

import json
import sys
import time

from tutor.cli.progress_file import opened
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.places import Places
from tutor.render.reviews import when
from tutor.session.review_items import known_lessons, outlook


def show(lessons: Places, *, as_json: bool) -> bool:
    """Print what is due, unless it can be asked now: then print nothing and say True."""
    now = time.time()
    with opened() as store:
        found = outlook(Catalogue(lessons).load_all().some(known_lessons(store)), store, now)
    if as_json:
        due = [
            {
                "lesson": one.lesson.id,
                "step": one.step.id,
                "kind": type(one.step).__name__.lower(),
                "times": one.times,
            }
            for one in found.due
        ]
        print(json.dumps({"due": due, "next": found.next}, indent=2))
        return False
    if found.due and sys.stdin.isatty() and sys.stdout.isatty():
        return True
    if found.due:
        print(f"{len(found.due)} due; `tutor review` asks in a terminal:")
        for one in found.due:
            print(f"  {one.lesson.id}#{one.step.id}")
    elif found.next is not None:
        print(f"Nothing is due. The next question comes {when(found.next, now)}.")
    else:
        print("Nothing to ask yet: questions come from the lessons you take. `tutor` lists them.")
    return False
