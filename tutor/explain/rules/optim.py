"""Optimizers: what they are given."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import TORCH, Say, rule
from tutor.explain.words import code

_OPTIMIZER = "torch/optim/optimizer.py"


@rule("R2", "ValueError", r"optimizer got an empty parameter list", origins=(TORCH,))
def optimizer_generator_used_up(f: Failure, _match: re.Match[str]) -> Say | None:
    given = f.arguments[0] if f.arguments else f.keyword("params")
    if given.type != "generator" or not f.through(_OPTIMIZER):
        return None
    return Say(
        f"{code(given.source)} is a generator that was used up before the optimizer read it.",
        "`parameters()` gives a generator: it can be walked through once.",
        f"Call `model.parameters()` again for the optimizer, or keep a list: "
        f"{code(f'{given.source} = list(model.parameters())')}.",
    )


@rule("R3", "ValueError", r"optimizer got an empty parameter list", origins=(TORCH,))
def plain_list_of_layers(f: Failure, _match: re.Match[str]) -> Say | None:
    given = f.arguments[0] if f.arguments else f.keyword("params")
    if not f.through(_OPTIMIZER) or (given.kind == "container" and given.type != "generator"):
        return None
    loose = [
        (o.source, name, str(value))
        for o in f.modules()
        for name, value in o.settings
        if str(value).endswith(" layers") and " of " in str(value)
    ]
    fix = "Layers in a list become visible as `nn.ModuleList([…])`, in a dict as `nn.ModuleDict({…})`."
    if loose:
        owner, name, what = loose[0]
        kind = what.partition(" ")[0]
        what = what.replace("layers", "layer") if what.endswith(" 1 layers") else what
        wrapper = "nn.ModuleDict" if kind == "dict" else "nn.ModuleList"
        return Say(
            f"{code(owner)} has no parameters: {code(f'{owner}.{name}')} is a plain {what}.",
            "A module finds layers that are its attributes or stand in `nn.ModuleList`, `ModuleDict`, "
            "`Sequential`.",
            f"In `__init__`: {code(f'self.{name} = {wrapper}(…)')}.",
            "Adding one visible layer stops the error; those in the list still never learn.",
        )
    return Say(
        f"{code(given.source or 'What the optimizer was given')} has no parameters in it.",
        "A module finds layers that are its attributes or stand in `nn.ModuleList`, `ModuleDict`, `Sequential`.",
        fix,
        "Adding one visible layer stops the error; those in a plain list still never learn.",
    )


@rule(
    "R2",
    "TypeError",
    r"object is not iterable|params argument given to the optimizer|optimizer can only optimize Tensors",
)
def optimizer_given_model(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through(_OPTIMIZER):
        return None
    given = f.arguments[0] if f.arguments else f.keyword("params")
    held = f.given("params")
    what = f.called or "optimizer"
    if held.kind == "module" or given.kind == "module" or "'method'" in f.message:
        name = given.source.removesuffix(".parameters") or "model"
        was = "the method itself, without brackets" if "'method'" in f.message else "the model itself"
        return Say(
            f"`{what}` was given {code(given.source or 'a module')}: {was}.",
            "An optimizer wants the tensors it may change.",
            f"Pass {code(f'{name}.parameters()')}.",
        )
    if not given.source or (held.tensor is None and given.tensor is None):
        return None
    return Say(
        f"`{what}` was given one tensor, {code(given.source)}.",
        "An optimizer wants a list of the tensors it may change.",
        f"Put it into brackets: {code(f'[{given.source}]')}.",
    )
