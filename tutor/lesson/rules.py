"""What types cannot say: ids that differ, code that parses, answers that can be right, hints that do not tell."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tutor.lesson import checks, steps
from tutor.lesson.problems import Report
from tutor.lesson.python import parse_python, statements
from tutor.lesson.reader import Rule
from tutor.lesson.yaml12 import Mapping as MappingNode
from tutor.lesson.yaml12 import Node, Scalar, Sequence

_TELLING = 10
"""Characters (without spaces) from which the right-hand side of a one-line solution gives it away."""

_MOST_LINES = 14
"""Lines that can be put in order on one screen."""

_MOST_SIZES = 6


def check_ids(root: Node, report: Report) -> None:
    """Every step and question, and every misconception of a step, has its own id.

    Looks at nodes, so at broken steps too.
    """
    found = root.get("steps") if isinstance(root, MappingNode) else None
    seen: dict[str, int] = {}
    _different(found, "id", "steps", report, seen)
    _different(root.get("recall") if isinstance(root, MappingNode) else None, "id", "recall", report, seen)
    for n, step in enumerate(found.items if isinstance(found, Sequence) else []):
        mistakes = step.get("misconceptions") if isinstance(step, MappingNode) else None
        _different(mistakes, "id", f"steps[{n}].misconceptions", report)


def _different(
    items: Node | None, key: str, path: str, report: Report, seen: dict[str, int] | None = None
) -> None:
    """No two items of a list have the same text under ``key``, nor one of ``seen`` (by the lines they are in)."""
    seen = {} if seen is None else seen
    for n, item in enumerate(items.items if isinstance(items, Sequence) else []):
        node = item.get(key) if isinstance(item, MappingNode) else None
        if not isinstance(node, Scalar):
            continue
        text = " ".join(node.text.split())
        if text in seen:
            where = f"{path}[{n}].{key}"
            report.add(node.line, node.column, f"`{key}` is the same as in line {seen[text]}: `{text}`", where)
        seen.setdefault(text, node.line)


def _output(check: checks.OutputCheck, node: MappingNode, path: str, report: Report) -> None:
    if check.contains is not None and check.equals is not None:
        report.add(node.line, node.column, "this `output` has both `contains` and `equals`: keep one", path)


def _predict(step: steps.Predict, node: MappingNode, path: str, report: Report) -> None:
    _different(node.get("distractors"), "answer", f"{path}.distractors", report)
    code = node.get("code")
    body = statements(step.code)
    if code is None or body is None or step.ask not in ("shape", "value", "dtype"):
        return
    if not body or not isinstance(body[-1], ast.Expr):
        message = f"`code` must end with an expression: its {step.ask} is asked for"
        report.add(code.line, code.column, message, f"{path}.code")


def _choice(step: steps.Choice, node: MappingNode, path: str, report: Report) -> None:
    options = node.get("options")
    _different(options, "text", f"{path}.options", report)
    right = sum(option.correct for option in step.options)
    if options is not None and step.options and right in (0, len(step.options)):
        wanted = "wrong" if right else "`correct: true`"
        report.add(options.line, options.column, f"at least one option must be {wanted}", f"{path}.options")


def _recall(question: steps.Recall, node: MappingNode, path: str, report: Report) -> None:
    options = node.get("options")
    _different(options, "text", f"{path}.options", report)
    right = sum(option.correct for option in question.options)
    if options is not None and right != 1:
        message = f"exactly one option must be `correct: true`, not {right}"
        report.add(options.line, options.column, message, f"{path}.options")


def _judged(step: Any, node: MappingNode, path: str, report: Report) -> None:
    _different(node.get("equivalents"), "mutant", f"{path}.equivalents", report)
    hints = node.get("hints")
    for n, hint in enumerate(step.hints):
        if isinstance(hints, Sequence) and tells(hint, step.solution):
            item = hints.items[n]
            report.add(item.line, item.column, "this hint contains the solution", f"{path}.hints[{n}]")


def _fix(step: steps.Fix, node: MappingNode, path: str, report: Report) -> None:
    _judged(step, node, path, report)
    starter = node.get("starter")
    if starter is not None and _packed(step.starter) == _packed(step.solution):
        report.add(starter.line, starter.column, "`starter` is the solution: there is nothing to fix", path)


def _train(step: steps.Train, node: MappingNode, path: str, report: Report) -> None:
    _judged(step, node, path, report)
    found = node.get("checks")
    if found is not None and not any(isinstance(c, checks.TrainingCheck) for c in checks.flat(step.checks)):
        report.add(found.line, found.column, "a `train` needs a check of kind `training`", f"{path}.checks")


def _fill(step: steps.Fill, node: MappingNode, path: str, report: Report) -> None:
    code, blanks = node.get("code"), node.get("blanks")
    gaps = len(steps.BLANK.findall(step.code))
    if code is None or blanks is None:
        return
    if gaps != len(step.blanks):
        message = f"`blanks` must have one item for each `___` in `code`: {gaps}, not {len(step.blanks)}"
        report.add(blanks.line, blanks.column, message, f"{path}.blanks")
        return
    if any("\n" in text.strip() for text in step.blanks):
        report.add(blanks.line, blanks.column, "what fills a gap stands on one line", f"{path}.blanks")
    if isinstance(code, Scalar):
        # Whatever is filled in, the lines stay the same.
        parse_python(replace(code, text=step.solution), f"{path}.code", report, "exec")
    _judged(step, node, path, report)


def _parsons(step: steps.Parsons, node: MappingNode, path: str, report: Report) -> None:
    _judged(step, node, path, report)
    solution = node.get("solution")
    if solution is None or statements(step.solution) is None:
        return
    count = len(step.lines)
    if not 2 <= count <= _MOST_LINES:
        message = f"`solution` must have 2 to {_MOST_LINES} lines to put in order, not {count}"
        report.add(solution.line, solution.column, message, f"{path}.solution")
    if any(_unfinished(line) for line in step.lines):
        message = "every line of `solution` must stand alone: a bracket or a text goes on in the next one"
        report.add(solution.line, solution.column, message, f"{path}.solution")


def _unfinished(line: str) -> bool:
    """Whether a line cannot be one of its own, whatever stands before and behind it."""
    try:
        list(tokenize.generate_tokens(io.StringIO(line + "\n").readline))
    except (tokenize.TokenError, SyntaxError):
        return True
    return line.endswith("\\")


def _explore(step: steps.Explore, node: MappingNode, path: str, report: Report) -> None:
    found = node.get("checks")
    if found is not None and step.checks and not step.solution.strip():
        report.add(found.line, found.column, "an `explore` with `checks` needs a `solution` too", f"{path}.checks")


def _argument(argument: checks.Argument, node: MappingNode, path: str, report: Report) -> None:
    if (argument.shape is None) == (argument.value is None):
        report.add(node.line, node.column, "an argument has a `shape` or a `value`, one of them", path)
    if argument.keyword and argument.name is None:
        report.add(node.line, node.column, "an argument with `keyword: true` needs a `name`", path)


def _called(check: Any, node: MappingNode, path: str, report: Report) -> None:
    given = node.get("arguments")
    if given is None:
        return
    named = {size for a in check.arguments for size in a.shape or () if not size.isdigit()}
    bounds = {size for a in check.arguments for size in (a.low, a.high) if not size.isdigit()}
    if len(named) > _MOST_SIZES:
        message = f"at most {_MOST_SIZES} sizes can differ, not {len(named)}"
        report.add(given.line, given.column, message, f"{path}.arguments")
    if unknown := sorted(bounds - named):
        message = f"`low` and `high` are numbers or a size of a `shape`, not `{unknown[0]}`"
        report.add(given.line, given.column, message, f"{path}.arguments")
    if isinstance(check, checks.GradCheck) and not any(
        a.shape is not None and a.dtype in ("float32", "float64") for a in check.arguments
    ):
        message = "a `grad` needs an argument with a `shape` and a floating `dtype`"
        report.add(given.line, given.column, message, f"{path}.arguments")


def _training(check: checks.TrainingCheck, node: MappingNode, path: str, report: Report) -> None:
    if (check.at_least is None) == (check.at_most is None):
        report.add(node.line, node.column, "a `training` has `at_least` or `at_most`, one of them", path)
    need = node.get("need")
    if need is not None and check.need is not None and check.need > check.seeds:
        report.add(need.line, need.column, f"`need` must be at most `seeds`, {check.seeds}", f"{path}.need")


def tells(hint: str, solution: str) -> bool:
    """Whether a hint contains the solution."""
    packed = _packed(hint)
    return any(text in packed for text in _telling(solution))


def _telling(solution: str) -> list[str]:
    """Texts that no hint may contain: the solution, and what it assigns if it is one long enough line."""
    texts = [_packed(solution)]
    body = statements(solution) or []
    if len(body) == 1 and isinstance(body[0], (ast.Assign, ast.AnnAssign)) and body[0].value is not None:
        value = _packed(ast.get_source_segment(solution, body[0].value) or "")
        texts += [value] if len(value) >= _TELLING else []
    return texts


def _packed(text: str) -> str:
    return "".join(text.split())


RULES: Mapping[type, Rule] = {
    steps.Predict: _predict,
    steps.Choice: _choice,
    steps.Recall: _recall,
    steps.Exercise: _judged,
    steps.Fix: _fix,
    steps.Train: _train,
    steps.Fill: _fill,
    steps.Parsons: _parsons,
    steps.Explore: _explore,
    checks.OutputCheck: _output,
    checks.Argument: _argument,
    checks.FunctionCheck: _called,
    checks.GradCheck: _called,
    checks.ModuleCheck: _called,
    checks.TrainingCheck: _training,
}
