"""Snapshots: what a live torch object looked like at one moment, as plain data.

The worker's probe makes them, the UI draws them. They hold bounded samples, never whole tensors and
never the object itself, so keeping one costs nothing and keeps nothing of the learner's alive.
Shapes are tuples of sizes, memory is in bytes, times are in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """One tensor in the learner's namespace, without its values."""

    path: str
    """How the learner reaches it: ``x``, ``xs[1]``, ``d['w']``, ``model.0.weight``."""
    kind: str
    """Class name: ``Tensor``, ``Parameter``, or that of a subclass."""
    dtype: str
    """As torch spells it without the prefix: ``float32``, ``int64``, ``bool``."""
    shape: tuple[int, ...]
    strides: tuple[int, ...] | None
    """In elements, as ``Tensor.stride()``; None where a layout has none (sparse)."""
    offset: int
    """``storage_offset()``, in elements."""
    device: str
    layout: str
    """``strided``, ``sparse_coo``, …"""
    requires_grad: bool
    is_leaf: bool
    grad_fn: str | None
    """Name of the node that made it, for example ``AddBackward0``; None for a leaf."""
    has_grad: bool
    """Whether ``.grad`` is filled."""
    nbytes: int
    """Bytes its elements take: ``numel() * element_size()``."""
    contiguous: bool
    shares: tuple[str, ...]
    """Other paths that use the same storage."""
    change: str
    """What the last run did to the name: ``""`` nothing, ``new``, ``rebound`` (another object under the
    same name), ``modified`` (same object, other values or facts)."""
    view_of: str = ""
    """Path of the tensor whose memory it looks into; empty for the one that spans most of that memory."""
    same_as: str = ""
    """An earlier path of the same object."""
    nans: int = 0
    infs: int = 0
    """NaN and infinities that were met in it, of either sign."""
    counted: bool = False
    """Whether every element was looked at; otherwise there may be more of them."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Statistics of a tensor's elements; NaN and infinities are counted apart and left out of the rest."""

    count: int
    """Number of elements looked at."""
    minimum: float
    maximum: float
    mean: float
    std: float
    """Population standard deviation (divides by N)."""
    zeros: int
    nans: int
    infs: int
    exact: bool
    """False when only a sample was looked at: then every figure here is of the sample."""
    norm: float = math.nan
    """Euclidean (L2) norm; from a sample, what that says of the whole tensor."""
    histogram: tuple[int, ...] = ()
    """Elements in equal steps from ``minimum`` to ``maximum``; empty where all are the same."""
    histogram_of: int = 0
    """Elements that are in it: fewer than ``count`` where it is of a sample."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A strided pick of a tensor's elements: along axis ``i``, every ``steps[i]``-th from ``start[i]``."""

    shape: tuple[int, ...]
    """Sizes of the pick; same number of axes as the tensor."""
    start: tuple[int, ...]
    steps: tuple[int, ...]
    """All 1 when the pick is the whole tensor (and ``shape`` is then the tensor's shape)."""
    values: bytes
    """The elements in row-major order as little-endian float64; of complex numbers the real parts."""
    imag: bytes = b""
    """Of complex numbers the imaginary parts; empty for real ones."""


@dataclass(frozen=True, slots=True)
class TensorDetail:
    """Everything the pane needs to draw one tensor."""

    facts: TensorFacts
    stats: Stats | None
    sample: Sample | None
    """None when there is nothing to draw; ``note`` then says why."""
    note: str = ""
    history: tuple[float, ...] = ()
    """Of a scalar: what it was after the last runs that changed it, the latest last."""
    found: tuple[int, ...] | None = None
    """Index of the NaN or infinity that was asked for; None when there is none, or none was asked for."""
    element: Sample | None = None
    """The one element that was asked for; None when none was, or there is no such element."""


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
    """Why ``.grad`` is None: ``never`` (no backward yet), ``unused`` (by the loss), ``no_grad`` or ``detach``
    (what was made of it was cut off), ``cleared``, ``frozen``, ``integer``, ``inner``; empty if not known."""
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


@dataclass(frozen=True, slots=True)
class Backend:
    """One kind of device, as this build of torch and this machine have it."""

    kind: str
    """``cuda``, ``rocm``, ``mps`` or ``xpu``."""
    present: bool
    """Whether torch was built with it."""
    usable: bool
    """Whether a tensor can be put there now."""
    name: str
    memory_used: int | None
    memory_total: int | None
    reason: str
    """Why it is not usable; empty when it is."""


