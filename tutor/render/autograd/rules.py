"""How each operation passes a gradient on: ∂out/∂in, in words and, where everything is one number, in numbers.

``G`` is the gradient that arrives (∂loss/∂out), ``a``, ``b``, ``c`` are the operands in torch's order, ``out`` is
the result. Sources: the scalar rules are those of any calculus text; matrix products and their transposes are in
M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation" (2008);
softmax with cross-entropy in C. Bishop, "Pattern Recognition and Machine Learning" (2006), 4.3.4; convolutions in
V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016); layer normalisation in
J. L. Ba et al. (2016), batch normalisation in S. Ioffe and C. Szegedy (2015). Which operand is which, and what is
saved, is as in PyTorch's ``tools/autograd/derivatives.yaml``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.protocol.gradients import GraphNode

Numbers = dict[str, float]
"""Saved values and settings of a node by name, and its result as ``out``."""

Derivative = Callable[[Numbers], float]


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of one kind of node."""

    forward: str
    """What it computed."""
    partials: tuple[str, ...]
    """For each operand what it passes on; of more operands than these the last one holds."""
    numbers: tuple[Derivative | None, ...] = ()
    """For each operand ∂out/∂in where everything is one number; raises KeyError where something is not known."""

    def partial(self, operand: int) -> str:
        return self.partials[min(operand, len(self.partials) - 1)] if self.partials else ""


_STRETCHED = "; summed over axes that were stretched"


def _rule(forward: str, *partials: str, numbers: tuple[Derivative | None, ...] = ()) -> Rule:
    return Rule(forward, partials, numbers)


def _one(_: Numbers) -> float:
    return 1.0


_SCALAR = {
    "Add": _rule(
        "a + b", "∂out/∂a = 1", "∂out/∂b = 1 (times alpha)",
        numbers=(_one, lambda n: n.get("alpha", 1.0)),
    ),
    "Sub": _rule(
        "a - b", "∂out/∂a = 1", "∂out/∂b = -1 (times alpha)",
        numbers=(_one, lambda n: -n.get("alpha", 1.0)),
    ),
    "Rsub": _rule("b - a", "∂out/∂a = -1", "∂out/∂b = 1", numbers=(lambda _: -1.0, _one)),
    "Mul": _rule(
        "a · b", "∂out/∂a = b, the other factor", "∂out/∂b = a, the other factor",
        numbers=(lambda n: n["other"], lambda n: n["self"]),
    ),
    "Div": _rule(
        "a / b", "∂out/∂a = 1/b", "∂out/∂b = -a/b²",
        numbers=(lambda n: 1 / n["other"], lambda n: -n["self"] / n["other"] ** 2),
    ),
    "Pow": _rule(
        "aⁿ", "∂out/∂a = n·aⁿ⁻¹", "∂out/∂n = aⁿ·ln a",
        numbers=(
            lambda n: n["exponent"] * n["self"] ** (n["exponent"] - 1),
            lambda n: n["self"] ** n["exponent"] * math.log(n["self"]),
        ),
    ),
    "PowOfNumber": _rule("bᵃ, b a plain number", "∂out/∂a = out·ln b"),
    "Neg": _rule("-a", "∂out/∂a = -1", numbers=(lambda _: -1.0,)),
    "Exp": _rule("eᵃ", "∂out/∂a = eᵃ, the result itself", numbers=(lambda n: n["result"],)),
    "Log": _rule("ln a", "∂out/∂a = 1/a", numbers=(lambda n: 1 / n["self"],)),
    "Log1P": _rule("ln(1 + a)", "∂out/∂a = 1/(1 + a)", numbers=(lambda n: 1 / (1 + n["self"]),)),
    "Sqrt": _rule("√a", "∂out/∂a = 1/(2·√a)", numbers=(lambda n: 0.5 / n["result"],)),
    "Rsqrt": _rule("1/√a", "∂out/∂a = -out³/2", numbers=(lambda n: -(n["result"] ** 3) / 2,)),
    "Reciprocal": _rule("1/a", "∂out/∂a = -out²", numbers=(lambda n: -(n["result"] ** 2),)),
    "Abs": _rule("|a|", "∂out/∂a = sign of a", numbers=(lambda n: float((n["self"] > 0) - (n["self"] < 0)),)),
    "Sin": _rule("sin a", "∂out/∂a = cos a", numbers=(lambda n: math.cos(n["self"]),)),
    "Cos": _rule("cos a", "∂out/∂a = -sin a", numbers=(lambda n: -math.sin(n["self"]),)),
    "Tanh": _rule("tanh a", "∂out/∂a = 1 - out²", numbers=(lambda n: 1 - n["result"] ** 2,)),
    "Sigmoid": _rule(
        "1/(1 + e⁻ᵃ)", "∂out/∂a = out·(1 - out)", numbers=(lambda n: n["result"] * (1 - n["result"]),)
    ),
    "Relu": _rule(
        "max(a, 0)", "∂out/∂a = 1 where a > 0, else 0: a unit at 0 or below passes nothing on",
        numbers=(lambda n: float(n["result"] > 0),),
    ),
    "LeakyRelu": _rule("a, or slope·a below 0", "∂out/∂a = 1 where a > 0, else the slope"),
    "Elu": _rule("a, or eᵃ - 1 below 0", "∂out/∂a = 1 where a > 0, else out + 1"),
    "Gelu": _rule("a·Φ(a)", "∂out/∂a = Φ(a) + a·φ(a), Φ and φ of the normal distribution"),
    "Silu": _rule("a·σ(a)", "∂out/∂a = σ(a)·(1 + a·(1 - σ(a)))"),
    "Softplus": _rule("ln(1 + eᵃ)", "∂out/∂a = σ(a)"),
    "LogSigmoid": _rule("ln σ(a)", "∂out/∂a = 1 - σ(a)"),
    "Clamp": _rule("a kept between two bounds", "∂out/∂a = 1 inside the bounds, 0 outside"),
    "Clone": _rule("a copy of a", "∂out/∂a = 1", numbers=(_one,)),
    "ToCopy": _rule("a in another dtype or on another device", "∂out/∂a = 1, converted back", numbers=(_one,)),
}  # fmt: skip

