"""Mutants of an ``nn.Module``: one more parameter, one less, another output, a mode that is ignored."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.lesson.checks import ModuleCheck
from tutor.proof.mutants.mutant import Mutant
from tutor.proof.mutants.pieces import behind
from tutor.proof.mutants.subjects import Sight, Subject

_OUTPUT = (
    ("zeros", "o * 0", "gives zeros"),
    ("detached", "o.detach()", "gives an output that is detached from its graph"),
    ("negated", "-o", "gives its output with the other sign"),
    ("batch-mean", "o - o.mean(0, keepdim=True)", "mixes the samples of a batch"),
    ("first-sample", "o[:1]", "gives its output for the first sample alone"),
    ("axis", "o[None]", "gives its output with one more axis in front"),
)

_PARAMETERS = (
    ("extra-parameter", '_net.register_parameter("extra", _torch.nn.Parameter(_torch.zeros(1)))',
     "has one parameter too many"),
    ("no-bias", "next(m for m in _net.modules() if m._parameters.get('bias') is not None).bias = None",
     "has a layer without its bias"),
    ("frozen", "next(_net.parameters()).requires_grad_(False)", "has a parameter that is not trained"),
)  # fmt: skip

_MODES = (
    ("always-training", "_net.register_forward_pre_hook(lambda m, i: None if m.train() is m else i)",
     "is always in training"),
    ("always-evaluating", "_net.register_forward_pre_hook(lambda m, i: None if m.eval() is m else i)",
     "is always in evaluation"),
)  # fmt: skip

_FACTORY = """
import torch as _torch
_was = {name}

def {name}(*args, **named):
    _net = _was(*args, **named)
    {statement}
    return {result}
"""

_INSTANCE = """
import torch as _torch
_net = {name}
{statement}
{name} = {result}
"""


def module_mutants(solution: str, subject: Subject, sight: Sight) -> Iterator[Mutant]:
    """Mutants of the module under a name, or of what makes one."""
    statements = [(label, f"_net.register_forward_hook(lambda m, i, o: {e})", what) for label, e, what in _OUTPUT]
    statements[2:2] = _PARAMETERS
    statements += _MODES if sight.modes else ()
    for label, statement, what in statements:
        yield _mutant(solution, subject, label, statement, "_net", what)
    if any(isinstance(check, ModuleCheck) and check.names for check in subject.checks):
        yield _mutant(
            solution, subject, "renamed", "", "_torch.nn.Sequential(_net)", "has parameters of other names"
        )


def _mutant(solution: str, subject: Subject, label: str, statement: str, result: str, what: str) -> Mutant:
    shape = _FACTORY if subject.called else _INSTANCE
    code = shape.format(name=subject.name, statement=statement or "pass", result=result)
    return Mutant(f"{label}:{subject.name}", behind(solution, code), f"`{subject.name}` {what}")