@dataclass(frozen=True, slots=True)
class DeviceSnapshot:
    torch: str | None
    """``torch.__version__``; None when torch is not installed."""
    threads: int
    """``torch.get_num_threads()``: threads inside one CPU operation."""
    cpus: int
    backends: tuple[Backend, ...]
    default: str
    """The device a new tensor lands on."""
    accelerator: str | None
    """What ``torch.accelerator`` names, if it is usable."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of a traceback."""

    file: str
    line: int
    end_line: int
    column: int
    """0-based character offset where the failing expression starts; -1 if unknown (before Python 3.11)."""
    end_column: int
    function: str
    source: str
    """The source line, without its newline."""
    own: bool
    """True for the learner's code, False for library code."""
    repeated: int = 0
    """How often more the same line followed at once, as in a recursion; these frames are left out."""
    left_out: int = 0
    """Other frames behind this one that are left out because the stack is deep."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One value that took part in a failing expression, as it was when the expression failed."""

    source: str
    """How the code spells it: ``x``, ``self.fc``, ``batch[0]``; the parameter's name for library code."""
    role: str
    """``left``, ``right``, ``receiver``, ``function``, ``argument``, ``index``, ``value``, ``target``; ``item`` of
    a container; ``part``, a name inside an operand whose own value is unknown; of one that is None
    ``owner``, whose attribute it is, and ``maker``, what was called for it; for library code the name of
    the function."""
    kind: str
    """``tensor``, ``module``, ``plain`` (number, text, bool, None), ``container``, ``function``, ``class``,
    ``package``, ``object``, or ``unknown``: a result that is in no variable."""
    type: str = ""
    """Class name; empty when unknown."""
    tensor: TensorFacts | None = None
    text: str = ""
    """Short repr of a plain value; full name of a function, class or package, such as ``torch.cat``."""
    keyword: str = ""
    """For an argument given by name: that name."""
    settings: tuple[tuple[str, int | str], ...] = ()
    """What a module was built with, as far as it is plain: ``in_features``, ``kernel_size``, ``training``, …"""
    length: int | None = None
    items: tuple[Operand, ...] = ()
    """The first few items of a container, or of a container module its first few layers."""


@dataclass(frozen=True, slots=True)
class Failing:
    """What the learner's last line was doing when it failed."""

    source: str
    """The failing expression or statement itself."""
    operation: str
    """``call``, ``index``, ``attribute``, ``unpack``, ``iterate``, ``condition``, ``assign``, ``import``,
    ``raise``, ``assert``, an operator (``@``, ``+=``, ``<``), or empty when it is not known which part failed."""
    operands: tuple[Operand, ...]
    made: tuple[str, ...] = ()
    """Statements of the same scope that bound its names, nearest first; of a long one the beginning."""


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An exception as data."""

    type: str
    """Class name, with its module when that is not ``builtins``."""
    message: str
    frames: tuple[Frame, ...]
    """Outermost first. Frames of the tutor itself are left out."""
    relation: str = ""
    """How this one led to the next in a chain: ``cause`` (raise … from), ``context`` (while handling)."""
    notes: tuple[str, ...] = ()
    failing: Failing | None = None
    inside: tuple[Operand, ...] = ()
    """What the library functions the error came out of were given, innermost first."""
    suggestion: str = ""
    """A name that exists and is much like the one that was looked for in vain."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that can be typed at a place."""

    text: str
    """What would stand there."""
    kind: str
    """``function``, ``class``, ``module``, ``tensor``, ``property``, ``value``, ``name`` (bound in the unfinished
    cell), ``keyword``, ``parameter``, ``key``, ``file`` or ``magic``."""
    detail: str = ""
    """A few words more: dtype and shape of a tensor, the default of a parameter, the type of a value."""


@dataclass(frozen=True, slots=True)
class Description:
    """What is known about an object or a call without running any of the learner's code."""

    name: str
    """As the learner wrote it: ``torch.sum``."""
    type: str
    """``function``, ``method``, ``class``, ``property``, or the class of an object, with its module when that is
    neither ``builtins`` nor the learner's own."""
    parameters: tuple[str, ...] | None
    """Parameters as they would be written (``dim``, ``*``, ``dtype=None``); None if it cannot be called, or
    nobody says how."""
    returns: str
    """What follows the arrow; empty if nothing does."""
    current: int
    """Index of the parameter being typed; -1 if none, or not known."""
    doc: str
    """The docstring, cut when long; for a call only its first paragraph."""
    source: str = ""
    """Only in full: the source, cut when long; empty if it is not to be had."""
    file: str = ""
    line: int = 0
    """Where the definition begins, 1-based; 0 if unknown."""
    tensor: TensorFacts | None = None


@dataclass(frozen=True, slots=True)
class CheckPart:
    """One thing a check looked at: shape, dtype, values, …"""

    label: str
    ok: bool
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check of an exercise."""

    label: str
    """What counts as done, in words: ``col_means is right``."""
    status: str
    """``pass``, ``fail``, ``error`` (the learner's code raised), ``timeout`` (it did not end), ``broken`` (the
    lesson's fault); empty where it is judged only when the learner asks."""
    parts: tuple[CheckPart, ...]
    message: str
    """The default explanation, in the learner's own names."""
    feedback: str
    """What the author wrote for this check; may be empty."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One likely mistake that raised nothing. What it means is said by ``tutor.explain.notices``."""

    rule: str
    """For example ``softmax-before-loss``."""
    line: int
    """1-based line of the source that ran (as in its tracebacks); 0 if unknown."""
    facts: tuple[tuple[str, str], ...]
    """Names, shapes and numbers that were seen, by what they are: ``("shape", "(50, 50)")``."""
