"""Every fact about one ``nn.Module`` and its layers; no method of the learner's own classes is called."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from tutor.protocol.models import Held, Layer, ModelSnapshot
from tutor.worker.probe.forwards import Forward, Passed, forwards, nbytes, shapes
from tutor.worker.probe.modules import layer_arguments
from tutor.worker.probe.mult_adds import mult_adds
from tutor.worker.probe.names import ITEMS, members
from tutor.worker.probe.touch import quiet, type_name

LAYERS = 1_000
"""Layers that are listed; the figures of the rest are in those above them."""
_WALKED = 20_000
_NAMES = 64
_HELD = 64
"""Parameters and buffers of one layer that are listed."""


def models_in(
    namespace: dict[str, Any], torch: Any, changed: frozenset[str], ran: frozenset[int] = frozenset()
) -> list[tuple[str, Any]]:
    """Names and modules: those with an id in ``ran`` first, then those in ``changed``, then the latest name first.
    Each module is there once.

    Looked at are public names, and lists, tuples and dicts under them (one level).
    """
    found: dict[int, tuple[str, Any]] = {}

    def look(path: str, value: Any) -> None:
        if issubclass(type(value), torch.nn.Module) and id(value) not in found:
            found[id(value)] = path, value

    for name, value in list(namespace.items()):
        if type(name) is not str or name[:1] == "_" or not name.isidentifier():
            continue
        with contextlib.suppress(Exception):  # a metaclass that raises
            look(name, value)
            if type(value) in (list, tuple):
                for place, item in enumerate(value[:ITEMS]):
                    look(f"{name}[{place}]", item)
            elif type(value) in (dict, OrderedDict):
                for key, item in list(value.items())[:ITEMS]:
                    if type(key) in (str, int):
                        look(f"{name}[{key!r}]", item)
    latest = list(found.values())[::-1][:_NAMES]
    return sorted(latest, key=lambda entry: (id(entry[1]) not in ran, entry[0] not in changed))


def snapshot(torch: Any, path: str, root: Any, note: str = "") -> ModelSnapshot:
    """The model ``root`` as it is now. Reads ``.grad``, so it belongs on the learner's own thread."""
    forward = forwards().of(root)
    walk = _Walk(torch, forward)
    with quiet(torch):
        tree = walk.node(path, path, root)
    layers: list[Layer] = []
    _list(tree, 0, layers)
    passed = walk.passed.get(id(root))
    return ModelSnapshot(
        path=path,
        layers=tuple(layers[:LAYERS]),
        more=max(0, len(layers) - LAYERS) + walk.unseen,
        input_bytes=nbytes(passed.inputs) if passed else 0,
        cell=forward.cell if walk.passed and forward else 0,
        note="" if walk.passed else note,
    )


@dataclass(slots=True)
class _Size:
    """One parameter or buffer, by its object."""

    count: int
    nbytes: int
    grad: int
    trains: bool
    dtype: str
    device: str


@dataclass(slots=True)
class _Node:
    name: str
    type: str
    arguments: str
    kernel: tuple[int, ...] = ()
    training: bool = True
    same_as: str = ""
    held: list[Held] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)
    parameters: dict[int, _Size] = field(default_factory=dict)
    buffers: dict[int, _Size] = field(default_factory=dict)
    passed: Passed = field(default_factory=Passed)
    lazy: bool = False
    below: int = 0
    activations: int = 0
    cost: int = 0
    uncounted: int = 0
    """Called layers in and below for whose own parameters there is no rule."""


