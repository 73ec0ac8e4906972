"""Python inside a lesson: whether a text is some, and where in the file it is not."""

from __future__ import annotations

import ast
import warnings

from tutor.lesson.problems import Report
from tutor.lesson.yaml12 import Scalar


def parse_python(node: Scalar, path: str, report: Report, mode: str) -> None:
    """Reports where a text is not Python; ``mode`` is that of :func:`ast.parse`."""
    try:
        _tree(node.text if mode == "exec" else node.text.strip(), mode)
    except SyntaxError as error:
        what = "Python" if mode == "exec" else "a Python expression"
        line, column = _place(node, error.lineno or 1, error.offset or 1, report.lines)
        report.add(line, column, f"not {what}: {error.msg}", path)
    except (ValueError, RecursionError, MemoryError):
        report.add(node.line, node.column, "not Python: nested too deeply", path)


def _tree(source: str, mode: str = "exec") -> ast.AST:
    """Raises SyntaxError, also for what Python only warns of; ValueError and others for what is too deep."""
    with warnings.catch_warnings():
        # An invalid escape such as "\d" is a warning today and an error tomorrow.
        warnings.simplefilter("error")
        return ast.parse(source, mode=mode)


def statements(source: str) -> list[ast.stmt] | None:
    """None when it is not Python, which has then been reported."""
    try:
        tree = _tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree.body if isinstance(tree, ast.Module) else None


def _place(node: Scalar, line: int, column: int, lines: list[str]) -> tuple[int, int]:
    """Where in the file a line and a column (both from 1) of a text stand, if that can be said exactly."""
    parts = node.text.split("\n")
    if node.style == "|":
        # The text begins in the line after the `|`, each line of it after the same indent.
        line = min(line, len(parts))
        whole = lines[min(node.line + line, len(lines)) - 1]
        indent = len(whole) - len(parts[line - 1]) if whole.endswith(parts[line - 1]) else 0
        return node.line + line, indent + max(column, 1)
    if len(parts) == 1 and node.style != ">":
        return node.line, node.column + (1 if node.style else 0) + max(column, 1) - 1
    return node.line, node.column
