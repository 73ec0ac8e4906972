"""Names of functions, methods and layers, by what becomes of a program with another or without."""

from __future__ import annotations

ACTIVATIONS = frozenset({
    "relu", "gelu", "silu", "elu", "selu", "celu", "mish", "hardswish", "leaky_relu", "softplus", "sigmoid",
    "tanh", "softmax", "log_softmax", "logsigmoid", "act", "activation", "nonlinearity", "relu1", "relu2",
    "act1", "act2", "norm", "norm1", "norm2", "bn", "bn1", "bn2", "ln",
})  # fmt: skip

LAYERS = frozenset({
    "ReLU", "GELU", "SiLU", "ELU", "SELU", "CELU", "Mish", "LeakyReLU", "Softplus", "Sigmoid", "Tanh",
    "Softmax", "LogSoftmax", "LayerNorm", "BatchNorm1d", "BatchNorm2d",
})  # fmt: skip

MODES = frozenset({"dropout", "drop", "dropout1", "dropout2", "drop1", "drop2"})

DROPPED = frozenset({
    "item", "tolist", "t", "transpose", "permute", "squeeze", "unsqueeze", "flatten", "reshape", "sum", "mean",
    "prod", "std", "var", "argmax", "argmin", "max", "min", "exp", "log", "log1p", "sqrt", "rsqrt", "abs",
    "square", "pow", "clamp", "float", "double", "long", "int", "half", "bool", "flip", "sort", "cumsum",
    "cumprod", "mT", "sin", "cos", "requires_grad_", "triu", "tril", "masked_fill", "zero_", "any", "all",
    "norm", "neg", "reciprocal", "round", "floor", "ceil",
})  # fmt: skip
"""Methods without which something else comes out; without ``clone`` or ``contiguous`` the values are the same."""

OTHER = {
    "sum": "mean", "mean": "sum", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax",
    "any": "all", "all": "any", "zeros": "ones", "ones": "zeros", "zeros_like": "ones_like",
    "ones_like": "zeros_like", "amax": "amin", "amin": "amax", "maximum": "minimum", "minimum": "maximum",
    "cumsum": "cumprod", "cat": "stack", "stack": "cat", "sin": "cos", "cos": "sin", "floor": "ceil",
    "ceil": "floor", "relu": "sigmoid", "sigmoid": "tanh", "tanh": "sigmoid", "softmax": "log_softmax",
    "log_softmax": "softmax", "exp": "log", "log": "exp", "triu": "tril", "tril": "triu", "ReLU": "Tanh",
    "Tanh": "ReLU", "Sigmoid": "Tanh", "mse_loss": "l1_loss", "cross_entropy": "nll_loss", "MSELoss": "L1Loss",
    "std": "var", "var": "std", "add_": "sub_", "sub_": "add_", "mul_": "div_", "div_": "mul_", "matmul": "mul",
}  # fmt: skip

PYTHON = {"sum": "max", "max": "min", "min": "max"}
"""The same of Python's own functions. Of one imported by its bare name, the other is not there.

Not ``any`` and ``all``: what is asked of layers or parameters is mostly so for each of them, or for none.
"""

MILD = frozenset({"sum", "mean", "mse_loss", "MSELoss", "relu", "ReLU", "Tanh", "tanh"})
"""Exchanged, a training goes on nearly as well."""

ORDERED = frozenset({
    "sub", "div", "matmul", "mm", "bmm", "cross_entropy", "nll_loss", "where", "outer", "true_divide", "gt",
    "lt", "ge", "le", "pow",
})  # fmt: skip

DTYPES = {
    "float32": "float64", "float": "double", "float64": "float32", "double": "float", "int64": "int32",
    "long": "int", "int32": "int64", "bool": "int64", "float16": "float32", "bfloat16": "float32",
    "uint8": "int64", "int8": "int64", "int16": "int64", "complex64": "complex128",
}  # fmt: skip
