"""Element-wise operations, reductions, and what works along an axis."""

from __future__ import annotations

from tutor.protocol.flow import FlowAxis
from tutor.worker.probe.flow.rules.model import Axes, Ruling, Shape, Told, axes_of, kept, place, positive


def broadcast(shapes: tuple[Shape, ...]) -> Shape:
    """The shape of all together, lined up from the right. Raises ValueError where they clash."""
    count = max(map(len, shapes), default=0)
    sizes = []
    for axis in range(-count, 0):
        found = {shape[axis] for shape in shapes if len(shape) >= -axis} - {1}
        if len(found) > 1:
            raise ValueError("the shapes clash")
        sizes.append(found.pop() if found else 1)
    return tuple(sizes)


def lined_up(shape: Shape, result: Shape) -> Axes:
    """The axes of an operand that is broadcast to ``result``."""
    start = len(result) - len(shape)
    return tuple(
        FlowAxis("stretched" if size == 1 != result[start + axis] else "kept", (start + axis,))
        for axis, size in enumerate(shape)
    )


def elementwise(told: Told) -> Ruling:
    result = told.result if told.results else broadcast(told.operands)
    # `out=` is an operand as well: it is where the result goes, and nothing is read from it.
    return Ruling("elementwise", tuple(lined_up(shape, result) for shape in told.operands))


def reduce(told: Told) -> Ruling:
    bound = told.bind("input dim keepdim")
    dim = bound.get("dim", bound.get("axis"))
    if dim is not None and not isinstance(dim, (int, tuple, list)):
        # torch.max(x, y) compares two tensors; x.norm(2) is told which norm.
        return elementwise(told) if len(told.operands) == 2 else Ruling("other")
    return reduced(told, axes_of(dim, len(told.operands[0])), bound.get("keepdim") is True)


def reduce_norm(told: Told) -> Ruling:
    """``norm(input, p, dim, keepdim)`` and ``std``/``var``, whose second argument may be a correction."""
    bound = told.bind("input p dim keepdim")
    return reduced(told, axes_of(bound.get("dim"), len(told.operands[0])), bound.get("keepdim") is True)


def reduce_var(told: Told) -> Ruling:
    first = told.args[1] if len(told.args) > 1 else None
    if isinstance(first, bool):
        return reduced(told, axes_of(told.kwargs.get("dim"), len(told.operands[0])), False)
    return reduce(told)


def reduced(told: Told, dims: tuple[int, ...], keepdim: bool) -> Ruling:
    shape = told.operands[0]
    axes, to = [], 0
    for axis in range(len(shape)):
        gone = axis in dims
        axes.append(FlowAxis("reduced" if gone else "kept", (to,) if keepdim or not gone else ()))
        to += keepdim or not gone
    settings = [("dim", ", ".join(map(str, dims)) or "none")]
    if keepdim:
        settings.append(("keepdim", "True"))
    return Ruling("reduce", (tuple(axes),), tuple(settings))


def along(told: Told) -> Ruling:
    """Shape stays; each line along ``dim`` is worked on by itself."""
    bound = told.bind("input dim")
    default = -1 if told.name in ("sort", "argsort", "normalize", "glu") else None
    dim = bound.get("dim", bound.get("axis", default))
    if told.name == "normalize":
        dim = told.bind("input p dim").get("dim", 1)
    if dim is None:
        return Ruling("along", (lined_up(told.operands[0], told.result),))
    dims = axes_of(dim, len(told.operands[0]))
    return Ruling("along", (kept(told.operands[0]),), (("dim", ", ".join(map(str, dims))),))


def topk(told: Told) -> Ruling:
    bound = told.bind("input k dim")
    shape = told.operands[0]
    dim = positive(bound.get("dim", -1), len(shape))
    axes = list(kept(shape))
    axes[dim] = FlowAxis("picked", (dim,), f"the {bound['k']} largest")
    return Ruling("along", (tuple(axes),), (("dim", str(dim)), ("k", str(bound["k"]))))


def layer_norm(told: Told) -> Ruling:
    """Statistics over the last axes, as many as ``normalized_shape`` has; weight and bias belong to those."""
    bound = told.bind("input normalized_shape weight bias eps")
    shape, own = told.operands[0], bound["normalized_shape"]
    count = len(own) if isinstance(own, (tuple, list)) else 1
    axes = [kept(shape)] + [lined_up(other, shape) for other in told.operands[1:]]
    dims = ", ".join(str(axis) for axis in range(len(shape) - count, len(shape)))
    return Ruling("norm", tuple(axes), (("over", dims),), _weights(bound))


def channel_norm(told: Told) -> Ruling:
    """batch_norm, group_norm, instance_norm: weight, bias and running statistics belong to axis 1, the
    channels.
    """
    shape = told.operands[0]
    axes: list[Axes] = [kept(shape)]
    axes += [(FlowAxis("kept", (1,)),) if len(other) == 1 else () for other in told.operands[1:]]
    if told.name == "batch_norm":
        bound = told.bind("input running_mean running_var weight bias training")
        over = ", ".join(str(axis) for axis in range(len(shape)) if axis != 1)
        learns = bound.get("training") is True
        settings = [("over", over if learns else "running statistics")]
        return Ruling("norm", tuple(axes), tuple(settings), _weights(bound))
    bound = told.bind("input num_groups weight bias eps")
    return Ruling("norm", tuple(axes), (), _weights(bound))


def _weights(bound: dict[str, object]) -> dict[int, str]:
    roles = {}
    for name in ("weight", "bias", "running_mean", "running_var"):
        try:
            roles[place(bound.get(name))] = name.replace("_", " ")
        except ValueError:
            continue
    return roles


def loss(told: Told) -> Ruling:
    bound = told.bind("input target")
    reduction = bound.get("reduction", "mean")
    roles = {1: "target"} if len(told.operands) > 1 else {}
    settings = (("reduction", str(reduction)),)
    if reduction == "none":
        if told.name in ("cross_entropy", "nll_loss"):
            return Ruling("loss", (), settings, roles)
        return Ruling("loss", elementwise(told).axes, settings, roles)
    axes = tuple(tuple(FlowAxis("reduced") for _ in shape) for shape in told.operands)
    return Ruling("loss", axes, settings, roles)


def copy(told: Told) -> Ruling:
    shape = told.operands[0]
    return Ruling("copy", (kept(shape),) if told.results and shape == told.result else ())


def like(told: Told) -> Ruling:
    """A new tensor; where its size is that of the operand, its axes are the operand's."""
    return Ruling("make", copy(told).axes)