_PRODUCTS = {
    "Mm": _rule("a @ b", "to a: G·bᵀ", "to b: aᵀ·G"),
    "Bmm": _rule("a @ b, matrix by matrix", "to a: G·bᵀ", "to b: aᵀ·G"),
    "Addmm": _rule("c + a @ b", "to c: G" + _STRETCHED, "to a: G·bᵀ", "to b: aᵀ·G"),
    "Addbmm": _rule("c + sum of a @ b", "to c: G", "to a: G·bᵀ", "to b: aᵀ·G"),
    "Baddbmm": _rule("c + a @ b", "to c: G" + _STRETCHED, "to a: G·bᵀ", "to b: aᵀ·G"),
    "Mv": _rule("A @ v", "to A: G·vᵀ (outer product)", "to v: Aᵀ·G"),
    "Addmv": _rule("c + A @ v", "to c: G", "to A: G·vᵀ (outer product)", "to v: Aᵀ·G"),
    "Dot": _rule("a · b, summed", "to a: G·b", "to b: G·a"),
    "Linear": _rule("x @ Wᵀ + b", "to x: G·W", "to W: Gᵀ·x", "to b: G summed over the batch"),
    "Convolution": _rule(
        "weight slid over input", "to the input: G convolved with the turned weight (a transposed convolution)",
        "to the weight: the input correlated with G", "to the bias: G summed over batch and places",
    ),
    "Embedding": _rule(
        "rows of the table", "to the table: G added to the rows that were looked up, 0 to the others"
    ),
    "ScaledDotProduct": _rule(
        "softmax(q·kᵀ/√d)·v", "to q, k and v by the rules of product, softmax and product, one after the other"
    ),
}  # fmt: skip

