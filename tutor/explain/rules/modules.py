"""Building networks: layers, their sizes, and classes of one's own."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, TORCH, Say, rule
from tutor.explain.words import code, numbers, plural, setting, shape, sizes
from tutor.protocol.failures import Operand

_CONV = "torch/nn/modules/conv.py"


def _layer(f: Failure, otherwise: str = "The layer") -> str:
    return otherwise if f.layer is None or f.layer.source == "self" else code(f.layer.source)


@rule("M2", "RuntimeError", r"expected input\[(.*?)\] to have (\d+) channels, but got (\d+) channels")
def conv_channels_last(f: Failure, match: re.Match[str]) -> Say | None:
    given, wanted = f.given("input"), int(match[2])
    got = sizes(given)
    if not f.through(_CONV) or not got or len(got) not in (3, 4) or got[-1] != wanted or got[-3] == wanted:
        return None
    order = "0, 3, 1, 2" if len(got) == 4 else "2, 0, 1"
    name = f.learner_name(given)
    return Say(
        f"{f.naming(given, 'The input')} has its {wanted} channels last; {_layer(f, 'the layer')} looks for them "
        f"before height and width, and finds {got[-3]}.",
        "PyTorch keeps images as `[N, C, H, W]`; files and NumPy keep channels last.",
        f"Move the axis: {code(f'{name}.permute({order})')}.",
        "`reshape` to that shape scrambles the picture.",
    )


@rule("M2", "RuntimeError", r"expected input\[(.*?)\] to have (\d+) channels, but got (\d+) channels")
def conv_channels(f: Failure, match: re.Match[str]) -> Say | None:
    given = f.given("input")
    got, wanted, has = sizes(given) or numbers(match[1]), int(match[2]), int(match[3])
    if setting(f.layer, "in_channels") not in (None, wanted):
        return None
    colour = " Repeat a grey image with `.expand(-1, 3, -1, -1)` if the net was trained on colour."
    return Say(
        f"{_layer(f)} was built for {plural(wanted, 'channel')}, but {_given(f, given, got)} has {has}.",
        "Of `[N, C, H, W]` the second axis is the channels: it must equal `in_channels`.",
        f"Build it with `in_channels={has}`, or give it an input with {plural(wanted, 'channel')}."
        + (colour if (wanted, has) == (3, 1) else ""),
    )


def _given(f: Failure, given: Operand, got: tuple[int, ...]) -> str:
    return f.naming(given, "its input") if given.tensor is not None else f"its input {shape(got)}"


@rule(
    "M2",
    "RuntimeError",
    r"Expected (\d)D \(unbatched\) or (\d)D \(batched\) input to (\w+), but got input of size: \[(.*?)\]",
)
def conv_missing_dims(f: Failure, match: re.Match[str]) -> Say | None:
    least, most, what, got = int(match[1]), int(match[2]), match[3], numbers(match[4])
    given = f.given("input") if f.library else f.arguments[0] if f.arguments else f.given("input")
    if len(got) in (least, most):
        return None
    name = f.learner_name(given)
    order = "`[N, C, H, W]`" if what == "conv2d" else "batch and channels first"
    if len(got) < least:
        missing = most - len(got)
        index = ", ".join(["None"] * missing)
        fix = f"Add what is missing: {code(f'{name}[{index}]')} is {shape((*[1] * missing, *got))}."
    else:
        fix = "Merge the axes that are too many, or use the layer for that number of axes."
    return Say(
        f"{f.naming(given, 'The input') if given.tensor is not None else f'The input {shape(got)}'} has "
        f"{plural(len(got), 'axis', 'axes')}; `{what}` takes {least} or {most}.",
        f"A convolution wants a batch and a channel axis, even if each is 1 long: {order}.",
        fix,
    )


@rule("R5", "ValueError", r"Expected more than 1 value per channel when training")
def batchnorm_batch_of_one(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through("torch/nn/functional.py:batch_norm", "torch/nn/functional.py:instance_norm"):
        return None
    got = sizes(f.given("input")) or tuple(int(o.text) for o in f.given("size").items if o.text.isdigit())
    root = next((o.source for o in f.modules()), "model")
    return Say(
        f"{_layer(f)} is in training mode and got a single sample, {shape(got)}.",
        "In training mode BatchNorm takes mean and variance over the batch; one sample has no variance.",
        f"To predict: {code(f'{root}.eval()')} first. To train: `drop_last=True` in the DataLoader.",
        "Removing BatchNorm stops the error and changes the model.",
    )


@rule("M2", "RuntimeError", r"running_(mean|var) should contain (\d+) elements not (\d+)")
def batchnorm_channels(f: Failure, match: re.Match[str]) -> Say | None:
    comes, built = int(match[2]), int(match[3])
    if not f.through("torch/nn/functional.py:batch_norm") or setting(f.layer, "num_features") not in (None, built):
        return None
    kind = f.layer.type if f.layer is not None else "BatchNorm2d"
    return Say(
        f"{_layer(f)} was built for {built} channels, but {f.naming(f.given('input'), 'its input')} has {comes}.",
        "`num_features` of BatchNorm is the number of channels that the layer before it puts out.",
        f"Write `nn.{kind}({comes})`, or change the layer before it to {built} channels.",
    )


@rule(
    "M3", "RuntimeError ValueError", r"input\.size\(-1\) must be equal to input_size\. Expected (\d+), got (\d+)"
)
def lstm_input_size(f: Failure, match: re.Match[str]) -> Say | None:
    built, got = int(match[1]), int(match[2])
    if not f.through("torch/nn/modules/rnn.py") or setting(f.layer, "input_size") not in (None, built):
        return None
    given = sizes(f.given("input")) or ()
    kind = f.layer.type if f.layer is not None else "LSTM"
    fix = f"Build it for what comes in, `nn.{kind}(input_size={got}, …)`, or give it {built} features a step."
    if len(given) == 3 and built in given[:2]:
        fix += f" An axis of {built} is there, but in another place: look at the order of the axes."
    return Say(
        f"{_layer(f)} reads {built} features a step, but the last axis of "
        f"{f.naming(f.given('input'), 'its input')} "
        f"is {got} long.",
        "A recurrent layer takes sequences with the features last: `[N, T, F]` with `batch_first=True`.",
        fix,
    )


@rule("M3", "IndexError RuntimeError", r"index out of range in self|index .* out of range")
def embedding_index(f: Failure, _match: re.Match[str]) -> Say | None:
    weight, rows = sizes(f.given("weight")), setting(f.layer, "num_embeddings")
    rows = rows if rows is not None else (weight[0] if weight else None)
    if not f.through("torch/nn/functional.py:embedding") or not rows:
        return None
    name = f.learner_name(f.given("input"))
    largest = code(f"{name}.max()") if name else "their maximum"
    return Say(
        f"{_layer(f, 'The embedding')} is a table of {plural(rows, 'row')}, ids 0 to {rows - 1}; "
        f"{code(name) if name else 'the input'} has another id in it.",
        "An id is a row number: it must be 0 or more and less than `num_embeddings`.",
        f"`num_embeddings` must be the largest id plus 1; {largest} shows it. Count the ids of "
        "padding and unknown words too.",
    )


@rule("M4", "AssertionError ValueError", r"embed_dim must be divisible by num_heads", origins=(TORCH,))
def mha_heads(f: Failure, _match: re.Match[str]) -> Say | None:
    wide, heads = f.given("embed_dim"), f.given("num_heads")
    if not wide.text.isdigit() or not heads.text.isdigit() or int(heads.text) == 0:
        return None
    width, count = int(wide.text), int(heads.text)
    if width % count == 0:
        return None
    near = max(count, round(width / count) * count)
    fits = [n for n in range(1, width + 1) if width % n == 0 and n <= 16]
    return Say(
        f"An embedding {width} wide cannot be cut into {plural(count, 'equal head')}: {width} / {count} is not "
        "whole.",
        "Each head works on an equal slice of the embedding, so `num_heads` must divide `embed_dim`.",
        f"Take `embed_dim={near}`, or a number of heads that divides {width}: {', '.join(map(str, fits))}.",
    )


@rule("R3", "AttributeError", r"cannot assign (module|parameter|buffer)s? before Module\.__init__\(\) call")
def super_init_missing(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through("torch/nn/modules/module.py:__setattr__", "torch/nn/modules/module.py:register_parameter"):
        return None
    owner = f.given("self").type or f.receiver.type
    return Say(
        f"{code(f.source)} is assigned before `{owner}` was set up as a module.",
        "`nn.Module` keeps lists of layers and parameters; its own `__init__` makes them.",
        "Call `super().__init__()` as the first line of `__init__`.",
    )


@rule("R3", "NotImplementedError", r"missing the required .?forward|^$", origins=(TORCH,))
def forward_missing(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through("torch/nn/modules/module.py:_forward_unimplemented"):
        return None
    module = f.layer
    kind = module.type if module is not None else "The class"
    methods = str(dict(module.settings).get("methods", "")) if module is not None else ""
    others = [name for name in methods.split(", ") if name and not name.startswith("_")]
    hint = f" It has {', '.join(map(code, others))}: is that the one?" if others else ""
    return Say(
        f"{code(kind)} has no method `forward`.{hint}",
        "Calling a module, `net(x)`, runs its method of exactly that name.",
        "Check the spelling of `def forward(self, x):`, and that it is indented inside the class.",
    )


@rule("R3", "AttributeError TypeError", r"'NoneType' object|must be Tensor, not NoneType", origins=(LINE, TORCH))
def forward_no_return(f: Failure, _match: re.Match[str]) -> Say | None:
    own = [o for o in f.operands if o.kind == "module" and not o.text.startswith("torch.")]
    made = f.receiver if f.operation == "attribute" else f.arguments[0] if f.arguments else f.receiver
    called = next((o for o in own if made.source.startswith(f"{o.source}(")), None)
    called = called or next((o for o in own if o.role == "maker"), None)
    if (
        called is None
        or made.kind not in ("unknown", "plain")
        or (made.kind == "plain" and made.type != "NoneType")
    ):
        return None
    use = (
        f"{made.source}.{f.message.rpartition(' ')[2].strip(chr(39))}"
        if f.operation == "attribute"
        else made.source
    )
    return Say(
        f"{code(called.source)} gave back `None`, so there is nothing for {code(use)} to use.",
        "A Python function without `return` gives `None`, and so does a `forward` without one.",
        f"End `forward` of {code(called.type)} with `return` and the last value.",
    )


@rule("R3", "TypeError", r"(\S+) is not a Module subclass", origins=(TORCH,))
def sequential_given_list(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.through("torch/nn/modules/container.py"):
        return None
    what = f.called or "Sequential"
    given = f.arguments[0] if f.arguments else f.given("module")
    if match[1] in ("list", "tuple", "generator"):
        fix = f"Put a star before it: {code(f'nn.{what}(*layers)')}, or leave the square brackets out."
        return Say(
            f"`nn.{what}` was given one {match[1]}; it takes layers as separate arguments.",
            "`nn.Sequential(a, b)` takes any number of layers; `nn.ModuleList([a, b])` takes a list.",
            fix,
        )
    bare = match[1].rpartition(".")[2]
    known = next((o for o in f.arguments if o.source.rpartition(".")[2] == bare), given)
    return Say(
        f"{code(known.source if known.source else bare)} is not a layer.",
        f"`nn.{what}` holds module objects: not classes, and not functions.",
        f"Make a layer of it with brackets, `nn.{bare}(…)`." if known.kind == "class"
        else "Use the layer of that name, for example `nn.ReLU()` for `torch.relu`.",
    )  # fmt: skip


@rule("R3", "TypeError", r"cannot assign '(\S+)' as parameter '(\w+)'")
def param_assign(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.through("torch/nn/modules/module.py:__setattr__", "torch/nn/modules/module.py:register_parameter"):
        return None
    kind = "a plain tensor" if "Tensor" in match[1] else f"a {match[1]}"
    name = f.source or match[2]
    value = f.value.source or "values"
    return Say(
        f"{code(name)} is a parameter and cannot become {kind}.",
        "The optimizer holds the parameter object; only another `nn.Parameter` may take its place.",
        f"Copy the numbers into it: `with torch.no_grad(): {name}.copy_({value})`.",
        "Assigning a new `nn.Parameter` works, but an optimizer made before still holds the old one.",
    )
