"""What can be asked of a learner's work. What is right is never written here: the solution makes it.

Adding a kind is adding a struct here and to ``Check``, and a function to ``tutor/worker/checks/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union

import msgspec
from msgspec import Meta

from tutor.lesson.fields import Data, Expression, Identifier, Prose, Source, Tolerance, shaped

Size = Annotated[
    str,
    shaped(r"^([a-z][a-z0-9_]*|[0-9]{1,4})$", "a number, or a small letter for any size"),
]
UsedName = Annotated[
    str,
    shaped(
        r"^(\.?[A-Za-z_][A-Za-z0-9_.]*|@|\[\])$",
        "`torch.einsum`, a method such as `.sum`, or a word such as `for`",
        longest=80,
    ),
]
Seconds = Annotated[float, Meta(ge=0.1, le=300.0)]


class _Check(Data, frozen=True, kw_only=True, tag_field="kind"):
    """``label`` says what counts as done, ``feedback`` what is said when it is not; both have a default."""

    label: str = ""
    """What counts as done, as the learner reads it."""
    feedback: str = ""
    """What is said when it is not done, beside expected and got."""
    seconds: Seconds | None = None
    """How long judging it may take."""


class TensorCheck(_Check, frozen=True, kw_only=True, tag="tensor"):
    """``target`` is a tensor equal to what the solution makes: shape, dtype, device, requires_grad, values."""

    target: Expression
    rtol: Tolerance | None = None
    """Relative tolerance; None is that of ``torch.testing.assert_close`` for the dtype."""
    atol: Tolerance | None = None
    """Absolute tolerance; None is that of the dtype."""
    ignore: Annotated[tuple[Literal["dtype", "device", "requires_grad"], ...], Meta(max_length=3)] = ()
    """What may be different, because the task leaves it open."""


class ValueCheck(_Check, frozen=True, kw_only=True, tag="value"):
    """The expression ``target`` has the value it has after the solution."""

    target: Expression
    rtol: Tolerance | None = None
    atol: Tolerance | None = None


class UnchangedCheck(_Check, frozen=True, kw_only=True, tag="unchanged"):
    """``target`` is as the step's set-up made it."""

    target: Expression


class RaisesCheck(_Check, frozen=True, kw_only=True, tag="raises"):
    """Running ``code`` raises an exception of the class named ``error``."""

    code: Source
    error: Annotated[
        str,
        shaped(r"^[A-Za-z_][A-Za-z0-9_]*$", "the bare name of a class, such as `ValueError`"),
    ]


class OutputCheck(_Check, frozen=True, kw_only=True, tag="output"):
    """What the last run printed ``contains`` or ``equals`` a text; with neither, what the solution prints."""

    contains: Prose | None = None
    equals: str | None = None


class Argument(Data, frozen=True, kw_only=True):
    """One argument of a call: a tensor of a ``shape`` made for each call, or a ``value``.

    In a shape a number is itself; a name stands for a size that is another for each name, and in turn 1 and 0.
    """

    name: Identifier | None = None
    shape: tuple[Size, ...] | None = None
    """Sizes of a tensor made for each call: numbers, or names that stand for any size."""
    value: Expression | None = None
    """A Python expression, the same for every call."""
    dtype: Literal["float32", "float64", "complex64", "int64", "int32", "uint8", "bool"] = "float32"
    low: Size = "0"
    """Whole numbers from here …"""
    high: Size = "10"
    """… to below here; the name of a size is allowed, for labels of classes."""
    requires_grad: bool = False
    keyword: bool = False
    """Passed by its name."""


Arguments = Annotated[tuple[Argument, ...], Meta(max_length=8)]


class FunctionCheck(_Check, frozen=True, kw_only=True, tag="function"):
    """``target`` is a function that gives what the solution's gives, for inputs of many sizes."""

    target: Expression
    arguments: Arguments
    empty: bool = True
    """Whether sizes of 0 are tried too; what the solution itself refuses is not."""
    rtol: Tolerance | None = None
    atol: Tolerance | None = None


