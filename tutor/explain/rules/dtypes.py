"""Numbers of the wrong kind."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, Say, rule
from tutor.explain.words import code, dtype, dtype_of, is_floating

_SAME = (
    r"must have the same dtype|expected scalar type \w+ but found \w+|input dtype .* does not match weight dtype"
)
_LAYER = ("torch/nn/modules/linear.py", "torch/nn/modules/rnn.py")
_WHOLE = r"could not infer output dtype|must be either a floating point or complex|only support floating point|"
_WHOLE += r"Expected a floating point or complex|not implemented for '(Long|Int|Short|Byte|Char|Bool)'"


@rule("F3", "RuntimeError ValueError", _SAME)
def linear_int_input(f: Failure, _match: re.Match[str]) -> Say | None:
    kind = _into_layer(f)
    if not kind or is_floating(kind):
        return None
    name = f.learner_name(f.given("input"))
    who = code(name) if name else "The input"
    return Say(
        f"{who} holds {kind} numbers, but the weights of {_layer(f)} are float32.",
        "A layer computes in the dtype of its weights; whole numbers without a point become int64.",
        _convert(name, "float()", "Write `1.` instead of `1` where the data is made, or convert"),
    )


@rule("F3", "RuntimeError ValueError", _SAME)
def linear_double_input(f: Failure, _match: re.Match[str]) -> Say | None:
    kind = _into_layer(f)
    if not is_floating(kind) or kind == "float32":
        return None
    name = f.learner_name(f.given("input"))
    numpy = kind == "float64" and not _CAST.search(name)
    origin = " NumPy makes float64 unless told otherwise." if numpy else ""
    return Say(
        f"{code(name) if name else 'The input'} is {kind}, but the weights of {_layer(f)} are float32.",
        f"A layer computes in the dtype of its weights and converts nothing.{origin}",
        _convert(name, "float()", "Convert the data, once, where it is made"),
    )


def _into_layer(f: Failure) -> str:
    """The dtype that came into a layer, if that is what it must have refused."""
    kind = dtype_of(f.given("input"))
    return kind if f.through(*_LAYER) and f.layer is not None and kind != "float32" else ""


def _layer(f: Failure) -> str:
    return "the layer" if f.layer is None or f.layer.source == "self" else code(f.layer.source)


_CAST = re.compile(r"\.(?:(?:double|half|bfloat16|long|int|short|byte|bool)\(\)|to\(torch\.\w+\))$")


def _convert(name: str, method: str, words: str) -> str:
    cast = _CAST.search(name)
    if cast is not None:
        kept = name[: cast.start()]
        return f"Leave {code(cast[0])} out, or write `.{method}` in its place: {code(f'{kept}.{method}')}."
    converted = f"{name}.{method}"
    return f"{words}: {code(converted)}."


@rule("F3", "RuntimeError NotImplementedError", _WHOLE, origins=(LINE,))
def mean_of_ints(f: Failure, _match: re.Match[str]) -> Say | None:
    source = f.arguments[0] if f.receiver.kind == "package" and f.arguments else f.receiver
    told = re.search(r"Got: (\w+)$|not implemented for '(\w+)'", f.message)
    kind = dtype_of(source) or (dtype(told[1] or told[2]) if told else "")
    # Of a result that is in no variable the message alone tells what it was; it then begins with the call's name.
    ours = f.torch_call or (source.kind == "unknown" and f.called and f.message.startswith(f"{f.called}():"))
    if not ours or not kind or is_floating(kind):
        return None
    name = source.source
    return Say(
        f"{code(name)} holds {kind} numbers, and `{f.called}` of whole numbers is not a whole number.",
        "Some results need a point; torch does not choose a dtype for you there.",
        f"Make the numbers floats first: {code(f'{name}.float().{f.called}(…)')}, or write `1.` instead of `1`.",
    )


@rule("F3", "RuntimeError", r"result type (\w+) can't be cast to the desired output type (\w+)")
def inplace_int_divide(f: Failure, match: re.Match[str]) -> Say | None:
    target = f.left if f.operation.endswith("=") else f.receiver
    in_place = f.operation.endswith("=") or (f.called.endswith("_") and not f.called.startswith("_"))
    held = dtype_of(target)
    if f.library or not in_place or held not in ("", dtype(match[2])):
        return None
    name, sign = target.source, f.operation.removesuffix("=") if f.operation.endswith("=") else ""
    plain = f"{name} = {name} {sign} {f.right.source}" if sign else f"{name} = {name}.{f.called[:-1]}(…)"
    whole = " For whole-number division write `//=`." if f.operation == "/=" else ""
    return Say(
        f"{code(name)} is {dtype(match[2])} and stays so, but the result would be {dtype(match[1])}.",
        "An in-place operation writes into the memory there is, and that memory has one dtype.",
        f"Make a new tensor, {code(plain)}, or begin with a float tensor.{whole}",
    )


@rule(
    "M2",
    "RuntimeError",
    r"Input type \((.*?)\) and (bias|weight) type \((.*?)\) should be|expected scalar type (\w+)",
)
def conv_dtype(f: Failure, match: re.Match[str]) -> Say | None:
    given, weight = f.given("input"), f.given("weight")
    kind, wanted = dtype_of(given), dtype_of(weight) or dtype(match[3] or "float32")
    if not f.through("torch/nn/modules/conv.py") or not kind or kind == wanted:
        return None
    name = f.learner_name(given)
    pixels = kind == "uint8"
    words = "Make floats of the pixels, from 0 to 1" if pixels else "Convert the data"
    return Say(
        f"{code(name) if name else 'The input'} is {kind}, but the weights of {_layer(f)} are {wanted}.",
        "A layer computes in the dtype of its weights and converts nothing."
        + (" Images come as bytes, 0 to 255." if pixels else ""),
        _convert(name, "float() / 255" if pixels else "float()", words),
    )


@rule(
    "M3",
    "RuntimeError",
    r"'indices' to have one of the following scalar types|Expected .*(Long|Int).* got .*(Float|Double)",
)
def embedding_float(f: Failure, _match: re.Match[str]) -> Say | None:
    given = f.given("input")
    kind = dtype_of(given)
    if not f.through("torch/nn/functional.py:embedding") or not is_floating(kind):
        return None
    name = f.learner_name(given)
    return Say(
        f"{code(name) if name else 'The input'} is {kind}; {_layer(f)} is an embedding and looks up rows by "
        "their number."
        if f.layer is not None and f.layer.source != "self"
        else f"{code(name) if name else 'The input'} is {kind}; an embedding looks up rows by their number.",
        "Ids are row numbers of a table, so they must be whole numbers (int64 or int32).",
        _convert(name, "long()", "Keep ids as integers from the start, or convert")
        + " No float layer may come before an embedding.",
    )


@rule("A1", "RuntimeError", r"only tensors of floating point (and complex )?dtype can require gradients")
def grad_on_ints(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.torch_call and f.called != "requires_grad_" and f.operation not in ("assign", ""):
        return None
    data = f.arguments[0] if f.receiver.kind == "package" and f.arguments else f.receiver
    if data.tensor is not None and is_floating(data.tensor.dtype):
        return None
    fix = "Make the data float first: write `2.0` instead of `2`, or `.float()`."
    what = f"{code(data.source)} holds whole numbers, and these" if data.source else "Whole numbers"
    if data.kind == "plain" and data.type == "int":
        fix = f"Write the number with a point: `{data.text}.0`."
        what = f"{code(data.source)} is a whole number, and such a number"
    return Say(
        f"{what} cannot have a gradient.",
        "A gradient says what a tiny change does; whole numbers do not change by tiny amounts.",
        fix,
    )
