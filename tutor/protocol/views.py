"""Views: what a displayed value looked like inside, as bounded plain data.

The worker makes them (``worker/display`` for Python's own kinds, ``worker/probe`` for torch's), the UI draws
them (``render/values``). Like every snapshot they keep nothing of the learner's alive.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.protocol.comparison import Comparison
from tutor.protocol.gradcheck import GradientCheck
from tutor.protocol.snapshots import TensorFacts


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a container: an item, or a remark about items that are not listed."""

    depth: int
    """0 for the container's own items, 1 for the items of an item, …"""
    key: str
    """As Python writes it: ``'w'`` in a dict, ``3`` in a list, ``x`` in a dataclass; empty in a set."""
    text: str
    """What stands there on one line; for a tensor its values, where they are few."""
    tensor: TensorFacts | None = None
    omitted: int = 0
    """More than 0: this line stands for so many items that are left out here."""


@dataclass(frozen=True, slots=True)
class Items:
    """A container of Python's own, a dataclass or a named tuple."""

    type: str
    count: int
    """How many items it holds."""
    rows: tuple[Item, ...]
    flows: bool = False
    """All items are short, plain values without keys: they may stand side by side."""
    record: bool = False
    """The items are the fields of a dataclass or a named tuple."""


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """One ``nn.Module`` of a tree, in the order a tree is read."""

    depth: int
    """0 for the root."""
    name: str
    """Under which its parent holds it: ``conv1``, ``0``; ``0–11`` where equal neighbours are folded."""
    type: str
    arguments: str
    """What its class says of it (``extra_repr`` of torch's own classes), less what is the default."""
    parameters: int
    """Elements in the parameters of this module and everything below; a shared one counts once."""
    trainable: int
    """Those of them that require a gradient."""
    times: int = 1
    """How many equal neighbours this line stands for; ``parameters`` are those of one."""
    below: int = 0
    """Modules inside it that are not listed."""
    outputs: tuple[tuple[int, ...], ...] = ()
    """Shapes of the tensors it gave in the last forward that was seen."""


@dataclass(frozen=True, slots=True)
class ModuleTree:
    rows: tuple[ModuleRow, ...]
    parameters: int
    trainable: int
    nbytes: int
    """Memory of parameters and buffers, in bytes."""
    more: int = 0
    """Modules that are neither listed nor counted in the ``below`` of a line: the tree was too large to walk."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    dtype: str
    cells: tuple[str, ...]
    """As many as the table has index entries."""
    numeric: bool
    """Written against the right edge."""


@dataclass(frozen=True, slots=True)
class Table:
    """A data frame or series, thinned to what a screen can hold."""

    type: str
    shape: tuple[int, ...]
    """Of the whole: rows and columns."""
    index: tuple[str, ...]
    """Labels of the rows that are here."""
    columns: tuple[Column, ...]
    gap_row: int = -1
    """Rows were left out before this one of those that are here; -1 if none."""
    gap_column: int = -1
    """The same for columns."""


@dataclass(frozen=True, slots=True)
class ValueView:
    """A closed union: exactly one of these is filled."""

    items: Items | None = None
    module: ModuleTree | None = None
    table: Table | None = None
    comparison: Comparison | None = None
    gradcheck: GradientCheck | None = None
    array: TensorFacts | None = None
    """A NumPy array, described like a tensor; its values are in the text."""
