"""A call left out, or of another function; arguments that change places; dtypes, modes, gradients."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.proof.mutants.edits import (
    Around,
    Edit,
    brief,
    called_name,
    constant,
    is_method,
    keyword_of,
    renamed,
    with_keyword,
)
from tutor.proof.mutants.operators.words import (
    ACTIVATIONS,
    DROPPED,
    DTYPES,
    LAYERS,
    MILD,
    MODES,
    ORDERED,
    OTHER,
    PYTHON,
)


def calls(node: ast.AST, around: Around) -> Iterator[Edit]:
    """Changes of a call, and of the attributes that stand for one."""
    if isinstance(node, ast.Attribute):
        yield from _attribute(node, around)
    elif isinstance(node, ast.Call) and not around.steers_while(node):
        yield from _left_out(node, around)
        yield from _other(node, around)
        yield from _graph(node, around)


def _attribute(node: ast.Attribute, around: Around) -> Iterator[Edit]:
    parent = around.parent(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        return
    if isinstance(node.ctx, ast.Load) and node.attr in ("T", "mT", "H", "grad"):
        yield Edit("drop-attribute", brief(node), node, node.value)
    elif isinstance(node.value, ast.Name) and node.value.id == "torch" and node.attr in DTYPES:
        other = DTYPES[node.attr]
        yield Edit("dtype", f"{node.attr}->{other}", node, ast.Attribute(node.value, other, ast.Load()))


def _left_out(node: ast.Call, around: Around) -> Iterator[Edit]:
    name, inner = called_name(node), _inner(node)
    if name in LAYERS and isinstance(node.func, ast.Attribute):
        identity = ast.Attribute(node.func.value, "Identity", ast.Load())
        yield Edit("drop-activation", name, node, ast.Call(identity, [], []))
    if inner is None or isinstance(around.parent(node), ast.Expr):
        return
    if name in ACTIVATIONS:
        yield Edit("drop-activation", name, node, inner)
    elif (
        name in DROPPED
        or (name in MODES and around.sight.modes)
        or (name == "detach" and not isinstance(around.parent(node), (ast.Call, ast.Attribute)))
    ):
        yield Edit("drop-call", name, node, inner)


def _inner(call: ast.Call) -> ast.expr | None:
    """``x`` of ``x.f()``, ``torch.f(x)`` and ``self.f(x)``."""
    if not isinstance(call.func, ast.Attribute):
        return None
    owner = call.func.value
    if is_method(call) and not (isinstance(owner, ast.Name) and owner.id == "self"):
        return owner
    return call.args[0] if call.args else None


def _other(node: ast.Call, around: Around) -> Iterator[Edit]:
    name = called_name(node)
    other = (OTHER if isinstance(node.func, ast.Attribute) else PYTHON).get(name)
    if other is not None and not (around.sight.trained and name in MILD):
        yield Edit("other", f"{name}->{other}", node, renamed(node, other))
    reduction = keyword_of(node, "reduction")
    if reduction is not None and isinstance(reduction.value, ast.Constant) and not around.sight.trained:
        value = str(reduction.value.value)
        changed = "mean" if value == "sum" else "sum"
        yield Edit("reduction", f"{value}->{changed}", node, with_keyword(node, "reduction", constant(changed)))
    if name in ORDERED and not is_method(node) and len(node.args) >= 2:
        first, second = node.args[-2:] if name == "where" else node.args[:2]
        swapped = [second if a is first else first if a is second else a for a in node.args]
        yield Edit("swap", name, node, ast.Call(node.func, swapped, node.keywords))
    if name in ("train", "eval") and around.sight.modes and not node.args:
        yield Edit("mode", name, node, renamed(node, "eval" if name == "train" else "train"))


def _graph(node: ast.Call, around: Around) -> Iterator[Edit]:
    """Of modules: a layer without its bias, and a graph that is cut half way through ``forward``."""
    if not around.sight.modules:
        return
    name = called_name(node)
    if (name == "Linear" or name.startswith("Conv")) and keyword_of(node, "bias") is None:
        yield Edit("no-bias", name, node, with_keyword(node, "bias", constant(False)))
    within = next((n for n in around.above(node) if isinstance(n, ast.FunctionDef)), None)
    forward = within is not None and within.name == "forward"
    layered = any(isinstance(n, ast.Name) and n.id == "self" for n in ast.walk(node))
    if forward and layered and isinstance(around.parent(node), ast.Assign):
        detached = ast.Call(ast.Attribute(node, "detach", ast.Load()), [], [])
        yield Edit("detach", brief(node), node, detached)