_REDUCTIONS = {
    "Sum": _rule("sum of a", "∂out/∂a = 1 for every element: each gets G", numbers=(_one,)),
    "Mean": _rule("mean of n elements", "∂out/∂a = 1/n: each element gets G/n"),
    "Prod": _rule("product of the elements", "∂out/∂aᵢ = out/aᵢ"),
    "Var": _rule("variance", "∂out/∂aᵢ = 2·(aᵢ - mean)/(n - 1)"),
    "Std": _rule("standard deviation", "∂out/∂aᵢ = (aᵢ - mean)/((n - 1)·out)"),
    "Norm": _rule("length √Σa²", "∂out/∂a = a/out"),
    "LinalgVectorNorm": _rule("length √Σa²", "∂out/∂a = a/out"),
    "Max": _rule("largest element", "G goes to the largest element, 0 to the others"),
    "Min": _rule("smallest element", "G goes to the smallest element, 0 to the others"),
    "Amax": _rule("largest element", "G goes to the largest element (shared among equals)"),
    "Amin": _rule("smallest element", "G goes to the smallest element (shared among equals)"),
    "Logsumexp": _rule("ln Σeᵃ", "∂out/∂a = softmax(a)"),
    "Cumsum": _rule("running sum", "to aᵢ: the sum of G from i on"),
    "Softmax": _rule("eᵃ/Σeᵃ", "to a: out·(G - Σ G·out), along the axis"),
    "LogSoftmax": _rule("a - ln Σeᵃ", "to a: G - softmax(a)·ΣG, along the axis"),
    "NllLoss": _rule(
        "-log p of the right class, averaged",
        "to the log-probabilities: -G/n at the right class, 0 elsewhere; "
        "with log_softmax below: (softmax - one-hot)/n",
    ),
    "MseLoss": _rule("mean (a - b)²", "to a: G·2·(a - b)/n", "to b: -G·2·(a - b)/n"),
    "L1Loss": _rule("mean |a - b|", "to a: G·sign(a - b)/n", "to b: -G·sign(a - b)/n"),
    "SmoothL1Loss": _rule(
        "mean of ½(a - b)², linear far out", "to a: G·(a - b)/n, at most 1/n", "to b: the same, negative"
    ),
    "BinaryCrossEntropy": _rule("-mean (b·ln a + (1 - b)·ln(1 - a))", "to a: G·(a - b)/(a·(1 - a))/n"),
    "BinaryCrossEntropyWithLogits": _rule("binary cross-entropy of σ(a)", "to a: G·(σ(a) - b)/n"),
    "NativeLayerNorm": _rule(
        "(a - mean)/std · weight + bias",
        "to a: G·weight, less its mean and its part along out, over std",
        "to the weight: Σ G·normalised a", "to the bias: ΣG",
    ),
    "NativeBatchNorm": _rule(
        "(a - mean)/std · weight + bias, over the batch",
        "to a: G·weight, less its mean and its part along out, over std",
        "to the weight: Σ G·normalised a", "to the bias: ΣG",
    ),
    "NativeDropout": _rule("a·mask/(1 - p)", "∂out/∂a = mask/(1 - p): what was dropped gets 0"),
}  # fmt: skip

_MOVES = {
    "T": _rule("aᵀ", "to a: Gᵀ"),
    "Transpose": _rule("a with two axes swapped", "to a: G with them swapped back"),
    "Permute": _rule("a with its axes in another order", "to a: G with them put back"),
    "View": _rule("a in another shape", "to a: G in the shape of a", numbers=(_one,)),
    "Squeeze": _rule("a without axes of size 1", "to a: G in the shape of a", numbers=(_one,)),
    "Unsqueeze": _rule("a with an axis of size 1", "to a: G in the shape of a", numbers=(_one,)),
    "Expand": _rule("a, stretched", "to a: G summed over the axes that were stretched"),
    "Repeat": _rule("a, repeated", "to a: G summed over the copies"),
    "Select": _rule("one place along an axis", "to a: G there, 0 elsewhere"),
    "Slice": _rule("a part of a", "to a: G there, 0 elsewhere"),
    "Index": _rule("elements picked by an index", "to a: G added where they were picked, 0 elsewhere"),
    "Gather": _rule("elements picked along an axis", "to a: G added where they were picked, 0 elsewhere"),
    "Cat": _rule("operands side by side", "to each: its own part of G"),
    "Stack": _rule("operands along a new axis", "to each: its own part of G"),
    "Split": _rule("a in parts", "to a: the gradients of the parts, side by side"),
    "Unbind": _rule("a in slices", "to a: the gradients of the slices, side by side"),
    "Where": _rule(
        "a where the condition holds, else b", "to a: G where it holds, else 0", "to b: G where not, else 0"
    ),
    "MaskedFill": _rule("a, with a value where a mask says", "to a: G where the mask is off, 0 where it is on"),
    "MaxPool2DWithIndices": _rule("largest of each window", "to a: G at the place each one came from"),
    "AvgPool2D": _rule("mean of each window", "to a: G/size of the window, to each of its places"),
    "ConstantPadNd": _rule("a with a margin", "to a: G without the margin"),
    "CopySlices": _rule(
        "a part of a written in place", "to a: G, 0 where it was overwritten", "to what was written: G there"
    ),
    "AccumulateGrad": _rule("a leaf", "G is added to its .grad"),
}  # fmt: skip

