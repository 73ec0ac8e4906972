"""What was defined at the prompt, as a file that child processes can import.

A child started by *spawn* or *forkserver* imports the parent's ``__main__`` from its file; a prompt has
none, so a data set or a training function typed there could not be found by it. This module keeps such a
file: imports, definitions and plain settings of every cell, nothing that computes.
"""

from __future__ import annotations

import ast
import contextlib
import os
from collections.abc import Iterator
from types import ModuleType

_KEPT = 3
"""Generations of the file that stay: a child that starts now may still be told of the one before."""


class DefinitionsFile:
    """The file behind ``__main__.__file__``. Each change gets a new name, or a fork server keeps the old one."""

    def __init__(self, folder: str, main: ModuleType) -> None:
        self._folder = folder
        self._main = main
        self._futures: list[str] = []
        self._parts: list[str] = []
        self._written: list[str] = []
        self._generation = 0
        self._script = ""

    @contextlib.contextmanager
    def running(self, script: str) -> Iterator[None]:
        """Inside, ``__main__`` is the file ``script``, as if Python had been started with it."""
        before = vars(self._main).get("__file__")
        self._script = self._main.__file__ = script
        try:
            yield
        finally:
            self._script = ""
            if self._written:
                self._main.__file__ = self._written[-1]
            elif before is None:
                vars(self._main).pop("__file__", None)

    def add(self, tree: ast.Module) -> None:
        """Take over what a cell defines, before it runs: the cell itself may start children."""
        futures = [ast.unparse(node) for node in tree.body if _is_future(node)]
        parts = [_guarded(node) for node in tree.body if _defines(node) and not _is_future(node)]
        if not futures and not parts:
            return
        self._futures += futures
        self._parts += parts
        # A folder that is full or gone must not stop a cell; only child processes need the file.
        with contextlib.suppress(OSError):
            self._write()

    def _write(self) -> None:
        self._generation += 1
        name = f"session_{os.getpid()}_{self._generation}.py"
        path = os.path.join(self._folder, name)  # noqa: PTH118 - __file__ is a str
        with open(path, "w", encoding="utf-8", errors="surrogatepass") as file:  # noqa: PTH123
            file.write("\n".join([*self._futures, *self._parts, ""]))
        self._main.__file__ = self._script or path
        self._written.append(path)
        for old in self._written[:-_KEPT]:
            with contextlib.suppress(OSError):
                os.unlink(old)  # noqa: PTH108
        del self._written[:-_KEPT]


def _defines(node: ast.stmt) -> bool:
    """Whether a child needs the statement, and running it there again does no harm."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return True
    if isinstance(node, ast.Assign):
        return all(isinstance(target, ast.Name) for target in node.targets) and _is_setting(node.value)
    return isinstance(node, ast.AnnAssign) and node.value is not None and _is_setting(node.value)


def _is_setting(value: ast.expr) -> bool:
    """A literal, a name, or an attribute such as ``torch.float32``: nothing that calls or computes."""
    if isinstance(value, (ast.Constant, ast.Name)):
        return True
    if isinstance(value, ast.Attribute):
        return _is_setting(value.value)
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.operand, ast.Constant)
    if isinstance(value, (ast.Tuple, ast.List, ast.Set)):
        return all(map(_is_setting, value.elts))
    if isinstance(value, ast.Dict):
        return all(key is not None and _is_setting(key) for key in value.keys) and all(
            map(_is_setting, value.values)
        )
    return False


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _guarded(node: ast.stmt) -> str:
    """The statement's source; a failure in a child (a name that is only here) costs that definition alone."""
    handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])
    return ast.unparse(ast.fix_missing_locations(ast.Try([node], [handler], [], [])))
