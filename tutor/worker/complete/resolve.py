"""What an expression stands for, as far as that can be known without running it."""

from __future__ import annotations

import ast
import builtins
import sys
from collections import OrderedDict, defaultdict
from typing import Any

from tutor.worker.complete import signatures
from tutor.worker.complete.own_class import SUPER
from tutor.worker.complete.things import NOTHING, Thing, is_class, known, member, own_dict, property_value, some
from tutor.worker.probe import outline

_LONGEST = 2_000
"""Characters of an expression that is looked at."""
_DEEPEST = 60

_LITERALS: dict[type[ast.expr], type] = {
    ast.List: list,
    ast.ListComp: list,
    ast.Tuple: tuple,
    ast.Dict: dict,
    ast.DictComp: dict,
    ast.Set: set,
    ast.SetComp: set,
    ast.JoinedStr: str,
    ast.Compare: bool,
}
DICTS: tuple[type, ...] = (dict, OrderedDict, defaultdict)


class Resolver:
    """Resolves expressions in one namespace; ``assigned`` are names that the unfinished cell binds."""

    def __init__(self, namespace: dict[str, Any], assigned: dict[str, str] | None = None) -> None:
        self._namespace = namespace
        self._assigned = assigned or {}
        self._open: set[str] = set()

    def resolve(self, text: str, depth: int = 0) -> Thing:
        """The object ``text`` names; NOTHING if that is not known."""
        if not text or len(text) > _LONGEST or depth > 5:
            return NOTHING
        try:
            tree = ast.parse(f"({text})", mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return NOTHING
        return self._visit(tree.body, depth * 10)

    def _visit(self, node: ast.expr, depth: int) -> Thing:
        if depth > _DEEPEST:
            return NOTHING
        match node:
            case ast.Name():
                return self._name(node.id, depth)
            case ast.Attribute(value=ast.Name(id=owner_name)) if f"{owner_name}.{node.attr}" in self._assigned:
                return self._name(f"{owner_name}.{node.attr}", depth)
            case ast.Attribute():
                owner = self._visit(node.value, depth + 1)
                found = member(owner, node.attr)
                return property_value(owner, node.attr) if found.is_property else found
            case ast.Call(func=ast.Name(id="super"), args=[]) if SUPER in self._assigned:
                return self._name(SUPER, depth)
            case ast.Call():
                return self._called(node, depth)
            case ast.Subscript():
                return _item(self._visit(node.value, depth + 1), node.slice)
            case ast.Constant():
                return known(node.value)
            case ast.BinOp():
                return _result_of([self._visit(side, depth + 1).kind for side in (node.left, node.right)])
            case ast.UnaryOp():
                return some(self._visit(node.operand, depth + 1).kind)
            case ast.Compare():
                return _result_of(
                    [self._visit(side, depth + 1).kind for side in (node.left, *node.comparators)], bool
                )
            case _:
                return some(_LITERALS.get(type(node)))

    def property_of(self, text: str) -> Thing:
        """Like :meth:`resolve`, with a property as itself and not as what it would give."""
        owner, dot, name = text.rpartition(".")
        found = member(self.resolve(owner), name) if dot and name.isidentifier() else NOTHING
        return found if found.is_property else self.resolve(text)

    def _name(self, name: str, depth: int) -> Thing:
        if name in self._assigned and name not in self._open:
            # In `x = x.sum()` the x on the right is the one from before.
            self._open.add(name)
            try:
                return self.resolve(self._assigned[name], depth // 10 + 1)
            finally:
                self._open.discard(name)
        if name in self._namespace:
            return known(self._namespace[name])
        plain = vars(builtins)
        return known(plain[name]) if name in plain else NOTHING

    def _called(self, node: ast.Call, depth: int) -> Thing:
        callee = self._visit(node.func, depth + 1)
        if callee.known and is_class(callee.value):
            return some(callee.value)
        if callee.kind is not None and outline.is_module(callee.kind):
            return some(outline.tensor_type())
        words = tuple(word.arg for word in node.keywords if word.arg)
        return some(signatures.returned_type(callee, len(node.args), words))


def _result_of(operands: list[type | None], otherwise: type | None = None) -> Thing:
    """An operator gives a tensor if any operand is one; else ``otherwise``, or what its first operand is."""
    tensors = [kind for kind in operands if kind is not None and outline.is_tensor(kind)]
    return some(tensors[0] if tensors else otherwise or operands[0])


def _item(thing: Thing, place: ast.expr) -> Thing:
    """``thing[place]`` for a constant place of a plain container; some tensor for a tensor's."""
    if thing.kind is None:
        return NOTHING
    if outline.is_tensor(thing.kind):
        return some(outline.tensor_type())
    try:
        key = ast.literal_eval(place)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return NOTHING
    if not thing.known:
        return NOTHING
    if thing.kind in (list, tuple) and type(key) is int and -len(thing.value) <= key < len(thing.value):
        return known(thing.value[key])
    if thing.kind in DICTS and type(key) in (str, int, float, bool) and dict.__contains__(thing.value, key):
        return known(dict.__getitem__(thing.value, key))
    if outline.is_module(thing.kind) and type(key) in (str, int):
        return _child(own_dict(thing.value), key)
    return NOTHING


def _child(state: dict[str, Any], key: str | int) -> Thing:
    """A child of a module by its name, or by its place as in ``nn.Sequential``."""
    children = list(outline.children(state).items())
    if type(key) is int and -len(children) <= key < len(children):
        return known(children[key][1])
    return next((known(child) for name, child in children if name == key), NOTHING)


def loaded(dotted: str) -> Thing:
    """The thing with this full name in the modules that are loaded: ``torch.nn.Linear``."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        module = sys.modules.get(".".join(parts[:cut]))
        if module is not None:
            thing = known(module)
            for name in parts[cut:]:
                thing = member(thing, name)
            return thing
    return NOTHING
