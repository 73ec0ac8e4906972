"""Taking parts of tensors, joining tensors, and axes that do not exist."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, Say, rule
from tutor.explain.words import code, dtype_of, is_floating, numbers, plural, shape, shaped, sizes
from tutor.protocol.failures import Operand


@rule("T2", "IndexError RuntimeError", r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)")
def index_out_of_bounds(f: Failure, match: re.Match[str]) -> Say | None:
    wanted, axis, size = map(int, match.groups())
    source = f.arguments[0] if f.receiver.kind == "package" and f.arguments else f.receiver
    given = sizes(source)
    if not source.source or (given is not None and (axis >= len(given) or given[axis] != size)):
        return None
    last = f"The last is {size - 1}, or `-1` from the end." if size else "It is empty."
    return Say(
        f"Axis {axis} of {shaped(source)} has {plural(size, 'place')}, so there is no index {wanted}.",
        f"Indices count from 0: {size} places are 0 to {size - 1}."
        if size
        else "An axis of size 0 has no places.",
        f"{last} Look at {code(f'{source.source}.shape')}.",
    )


@rule(
    "T1",
    "IndexError",
    r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)",
)
def dim_out_of_range(f: Failure, match: re.Match[str]) -> Say | None:
    low, high, got = map(int, match.groups())
    source = f.given("input") if f.library else _subject(f)
    given = sizes(source)
    if given is not None and len(given) not in (high + 1, 0):
        return None
    name = f.naming(source, "the tensor") if f.library else shaped(source) if source.source else "the tensor"
    if high == 0 and given == ():
        has, fix = "it is a single number and has no axes", "Leave `dim` out."
    elif high == 0:
        has, fix = "it has one axis at most", "Leave `dim` out, or make it 0."
    else:
        has, fix = f"it has {high + 1} axes, 0 to {high}", f"The last axis is `dim={high}` or `dim=-1`."
    return Say(
        f"There is no axis {got} in {name}: {has}.",
        f"Axes count from 0; from the end they count from -1. Here {low} to {high} exist.",
        fix,
    )


@rule("T2", "IndexError", r"shape of the mask \[(.*?)\] at index (\d+) does not match .*?indexed tensor \[(.*?)\]")
def mask_shape(f: Failure, match: re.Match[str]) -> Say | None:
    mask, at, given = numbers(match[1]), int(match[2]), numbers(match[3])
    name, pick = f.receiver.source, f.index.source
    if not name or at >= len(given):
        return None
    fix = f"Make the mask as long as that axis: it needs {plural(given[at], 'entry', 'entries')}."
    if len(mask) == 1 and mask[0] in given and f.operation == "index":
        axis = given.index(mask[0])
        if axis != at:
            picked = f"{name}[{':, ' * axis}{pick}]"
            fix = f"To choose along axis {axis}, write {code(picked)}."
    return Say(
        f"The mask {code(pick)} {shape(mask)} does not fit {code(name)} {shape(given)}: "
        f"axis {at} is {given[at]} long.",
        "A mask is matched with the axes of the tensor from the first on, size by size.",
        fix,
    )


@rule(
    "T2",
    "RuntimeError IndexError",
    r"Expected dtype int\d+.* for index|indices must be long|used as indices must be",
)
def gather_index_dtype(f: Failure, _match: re.Match[str]) -> Say | None:
    index = _index(f)
    kind = dtype_of(index)
    if not index.source or (kind and not is_floating(kind)):
        return None
    what = f"`{f.called}`" if f.called else "An index"
    holds = f"it holds {kind} numbers" if kind else "it does not hold whole numbers"
    return Say(
        f"{code(index.source)} is to say which places to take, but {holds}.",
        f"{what} counts places, so the indices must be whole numbers (int64).",
        f"Convert them: {code(f'{index.source}.long()')}, or make them without the decimal points.",
    )


def _index(f: Failure) -> Operand:
    """The operand that says which places: the index itself, or the argument of that meaning."""
    if f.operation in ("index", "assign"):
        return f.index
    if not f.torch_call or f.called.rstrip("_") not in ("gather", "index_select", "scatter", "scatter_add"):
        return f.given("")
    place = 2 if f.receiver.kind == "package" else 1
    named = f.keyword("index")
    return named if named.source else f.arguments[place] if len(f.arguments) > place else f.given("")


@rule("T2", "RuntimeError", r"Sizes of tensors must match except in dimension (\d+)")
def cat_mismatch(f: Failure, match: re.Match[str]) -> Say | None:
    axis = int(match[1])
    joined = _joined(f)
    shapes = [sizes(o) for o in joined]
    fix = f"Print their shapes: in every axis but {axis} all must agree. If one other axis differs, join there."
    if len(joined) == 2 and shapes[0] is not None and shapes[1] is not None and len(shapes[0]) == len(shapes[1]):
        differ = [place for place, pair in enumerate(zip(*shapes, strict=True)) if pair[0] != pair[1]]
        if not set(differ) - {axis}:
            return None
        if len(differ) == 1:
            total = list(shapes[0])
            total[differ[0]] += shapes[1][differ[0]]
            fix = f"They differ only in axis {differ[0]}: `dim={differ[0]}` joins them to {shape(total)}."
        else:
            axes = " and ".join(map(str, differ))
            fix = f"They differ in axes {axes}, so no `dim` fits: make all but one of these equal first."
    names = " and ".join(map(shaped, joined)) if 2 <= len(joined) <= 3 else "The tensors"
    return Say(
        f"{names} cannot be joined along axis {axis}: another axis differs.",
        f"`cat` puts tensors side by side along one axis; all other axes must be equal. Here that is axis {axis}.",
        fix,
    )


@rule("T2", "TypeError", r"(cat|stack|[hvd]stack)\(\)(: argument 'tensors' .* must be tuple| takes 1 positional)")
def cat_needs_a_list(f: Failure, match: re.Match[str]) -> Say | None:
    if f.called != match[1] or not f.torch_call or not f.arguments or f.arguments[0].kind == "container":
        return None
    names = ", ".join(o.source for o in f.arguments if o.kind in ("tensor", "unknown"))
    call = f"{f.function.source}([{names}])"
    return Say(
        f"`{f.called}` was given {code(names)} as {'it is' if ',' not in names else 'they are'}; it wants one "
        "list of "
        "tensors.",
        "The tensors to join are a single argument, a list or a tuple; the axis comes after it.",
        f"Put them into brackets: {code(call)}.",
    )


@rule("T1", "RuntimeError", r"Boolean value of Tensor with (more than one|no) value", origins=(LINE,))
def ambiguous_bool(f: Failure, _match: re.Match[str]) -> Say | None:
    many = [o for o in f.tensors() if o.tensor is not None and o.tensor.shape not in ((), (1,))]
    if not many or (
        f.operation == "call" and f.called not in ("bool", "any", "all", "max", "min", "sorted", "sum")
    ):
        return None
    joined = re.search(r"\s(and|or)\s", f.source)
    if f.operation == "condition" and joined is not None:
        sign = "&" if joined[1] == "and" else "|"
        parts = [part.strip() for part in re.split(rf"\s{joined[1]}\s", f.source)]
        fix = f"Element by element: {code(f' {sign} '.join(f'({part})' for part in parts))}, with the brackets."
        if not all(re.search(r"[<>=]", part) for part in parts):
            fix = "Say for each side what is asked of it."
        word = f"`{joined[1]}`"
    elif f.operation == "condition":
        fix, word = f"Element by element: {code(f'~{many[0].source}')}.", "`not`"
    else:
        fix, word = (
            f"Say what you mean: {code(f'({f.source}).all()')} or {code(f'({f.source}).any()')}.",
            "A condition",
        )
    return Say(
        f"{word} needs one True or False, but {shaped(many[0])} gives one for each of its elements.",
        "`and`, `or`, `not`, `if` and `while` ask for a single answer; a comparison of tensors gives many.",
        f"{fix} `.any()` or `.all()` makes one answer of many." if f.operation == "condition" else fix,
    )


def _subject(f: Failure) -> Operand:
    """The tensor a method or a function works on."""
    return f.arguments[0] if f.receiver.kind == "package" and f.arguments else f.receiver


def _joined(f: Failure) -> list[Operand]:
    """The tensors in the list that ``cat`` or ``stack`` was given."""
    first = f.arguments[0] if f.arguments else f.keyword("tensors")
    if first.kind != "container" or first.length != len(first.items):
        return []
    own = first.source[:1] in ("[", "(")
    return [o if own else f.item_of(first, o) for o in first.items]
