"""All rules, in the order in which they are tried: where two could fit, the more particular one comes first.

To add one, write a function in the module of its topic (see any there) and a case in ``tests/explain/cases.yaml``.
"""

from __future__ import annotations

from tutor.explain.model import Rule
from tutor.explain.rules import (
    autograd,
    compiling,
    data,
    devices,
    distributed,
    dtypes,
    indexing,
    installation,
    losses,
    making,
    matrices,
    modules,
    optim,
    python,
    saving,
    shapes,
)

_MODULES = (
    *(installation, making, indexing, matrices, shapes, losses, dtypes, modules),
    *(autograd, optim, data, saving, devices, compiling, distributed, python),
)

RULES: tuple[Rule, ...] = tuple(
    value for module in _MODULES for value in vars(module).values() if isinstance(value, Rule)
)
