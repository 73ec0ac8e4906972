"""What types cannot say: ids that differ, code that parses, answers that can be right, hints that do not tell."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping

from tutor.lesson import model
from tutor.lesson.problems import Report
from tutor.lesson.reader import Rule
from tutor.lesson.yaml12 import Mapping as MappingNode
from tutor.lesson.yaml12 import Node, Scalar, Sequence

_TELLING = 10
"""Characters (without spaces) from which the right-hand side of a one-line solution gives it away."""


def check_ids(root: Node, report: Report) -> None:
    """Every step, and every misconception of a step, has its own id. Looks at nodes, so at broken steps too."""
    steps = root.get("steps") if isinstance(root, MappingNode) else None
    _different(steps, "id", "steps", report)
    for n, step in enumerate(steps.items if isinstance(steps, Sequence) else []):
        mistakes = step.get("misconceptions") if isinstance(step, MappingNode) else None
        _different(mistakes, "id", f"steps[{n}].misconceptions", report)


def _different(items: Node | None, key: str, path: str, report: Report) -> None:
    """No two items of a list have the same text under ``key``."""
    seen: dict[str, int] = {}
    for n, item in enumerate(items.items if isinstance(items, Sequence) else []):
        node = item.get(key) if isinstance(item, MappingNode) else None
        if not isinstance(node, Scalar):
            continue
        text = " ".join(node.text.split())
        if text in seen:
            where = f"{path}[{n}].{key}"
            report.add(node.line, node.column, f"`{key}` is the same as in line {seen[text]}: `{text}`", where)
        seen.setdefault(text, node.line)


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


def _statements(source: str) -> list[ast.stmt] | None:
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


def _output(check: model.OutputCheck, node: MappingNode, path: str, report: Report) -> None:
    if check.contains is not None and check.equals is not None:
        report.add(node.line, node.column, "this `output` has both `contains` and `equals`: keep one", path)


def _predict(step: model.Predict, node: MappingNode, path: str, report: Report) -> None:
    _different(node.get("distractors"), "answer", f"{path}.distractors", report)
    code = node.get("code")
    body = _statements(step.code)
    if code is None or body is None or step.ask not in ("shape", "value", "dtype"):
        return
    if not body or not isinstance(body[-1], ast.Expr):
        message = f"`code` must end with an expression: its {step.ask} is asked for"
        report.add(code.line, code.column, message, f"{path}.code")


def _choice(step: model.Choice, node: MappingNode, path: str, report: Report) -> None:
    options = node.get("options")
    _different(options, "text", f"{path}.options", report)
    right = sum(option.correct for option in step.options)
    if options is not None and step.options and right in (0, len(step.options)):
        wanted = "wrong" if right else "`correct: true`"
        report.add(options.line, options.column, f"at least one option must be {wanted}", f"{path}.options")


def _exercise(step: model.Exercise, node: MappingNode, path: str, report: Report) -> None:
    hints = node.get("hints")
    telling = _telling(step.solution)
    for n, hint in enumerate(step.hints):
        packed = _packed(hint)
        if isinstance(hints, Sequence) and any(text in packed for text in telling):
            item = hints.items[n]
            report.add(item.line, item.column, "this hint contains the solution", f"{path}.hints[{n}]")


def _telling(solution: str) -> list[str]:
    """Texts that no hint may contain: the solution, and what it assigns if it is one long enough line."""
    texts = [_packed(solution)]
    body = _statements(solution) or []
    if len(body) == 1 and isinstance(body[0], (ast.Assign, ast.AnnAssign)) and body[0].value is not None:
        value = _packed(ast.get_source_segment(solution, body[0].value) or "")
        texts += [value] if len(value) >= _TELLING else []
    return texts


def _packed(text: str) -> str:
    return "".join(text.split())


RULES: Mapping[type, Rule] = {
    model.Predict: _predict,
    model.Choice: _choice,
    model.Exercise: _exercise,
    model.OutputCheck: _output,
}
