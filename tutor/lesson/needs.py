"""What of the steps before a step matters to it: judging need not train again what nothing looks at.

Static, and careful: whatever makes a name that is read, reads one that may be changed in place, or changes what
such a piece has made, stays. Each piece runs from the lesson's seed: leaving one out changes no random number of
another.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tutor.lesson.checks import PythonCheck, flat, to_plain
from tutor.lesson.model import Judged, Lesson, Predict, Step
from tutor.lesson.names import made, needed
from tutor.lesson.state import checks_of, prelude, solution_of

_WORD = re.compile(r"[^\W\d]\w*")
_PROSE = ("label", "feedback")
"""Fields of a check that are read by people."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Code of a lesson."""

    makes: frozenset[str]
    reads: frozenset[str]
    """Names that it reads before it makes them."""
    surely: frozenset[str]
    """Names that its statements make whatever happens, and do not read before."""
    defined: frozenset[str]
    """Names that it makes for a module, a function or a class, …"""
    assigned: frozenset[str]
    """… and for anything else."""
    bodies: tuple[tuple[str, frozenset[str]], ...]
    """Its functions and classes, and the names that each reads when it is called."""


@functools.lru_cache(maxsize=1024)
def _piece(source: str) -> _Piece:
    reads = frozenset(needed(source))
    fixed: set[str] = set()
    plain: set[str] = set()
    assigned: set[str] = set()
    bodies: list[tuple[str, frozenset[str]]] = []
    for node in ast.parse(source).body:
        names = made(ast.unparse(node))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            bodies.append((node.name, frozenset(needed(f"{ast.unparse(node)}\n{node.name}"))))
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
            fixed |= names
        else:
            assigned |= names
            plain |= names if isinstance(node, (ast.Assign, ast.AnnAssign)) else set()
    surely = (fixed | plain) - reads
    made_here = frozenset(fixed | assigned)
    return _Piece(made_here, reads, frozenset(surely), frozenset(fixed), frozenset(assigned), tuple(bodies))


def needed_prelude(lesson: Lesson, index: int, cells: Iterable[str] = ()) -> tuple[str, ...]:
    """:func:`~tutor.lesson.state.prelude`, without what step ``index`` and its checks do not depend on.

    ``cells`` is code of the learner's, typed as it may be; what it depends on stays too.
    """
    step = lesson.steps[index]
    whole = prelude(lesson, index)
    if len(whole) < 2:
        return whole
    pieces = [_piece(source) for source in whole]
    fixed, bodies = _fixed(pieces)
    # The lesson's own set-up always stays: imports, and functions that its steps use.
    kept = {0} if lesson.setup.strip() else set()
    wanted = _called(_wanted(step, lesson.helpers, cells) | pieces[0].reads, bodies)
    growing = True
    while growing:
        growing = False
        # Names that the pieces kept so far have made: through them a later one may change what is wanted.
        left = set(pieces[0].defined - fixed) if 0 in kept else set()
        for number, piece in enumerate(pieces):
            reads = _called(piece.reads.union(*(body for _name, body in piece.bodies)), bodies)
            if number not in kept and (piece.makes & wanted or reads & ((wanted | left) - fixed)):
                kept.add(number)
                wanted |= reads
                growing = True
            if number in kept and number:
                left |= piece.makes
    return tuple(source for number, source in enumerate(whole) if number in kept)


def _fixed(pieces: list[_Piece]) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """Names that only ever stand for a module, or for a function or class that reads no others: using one changes
    nothing. And what each function or class reads when it is called."""
    fixed = frozenset[str]().union(*(piece.defined for piece in pieces))
    fixed -= frozenset[str]().union(*(piece.assigned for piece in pieces))
    bodies: dict[str, frozenset[str]] = {}
    for piece in pieces:
        for name, body in piece.bodies:
            bodies[name] = bodies.get(name, frozenset()) | body
    before: frozenset[str] | None = None
    while fixed != before:
        before = fixed
        fixed -= {name for name, body in bodies.items() if body - fixed}
    return fixed, bodies


def _called(names: Iterable[str], bodies: dict[str, frozenset[str]]) -> set[str]:
    """These names, and those that functions among them read, and so on."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += bodies.get(name, ())
    return found


def _wanted(step: Step, helpers: str, cells: Iterable[str]) -> set[str]:
    """Names that must be there before the set-up of a step."""
    before = _piece(step.setup)
    wanted: set[str] = set()
    codes = [solution_of(step), *cells]
    if isinstance(step, Predict):
        codes.append(step.code)
    if isinstance(step, Judged):
        codes += [mistake.code for mistake in step.misconceptions]
    for code in codes:
        wanted |= _read(code)
    for check in flat(checks_of(step)):
        wanted |= _words([value for name, value in to_plain(check).items() if name not in _PROSE])
        if isinstance(check, PythonCheck):
            wanted |= set(_WORD.findall(helpers))
    return (wanted - before.surely) | before.reads


def _read(code: str) -> set[str]:
    """Names that some code reads before it makes them; of what is no Python (a magic), every word."""
    try:
        return needed(code)
    except (SyntaxError, ValueError):
        return set(_WORD.findall(code))


def _words(value: object) -> set[str]:
    if isinstance(value, str):
        return set(_WORD.findall(value))
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return {word for one in inner for word in _words(one)}
