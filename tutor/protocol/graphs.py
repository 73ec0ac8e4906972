"""The autograd graph behind a tensor, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.protocol.gradients import GraphNode, LeafGradient


@dataclass(frozen=True, slots=True)
class GraphView:
    """A graph as it is between two runs, with what the last recorded ``backward()`` left at its nodes.

    Nodes are numbered in depth-first order from the root. Of a large graph those nearest to ``start`` are here.
    """

    path: str
    """The tensor the graph is behind; empty for that of the last ``backward()`` where its root has no name."""
    shape: tuple[int, ...]
    dtype: str
    nodes: tuple[GraphNode, ...]
    """``nodes[0]`` is the one the view begins at; ``inputs`` index into these."""
    places: tuple[int, ...]
    """For each node its number in the whole graph."""
    beyond: tuple[int, ...]
    """For each node how many of its inputs are not here."""
    total: int
    """Nodes of the whole graph."""
    complete: bool
    """False when counting stopped before the end."""
    order: tuple[int, ...] = ()
    """Nodes in the order autograd ran them in the recorded pass; empty when that pass was not recorded."""
    state: str = ""
    """What became of the saved tensors: ``freed``, ``kept`` (``retain_graph``, ``create_graph``), or empty while
    no ``backward()`` went through, or nothing is known of it."""
    alive: bool = True
    """Whether the graph is still there; otherwise this is what was recorded of it."""
    note: str = ""
    """Why there are no nodes: ``leaf``, ``plain``, ``no_grad``, ``detach``, ``inference``, ``transform``,
    ``integer``, ``gone``."""
    line: int = 0
    """With ``no_grad`` and ``detach``: the line of the cell that did it; 0 if unknown."""


@dataclass(frozen=True, slots=True)
class LeafTable:
    """What has a gradient, could have one, or might be thought to, as it is between two runs."""

    rows: tuple[LeafGradient, ...]
    more: int
    """Rows left out because there were too many."""
    plain: tuple[str, ...]
    """Some tensors with a name that ask for no gradient, and could."""
    integers: tuple[str, ...]
    """Some that cannot, because of their dtype."""
