"""A model as plain data: every layer of one ``nn.Module`` with what it holds and what went through it last.

Shapes are tuples of sizes, memory is in bytes. What is counted "in and below" counts each tensor once,
however many layers share it.
"""

from __future__ import annotations

from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One parameter or buffer that a layer holds itself."""

    name: str
    kind: str
    """``parameter`` or ``buffer``."""
    dtype: str
    shape: Shape | None
    """None for one that has no size before the first forward (lazy modules)."""
    trainable: bool
    same_as: str = ""
    """Path of the layer's tensor that this one is (tied weights); empty where it comes first."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One module of the tree, in the order a tree is read."""

    depth: int
    """0 for the root."""
    name: str
    """Under which its parent holds it; the learner's own name for the root."""
    type: str
    arguments: str
    """What its class says of it, less what is the default."""
    kernel: Shape
    """``kernel_size``; empty for layers that have none."""
    held: tuple[Held, ...]
    parameters: int
    """Elements of the parameters in and below."""
    trainable: int
    """Those of them that require a gradient."""
    buffers: int
    """Elements of the buffers in and below."""
    parameter_bytes: int
    gradient_bytes: int
    buffer_bytes: int
    dtype: str
    """Of the parameters in and below: one, or several with ``/`` between; empty without parameters."""
    device: str
    training: bool
    lazy: bool
    """Some of its parameters have no size before the first forward."""
    same_as: str
    """Path of the place where this very module was drawn; nothing below it is listed then."""
    below: int
    """Modules below it, listed or not; 0 for a layer without children."""
    calls: int
    """How often it was called in the last forward of the model; 0 if never, or not seen."""
    inputs: tuple[Shape, ...]
    """Shapes of the tensors it was given in the last of these calls; at most 8. So the outputs."""
    outputs: tuple[Shape, ...]
    activation_bytes: int
    """Memory of the outputs of the layers without children in and below, over all calls."""
    mult_adds: int
    """Multiplications with an addition, in and below, over all calls of the last forward."""
    uncounted: int
    """Layers in and below that were called and have parameters of their own which ``mult_adds`` leaves out."""


@dataclass(frozen=True, slots=True)
class ModelSnapshot:
    path: str
    """The learner's name of the model."""
    layers: tuple[Layer, ...]
    """``layers[0]`` is the model itself: its figures are the totals."""
    more: int
    """Modules that are not listed because there are too many."""
    input_bytes: int
    """Memory of the tensors that the model was given in its last forward."""
    cell: int
    """Number of the cell that made that forward; 0 if none was seen."""
    note: str = ""
    """Why no shapes are known, where that is not simply for want of a forward."""
