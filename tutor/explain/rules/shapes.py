"""Shapes that do not fit: broadcasting, reshaping, moving axes."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import Say, rule
from tutor.explain.words import code, count, numbers, plural, shape, shaped, sizes
from tutor.protocol.failures import Operand

_BROADCAST = "Shapes are aligned from the right; two sizes fit if they are equal or one of them is 1."
_PRODUCTS = ("@", "@=", "mm", "matmul", "bmm", "mv", "dot")


@rule("T4", "RuntimeError", r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)")
def elementwise_mismatch(f: Failure, match: re.Match[str]) -> Say | None:
    if f.operation in _PRODUCTS or f.called in _PRODUCTS:
        return None
    left, right = _sides(f)
    a, b = sizes(left), sizes(right)
    if not left.source or not right.source:
        return None
    told = {int(match[1]), int(match[2])}
    clash = _clash(a, b) if a is not None and b is not None else (int(match[1]), int(match[2]))
    if clash is None or set(clash) != told:
        return None
    return Say(
        f"{shaped(left)} and {shaped(right)} do not broadcast: {clash[0]} against {clash[1]}.",
        _BROADCAST,
        _align(left, right),
    )


def _sides(f: Failure) -> tuple[Operand, Operand]:
    """The two tensors of an element-wise operation, or what a loss was given."""
    if f.left.source and f.right.source:
        return f.left, f.right
    inner = (f.given("input"), f.given("target"))
    if inner[0].tensor is not None and inner[1].tensor is not None:
        return f.renamed(inner[0], "the prediction"), f.renamed(inner[1], "the target")
    given = [o for o in [f.receiver, *f.arguments] if o.tensor is not None]
    return (given[0], given[1]) if len(given) == 2 else (f.given(""), f.given(""))


def _clash(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, int] | None:
    """The rightmost pair of sizes that does not fit."""
    for one, other in zip(reversed(a), reversed(b), strict=False):
        if one != other and 1 not in (one, other):
            return one, other
    return None


def _align(left: Operand, right: Operand) -> str:
    """How the shorter one would line up with an axis of the same size."""
    for one, other in ((right, left), (left, right)):
        short, long = sizes(one), sizes(other)
        if short and long and len(short) == 1 and short[0] in long[:-1]:
            behind = len(long) - 1 - long.index(short[0])
            tail = ", None" * behind
            there = f"to run along axis {long.index(short[0])} of {code(other.source)}"
            column = f"{code(f'{one.source}[:{tail}]')} is {shape((short[0], *[1] * behind))}"
            return (
                f"For {code(one.source)} {there}, give it {plural(behind, 'axis', 'axes')} at its end: {column}."
            )
    return "Find where the wrong size comes from; where one value is to serve a whole axis, make that axis 1 long."


@rule("T4", "RuntimeError", r"output with shape \[(.*?)\] doesn't match the broadcast shape \[(.*?)\]")
def inplace_broadcast(f: Failure, match: re.Match[str]) -> Say | None:
    target = f.left if f.operation.endswith("=") else f.receiver
    held, wanted = numbers(match[1]), numbers(match[2])
    if not target.source or (sizes(target) or held) != held:
        return None
    name, other = target.source, f.right.source or "the other side"
    fix = f"Make a new tensor, {code(f'{name} = {name} {f.operation[:-1]} {other}')}"
    fix = f"{fix}, or reduce the right side first (for example `.sum(dim=0)`)."
    if f.operation in ("", "call"):
        fix = "Use the form without the underscore, which makes a new tensor, or reduce the other side first."
    return Say(
        f"{code(name)} {shape(held)} has no room for a result of shape {shape(wanted)}.",
        "An in-place operation writes into the memory there is: the left side keeps its shape.",
        fix,
    )


@rule("T4", "RuntimeError", r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\)")
def expand_mismatch(f: Failure, match: re.Match[str]) -> Say | None:
    if f.called not in ("expand", "expand_as", "broadcast_to") or not f.receiver.source:
        return None
    source = f.arguments[0] if f.receiver.kind == "package" and f.arguments else f.receiver
    wanted, held = match[1], match[2]
    times = f", {int(wanted) // int(held)} times" if int(held) and int(wanted) % int(held) == 0 else ""
    return Say(
        f"`{f.called}` cannot stretch {shaped(source)}: an axis of {held} is to become {wanted}.",
        "`expand` repeats without copying, so it can only stretch axes of size 1.",
        f"Use `.repeat` to copy the values{times}, or begin from an axis of size 1.",
    )


@rule("T2", "RuntimeError", r"expanded size of the tensor|shape mismatch: value tensor of shape")
def assign_shape(f: Failure, _match: re.Match[str]) -> Say | None:
    if f.operation != "assign" or f.receiver.tensor is None:
        return None
    told = re.search(r"Target sizes: \[(.*?)\]\.\s+Tensor sizes: \[(.*?)\]", f.message)
    if told is None:
        return None
    place, value = f"{f.source}", shape(numbers(told[2]))
    return Say(
        f"{code(place)} has room for {shape(numbers(told[1]))}, but the value is {value}.",
        "What is assigned to a part of a tensor must have the shape of that part, or broadcast to it.",
        f"Look at the shape of the part ({code(f'{place}.shape')}) and give the value the same.",
    )


@rule("T3", "RuntimeError", r"shape '\[(.*?)\]' is invalid for input of size (\d+)")
def view_wrong_count(f: Failure, match: re.Match[str]) -> Say | None:
    if f.called not in ("view", "reshape", "view_as", "reshape_as"):
        return None
    wanted, total = match[1], int(match[2])
    source = f.arguments[0] if f.receiver.kind == "package" and f.arguments else f.receiver
    given = sizes(source)
    if not source.source or (given is not None and count(given) != total):
        return None
    parts = [int(part) for part in re.findall(r"-?\d+", wanted)]
    known = count([part for part in parts if part >= 0])
    if known == 0 or (-1 in parts and total % known == 0):
        return None
    product = " × ".join(str(part) for part in parts if part >= 0)
    total_asked = f"{product} = {known}" if len(parts) > 1 else f"{known}"
    verdict = f"{total} is no multiple of {product}" if -1 in parts else f"{total_asked} numbers"
    fix = "Choose sizes whose product is that number, or leave one of them to torch with `-1`."
    whole = next((p for p in parts if p > 1 and total % p == 0), None)
    if whole is not None:
        fix = f"{fix} For example `{f.called}(-1, {whole})` gives {shape((total // whole, whole))}."
    return Say(
        f"{shaped(source)} holds {total} numbers, and `[{wanted}]` does not: {verdict}.",
        "Reshaping never adds or drops numbers: the product of the sizes must stay the same.",
        fix,
    )


@rule("T3", "RuntimeError", r"view size is not compatible with input tensor's size and stride")
def view_after_transpose(f: Failure, _match: re.Match[str]) -> Say | None:
    if f.called not in ("view", "view_as") or not f.receiver.source:
        return None
    new = f.source.replace(f".{f.called}(", f".{f.called.replace('view', 'reshape')}(", 1)
    return Say(
        f"{shaped(f.receiver)} is not stored in the order it is read in, so `view` cannot cut it anew.",
        "`view` never copies; after `transpose`, `permute` or a step in a slice the rows are no longer side by "
        "side.",
        f"Use {code(new)}, which copies when it must.",
    )


@rule(
    "T3", "RuntimeError", r"number of dimensions in the tensor input does not match the length of the desired ord"
)
def permute_wrong_ndim(f: Failure, _match: re.Match[str]) -> Say | None:
    given = sizes(f.receiver)
    if f.called != "permute" or given is None:
        return None
    orders = [o for o in f.arguments if o.kind == "plain"]
    named = f.arguments[0].length if len(f.arguments) == 1 and f.arguments[0].kind == "container" else len(orders)
    if named == len(given):
        return None
    return Say(
        f"{shaped(f.receiver)} has {plural(len(given), 'axis', 'axes')}, but `permute` names {named}.",
        "`permute` lists the new order of all axes, each once.",
        f"Name all of 0 to {len(given) - 1}. To swap two axes only, use "
        f"{code(f'{f.receiver.source}.transpose(a, b)')}.",
    )
