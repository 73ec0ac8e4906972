"""Gradients: cut graphs, graphs used twice, values overwritten."""

from __future__ import annotations

import ast
import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, TORCH, Say, rule
from tutor.explain.spine import first_cut, lines_on_path, parsed
from tutor.explain.words import code, plural, shape, shaped, sizes

_CUT = r"does not require grad and does not have a grad_fn"
_GRAPH = "`backward()` walks from the loss to the weights along the operations that were recorded."
_FAKE = "`loss.requires_grad_(True)` silences the error, and nothing learns: the weights are still cut off."


def _loss(f: Failure) -> str:
    """What ``backward()`` began at."""
    if f.receiver.kind == "package":
        return f.arguments[0].source if f.arguments else "loss"
    return f.receiver.source or "loss"


def _is_cut(f: Failure) -> bool:
    """Whether what the line shows agrees: a loss that is known must not require a gradient."""
    known = f.receiver.tensor
    return known is None or not known.requires_grad


@rule("A3", "RuntimeError", _CUT)
def no_grad_in_training(f: Failure, _match: re.Match[str]) -> Say | None:
    lines = lines_on_path(f.source, f.made)
    line = next((line for line in lines if re.match(r"with .*(no_grad|inference_mode)\(", line)), None)
    cut = first_cut(f.source, f.made)
    if line is None or not _is_cut(f) or (cut is not None and lines.index(cut.line) < lines.index(line)):
        return None
    mode = "inference_mode" if "inference_mode" in line else "no_grad"
    return Say(
        f"{code(line.partition(': ')[2])} ran inside `{mode}()`, so nothing was recorded for {code(_loss(f))}.",
        f"{_GRAPH} Inside `{mode}` none are.",
        "Compute the loss outside that block. `no_grad` is for evaluation and for updating weights.",
        _FAKE,
    )


@rule("R4", "RuntimeError", _CUT)
def argmax_breaks_graph(f: Failure, _match: re.Match[str]) -> Say | None:
    cut = first_cut(f.source, f.made)
    if cut is None or not cut.step or not _is_cut(f):
        return None
    return Say(
        f"`{cut.what}` in {code(cut.line)} cuts {code(_loss(f))} off from the weights.",
        "Comparing, rounding and picking the largest are steps: their slope is 0 everywhere, so autograd stops "
        "there.",
        "Train on a smooth loss (cross-entropy on the raw scores) and report accuracy beside it.",
        _FAKE,
    )


@rule("A2", "RuntimeError", _CUT)
def no_grad_fn(f: Failure, _match: re.Match[str]) -> Say | None:
    if not _is_cut(f) or not f.through("torch/autograd/graph.py", "torch/autograd/__init__.py"):
        return None
    cut = first_cut(f.source, f.made)
    if cut is not None:
        return Say(
            f"`{cut.what}` in {code(cut.line)} leaves the graph: {code(_loss(f))} no longer knows the weights.",
            f"{_GRAPH} A Python number, a NumPy array or a detached tensor has none.",
            "Keep tensors all the way to `backward()`; take numbers out only to print them.",
            _FAKE,
        )
    return Say(
        f"{code(_loss(f))} was not made from anything that requires a gradient.",
        f"{_GRAPH} Some tensor must have asked for it: a parameter, or one made with `requires_grad=True`.",
        "Give the weights `requires_grad=True` (parameters of an `nn.Module` have it), then compute the loss.",
        _FAKE,
    )


@rule("M3", "RuntimeError", r"backward through the graph a second time")
def hidden_state_not_detached(f: Failure, _match: re.Match[str]) -> Say | None:
    carried = next((name for line in f.made if (name := _carried(line))), None)
    if carried is None:
        return None
    return Say(
        f"{code(carried)} still belongs to the graph of the round before, which `backward()` has freed.",
        "`backward()` frees what it used. A value carried into the next round must be cut off from the old graph.",
        f"Between two rounds: {code(f'{carried} = {carried}.detach()')}. For a sum of losses to print, add "
        "`loss.item()`.",
        "`retain_graph=True` hides it: memory grows, and every round gets slower.",
    )


