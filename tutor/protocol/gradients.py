"""What autograd knows of a moment: leaves and their gradients, the graph behind them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeafGradient:
    """A named leaf that requires a gradient: its value and what ``.grad`` holds."""

    path: str
    dtype: str
    shape: tuple[int, ...]
    value_norm: float
    """Euclidean (L2) norm of all elements."""
    grad_norm: float | None
    """The same for ``.grad``; None while ``.grad`` is None."""
    value: bytes
    """At most the first 16 elements, row-major, little-endian float64."""
    grad: bytes
    """The same elements of ``.grad``; empty while it is None."""
    kind: str = "leaf"
    """``leaf``; ``inner``, the result of an operation; ``frozen``, a parameter that asks for no gradient."""
    reason: str = ""
    """Why ``.grad`` is None: ``never`` (no backward yet), ``returned`` (only ``autograd.grad``), ``unused`` (by
    the loss), ``no_grad`` or ``detach`` (what was made of it was cut off), ``cleared``, ``frozen``,
    ``integer``, ``inner``; empty if not known."""
    line: int = 0
    """With ``no_grad`` and ``detach`` the line that did it; 0 if unknown."""
    times: int = 1
    """How many calls of ``backward()`` have added up in ``.grad``, as far as that is sure."""
    change: float | None = None
    """How far the value is from what it was at a ``backward()``: with its sign where it has one element, else the
    L2 norm of the difference, from a sample where it is large; None where that is not known."""
    since: int = 1
    """Which ``backward()`` that was: 1 the last one, 2 the one before."""


@dataclass(frozen=True, slots=True)
class SavedTensor:
    """What an operation keeps for its backward."""

    name: str
    """As the formula calls it: ``self``, ``other``, ``result``, ``weight``."""
    shape: tuple[int, ...]
    dtype: str
    nbytes: int
    """``numel() * element_size()``; 0 when it was packed by a hook of the learner's."""
    value: float | None = None
    """Where it has one element."""
    state: str = ""
    """``freed``, ``packed`` (a saved-tensor hook keeps it in its own form), or empty while it is there."""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One node of the autograd graph, seen while ``backward()`` passed it."""

    name: str
    """``AddBackward0``, …; for a leaf ``AccumulateGrad``."""
    path: str
    """The learner's name for a leaf, or for the result of an operation; ``""`` where there is none."""
    shape: tuple[int, ...] | None
    """Shape of the node's result (for a leaf, of the leaf); None where torch does not say."""
    inputs: tuple[int, ...]
    """Indices (into the graph's nodes) of the nodes this one passes its gradient on to; one that is an operand
    twice is there twice."""
    grad_norm: float | None
    """L2 norm of the gradient of the loss with respect to the node's result; None if none arrived."""
    grad: float | None
    """That gradient itself where the result has one element, with its sign."""
    dtype: str = ""
    """Of the node's result; empty where torch does not say."""
    number: int = -1
    """When the node was made among all nodes of its thread; -1 for a leaf."""
    operands: tuple[int, ...] = ()
    """For each of ``inputs`` which operand of the operation it is, from 0."""
    passed: tuple[float | None, ...] = ()
    """For each of ``inputs`` what was passed on to it: with its sign where that has one element, else its norm."""
    value: float | None = None
    """The node's result where it has one element and was seen."""
    value_norm: float | None = None
    """L2 norm of the result, where it was seen."""
    saved: tuple[SavedTensor, ...] = ()
    settings: tuple[tuple[str, float], ...] = ()
    """Plain numbers that it keeps: ``exponent``, ``alpha``, ``dim``."""
    line: int = 0
    """Line of the learner's source that did the operation; 0 if unknown."""
    source: str = ""
    """The expression there."""


@dataclass(frozen=True, slots=True)
class GradientGraph:
    nodes: tuple[GraphNode, ...]
    """``nodes[0]`` is the loss. Empty when the graph is too large to draw."""
    total: int
    """How many nodes the whole graph has (counting stops at a bound: then ``nodes`` is empty)."""
    step: int = 1
    """Which ``backward()`` of the run the gradients are of: in a fast loop not every call is looked at."""
    order: tuple[int, ...] = ()
    """The nodes in the order autograd ran them."""
    freed: bool | None = None
    """Whether what the nodes had saved was let go of; None if they had saved nothing, or it is not known."""


@dataclass(frozen=True, slots=True)
class GradientSnapshot:
    """The gradients after one ``backward()``, or after a run that called it."""

    step: int
    """How many ``backward()`` calls this run has made."""
    losses: tuple[float, ...]
    """Loss of each call in order; thinned when there were more than the worker keeps."""
    grad_norms: tuple[float, ...]
    """Norm of all leaf gradients together, for the calls that were sampled."""
    leaves: tuple[LeafGradient, ...]
    more_leaves: int
    """Leaves left out of ``leaves`` because there were too many."""
    graph: GradientGraph | None
    live: bool
    """True while the run goes on."""
