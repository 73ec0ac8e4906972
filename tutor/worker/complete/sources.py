"""Where a definition is written down, and its text: in a file, or in a cell of this session."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import os
import re
import sys
import tokenize
import types
from typing import Any

from tutor.worker.complete.things import class_dict, class_name, is_class, is_heap_type, mro, own_dict

LONGEST = 20_000
"""Characters of source that are sent."""
_LARGEST_FILE = 4_000_000
"""Bytes."""
_CELL = re.compile(r"<cell \d+>")


def written(value: Any) -> tuple[str, int, str]:
    """File, first line (from 1; 0 if unknown) and source of a function, class, module or an object's class."""
    kind = type(value)
    if kind is functools.partial or kind is types.MethodType or kind in (staticmethod, classmethod):
        inner = value.func if kind is functools.partial else value.__func__
        return written(inner) if type(inner) is not kind else ("", 0, "")
    if kind is property:
        return written(value.fget) if type(value.fget) is types.FunctionType else ("", 0, "")
    if kind is types.FunctionType:
        return _function(value)
    if is_class(value):
        return _class(value)
    if types.ModuleType in mro(kind):
        file = own_dict(value).get("__file__")
        return (file, 0, "".join(_lines(file))[:LONGEST]) if type(file) is str else ("", 0, "")
    return _class(kind) if is_heap_type(kind) else ("", 0, "")


def _function(function: types.FunctionType) -> tuple[str, int, str]:
    inner = dict.get(function.__dict__, "__wrapped__")
    code = (inner if type(inner) is types.FunctionType else function).__code__
    line = code.co_firstlineno
    return code.co_filename, line, _block(_lines(code.co_filename), line)


def _class(kind: type) -> tuple[str, int, str]:
    for file in _files_of(kind):
        lines = _lines(file)
        line = _definition(lines, class_name(kind))
        if line:
            return file, line, _block(lines, line)
    return "", 0, ""


def _files_of(kind: type) -> list[str]:
    """Where the class statement may stand: where its methods do, in its module's file, in a cell."""
    found: dict[str, None] = {}
    for value in list(class_dict(kind).values()):
        if type(value) is types.FunctionType:
            found[value.__code__.co_filename] = None
    name = class_dict(kind).get("__module__")
    module = sys.modules.get(name) if type(name) is str else None
    file = own_dict(module).get("__file__") if module is not None else None
    if type(file) is str:
        found[file] = None
    if name == "__main__":
        cells = [cell for cell in list(linecache.cache) if type(cell) is str and _CELL.fullmatch(cell)]
        found.update(dict.fromkeys(reversed(cells)))
    return list(found)


def _lines(file: str) -> list[str]:
    """The lines of a cell or of an ordinary file of bearable size."""
    if file not in linecache.cache:
        try:
            if not file.endswith(".py") or not os.path.isfile(file) or os.path.getsize(file) > _LARGEST_FILE:  # noqa: PTH113, PTH202
                return []
        except (OSError, ValueError):
            return []
    return linecache.getlines(file)


def _block(lines: list[str], line: int) -> str:
    """The block that begins at ``line``, without its indent."""
    if not 0 < line <= len(lines):
        return ""
    try:
        block = inspect.getblock(lines[line - 1 :])
    except (SyntaxError, tokenize.TokenError, IndentationError):
        return ""
    return inspect.cleandoc("\n" + "".join(block))[:LONGEST]


def _definition(lines: list[str], name: str) -> int:
    """The line of the last ``class name``, decorators included; 0 if there is none."""
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return 0
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name]
    if not found:
        return 0
    last = found[-1]
    return min([last.lineno, *(decorator.lineno for decorator in last.decorator_list)])
