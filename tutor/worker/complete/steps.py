"""The operations of one statement, as they are found."""

from __future__ import annotations

import ast
from typing import Any

from tutor.protocol.alignment import Alignment, Term, align
from tutor.worker.complete.operations import TRUTHS, Sized

_MOST = 12
_TEXT = 60
_LARGEST = 2**62
_COMPARING = ("==", "!=", "<", ">", "<=", ">=", *TRUTHS)


class Steps:
    """Takes the operands of one operation after the other; ``text`` is what the nodes were parsed from."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans: list[tuple[int, int]] = []
        self.found: list[Alignment] = []

    def chosen(self, cursor: int) -> int:
        """Which to show first: one that fails, one that grows, else the innermost at the cursor, else the last."""
        for place, step in enumerate(self.found):
            if step.problem:
                return place
        for place, step in enumerate(self.found):
            if step.grows:
                return place
        spans = enumerate(self._spans)
        around = [(end - start, place) for place, (start, end) in spans if start <= cursor <= end]
        return min(around)[1] if around else max(len(self.found) - 1, 0)

    def meet(
        self, node: ast.expr | ast.stmt, rule: str, sign: str, given: list[tuple[ast.expr, Any]], option: str = ""
    ) -> Any:
        """One operation; a plain number beside a tensor changes nothing and is no step."""
        tensors = [(part, value) for part, value in given if isinstance(value, Sized)]
        numbers = [value for _, value in given if type(value) in (int, float, bool)]
        if len(tensors) == 1 and len(numbers) == 1 and rule in ("broadcast", "in-place"):
            return Sized(tensors[0][1].shape)
        if not tensors or len(tensors) != len(given):
            return None
        if any(size >= _LARGEST for _, value in tensors for size in value.shape):
            return None
        terms = tuple(Term(self._written(part), value.shape, value.dtype) for part, value in tensors)
        step = align(self._written(node), rule, sign, terms, option)
        if len(self.found) < _MOST and any(term.shape for term in terms):
            self.found.append(step)
            self._spans.append(self._span(node))
        if step.result is None:
            return None
        return Sized(step.result, "bool" if sign in _COMPARING else "")

    def _written(self, node: ast.AST) -> str:
        text = " ".join((ast.get_source_segment(self._text, node) or "").split())
        return text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…"

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """First and last character of a node in the text that was parsed."""
        lines = self._text.split("\n")
        ends = ((node.lineno, node.col_offset), (node.end_lineno or 1, node.end_col_offset or 0))
        # Python counts columns in bytes.
        columns = [len(lines[row - 1].encode()[:at].decode(errors="ignore")) for row, at in ends]
        rows = [sum(len(line) + 1 for line in lines[: row - 1]) for row, _ in ends]
        start, end = (row + column for row, column in zip(rows, columns, strict=True))
        return start, end
