"""Losses that were computed and not passed back: the same graph is read that ``backward()`` would begin with."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tutor.protocol.failures import Notice
from tutor.worker.probe.nodes import roots_of
from tutor.worker.probe.watch.graphs import crossed, near, partner, shape_text, squashed
from tutor.worker.probe.watch.rules_shapes import sizes_of
from tutor.worker.probe.watch.run import Ended, notice

_NAMES = 16


def kept_losses(run: Ended) -> Iterator[Notice]:
    """What the graphs behind single numbers show that the cell bound to a name or displayed."""
    for line, value in _losses(run):
        for edge in near(roots_of(run.live.torch, value)):
            rule, op = squashed(edge[0])
            if rule:
                yield notice(rule, line, op=op)
            elif (crossing := crossed(edge)) is not None:
                yield from _broadcast(run, line, *crossing)


def _losses(run: Ended) -> list[tuple[int, Any]]:
    """Single numbers that hang on a graph, with the line that made them."""
    found = [(line, run.live.named(name)) for name, line in list(run.cell.stored().items())[:_NAMES]]
    last = run.cell.main.body[-1] if run.cell.main.body else None
    if isinstance(last, ast.Expr):
        found.append((last.lineno, run.live.named("_")))
    tensors = [(line, value) for line, value in found if value is not None and run.live.is_plain(value)]
    return [(line, value) for line, value in tensors if value.numel() == 1 and value.grad_fn is not None]


def _broadcast(run: Ended, line: int, result: tuple[int, ...], sizes: list[tuple[int, ...]]) -> Iterator[Notice]:
    size = result[0]
    if len(sizes) == 2:
        yield notice("broadcast", line, result=result, left=(size, 1), right=(size,))
        return
    # The side without a gradient is known only if the source shows it.
    wanted = partner(sizes[0])
    for node, region in run.cell.each(ast.BinOp):
        if isinstance(node.op, (ast.Sub, ast.Mult)) and wanted in (
            sizes_of(run, node.left, region),
            sizes_of(run, node.right, region),
        ):
            facts = {"result": result, "left": sizes[0], "right": shape_text(wanted)}
            yield notice("broadcast", region.line_of(node), **facts)
            return
