"""Python's own words about tensors, layers and lines."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, Say, rule
from tutor.explain.words import code

_OF_TENSORS = (
    " shape dtype device ndim grad backward view reshape mean sum float long to item detach numpy cpu cuda "
    "unsqueeze squeeze flatten T permute transpose argmax requires_grad size dim numel tolist "
)


@rule("R3", "TypeError", r"(\w+)\.__init__\(\) missing \d+ required positional arguments?: (.+)", origins=(LINE,))
def layer_argument_missing(f: Failure, match: re.Match[str]) -> Say | None:
    if f.operation != "call" or f.function.kind != "class" or not f.function.text.startswith("torch."):
        return None
    missing = re.findall(r"'(\w+)'", match[2])
    given = [f"{o.keyword}={o.source}" if o.keyword else o.source for o in f.operands if o.role == "argument"]
    call = f"{f.function.source}({', '.join([*given, *(f'{name}=…' for name in missing)])})"
    lacks = " and ".join(map(code, missing))
    return Say(
        f"{code(f.function.source)} was built without {lacks}.",
        "A layer makes its weights when it is built, so it must be told every size then. What comes in goes in "
        "later, when the layer is called.",
        f"Say the rest too: {code(call)}. {code(f.function.source + '?')} lists what it takes.",
    )


@rule("R3", "TypeError", r"(\w+)\.__init__\(\) takes .*positional arguments? but \d+ (?:were|was) given")
def class_not_built(f: Failure, _match: re.Match[str]) -> Say | None:
    held = f.function
    data = [
        o for o in f.arguments if o.tensor is not None or re.match(r"torch\.(rand|ones|zeros|tensor)", o.source)
    ]
    if f.operation != "call" or held.kind != "class" or not data or len(data) != len(f.arguments):
        return None
    kind = held.text.rpartition(".")[2] or held.source
    given = ", ".join(o.source for o in data)
    name = held.source
    is_class = f"{code(name)} is a class" if name == kind else f"{code(name)} is the class `{kind}` itself"
    keep = f"{name} = {kind}()" if name != kind else f"model = {kind}()"
    built = keep.partition(" ")[0]
    return Say(
        f"{is_class}, not yet an object made from it, and {code(given)} went to its `__init__`.",
        "The first brackets build the network; brackets behind the built one run its `forward`.",
        f"Build it first: {code(keep)}, then {code(f'{built}({given})')}.",
    )


@rule("F3", "TypeError", r"new\(\) received an invalid combination of arguments", origins=(LINE,))
def legacy_tensor_keywords(f: Failure, _match: re.Match[str]) -> Say | None:
    named = [
        o for o in f.operands if o.role == "argument" and o.keyword in ("requires_grad", "dtype", "pin_memory")
    ]
    if not named or not re.fullmatch(r"\w*Tensor", f.called) or f.function.kind != "class":
        return None
    words = ", ".join(code(f"{o.keyword}=") for o in named)
    call = re.sub(r"\b\w*Tensor\(", "tensor(", f.source, count=1)
    first = f.arguments[0] if f.arguments else None
    whole = first is not None and first.items and all(o.type == "int" for o in first.items)
    point = " Write the numbers with a point (`1.`): whole numbers have no gradient."
    needs = whole and any(o.keyword == "requires_grad" for o in named) and not f.keyword("dtype").source
    return Say(
        f"`torch.{f.called}` is the old constructor and knows no {words}.",
        "The class with the capital letter only makes float32 tensors; `torch.tensor` takes data and options.",
        f"With a small letter: {code(call)}.{point if needs else ''}",
    )


@rule("F2", "TypeError", r"(len\(\) of|iteration over) a 0-d tensor")
def scalar_has_no_length(f: Failure, match: re.Match[str]) -> Say | None:
    iterates = match[1].startswith("iteration")
    source = f.value if f.value.source else f.arguments[0] if f.arguments else f.given("self")
    name = source.source if source.source != "self" else ""
    return Say(
        f"{code(name) if name else 'The tensor'} is a single number without axes (its shape is `[]`), so it "
        f"{'cannot be walked through' if iterates else 'has no length'}.",
        "`len` and `for` work along axis 0, and a tensor with 0 axes has none.",
        f"Take the number with {code(f'{name}.item()' if name else '.item()')}, or find where the axes went: "
        "`sum()`, `mean()` and an index each take them away.",
    )


@rule(
    "F3", "RuntimeError MemoryError", r"DefaultCPUAllocator: .*?allocate (\d+) bytes|Storage size calculation over"
)
def more_memory_than_there_is(f: Failure, match: re.Match[str]) -> Say | None:
    asked = f"{int(match[1]) / 2**30:,.1f} GiB" if match[1] else "more bytes than can be counted"
    return Say(
        f"{code(f.source) if f.source else 'This'} asks for {asked} of memory, which this machine does not have.",
        "A tensor lies in memory whole: its number of elements times the bytes of one (4 for float32).",
        "Check the sizes: two axes may have been stretched against each other. Else work in smaller batches.",
    )


@rule("T2", "TypeError IndexError", r"new\(\): invalid data type 'str'|only integers, slices", origins=(LINE,))
def tensor_index_text(f: Failure, _match: re.Match[str]) -> Say | None:
    if f.operation not in ("index", "assign") or f.index.type != "str" or f.receiver.type in ("dict", "list"):
        return None
    return Say(
        f"{code(f.receiver.source)} is a tensor, and {code(f.index.source)} is no place in one.",
        "The places of a tensor have numbers, not names; only a dict is asked by a name.",
        f"Index by number or slice. If a dict was meant, look at where {code(f.receiver.source)} got its value.",
    )


@rule("F2", "AttributeError", r"^'(list|tuple|int|float|bool)' object has no attribute '(\w+)'", origins=(LINE,))
def not_a_tensor(f: Failure, match: re.Match[str]) -> Say | None:
    kind, wanted = match[1], match[2]
    name = f.receiver.source
    if f.operation not in ("attribute", "call") or f" {wanted} " not in _OF_TENSORS or not name:
        return None
    if kind in ("int", "float", "bool"):
        fix = f"Use {code(name)} as it is, or make a tensor of it: {code(f'torch.tensor({name})')}."
        if wanted == "backward":
            fix = "Find where it stopped being a tensor: `.item()`, `float()` and `.tolist()` give plain numbers."
    else:
        fix = f"Make a tensor of it: {code(f'torch.tensor({name})')} has `.{wanted}`."
        if wanted in ("shape", "size", "dim", "ndim", "numel"):
            fix += f" The number of items of a {kind} is {code(f'len({name})')}."
    return Say(
        f"{code(name)} is a Python {kind}, not a tensor, and has no `.{wanted}`.",
        f"`.{wanted}` belongs to tensors; Python's own numbers and lists have none of their methods.",
        fix,
    )


@rule("F1", "SyntaxError", r"^expected ':'", origins=(LINE,))
def colon_missing(f: Failure, _match: re.Match[str]) -> Say | None:
    if f.own is None:
        return None
    line = f.own.source.strip()
    word = re.match(r"(async\s+)?(\w+)", line)
    at_end = f.own.column >= len(f.own.source.rstrip())
    where = "at its end" if at_end else "at the mark"
    return Say(
        f"Line {f.own.line} lacks a colon {where}.",
        f"A line that begins with `{word[2] if word else 'for'}` opens a block, and a colon says where it begins.",
        f"Write {code(f'{line}:')}." if at_end else "Put a colon there, before what belongs to the block.",
    )
