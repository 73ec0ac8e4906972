"""Saving and loading."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, STDLIB, TORCH, Say, rule
from tutor.explain.words import code, numbers, plural, shape

_SHOWN = 3


@rule("D2", "RuntimeError", r"Error\(s\) in loading state_dict for (\w+)", origins=(TORCH,))
def load_state_mismatch(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through("torch/nn/modules/module.py:load_state_dict"):
        return None
    name = f.receiver.source or "the model"
    missing, extra = _keys(f.message, "Missing"), _keys(f.message, "Unexpected")
    other = re.search(
        r"size mismatch for ([\w.]+): .*?shape (?:torch\.Size\()?\[(.*?)\].*?model is (?:torch\.Size\()?\[(.*?)\]",
        f.message,
    )
    parts = []
    if missing:
        parts.append(f"{plural(len(missing), 'name')} of {code(name)} not in it ({_listed(missing)})")
    if extra:
        parts.append(f"{plural(len(extra), 'name')} that {code(name)} does not have ({_listed(extra)})")
    if other is not None:
        parts.append(
            f"{code(other[1])} as {shape(numbers(other[2]))}, where {code(name)} has {shape(numbers(other[3]))}"
        )
    saved = f.arguments[0].source if f.arguments else "the checkpoint"
    if not parts:
        return None
    fix = "Build the model with the same class and settings as the one that was saved."
    if missing and extra and {key.removeprefix("module.") for key in extra} >= set(missing):
        fix = "The names differ by the `module.` that `DataParallel` adds: take it off the keys before loading."
    return Say(
        f"{code(saved)} fits another network: {'; '.join(parts)}.",
        "A state dict holds tensors by name; names and shapes must be those of the model you built.",
        f"{fix} Compare {code(f'{name}.state_dict().keys()')} with {code(f'{saved}.keys()')}.",
        "`strict=False` skips what does not fit, in silence: those layers stay random.",
    )


def _keys(message: str, which: str) -> list[str]:
    found = re.search(rf"{which} key\(s\) in state_dict: (.*)", message)
    return re.findall(r'"([^"]+)"', found[1]) if found else []


def _listed(keys: list[str]) -> str:
    more = ", …" if len(keys) > _SHOWN else ""
    return ", ".join(map(code, keys[:_SHOWN])) + more


@rule("D2", "TypeError AttributeError", r"'_IncompatibleKeys' object", origins=(LINE,))
def state_dict_return(f: Failure, _match: re.Match[str]) -> Say | None:
    held = f.function if f.operation == "call" and f.function.source else f.receiver
    owner = held.source.partition("(")[0] if held.type != "_IncompatibleKeys" else held.source
    line = f.made_with(r"\.load_state_dict\(")
    right = line.partition("=")[2].strip() if line else f"{owner}.load_state_dict(…)"
    return Say(
        f"{code(owner)} is not a model any more: it is the report that `load_state_dict` returned.",
        "`load_state_dict` changes the model in place and returns a list of keys that did not fit.",
        f"Do not assign it: {code(right)} alone on its line.",
    )


@rule("D2", "UnpicklingError RuntimeError", r"Weights only load failed", origins=(TORCH,))
def load_whole_model(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through("torch/serialization.py:load"):
        return None
    held = re.search(r"(?:Unsupported global: )?GLOBAL ([\w.]+)", f.message)
    what = f"a `{held[1].rpartition('.')[2]}` object" if held else "more than tensors"
    name = f.arguments[0].source if f.arguments else "the file"
    return Say(
        f"{code(name)} holds {what}; `torch.load` takes tensors and plain containers only.",
        "A pickled object can run any code when it is loaded, so since torch 2.6 `weights_only=True` is the "
        "default.",
        "Save `model.state_dict()`, and load it into a model you build. For a file you made yourself: "
        "`torch.serialization.add_safe_globals([…])`.",
        "`weights_only=False` on a file from others runs their code.",
    )


@rule(
    "D2",
    "PicklingError AttributeError",
    r"Can't (?:pickle|get local object).*<lambda>",
    origins=(LINE, TORCH, STDLIB),
)
def pickled_lambda(f: Failure, _match: re.Match[str]) -> Say | None:
    if f.called not in ("save", "dump", "dumps") or f.through("multiprocessing/reduction.py"):
        return None
    what = f.arguments[0].source if f.arguments else ""
    direct = what.lstrip("(").startswith("lambda")
    return Say(
        f"{code(what)} cannot be saved: a `lambda` has no name by which it could be found again."
        if direct
        else f"{code(what) if what else 'The object'} holds a `lambda`, which has no name to be found by again.",
        "Pickle stores a function as its name and the module it is in, never as its code.",
        "Write it as a function with `def` at the top level. Of a model save only the numbers: "
        "`torch.save(model.state_dict(), path)`.",
    )


@rule("D2", "RuntimeError", r"Attempting to deserialize object on (?:a |an )?(\w+) device", origins=(TORCH,))
def load_cuda_on_cpu(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.through("torch/serialization.py"):
        return None
    name = f.arguments[0].source if f.arguments else "path"
    place = f.given("location").text.strip("'") or match[1]
    return Say(
        f"The tensors in {code(name)} were saved on `{place}`, and this machine has no such device.",
        "A saved tensor remembers its device and goes back there, unless told otherwise.",
        _mapped(name),
    )


def _mapped(name: str) -> str:
    call = f"torch.load({name}, map_location='cpu')"
    return f"Say where they are to go: {code(call)}."
