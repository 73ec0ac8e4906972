"""What types cannot say: ids that differ, code that parses, answers that can be right, hints that do not tell."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from tutor.lesson import model
from tutor.lesson.problems import Report
from tutor.lesson.reader import Rule
from tutor.lesson.yaml12 import Mapping as MappingNode
from tutor.lesson.yaml12 import Node, Scalar, Sequence

_CODE = ("setup", "code", "example", "starter", "solution")
"""Keys whose value is Python, in any struct."""

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


def _code(_value: Any, node: MappingNode, path: str, report: Report) -> None:
    """All Python in the fields of a struct parses."""
    for key in _CODE:
        text = node.get(key)
        if isinstance(text, Scalar):
            _parse(text, f"{path}.{key}" if path else key, report)


def _parse(node: Scalar, path: str, report: Report, mode: str = "exec") -> ast.AST | None:
    """The syntax tree of a text; None after reporting where it is not Python."""
    source = node.text if mode == "exec" else node.text.strip()
    try:
        with warnings.catch_warnings():
            # An invalid escape such as "\d" is a warning today and an error tomorrow.
            warnings.simplefilter("error")
            return ast.parse(source, mode=mode)
    except SyntaxError as error:
        what = "Python" if mode == "exec" else "a Python expression"
        line, column = _place(node, error.lineno or 1, error.offset or 1, report.lines)
        report.add(line, column, f"not {what}: {error.msg}", path)
    except (ValueError, RecursionError, MemoryError):
        report.add(node.line, node.column, "not Python: nested too deeply", path)
    return None


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


def _codes(key: str, items: Iterable[str], node: MappingNode, path: str, report: Report) -> None:
    """Every item of a list of code parses."""
    texts = node.get(key)
    for n, _ in enumerate(items):
        text = texts.items[n] if isinstance(texts, Sequence) else None
        if isinstance(text, Scalar):
            _parse(text, f"{path}.{key}[{n}]", report)


def _target(_check: Any, node: MappingNode, path: str, report: Report) -> None:
    """``target`` of a check is one expression."""
    text = node.get("target")
    if isinstance(text, Scalar):
        _parse(text, f"{path}.target", report, mode="eval")


def _output(check: model.OutputCheck, node: MappingNode, path: str, report: Report) -> None:
    if check.contains is not None and check.equals is not None:
        report.add(node.line, node.column, "this `output` has both `contains` and `equals`: keep one", path)


def _predict(step: model.Predict, node: MappingNode, path: str, report: Report) -> None:
    _code(step, node, path, report)
    _different(node.get("distractors"), "answer", f"{path}.distractors", report)
    code = node.get("code")
    if step.ask not in ("shape", "value", "dtype") or not isinstance(code, Scalar):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            body = ast.parse(code.text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    if not body or not isinstance(body[-1], ast.Expr):
        message = f"`code` must end with an expression: its {step.ask} is asked for"
        report.add(code.line, code.column, message, f"{path}.code")


def _choice(step: model.Choice, node: MappingNode, path: str, report: Report) -> None:
    _code(step, node, path, report)
    options = node.get("options")
    _different(options, "text", f"{path}.options", report)
    right = sum(option.correct for option in step.options)
    if options is not None and step.options and right in (0, len(step.options)):
        wanted = (
            "at least one option must be `correct: true`" if not right else "at least one option must be wrong"
        )
        report.add(options.line, options.column, wanted, f"{path}.options")


def _exercise(step: model.Exercise, node: MappingNode, path: str, report: Report) -> None:
    _code(step, node, path, report)
    _codes("accepts", step.accepts, node, path, report)
    _codes("rejects", step.rejects, node, path, report)
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
    try:
        body = ast.parse(solution).body
    except (SyntaxError, ValueError, RecursionError, MemoryError, Warning):
        return [text for text in texts if text]
    if len(body) == 1 and isinstance(body[0], (ast.Assign, ast.AnnAssign)) and body[0].value is not None:
        value = _packed(ast.get_source_segment(solution, body[0].value) or "")
        texts += [value] if len(value) >= _TELLING else []
    return [text for text in texts if text]


def _packed(text: str) -> str:
    return "".join(text.split())


RULES: Mapping[type, Rule] = {
    model.LessonFile: _code,
    model.Read: _code,
    model.Run: _code,
    model.Predict: _predict,
    model.Choice: _choice,
    model.Exercise: _exercise,
    model.Misconception: _code,
    model.RaisesCheck: _code,
    model.TensorCheck: _target,
    model.ValueCheck: _target,
    model.UnchangedCheck: _target,
    model.OutputCheck: _output,
}