_TABLE = _SCALAR | _PRODUCTS | _REDUCTIONS | _MOVES
_ALSO = {
    "UnsafeView": "View", "ReshapeAlias": "View", "Alias": "View", "Flatten": "View", "Unsafe": "View",
    "LogSoftmaxBackwardData": "LogSoftmax", "NllLoss2D": "NllLoss", "CudnnConvolution": "Convolution",
    "MkldnnConvolution": "Convolution", "CudnnBatchNorm": "NativeBatchNorm", "Hardtanh": "Clamp",
    "ClampMin": "Clamp",
    "ClampMax": "Clamp", "Chunk": "Split", "SplitWithSizes": "Split", "Narrow": "Slice", "Relu6": "Clamp",
    "MvBackward": "Mv", "MaskedSelect": "Index", "Take": "Index", "SwapAxes": "Transpose", "Diagonal": "Slice",
    "FusedDropout": "NativeDropout", "Threshold": "Relu", "Copy": "Clone",
}  # fmt: skip
_NAME = re.compile(r"(?P<what>.+?)Backward(?P<variant>\d*)$")


_ASCII = {
    "∂": "d", "·": "*", "ⁿ⁻¹": "^(n-1)", "ⁿ": "^n", "ᵀ": "^T", "e⁻ᵃ": "e^-a", "ᵃ": "^a", "²": "^2", "³": "^3",
    "ᵢ": "_i", "Σ": "sum ", "√": "sqrt ", "σ": "sigmoid", "Φ": "cdf", "φ": "pdf", "½": "1/2 ",
}  # fmt: skip


def ascii_of(words: str) -> str:
    """The words of a rule for a terminal without Unicode."""
    for sign, spelled in _ASCII.items():
        words = words.replace(sign, spelled)
    return words


def short(name: str) -> str:
    """``Add`` of ``AddBackward0``; names of other forms as they are."""
    match = _NAME.fullmatch(name)
    return match["what"] if match else name.rpartition("::")[2]


def rule_of(name: str) -> Rule | None:
    """The rule of a node by its name; None for an operation that is not in the table."""
    what = "PowOfNumber" if name == "PowBackward2" else short(name)
    found = _TABLE.get(what) or _TABLE.get(_ALSO.get(what, ""))
    if found is None and what.startswith("ScaledDotProduct"):
        return _TABLE["ScaledDotProduct"]
    return found


def derivative(node: GraphNode, operand: int) -> float | None:
    """∂out/∂in of a node whose result and operands are one number each, by its rule; None where that is not known.

    A derivative without a value (division by 0, the logarithm of a negative base) is NaN or infinite.
    """
    rule = rule_of(node.name)
    if rule is None or not rule.numbers or operand >= len(rule.numbers):
        return None
    known: Numbers = dict(node.settings)
    known |= {saved.name: saved.value for saved in node.saved if saved.value is not None}
    if node.value is not None:
        known.setdefault("result", node.value)
    formula = rule.numbers[operand]
    if formula is None:
        return None
    try:
        return float(formula(known))
    except KeyError:
        return None
    except ZeroDivisionError:
        return math.inf
    except (ValueError, OverflowError, TypeError):
        return math.nan