class _Walk:
    def __init__(self, torch: Any, forward: Forward | None) -> None:
        self._torch = torch
        self._base = torch._C.TensorBase
        self._lazy: type = torch.nn.parameter.UninitializedTensorMixin
        self.passed = forward.passed if forward is not None else {}
        self.unseen = 0
        self._drawn: dict[int, str] = {}
        self._named: dict[int, str] = {}

    def node(self, path: str, name: str, module: Any) -> _Node:
        kind = type(module)
        state = object.__getattribute__(module, "__dict__")
        script = issubclass(kind, self._torch.jit.ScriptModule)
        node = _Node(
            name,
            _script_name(module) if script else type_name(kind),
            "" if script else layer_arguments(kind, module),
            _whole(state.get("kernel_size")),
            state.get("training") is not False,
        )
        if id(module) in self._drawn:
            node.same_as = self._drawn[id(module)]
            return node
        self._drawn[id(module)] = path
        node.passed = self.passed.get(id(module), node.passed)
        for label, tensor in self._members(module, "_parameters", script):
            self._hold(node, path, label, tensor, node.parameters)
        for label, tensor in self._members(module, "_buffers", script):
            self._hold(node, path, label, tensor, node.buffers)
        for label, child in self._members(module, "_modules", script):
            if not issubclass(type(child), self._torch.nn.Module):
                continue
            if len(self._drawn) >= _WALKED:
                self.unseen += 1
                continue
            below = self.node(f"{path}.{label}", label, child)
            node.children.append(below)
            node.below += below.below + 1
            node.lazy = node.lazy or below.lazy
            node.activations += below.activations
            node.cost += below.cost
            node.uncounted += below.uncounted
            node.parameters.update(below.parameters)
            node.buffers.update(below.buffers)
        self._count(kind, state, node, module)
        if not node.children:
            node.activations = sum(nbytes(made) for _, made in node.passed.calls)
        return node

    def _hold(self, node: _Node, path: str, label: str, tensor: Any, group: dict[int, _Size]) -> None:
        if not issubclass(type(tensor), self._torch.Tensor):
            return
        base, shape = self._base, None
        size = _Size(0, 0, 0, False, "", "")
        with contextlib.suppress(Exception):  # no size yet
            size.trains = bool(base.requires_grad.__get__(tensor))
            size.dtype = str(base.dtype.__get__(tensor)).removeprefix("torch.")
            size.device = str(base.device.__get__(tensor))
            if issubclass(type(tensor), self._lazy):
                node.lazy = True
            else:
                shape = tuple(int(part) for part in base.shape.__get__(tensor))
                size.count = int(base.numel(tensor))
                size.nbytes = size.count * int(base.element_size(tensor))
                grad = base.grad.__get__(tensor) if base.is_leaf.__get__(tensor) else None
                if grad is not None:
                    size.grad = int(base.numel(grad)) * int(base.element_size(grad))
        known = self._named.get(id(tensor), "")
        self._named.setdefault(id(tensor), f"{path}.{label}")
        group[id(tensor)] = size
        if len(node.held) < _HELD:
            kind = "parameter" if group is node.parameters else "buffer"
            node.held.append(Held(label, kind, size.dtype, shape, size.trains, known))

    def _count(self, kind: type, state: dict[str, Any], node: _Node, module: Any) -> None:
        """Add what the module does with its own parameters, over all calls."""
        if not node.passed.calls:
            return
        kinds = [type_name(part) for part in _mro(kind) if str(part.__module__).startswith("torch.")]
        held = {one.name: one.shape for one in node.held if one.kind == "parameter" and one.shape is not None}
        if "MultiheadAttention" in kinds:
            projection = dict(members(module, "_modules")).get("out_proj")
            if projection is not None and dict(members(projection, "_parameters")).get("bias") is not None:
                held["out_proj.bias"] = ()
        first = state.get("batch_first") is True
        costs = [mult_adds(kinds, held, shapes(given), shapes(made), first) for given, made in node.passed.calls]
        node.cost += sum(cost for cost in costs if cost is not None)
        node.uncounted += None in costs

    def _members(self, module: Any, group: str, script: bool) -> list[tuple[str, Any]]:
        if not script or (group == "_modules" and not hasattr(module, "_c")):
            return members(module, group)
        # A scripted module keeps nothing of its own in Python: the compiled one behind it is asked.
        held: dict[str, Any] = {}
        with contextlib.suppress(Exception):
            if group == "_modules":
                held = dict(object.__getattribute__(module, "__dict__")["_modules"].items())
            else:
                kinds = {"_parameters": "ParameterDict", "_buffers": "BufferDict"}
                held = dict(getattr(self._torch._C, kinds[group])(module._c).items())
        return list(held.items())


def _list(node: _Node, depth: int, layers: list[Layer]) -> None:
    parameters, buffers = list(node.parameters.values()), list(node.buffers.values())
    dtypes = dict.fromkeys(size.dtype for size in parameters if size.dtype)
    devices = dict.fromkeys(size.device for size in parameters or buffers if size.device)
    layers.append(
        Layer(
            depth=depth,
            name=node.name,
            type=node.type,
            arguments=node.arguments,
            kernel=node.kernel,
            held=tuple(node.held),
            parameters=sum(size.count for size in parameters),
            trainable=sum(size.count for size in parameters if size.trains),
            buffers=sum(size.count for size in buffers),
            parameter_bytes=sum(size.nbytes for size in parameters),
            gradient_bytes=sum(size.grad for size in parameters),
            buffer_bytes=sum(size.nbytes for size in buffers),
            dtype="/".join(dtypes),
            device="/".join(devices),
            training=node.training,
            lazy=node.lazy,
            same_as=node.same_as,
            below=node.below,
            calls=len(node.passed.calls),
            inputs=shapes(node.passed.inputs),
            outputs=shapes(node.passed.outputs),
            activation_bytes=node.activations,
            mult_adds=node.cost,
            uncounted=node.uncounted,
        )
    )
    for child in node.children:
        _list(child, depth + 1, layers)


def _mro(kind: type) -> tuple[type, ...]:
    found: tuple[type, ...] = type.__dict__["__mro__"].__get__(kind)
    return found


def _whole(value: Any) -> tuple[int, ...]:
    parts = value if type(value) is tuple else (value,)
    return parts if all(type(part) is int for part in parts) else ()


def _script_name(module: Any) -> str:
    with contextlib.suppress(Exception):
        return str(module._c._type().name())[:80]
    return "ScriptModule"
