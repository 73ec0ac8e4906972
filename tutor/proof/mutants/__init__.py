"""Wrong answers made from a step's solution, each of which its checks must refuse.

**How a mutant is judged.** In a session prepared for the step, ``code`` is run as one cell, as if a learner had
typed it, and then checked. It *survives*, which is a fault of the lesson, only if the cell ended well and every
check passes; a cell that raises, or has to be stopped, is no answer, and neither is one that is refused.

Some mutants are only told from the solution by running them (a symmetric matrix transposed is no other). These
look for themselves, and raise an ``AssertionError`` that says :data:`NO_MUTANT`: the cell fails with it, or a
check of a function does. So a runner needs no rule of its own for them; one that counts leaves them out.

What a check cannot see, or says it does not mind, is not made at all. What is left, behaves as the solution does
and is right, the author names in ``equivalents`` of the step, by ``name``, with a reason.
"""

from __future__ import annotations

from tutor.lesson.model import Fill, Judged, Lesson, Parsons
from tutor.lesson.state import setup_of, solution_of
from tutor.proof.mutants.chosen import chosen
from tutor.proof.mutants.lines import line_mutants
from tutor.proof.mutants.mutant import NO_MUTANT, Mutant
from tutor.proof.mutants.source import source_mutants
from tutor.proof.mutants.subjects import sight
from tutor.proof.mutants.values import value_mutants

__all__ = ["NO_MUTANT", "Mutant", "mutants"]


def mutants(lesson: Lesson, index: int) -> list[Mutant]:
    """Wrong answers to step ``index``, always the same, at most ``chosen.MOST``; none of a step not judged."""
    step = lesson.steps[index]
    if not isinstance(step, Judged):
        return []
    solution = solution_of(step)
    given = "\n".join([lesson.setup, *map(setup_of, lesson.steps[: index + 1]), solution])
    seen = sight(step, given)
    if isinstance(step, Parsons):
        edited = line_mutants(step)
    else:
        edited = source_mutants(solution, seen, step.code if isinstance(step, Fill) else None)
    return chosen(solution, value_mutants(solution, seen), edited)
