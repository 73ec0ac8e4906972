"""Making tensors, and asking them for what they have."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, Say, rule
from tutor.explain.words import code, plural, shape, shaped, sizes
from tutor.protocol.failures import Operand


@rule(
    "F2", "ValueError TypeError", r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)", origins=(LINE,)
)
def ragged_list(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.torch_call:
        return None
    first, axis, got = map(int, match.groups())
    data = f.arguments[0] if f.arguments else f.keyword("data")
    row = _odd_row(data, first) if axis == 1 else None
    where = f"row {row} of {code(data.source)}" if row is not None else "another one"
    return Say(
        f"The first row has {plural(first, 'item')}, but {where} has {got}.",
        "A tensor is a full block: at every level all lists must be equally long.",
        "Pad the short rows (`torch.nn.utils.rnn.pad_sequence` for many), or keep a Python list.",
    )


def _odd_row(data: Operand, first: int) -> int | None:
    return next((place for place, row in enumerate(data.items) if row.length not in (None, first)), None)


@rule(
    "T2", "ValueError TypeError", r"only one element tensors can be converted to Python scalars", origins=(LINE,)
)
def list_of_tensors(f: Failure, _match: re.Match[str]) -> Say | None:
    data = f.arguments[0] if f.arguments else f.keyword("data")
    held = [o for o in data.items if o.tensor is not None and o.tensor.shape not in ((), (1,))]
    if (
        f.called not in ("tensor", "as_tensor", "Tensor", "FloatTensor", "LongTensor")
        or not f.torch_call
        or not held
    ):
        return None
    shapes = {sizes(o) for o in held}
    each = f"tensors of shape {shape(sizes(held[0]) or ())}" if len(shapes) == 1 else "tensors"
    return Say(
        f"{code(data.source)} is a list of {each}; `torch.{f.called}` builds from numbers.",
        "Where a list for `torch.tensor` holds a tensor, that tensor may have one element only.",
        f"`torch.stack({data.source})` puts them along a new axis, `torch.cat` along one they have.",
    )


@rule(
    "F2",
    "RuntimeError ValueError",
    r"a Tensor with (\d+) elements? cannot be converted|only one element tensors can be",
)
def item_of_many(f: Failure, _match: re.Match[str]) -> Say | None:
    source = (
        f.receiver
        if f.called == "item"
        else f.arguments[0]
        if f.called in ("int", "float") and f.arguments
        else None
    )
    given = sizes(source) if source is not None else None
    if source is None or f.library or (given is not None and given in ((), (1,))):
        return None
    return Say(
        f"{shaped(source)} holds several numbers, and `{f.called}` gives one Python number.",
        "Only a tensor with exactly one element becomes a number.",
        f"Pick one ({code(f'{source.source}[0]')}), reduce them (`.sum()`, `.mean()`), or take a list: "
        "`.tolist()`.",
    )


@rule("F2", "TypeError", r"tensor\(\) takes 1 positional argument but (\d+) were given", origins=(LINE,))
def tensor_two_args(f: Failure, _match: re.Match[str]) -> Say | None:
    if f.called != "tensor" or not f.torch_call:
        return None
    given = ", ".join(o.source for o in f.arguments)
    sizes_meant = f" For a tensor of that shape: `torch.zeros({given})`." if _all_whole(f.arguments) else ""
    return Say(
        f"`torch.tensor` takes one piece of data, but got {len(f.arguments)}: {code(given)}.",
        "The data is the first argument alone; everything after it is given by name (`dtype=`, `device=`).",
        f"Put the values into a list: {code(f'torch.tensor([{given}])')}.{sizes_meant}",
    )


def _all_whole(operands: list[Operand]) -> bool:
    return all(o.kind == "plain" and o.type == "int" for o in operands)


_CALLED = r"'(torch\.Size|torch\.dtype|torch\.device|int|bool)' object is not callable"


@rule("F2", "TypeError", _CALLED + r"|object is not subscriptable", origins=(LINE,))
def shape_called(f: Failure, match: re.Match[str]) -> Say | None:
    if f.operation == "call" and match[1]:
        name = f.called
        owner = f.receiver
        if name not in ("shape", "ndim", "dtype", "device", "is_leaf", "requires_grad") or not _may_be_tensor(
            owner
        ):
            return None
        return Say(
            f"{code(f'{owner.source}.{name}')} is a value, not a function: it takes no brackets.",
            "`shape`, `ndim`, `dtype` and `device` are attributes; `size()`, `dim()` and `numel()` are methods.",
            f"Write {code(f'{owner.source}.{name}')}"
            + (f", or {code(f'{owner.source}.size()')}." if name == "shape" else "."),
        )
    method = re.fullmatch(r"(.+)\.(size|stride|dim|numel)", f.receiver.source)
    if f.operation != "index" or method is None or "method" not in f.message:
        return None
    owner_name, index = method[1], f.index.source
    direct = f"{owner_name}.shape[{index}]"
    return Say(
        f"{code(f'{owner_name}.{method[2]}')} is a method: it must be called before there is anything to index.",
        "`shape` is an attribute, read without brackets; `size()` is the method that gives the same.",
        f"Write {code(direct)} or {code(f'{owner_name}.size({index})')}.",
    )


def _may_be_tensor(operand: Operand) -> bool:
    return operand.tensor is not None or operand.kind == "unknown"


@rule(
    "T1",
    "TypeError RuntimeError",
    r"unexpected keyword argument '?(names)'?|Named tensors .* (removed|deprecated)",
)
def named_tensors_removed(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.torch_call or (
        not f.keyword("names").source and f.called not in ("rename", "refine_names", "align_to")
    ):
        return None
    call = re.sub(r",?\s*names\s*=\s*(\([^)]*\)|\[[^\]]*\]|[^,)]+)", "", f.source)
    return Say(
        f"`{f.called}` knows no `names`: this torch has no named tensors any more.",
        "Axes with names were an experiment of torch 1.3; 2.13 removed it. Old tutorials still use it.",
        f"Leave it out, {code(call)}, and note the axes in a comment or in the letters of `einsum`.",
    )