class GradCheck(_Check, frozen=True, kw_only=True, tag="grad"):
    """The gradient of the function ``target`` is the solution's, or agrees with its own ``differences``."""

    target: Expression
    arguments: Arguments
    against: Literal["solution", "differences"] = "solution"
    rtol: Tolerance | None = None
    atol: Tolerance | None = None


class ModuleCheck(_Check, frozen=True, kw_only=True, tag="module"):
    """``target`` makes an ``nn.Module`` (``Net(4, 2)``), or is one, that does what the solution's does."""

    target: Expression
    arguments: Arguments
    names: bool = False
    """Whether parameters must also be called what the solution calls them."""
    rtol: Tolerance | None = None
    atol: Tolerance | None = None


class TrainingCheck(_Check, frozen=True, kw_only=True, tag="training"):
    """What the learner ran in this step, run again under ``seeds`` seeds, brings ``metric`` where it should be."""

    metric: Expression
    """An expression over the learner's names whose value is a number."""
    at_least: float | None = None
    at_most: float | None = None
    seeds: Annotated[int, Meta(ge=1, le=10)] = 3
    """Seeds the learner's code is run under."""
    need: Annotated[int, Meta(ge=1, le=10)] | None = None
    """Seeds that must do; None is all of them."""
    steps: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    """Steps of the optimiser (calls of ``backward()`` without one) that may be taken."""
    name: str = ""
    """What the metric is called."""
    seconds: Seconds | None = 60.0


class UsesCheck(_Check, frozen=True, kw_only=True, tag="uses"):
    """The code that made ``target`` uses one of ``names``, under whatever alias."""

    names: Annotated[tuple[UsedName, ...], Meta(min_length=1)]
    target: Expression | None = None
    """Without one: the last cell of the step."""


class ForbidsCheck(_Check, frozen=True, kw_only=True, tag="forbids"):
    """The code that made ``target`` uses none of ``names``."""

    names: Annotated[tuple[UsedName, ...], Meta(min_length=1)]
    target: Expression | None = None


class PythonCheck(_Check, frozen=True, kw_only=True, tag="python"):
    """``function(mine, reference)`` of the ``checks.py`` beside the lesson gives True, or what is wrong."""

    function: Identifier


class AllOf(_Check, frozen=True, kw_only=True, tag="all_of"):
    """Every one of ``checks``, as one line of what counts as done."""

    checks: Annotated[tuple[Check, ...], Meta(min_length=1)]


class AnyOf(_Check, frozen=True, kw_only=True, tag="any_of"):
    """One of ``checks`` is enough."""

    checks: Annotated[tuple[Check, ...], Meta(min_length=1)]


class Not(_Check, frozen=True, kw_only=True, tag="not"):
    """``check`` fails."""

    check: Check


Check = Union[  # noqa: UP007 - msgspec on 3.10
    TensorCheck,
    ValueCheck,
    UnchangedCheck,
    RaisesCheck,
    OutputCheck,
    FunctionCheck,
    GradCheck,
    ModuleCheck,
    TrainingCheck,
    UsesCheck,
    ForbidsCheck,
    PythonCheck,
    AllOf,
    AnyOf,
    Not,
]


def to_plain(check: Check) -> dict[str, Any]:
    """The check as the worker wants it: a dict with its ``kind``, without what was not given."""
    plain: dict[str, Any] = msgspec.to_builtins(check)
    if isinstance(check, TrainingCheck):
        plain.setdefault("seconds", check.seconds)
    return plain


def flat(checks: tuple[Check, ...]) -> Iterator[Check]:
    """Every check, and the checks inside it."""
    for check in checks:
        yield check
        if isinstance(check, (AllOf, AnyOf)):
            yield from flat(check.checks)
        elif isinstance(check, Not):
            yield from flat((check.check,))
