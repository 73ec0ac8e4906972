"""``uses`` and ``forbids``: what the learner's code is written with, whatever names it was imported under."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tutor.protocol.verdicts import CheckPart
from tutor.worker.checks.evidence import Evidence, Parts, Spec
from tutor.worker.submission import binds, reads, relevant

_SHOWN = 40

_WORDS: dict[str, tuple[type[ast.AST], ...]] = {
    "for": (ast.For, ast.AsyncFor),
    "while": (ast.While,),
    "if": (ast.If, ast.IfExp),
    "with": (ast.With, ast.AsyncWith),
    "try": (ast.Try,),
    "def": (ast.FunctionDef, ast.AsyncFunctionDef),
    "class": (ast.ClassDef,),
    "lambda": (ast.Lambda,),
    "import": (ast.Import, ast.ImportFrom),
    "comprehension": (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    "@": (ast.MatMult,),
    "[]": (ast.Subscript,),
}
"""Words of the language that may be named, and what they are to the parser."""


def uses(check: Spec, evidence: Evidence) -> Parts:
    """At least one of ``names`` is used."""
    found = _found(check, evidence)
    wanted = list(check["names"])
    return (
        CheckPart(
            "used", any(n in found for n in wanted), " or ".join(wanted), _listed(found, wanted, "none of it")
        ),
    )


def forbids(check: Spec, evidence: Evidence) -> Parts:
    """None of ``names`` is used. Where nothing ran to its end there is nothing to find, and nothing is done."""
    if not evidence.cells:
        return (CheckPart("nothing has run to its end in this step yet", ok=False, expected="", got=""),)
    found = _found(check, evidence)
    used = [name for name in check["names"] if name in found]
    return tuple(CheckPart(name, ok=False, expected="not used", got=f"`{found[name]}`") for name in used) or (
        CheckPart("not used", ok=True, expected="", got=""),
    )


def _listed(found: dict[str, str], wanted: Iterable[str], nothing: str) -> str:
    return ", ".join(name for name in wanted if name in found) or nothing


def _found(check: Spec, evidence: Evidence) -> dict[str, str]:
    """Everything that is used, by name: the code where it first is."""
    target = check.get("target")
    targets = sorted(reads(ast.parse(target.strip(), mode="eval"))) if target else []
    statements = relevant(evidence.cells, targets)
    known = _Names(evidence.given, statements)
    found: dict[str, str] = {}
    for statement in statements:
        for name, node in known.used(statement):
            if name in check["names"] and name not in found:
                found[name] = shorten_line(ast.unparse(node))
    return found


def shorten_line(code: str) -> str:
    """The first line, not too long."""
    line, _, rest = code.partition("\n")
    return line if len(line) <= _SHOWN and not rest else line[:_SHOWN].rstrip() + " …"


class _Names:
    """What the names of a program stand for, as far as imports and plain assignments tell."""

    def __init__(self, given: Iterable[str], statements: list[ast.stmt]) -> None:
        self._aliases: dict[str, str] = {}
        self._starred: list[str] = []
        self._own: set[str] = set()
        for source in given:
            for statement in ast.parse(source).body:
                self._learn(statement)
        self._own.clear()
        for statement in statements:
            self._learn(statement)

    def _learn(self, statement: ast.stmt) -> None:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    whole = alias.name if alias.asname else alias.name.partition(".")[0]
                    self._aliases[alias.asname or whole] = whole
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if alias.name == "*":
                        self._starred.append(node.module or "")
                    else:
                        self._aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, name = statement.targets[0], self.name_of(statement.value)
            # ``relu = F.relu`` is another name for it; ``x = y`` is none.
            if isinstance(target, ast.Name) and name is not None and "." in name:
                self._aliases[target.id] = name
                return
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            self._own |= binds(statement)

    def name_of(self, node: ast.AST) -> str | None:
        """The whole dotted name of an expression, or None when it is none."""
        if isinstance(node, ast.Name):
            return self._aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.name_of(node.value)
            return f"{owner}.{node.attr}" if owner is not None else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            owner = self.name_of(node.args[0]) if node.args else None
            word = node.args[1] if len(node.args) > 1 else None
            if owner is not None and isinstance(word, ast.Constant) and isinstance(word.value, str):
                return f"{owner}.{word.value}"
        return None

    def used(self, statement: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
        """Every name, ``.method`` and word of the language in it, with its code."""
        for node in ast.walk(statement):
            here: ast.AST = node if isinstance(node, (ast.stmt, ast.expr)) else statement
            for word, kinds in _WORDS.items():
                if isinstance(node, kinds):
                    yield word, here
            name = self.name_of(node) if isinstance(node, (ast.Attribute, ast.Name, ast.Call)) else None
            if isinstance(node, ast.Attribute):
                yield f".{node.attr}", here
            if name is None:
                continue
            root = name.partition(".")[0]
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                continue
            if not (isinstance(node, ast.Name) and node.id in self._own and node.id not in self._aliases):
                yield name, here
                if "." not in name:
                    yield from ((f"{module}.{name}", here) for module in self._starred)
            if isinstance(node, ast.Call) and name != root:
                yield f".{name.rpartition('.')[2]}", here
