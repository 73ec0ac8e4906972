"""What torch's functions and methods make of shapes: the table behind :mod:`tutor.worker.complete.aligning`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tutor.worker.complete import sized
from tutor.worker.complete.sized import Shape


@dataclass(frozen=True, slots=True)
class Sized:
    """A tensor that has a shape and, so far, no values."""

    shape: Shape
    dtype: str = ""


MEETING = {
    "matmul": "matmul",
    "mm": "mm",
    "bmm": "bmm",
    "mse_loss": "loss",
    "l1_loss": "loss",
    "smooth_l1_loss": "loss",
    "huber_loss": "loss",
    "cross_entropy": "cross-entropy",
    **dict.fromkeys(("add_", "sub_", "mul_", "div_", "copy_"), "in-place"),
    **dict.fromkeys(
        (
            *("add", "sub", "subtract", "mul", "multiply", "div", "divide", "true_divide", "floor_divide", "pow"),
            *("remainder", "fmod", "maximum", "minimum", "atan2", "logical_and", "logical_or", "logical_xor"),
            *("eq", "ne", "lt", "gt", "le", "ge"),
        ),
        "broadcast",
    ),
}
"""Functions of two tensors, and the rule by which their shapes meet."""

JOINING = ("cat", "concat", "concatenate", "stack")
TRUTHS = ("eq", "ne", "lt", "gt", "le", "ge", "logical_and", "logical_or", "logical_xor")
KNOWN_FUNCTIONS = (*MEETING, *JOINING, "where", "einsum")

_SAME = (
    *("relu", "gelu", "silu", "elu", "leaky_relu", "softplus", "sigmoid", "tanh", "softmax", "log_softmax"),
    *("dropout", "exp", "log", "log1p", "sqrt", "rsqrt", "square", "sin", "cos", "abs", "neg", "sign", "round"),
    *("floor", "ceil"),
    *("clamp", "cumsum", "clone", "detach", "contiguous", "logical_not", "isnan", "nan_to_num", "normalize"),
    *("zeros_like", "ones_like", "rand_like", "randn_like", "empty_like", "full_like"),
)
_CASTS = {
    name: dtype
    for dtype, name in (
        *(("float32", "float"), ("float64", "double"), ("float16", "half")),
        *(("int64", "long"), ("int32", "int"), ("bool", "bool")),
    )
}
_REDUCING = ("sum", "mean", "prod", "std", "var", "any", "all", "amax", "amin", "logsumexp", "argmax", "argmin")
_WHOLE_OR_PAIR = ("max", "min")
_MADE = ("zeros", "ones", "rand", "randn", "empty")

_Rule = Callable[[Shape, list[Any]], "Shape | None"]
_RESHAPING: dict[str, _Rule] = {
    "reshape": sized.reshaped,
    "view": sized.reshaped,
    "permute": sized.permuted,
    "expand": sized.expanded,
    "transpose": lambda shape, given: sized.transposed(shape, *given) if len(given) == 2 else None,
    "swapaxes": lambda shape, given: sized.transposed(shape, *given) if len(given) == 2 else None,
    "t": lambda shape, given: shape[::-1] if len(shape) < 3 and not given else None,
    "unsqueeze": lambda shape, given: sized.unsqueezed(shape, given[0]) if len(given) == 1 else None,
    "squeeze": lambda shape, given: sized.squeezed(shape, *given) if len(given) < 2 else None,
    "flatten": lambda shape, given: sized.flattened(shape, *given) if len(given) < 3 else None,
}
SHAPING = (*_SAME, *_CASTS, *_REDUCING, *_WHOLE_OR_PAIR, *_RESHAPING, "to", "t")
MAKING = (*_MADE, "full", "eye", "arange", "tensor")
_PROPERTIES = ("T", "mT", "H", "mH", "data")


def attribute(owner: Sized, name: str) -> Sized | Shape | None:
    """``x.T``, ``x.shape`` and their like."""
    if name == "shape":
        return owner.shape
    if name not in _PROPERTIES or (name != "data" and len(owner.shape) != 2 and name != "mT"):
        return None
    shape = owner.shape if name == "data" else sized.transposed(owner.shape)
    return None if shape is None else Sized(shape, owner.dtype)


def shaped(name: str, first: Sized, given: list[Any], words: dict[str, Any]) -> Sized | int | Shape | None:
    """``x.name(*given, **words)``, also as a function with ``x`` in front."""
    if name in _SAME or name == "to":
        return Sized(first.shape, first.dtype if name in ("clone", "detach", "contiguous") else "")
    if name in _CASTS:
        return Sized(first.shape, _CASTS[name])
    if name in ("size", "dim", "numel", "ndimension"):
        return _counted(name, first, given)
    shape: Shape | None = None
    if name in _RESHAPING:
        arguments = given or [words[key] for key in ("dim", "shape", "size") if key in words]
        shape = _RESHAPING[name](first.shape, arguments)
    elif name in _REDUCING or (name in _WHOLE_OR_PAIR and not given and not words):
        dim = given[0] if given else words.get("dim", words.get("axis"))
        keep = given[-1] if len(given) > 1 and type(given[-1]) is bool else words.get("keepdim", False)
        shape = sized.reduced(first.shape, dim, keep)
    dtype = first.dtype if name in _RESHAPING else ""
    return None if shape is None else Sized(shape, dtype)


def _counted(name: str, first: Sized, given: list[Any]) -> int | Shape | None:
    if name == "size" and given:
        at = sized.place(given[0], len(first.shape))
        return None if at is None else first.shape[at]
    whole = 1
    for size in first.shape:
        whole *= size
    if name == "size":
        return first.shape
    return whole if name == "numel" else len(first.shape)


def made(name: str, given: list[Any], words: dict[str, Any]) -> Sized | None:
    """``torch.zeros(3, 4)`` and its like; the dtype is left open where an argument could say it."""
    shape: Shape | None = None
    arguments = given or [words[key] for key in ("size", "data") if key in words]
    if name in _MADE:
        shape = sized.sizes(arguments)
    elif name == "full":
        shape = sized.sizes(arguments[:1]) if arguments and type(arguments[0]) in (tuple, list) else None
    elif name == "eye" and len(arguments) in (1, 2):
        shape = sized.sizes([arguments[0], arguments[-1]])
    elif name == "arange":
        shape = sized.counted(arguments)
    elif name == "tensor" and arguments:
        shape = sized.nested(arguments[0])
    return Sized(shape) if shape is not None and all(size >= 0 for size in shape) else None