def _carried(line: str) -> str | None:
    """The name that a statement makes out of itself: ``out, h = rnn(x, h)``."""
    statement = parsed(line)
    if not isinstance(statement, ast.Assign) or "detach" in line or ".item(" in line:
        return None
    used = {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
    made = [n.id for target in statement.targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return next((name for name in made if name in used), None)


@rule("A2", "RuntimeError", r"backward through the graph a second time")
def backward_twice(f: Failure, _match: re.Match[str]) -> Say | None:
    if f.called not in ("backward", "grad"):
        return None
    return Say(
        f"The graph behind {code(_loss(f))} was already used by a `backward()`, which freed it.",
        "`backward()` frees the values it needed, so each graph serves once.",
        "Compute the loss anew before each `backward()`, inside the loop. For two losses of one graph, add "
        "them and "
        "call `backward()` once.",
        "`retain_graph=True` is seldom what you want: it keeps the old graph and its memory.",
    )


@rule("A2", "RuntimeError", r"grad can be implicitly created only for scalar outputs")
def backward_non_scalar(f: Failure, _match: re.Match[str]) -> Say | None:
    known = f.receiver if f.receiver.tensor is not None else None
    got = sizes(known) if known is not None else None
    if f.called not in ("backward", "grad") or got == ():
        return None
    reduced = f"{_loss(f)}.mean().backward()" if len(_loss(f)) < 30 else ".mean()"
    return Say(
        f"{shaped(known) if known is not None else code(_loss(f))} holds several numbers; `backward()` starts "
        "at one.",
        "A gradient is the slope of one number. Of many numbers it is not clear which one is meant.",
        f"Reduce it first, with `.mean()` or `.sum()`: {code(reduced)}.",
    )


@rule(
    "A3",
    "RuntimeError",
    r"a (view of a )?leaf Variable that requires grad (is being used|has been used) in an in-place",
)
def inplace_on_leaf(f: Failure, match: re.Match[str]) -> Say | None:
    target = f.left if f.operation.endswith("=") else f.receiver
    leaf = target.tensor
    if not target.source or (leaf is not None and not leaf.requires_grad):
        return None
    line = f.source if f.operation != "assign" else f"{f.source} = …"
    of = "part of a leaf" if match[1] else "a leaf"
    return Say(
        f"{code(target.source)} is {of} that requires a gradient, and {code(line)} overwrites it while "
        "autograd records.",
        "Autograd differentiates with respect to the leaf's value: overwriting it would destroy that value.",
        f"Update without recording: `with torch.no_grad():`, and inside it {code(line)}. Optimizers do that "
        "for you.",
        "`w = w - …` runs, but makes a new tensor that is no leaf and gets no `.grad`.",
    )


@rule(
    "A3",
    "RuntimeError",
    r"needed for gradient computation has been modified by an inplace operation.*?(?:of (\w+))?(?:,|$)",
)
def inplace_saved_value(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through("torch/autograd/graph.py", "torch/autograd/__init__.py", "torch/_tensor.py"):
        return None
    told = re.search(r"which is output \d+ of (\w+)", f.message)
    node = re.sub(r"Backward\d*$", "", told[1]) if told else ""
    line = f.made_with(r"^(with .*: )?[\w.]+ ?(\+|-|\*|/)= |\w_\(|^[\w.]+\[.*\] *(\+|-|\*|/)?= ")
    name = re.match(r"[\w.]+", line) if line else None
    by = f" {code(line)} wrote over it." if line else ""
    fix = "`torch.autograd.set_detect_anomaly(True)` shows the forward line whose value was overwritten."
    if line and name and (sign := re.search(r"(\+|-|\*|/)=\s*(.*)", line)):
        plain = f"{name[0]} = {name[0]} {sign[1]} {sign[2]}"
        fix = f"Make a new tensor instead: {code(plain)}. If that is not it, {fix[0].lower()}{fix[1:]}"
    result = f"The result of `{node}`" if node and node != "AsStrided" else "A value"
    return Say(
        f"{result} was kept for `backward()` and changed since.{by}",
        "Many operations keep a value to compute their slope; it must not change before `backward()`.",
        fix,
        "Another torch version, `retain_graph=True`, or `inplace=False` in ReLU only: the overwriting line stays.",
    )


@rule(
    "A2",
    "TypeError AttributeError",
    r"and 'NoneType'|'NoneType' and|'NoneType' object has no attribute '\w+'|not NoneType",
)
def grad_is_none(f: Failure, _match: re.Match[str]) -> Say | None:
    empty = next((o for o in f.operands if o.source.endswith(".grad") and o.type == "NoneType"), None)
    if empty is None or f.library:
        return None
    owner = empty.source.removesuffix(".grad")
    if any(o.source == owner and o.tensor is None for o in f.operands):
        return None
    again = next((line for line in f.made if _carried(line) == owner), None)
    if again is not None:
        line = re.sub(rf"^{re.escape(owner)} = {re.escape(owner)} ([-+*/]) ", rf"{owner} \1= ", again)
        return Say(
            f"{code(empty.source)} is `None`: {code(again)} made {code(owner)} the result of an operation.",
            "Only leaves, the tensors you made yourself, keep a `.grad`; results of operations do not.",
            f"Update in place, without recording: `with torch.no_grad():`, and inside it {code(line)}.",
        )
    return Say(
        f"{code(empty.source)} is `None`: no `backward()` has brought a gradient to {code(owner)} yet.",
        "`.grad` is filled by `backward()`, and only for leaves that require a gradient and took part in the "
        "loss.",
        f"Call `loss.backward()` first, and check that {code(owner)} has `requires_grad=True` and is a leaf.",
    )


@rule("A3", "RuntimeError", r"Inference tensors cannot be saved for backward|Inplace update to inference tensor")
def inference_tensor(f: Failure, _match: re.Match[str]) -> Say | None:
    line = f.made_with(r"^with .*inference_mode\(")
    name = re.match(r"(\w+)", line.partition(": ")[2]) if line else None
    other = next((o for o in f.tensors() if o.tensor and not o.tensor.requires_grad), None)
    culprit = name[1] if name else other.source if other else ""
    who = code(culprit) if culprit else "A tensor here"
    copy = f"{culprit}.clone()"
    return Say(
        f"{who} was made in `inference_mode`, and now a gradient is to be computed with it.",
        "Tensors made in `inference_mode` keep no record at all and can never take part in autograd.",
        f"Make it under `torch.no_grad()` instead, or use a copy: {code(copy)}.",
    )


@rule("A3", "RuntimeError", r"Can't call numpy\(\) on Tensor that requires grad", origins=(LINE, TORCH))
def numpy_requires_grad(f: Failure, _match: re.Match[str]) -> Say | None:
    source = f.receiver if f.receiver.source and f.receiver.kind != "package" else f.given("self")
    name = source.source if source.source not in ("", "self") else ""
    return Say(
        f"{code(name) if name else 'The tensor'} is part of a graph, and NumPy knows nothing of graphs.",
        "An array would share the tensor's memory without autograd seeing what is done to it.",
        f"Leave the graph first: {code(f'{name}.detach().numpy()')}.",
    )


@rule(
    "A3",
    "RuntimeError",
    r"vmap: It looks like you're (calling \.item\(\)|attempting to use a Tensor in some data-dep)",
)
def vmap_item(f: Failure, match: re.Match[str]) -> Say | None:
    looks = "calls `.item()`" if "item" in match[1] else "branches on a value"
    return Say(
        f"Inside `vmap`, {code(f.source)} {looks}: there is no single number to look at.",
        "`vmap` runs the function once for all rows together; each value stands for all of them.",
        "Choose by element instead: `torch.where(condition, this, that)`.",
    )


@rule("A3", "RuntimeError", r"Expected f\(\*args\) to return a (scalar )?Tensor(, got tensor with (\d+) dims)?")
def func_grad_non_scalar(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.through("torch/_functorch/eager_transforms.py") or not match[1]:
        return None
    axes = f" with {plural(int(match[3]), 'axis', 'axes')}" if match[3] else ""
    given = next((shape(sizes(item) or ()) for item in f.given("args").items if item.tensor), "")
    return Say(
        f"The function given to `grad` returned a tensor{axes}{f' for an input {given}' if given else ''}, not "
        "one number.",
        "`torch.func.grad` gives the slope of a function with one number as its result.",
        "Sum inside the function; or `vmap(grad(f))` for one slope an element; or `jacrev(f)` for the whole "
        "table.",
    )
