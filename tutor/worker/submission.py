"""Which of the cells that a learner ran in a step made what is judged.

A prompt keeps first tries. Somebody who began with a loop and then wrote one line has not used a loop; so of
the top-level statements only those count that what is judged was made by, going backwards from its names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

_BUILDS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_WHOLE = (*_BUILDS, ast.Import, ast.ImportFrom)


def relevant(cells: Iterable[str], targets: Iterable[str]) -> list[ast.stmt]:
    """Statements, in order, that ``targets`` (names) come from; all of the last cell where no name is given."""
    parsed = [body for source in cells if (body := _statements(source)) is not None]
    wanted = set(targets)
    if not wanted:
        return parsed[-1] if parsed else []
    statements = [statement for body in parsed for statement in body]
    while True:
        kept = _backwards(statements, wanted)
        # A function finds its names when it is called: what stands below it counts too.
        late = set().union(*(_needs(statement) for statement in kept if isinstance(statement, _BUILDS)))
        if late <= wanted:
            return kept
        wanted |= late


def _backwards(statements: list[ast.stmt], wanted: set[str]) -> list[ast.stmt]:
    needed = set(wanted)
    kept: list[ast.stmt] = []
    for statement in reversed(statements):
        bound = binds(statement)
        if "*" in bound:
            # It may have brought any name.
            kept.append(statement)
            continue
        touched = bound | _touches(statement)
        if not touched & needed:
            continue
        kept.append(statement)
        if _surely(statement):
            needed -= bound
        needed |= _needs(statement)
    return kept[::-1]


def programs(cells: tuple[str, ...], targets: Iterable[str], *, last: bool = False) -> tuple[str, ...]:
    """What the learner wrote as programs: the last cell that trains, with what it needs, then all cells.

    With ``last`` the last cell counts, whether it trains or not.
    """
    parsed = [(source, body) for source in cells if (body := _statements(source)) is not None]
    if not parsed:
        return ()
    whole = "\n".join(source for source, _ in parsed)
    working = [number for number, (_, body) in enumerate(parsed) if _works(body)]
    end = len(parsed) - 1 if last or not working else working[-1]
    needed = set(targets)
    chosen: list[str] = []
    for source, body in reversed(parsed[: end + 1]):
        if not chosen or set().union(*(binds(statement) for statement in body)) & needed:
            chosen.append(source)
            needed = (needed - set().union(*(binds(s) for s in body if _surely(s)))) | _free(body)
    part = "\n".join(chosen[::-1])
    return (part,) if part == whole else (part, whole)


def binds(statement: ast.stmt) -> set[str]:
    """Names a top-level statement gives a value."""
    names: set[str] = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _BUILDS):
            names.add(node.name)
            continue
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            continue
        if isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        waiting += ast.iter_child_nodes(node)
    return names


def counters(source: str) -> set[str]:
    """Names that only lead through loops which run to their end, and that nothing outside those loops reads.

    What a loop leaves that is broken off (``for x, y in loader: break``) is what it was written for.
    """
    body = _statements(source) or []
    nodes = [node for statement in body for node in ast.walk(statement)]
    loops = [n for n in nodes if isinstance(n, (ast.For, ast.AsyncFor))]
    led: dict[str, int] = {}
    for loop in loops:
        if not any(isinstance(inner, ast.Break) for inner in ast.walk(loop)):
            inside = [n.id for n in ast.walk(loop) if isinstance(n, ast.Name)]
            for name in _stored(loop.target):
                led[name] = led.get(name, 0) + inside.count(name)
    said = [n.id for n in nodes if isinstance(n, ast.Name)]
    return {name for name, times in led.items() if said.count(name) == times}


def reads(node: ast.AST) -> set[str]:
    """Names that are read anywhere in it, also in the bodies of functions."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _touches(statement: ast.stmt) -> set[str]:
    """Names whose values a statement may change in place: ``x[0] = 1``, ``x.add_(1)``, ``f(x)`` by itself."""
    names: set[str] = set()
    if isinstance(statement, _WHOLE):
        return names
    for node in ast.walk(statement):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            names |= reads(node.value)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            # A call for its effect; one for its value may do as it likes, and hardly ever does.
            names |= set() if _is_print(node.value) else reads(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.endswith("_"):
            names |= reads(node)
    return names


def _is_print(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "print"


def _surely(statement: ast.stmt) -> bool:
    """Whether the names it binds have nothing of what they were before."""
    return isinstance(statement, (ast.Assign, ast.AnnAssign, *_WHOLE))


def _free(body: list[ast.stmt]) -> set[str]:
    """Names that are read before they are bound."""
    free: set[str] = set()
    bound: set[str] = set()
    for statement in body:
        free |= _needs(statement) - bound
        bound |= binds(statement)
    return free


def _needs(statement: ast.stmt) -> set[str]:
    """Names a statement reads that it has not bound itself."""
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        inside = _free([*statement.body, *statement.orelse]) - _stored(statement.target)
        return reads(statement.iter) | reads(statement.target) | inside
    if isinstance(statement, (ast.While, ast.If)):
        return reads(statement.test) | _free(statement.body) | _free(statement.orelse)
    if isinstance(statement, (ast.With, ast.AsyncWith)):
        given = set().union(*(_stored(item) for item in statement.items))
        return set().union(*(reads(item) for item in statement.items)) | (_free(statement.body) - given)
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        own = _stored(statement) | {arg.arg for arg in ast.walk(statement.args) if isinstance(arg, ast.arg)}
        return reads(statement) - own
    if isinstance(statement, ast.AugAssign):
        return reads(statement) | _stored(statement.target)
    return reads(statement)


def _stored(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _works(body: list[ast.stmt]) -> bool:
    """Whether a cell looks like the one that trains."""
    return any(
        isinstance(node, (ast.For, ast.While)) or (isinstance(node, ast.Attribute) and node.attr == "backward")
        for statement in body
        for node in ast.walk(statement)
    )


def _statements(source: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
