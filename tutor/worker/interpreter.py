"""Runs source in the learner's namespace, as a prompt does."""

from __future__ import annotations
import __future__

import ast
import builtins
import linecache
import sys
from collections.abc import Callable
from inspect import CO_COROUTINE
from types import CodeType, ModuleType
from typing import Any

from tutor.worker.awaiter import Awaiter

_FUTURE_FLAGS = {getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}


class Interpreter:
    """Runs code in one namespace, keeping ``from __future__`` imports in force from one run to the next."""

    def __init__(
        self,
        namespace: dict[str, Any],
        *,
        translate: Callable[[str], str] = lambda source: source,
        before: Callable[[ast.Module, str], ast.Module] = lambda tree, _source: tree,
    ) -> None:
        """``translate`` makes Python of what was typed, line by line; ``before`` gets each parsed cell with
        its source and gives what is to be compiled.
        """
        self.namespace = namespace
        self._translate = translate
        self._before = before
        self._flags = 0
        self._awaiter = Awaiter()

    def run(self, source: str, name: str, display: Callable[[Any], None] | None) -> None:
        """Execute ``source``; hand the value of a last expression to ``display``, unless it ends in ``;``.

        Whatever the code raises comes out, SyntaxError included.
        """
        self.namespace.setdefault("__builtins__", builtins)
        remember_source(name, source)
        tree = self._before(self._parse(source, name), source)
        last = tree.body[-1] if tree.body else None
        if display is None or not isinstance(last, ast.Expr) or source.rstrip().endswith(";"):
            self._evaluate(tree, name, "exec")
            return
        tree.body.pop()
        if tree.body:
            self._evaluate(tree, name, "exec")
        value = self._evaluate(ast.Expression(last.value), name, "eval")
        if value is not None:
            display(value)

    def forget(self) -> None:
        """Drop every name but those a fresh ``__main__`` has, and what ``from __future__`` set."""
        for name in [name for name in self.namespace if not (isinstance(name, str) and name.startswith("__"))]:
            del self.namespace[name]
        self._flags = 0

    def _parse(self, source: str, name: str) -> ast.Module:
        python = self._translate(source)
        try:
            tree: ast.Module = compile(python, name, "exec", ast.PyCF_ONLY_AST | self._flags, dont_inherit=True)
            return tree
        except SyntaxError as error:
            lines = source.splitlines()
            if python != source and error.lineno and error.lineno <= len(lines):
                error.text = lines[error.lineno - 1]
            raise

    def _evaluate(self, tree: ast.AST, name: str, mode: str) -> Any:
        """Run a part of a cell, in an event loop if it awaits anything; the value of an expression."""
        code = self._compile(tree, name, mode)
        value = eval(code, self.namespace)
        return self._awaiter.run(value) if code.co_flags & CO_COROUTINE else value

    def _compile(self, tree: ast.AST, name: str, mode: str) -> CodeType:
        flags = self._flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code: CodeType = compile(tree, name, mode, flags, dont_inherit=True)  # type: ignore[call-overload]
        for flag in _FUTURE_FLAGS:
            self._flags |= code.co_flags & flag
        return code


def main_module() -> ModuleType:
    """A new ``__main__``: a real module, so that classes defined at the prompt pickle and introspect.

    Child processes know it as ``__mp_main__``, and what they send back names it so.
    """
    module = sys.modules["__main__"] = sys.modules["__mp_main__"] = ModuleType("__main__")
    return module


def remember_source(name: str, source: str) -> None:
    """Let tracebacks, ``pdb`` and ``inspect.getsource`` find code that is in no file."""
    lines = source.splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)


def shorten(text: str, limit: int) -> str:
    """``text`` cut to ``limit`` characters, with a note of how many are missing."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n… {len(text) - limit:,} more characters"
