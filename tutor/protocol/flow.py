"""The shape flow of one run as plain data: its tensor operations, and what became of each axis."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FlowAxis:
    """What an operation did with one axis of an operand."""

    fate: str
    """``kept``; ``sliced``, ``joined`` (cat), ``strode`` (a window slid along it) or ``grown`` (repeated, padded):
    it goes on with another size; ``stretched`` (size 1, repeated without memory); ``contracted`` (multiplied with
    an axis of another operand and summed); ``reduced``; ``removed`` (an index took one place, or squeeze);
    ``merged``, ``split`` (reshape); ``picked`` (by a tensor of indices); ``unknown``."""
    to: tuple[int, ...] = ()
    """Axes of the first result that it goes into; empty if it disappears."""
    note: str = ""
    """Figures of that axis: ``2:5:1`` for a slice, ``1`` for an index, ``3:7`` for where a piece lands, the size
    formula of a window."""


@dataclass(frozen=True, slots=True)
class FlowTensor:
    """An operand or a result."""

    text: str
    """As written, or as the module calls it: ``x``, ``model.0.weight``; empty if it has no name."""
    made_by: int
    """Number of the operation that gave it; 0 if none of this run did."""
    dtype: str
    shape: tuple[int, ...]
    axes: tuple[FlowAxis, ...] = ()
    """One for each axis of an operand; empty for a result, and where the rule of the operation is not known."""
    role: str = ""
    """``weight``, ``bias``, ``index``, ``mask``, ``query``, ``key``, ``value``; empty for the data itself."""
    memory: str = ""
    """Of a result: ``new``, ``shared`` (with an operand), ``in place`` (an operand itself, changed), ``same``
    (an operand itself, untouched), or empty where that is not known."""
    shares: int = -1
    """Which operand, from 0; -1 if none."""
    grad_fn: str = ""


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One operation."""

    number: int
    name: str
    """``matmul``, ``add``, ``conv2d``, ``reshape``, ``add_``, ``getitem``."""
    kind: str
    """The rule it follows: ``elementwise``, ``matmul``, ``linear``, ``einsum``, ``reduce``, ``along``,
    ``reshape``,
    ``permute``, ``squeeze``, ``unsqueeze``, ``expand``, ``repeat``, ``cat``, ``stack``, ``split``, ``index``,
    ``gather``, ``conv``, ``pool``, ``embedding``, ``attention``, ``norm``, ``loss``, ``make``, ``copy``,
    ``other``."""
    source: str
    """The expression itself."""
    file: str
    line: int
    end_line: int
    column: int
    """0-based, in characters; -1 if unknown. So ``end_column``."""
    end_column: int
    call: int
    """Number of the module call it is part of; 0 if of none."""
    operands: tuple[FlowTensor, ...]
    results: tuple[FlowTensor, ...]
    settings: tuple[tuple[str, str], ...] = ()
    """What the operation was told, by name: ``dim``, ``keepdim``, ``equation``, ``kernel_size``, …"""
    parameters: int = 0
    """Elements of the parameters among its operands."""
    flops: int = 0
    """Floating-point operations, a multiplication and an addition counted as two; 0 where it is not known."""
    times: int = 1
    """How often the same operation on the same shapes was seen, in the rounds of a loop."""
    error: str = ""
    """Class name of what it raised; it is then the last one, and has no result."""
    broke: str = ""
    """``nan`` or ``inf`` where it is in a result and was in no operand: the trouble begins here."""


@dataclass(frozen=True, slots=True)
class FlowCall:
    """One call of a module, or of an optimiser's ``step``."""

    number: int
    parent: int
    """The call it happened in; 0 if the learner's own code made it."""
    path: str
    """``model``, ``model.fc1``."""
    kind: str
    """Class name."""
    parameters: int
    """Elements of all parameters that its operations used, each counted once."""
    optimizer: bool = False
    """Whether it is an optimiser's ``step``."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The operations of one run, in order."""

    file: str
    """Name of the cell."""
    steps: tuple[FlowStep, ...]
    calls: tuple[FlowCall, ...]
    lines: tuple[tuple[str, int, str], ...]
    """Source lines that the steps stand on: file, number, text."""
    seen: int
    """Operations that were looked at."""
    aside: str = ""
    """Why the rest was not watched: ``bound`` (enough was seen), ``fast path`` (attention in evaluation would have
    taken a slower way), ``debugger``, ``compiled`` (torch.compile would notice), ``timed`` (watching would be in
    what the run measures); empty if all was."""
