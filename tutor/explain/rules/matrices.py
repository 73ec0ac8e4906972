"""Matrix products: ``@``, ``mm``, ``bmm``, ``einsum``, and ``nn.Linear``, which is one."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import Say, rule
from tutor.explain.words import code, count, dtype, dtype_of, setting, shape, shaped, sizes
from tutor.protocol.failures import Operand

_PRODUCT = r"cannot be multiplied|size mismatch|inconsistent tensor size|size for first two dimensions of batch"
_INNER = "In a product the last size of the left side and the last but one of the right side must be equal: "
_INNER += "`[n, k] @ [k, m]` gives `[n, m]`."
_LINEAR = "torch/nn/modules/linear.py:forward"


@rule("R3", "RuntimeError", _PRODUCT)
def flatten_eats_batch(f: Failure, _match: re.Match[str]) -> Say | None:
    given, wanted = f.given("input"), setting(f.layer, "in_features")
    got = sizes(given)
    if not f.through(_LINEAR) or got is None or not wanted or got[:-1] not in ((), (1,)):
        return None
    if got[-1] <= wanted or got[-1] % wanted:
        return None
    samples = got[-1] // wanted
    source = next(
        (o for o in f.tensors() if o.tensor and len(o.tensor.shape) > 1 and count(o.tensor.shape) == got[-1]), None
    )
    name = source.source if source else ""
    fix = f"Keep the batch: {code(f'{name}.flatten(1)')} is {shape((samples, wanted))}."
    return Say(
        f"{_layer(f)} takes {wanted} numbers a sample, but got one row of {got[-1]}: {samples} samples in one.",
        "`Tensor.flatten()` and `view(-1)` begin at axis 0 and swallow the batch; `nn.Flatten()` begins at "
        "axis 1.",
        fix,
    )


@rule("R3", "RuntimeError", _PRODUCT)
def linear_in_features(f: Failure, _match: re.Match[str]) -> Say | None:
    given, wanted = f.given("input"), setting(f.layer, "in_features")
    got, width = sizes(given), setting(f.layer, "out_features")
    if not f.through(_LINEAR) or not got or not wanted or got[-1] == wanted:
        return None
    name = f.learner_name(given)
    if len(got) > 2 and count(got[1:]) == wanted:
        flat = f"{name}.flatten(1)"
        fix = f"Flatten everything but the batch first: {code(flat)} is "
        fix += f"{shape((got[0], wanted))}. `nn.Flatten()` does the same as a layer."
    else:
        fix = f"If {got[-1]} is right, build the layer for it: `nn.Linear({got[-1]}, {width})`. "
        fix += f"If {wanted} is right, look at the step before, which made the last axis {got[-1]} long."
    return Say(
        f"{_layer(f)} takes {wanted} features, but the last axis of {f.naming(given, 'its input')} is "
        f"{got[-1]} long.",
        f"`nn.Linear({wanted}, {width})` multiplies the last axis: that axis must be {wanted} long.",
        fix,
        "`reshape` until it fits mixes the samples.",
    )


def _layer(f: Failure) -> str:
    return "`nn.Linear`" if f.layer is None or f.layer.source == "self" else code(f.layer.source)


@rule("T5", "RuntimeError", _PRODUCT)
def matmul_inner_dims(f: Failure, _match: re.Match[str]) -> Say | None:
    left, right = _factors(f)
    a, b = _known_sizes(left, right, f.message)
    if f.through(_LINEAR) or not a or not b:
        return None
    inner = b[-2] if len(b) > 1 else b[0]
    if a[-1] == inner:
        return None
    if len(a) == len(b) == 2 and a[1] == b[1]:
        fix = f"Both have {a[1]} columns. Transpose the right one: {code(f'{left.source} @ {right.source}.T')} "
        fix += f"is {shape((a[0], b[0]))}."
    elif len(a) == len(b) == 2 and b[1] == a[0]:
        fix = f"The other order fits: {code(f'{right.source} @ {left.source}')} is {shape((b[0], a[1]))}."
    else:
        fix = (
            f"Look at where {code(left.source)} and {code(right.source)} were made: one of the two sizes is wrong."
        )
    return Say(
        f"{code(left.source)} {shape(a)} times {code(right.source)} {shape(b)}: the inner sizes {a[-1]} and "
        f"{inner} differ.",
        _INNER,
        fix,
        "`reshape` makes the shapes fit but scrambles the numbers.",
    )


@rule("T5", "RuntimeError", r"size of tensor a|first two dimensions of batch")
def matmul_batch(f: Failure, _match: re.Match[str]) -> Say | None:
    left, right = _factors(f)
    a, b = sizes(left), sizes(right)
    if a is None or b is None or len(a) < 3 or len(b) < 3 or a[-1] != b[-2] or a[:-2] == b[:-2]:
        return None
    strict = "`bmm` wants equal batches; `@` also stretches a batch of 1." if f.called == "bmm" else ""
    return Say(
        f"{shaped(left)} and {shaped(right)} hold different numbers of matrices: {a[0]} and {b[0]}.",
        f"In a product of stacks, the axes before the last two are matched like in broadcasting. {strict}".strip(),
        "Make the batch axes equal, or of size 1 where one matrix is to serve all.",
    )


@rule("T5", "RuntimeError", r"expected m1 and m2 to have the same dtype|vectors to have same dtype")
def matmul_dtype(f: Failure, _match: re.Match[str]) -> Say | None:
    left, right = _factors(f)
    told = re.search(r"(?:found|got:?) ([\w: ]+?) (?:and|!=) ([\w: ]+)", f.message)
    first = dtype_of(left) or (dtype(told[1]) if told else "")
    second = dtype_of(right) or (dtype(told[2]) if told else "")
    if not left.source or not first or not second or first == second:
        return None
    odd, other = (left, right) if second == "float32" else (right, left)
    return Say(
        f"{code(left.source)} is {first} and {code(right.source)} is {second}.",
        "Element-wise operations convert; a matrix product does not: both sides must have one dtype.",
        f"Convert one of them: {code(f'{odd.source}.to({other.source}.dtype)')}.",
    )


@rule("T5", "RuntimeError", r"(self|mat2|mat1|input) must be a matrix|1D tensors expected|vec\w* must be a vector")
def mm_needs_2d(f: Failure, _match: re.Match[str]) -> Say | None:
    left, right = _factors(f)
    a, b = sizes(left), sizes(right)
    name = f.called
    axes = {"mm": (2, 2), "mv": (2, 1), "dot": (1, 1)}.get(name)
    if axes is None or a is None or b is None or (len(a), len(b)) == axes:
        return None
    wants = {"mm": "two matrices", "mv": "a matrix and a vector", "dot": "two vectors"}[name]
    return Say(
        f"`{name}` takes {wants}, but got {shaped(left)} and {shaped(right)}.",
        "`mm`, `mv` and `dot` each take one kind of operand; only `@` (`torch.matmul`) takes them all.",
        f"Write {code(f'{left.source} @ {right.source}')}.",
    )


@rule("T5", "RuntimeError", r"batch[12] must be a 3D tensor|expected 3D tensor")
def bmm_needs_3d(f: Failure, _match: re.Match[str]) -> Say | None:
    left, right = _factors(f)
    a, b = sizes(left), sizes(right)
    if f.called not in ("bmm", "baddbmm") or a is None or b is None or len(a) == len(b) == 3:
        return None
    wrong = right if len(a) == 3 else left
    return Say(
        f"`bmm` takes two stacks of matrices, but {shaped(wrong)} has {len(sizes(wrong) or ())} axes, not 3.",
        "`bmm` multiplies `[b, n, k]` by `[b, k, m]` and stretches nothing.",
        f"Write {code(f'{left.source} @ {right.source}')}: `@` uses one matrix for the whole stack.",
    )


@rule("T5", "RuntimeError", r"einsum\(\): subscript (\w) has size (\d+) for operand (\d+) .*?size (\d+)")
def einsum_size(f: Failure, match: re.Match[str]) -> Say | None:
    letter, size, place, before = match[1], match[2], int(match[3]), match[4]
    given = f.arguments[1:]
    name = shaped(given[place]) if place < len(given) else f"operand {place}"
    first = f" ({', '.join(map(shaped, given[:place]))})" if 0 < place < len(given) else ""
    return Say(
        f"The letter `{letter}` is {before} in an earlier operand{first} and {size} in {name}.",
        "In `einsum` each letter names one size, everywhere it stands.",
        "Write the letters under each shape and see where they disagree; transpose, or change a letter.",
    )


def _known_sizes(
    left: Operand, right: Operand, message: str
) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """Both shapes; one that the operands do not show is taken from the message, if the rest of it agrees."""
    a, b = sizes(left), sizes(right)
    told = re.search(r"\((\d+)x(\d+) and (\d+)x(\d+)\)", message)
    if told is None or (a is not None and b is not None) or not left.source or not right.source:
        return a, b
    first, second = (int(told[1]), int(told[2])), (int(told[3]), int(told[4]))
    if (a is not None and a != first) or (b is not None and b != second):
        return None, None
    return first, second


def _factors(f: Failure) -> tuple[Operand, Operand]:
    """The two sides of a product."""
    if f.operation in ("@", "@="):
        return f.left, f.right
    given = f.arguments if f.receiver.kind == "package" else [f.receiver, *f.arguments]
    given = [o for o in given if o.source]
    if f.called in ("mm", "matmul", "bmm", "mv", "dot", "baddbmm") and len(given) == 2:
        return given[0], given[1]
    return f.given(""), f.given("")
