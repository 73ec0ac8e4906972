"""Indexing and its relatives: which places along an axis are taken, and what disappears."""

from __future__ import annotations

from typing import Any

from tutor.protocol.flow import FlowAxis
from tutor.worker.probe.flow.rules.model import Axes, Ruling, Shape, Told, kept, place, positive
from tutor.worker.probe.flow.rules.pointwise import broadcast, lined_up
from tutor.worker.probe.flow.values import At


def getitem(told: Told) -> Ruling:
    given = told.args[1]
    items = list(given) if isinstance(given, tuple) else [given]
    axes, others = _indexed(told, items)
    roles = {number: "mask" if _is_mask(told, number) else "index" for number in range(1, len(told.operands))}
    rows: list[Axes] = [axes, *(others.get(number, ()) for number in roles)]
    if told.name == "__setitem__":
        # What is written to is the tensor itself: its axes stay, the index only says which places.
        rows = [tuple(FlowAxis(axis.fate, (), axis.note) for axis in axes)]
        if isinstance(told.args[2], At):
            roles[told.args[2].place] = "value"
    settings = (("index", ", ".join(map(_spelled, items))),)
    return Ruling("index", tuple(rows), settings, roles)


def _is_mask(told: Told, number: int) -> bool:
    return told.dtypes[number] in ("bool", "uint8")


def _is_place(told: Told, item: Any) -> bool:
    """Whether an index is one place: an integer, or an integer tensor without axes."""
    if isinstance(item, At):
        return not told.operands[item.place] and not _is_mask(told, item.place)
    return type(item) is int


def _width(told: Told, item: Any) -> int:
    """How many axes of the tensor an index uses up."""
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    if isinstance(item, At) and _is_mask(told, item.place):
        return len(told.operands[item.place])
    return 1


def _indexed(told: Told, items: list[Any]) -> tuple[Axes, dict[int, Axes]]:
    """What becomes of the tensor's axes and of those of tensors that are indices. As in NumPy, several tensors of
    indices are broadcast together, and stand where the first stood if all are neighbours, else in front. Other
    than
    in NumPy, integers (and integer tensors without axes) are applied first and are none of them.
    """
    shape = told.operands[0]
    rest = len(shape) - sum(_width(told, item) for item in items)
    if Ellipsis not in [item for item in items if item is Ellipsis]:
        items = [*items, Ellipsis]
    plain: list[Any] = []
    for item in items:
        plain += [slice(None)] * rest if item is Ellipsis else [item]
    advanced = [n for n, item in enumerate(plain) if isinstance(item, (At, list)) and not _is_place(told, item)]
    left = [n for n, item in enumerate(plain) if not _is_place(told, item)]
    order = [left.index(n) for n in advanced]
    together = _together(told, [plain[n] for n in advanced])
    neighbours = order == list(range(order[0], order[-1] + 1)) if order else True
    out = 0 if neighbours else len(together)
    start = 0
    axes: list[FlowAxis] = []
    indices: dict[int, Axes] = {}
    for n, item in enumerate(plain):
        if advanced and neighbours and n == advanced[0]:
            start, out = out, out + len(together)
        goes = tuple(range(start, start + len(together)))
        if item is None or isinstance(item, bool):
            out += 1
        elif n in advanced:
            for _ in range(_width(told, item)):
                axes.append(FlowAxis("picked", goes, _picked(told, item, together)))
            if isinstance(item, At) and not _is_mask(told, item.place):
                indices[item.place] = tuple(
                    FlowAxis(axis.fate, (axis.to[0] + start,))
                    for axis in lined_up(told.operands[item.place], together)
                )
        elif _is_place(told, item):
            axes.append(FlowAxis("removed", (), str(item) if type(item) is int else "by index"))
        elif isinstance(item, slice):
            size = shape[len(axes)]
            first, stop, step = item.indices(size)
            whole = (first, stop, step) == (0, size, 1)
            axes.append(FlowAxis("kept" if whole else "sliced", (out,), "" if whole else f"{first}:{stop}:{step}"))
            out += 1
        else:
            raise ValueError("not an index that is known here")
    return tuple(axes), indices


def _picked(told: Told, item: Any, together: Shape) -> str:
    if isinstance(item, At) and _is_mask(told, item.place):
        return f"where True: {together[0]}" if together else "where True"
    if isinstance(item, list) and all(type(n) is int for n in item):
        return ", ".join(map(str, item[:8])) + (", …" if len(item) > 8 else "")
    return "by index"


def _together(told: Told, items: list[Any]) -> Shape:
    """The shape of all tensors of indices broadcast together; a mask counts its True values, known by the
    result.
    """
    shapes: list[Shape] = []
    for item in items:
        if isinstance(item, At) and _is_mask(told, item.place):
            shapes.append((-1,))
        elif isinstance(item, At):
            shapes.append(told.operands[item.place])
        elif isinstance(item, list):
            if not all(type(n) is int for n in item):
                raise ValueError("a nested list of indices")
            shapes.append((len(item),))
    if (-1,) in shapes:
        if len([shape for shape in shapes if shape != (-1,)]) or not told.results:
            raise ValueError("a mask beside other indices")
        given = told.args[1]
        before = 0
        for item in given if isinstance(given, tuple) else [given]:
            if isinstance(item, At):
                break
            if type(item) is int or item is Ellipsis:
                raise ValueError("a mask beside other indices")
            before += 1
        return (told.result[before],)
    return broadcast(tuple(shapes)) if shapes else ()


def _spelled(item: Any) -> str:
    if item is Ellipsis:
        return "..."
    if isinstance(item, slice):
        parts = ["" if part is None else str(part) for part in (item.start, item.stop)]
        return ":".join(parts if item.step is None else [*parts, str(item.step)])
    if isinstance(item, At):
        return "tensor"
    return str(item)


def select(told: Told) -> Ruling:
    bound = told.bind("input dim index")
    shape = told.operands[0]
    dim = positive(bound["dim"], len(shape))
    axes = (
        FlowAxis("removed", (), str(bound["index"])) if n == dim else FlowAxis("kept", (n - (n > dim),))
        for n in range(len(shape))
    )
    return Ruling("index", (tuple(axes),), (("dim", str(dim)),))


def narrow(told: Told) -> Ruling:
    bound = told.bind("input dim start length")
    shape = told.operands[0]
    dim = positive(bound["dim"], len(shape))
    axes = list(kept(shape))
    axes[dim] = FlowAxis("sliced", (dim,), f"{bound['start']}:{bound['start'] + bound['length']}:1")
    return Ruling("index", (tuple(axes),), (("dim", str(dim)),))


def index_select(told: Told) -> Ruling:
    bound = told.bind("input dim index")
    shape = told.operands[0]
    dim, index = positive(bound["dim"], len(shape)), place(bound["index"])
    axes = list(kept(shape))
    axes[dim] = FlowAxis("picked", (dim,), "by index")
    return Ruling("gather", (tuple(axes), (FlowAxis("kept", (dim,)),)), (("dim", str(dim)),), {index: "index"})


def gather(told: Told) -> Ruling:
    """``out[i][j] = input[index[i][j]][j]`` for ``dim`` 0: the result has the shape of the index."""
    bound = told.bind("input dim index")
    shape = told.operands[0]
    dim, index = positive(bound["dim"], len(shape)), place(bound["index"])
    wanted = told.operands[index]
    axes = [
        FlowAxis("picked", (dim,), "by index")
        if n == dim
        else FlowAxis(
            "kept" if size == wanted[n] else "sliced", (n,), "" if size == wanted[n] else f"0:{wanted[n]}:1"
        )
        for n, size in enumerate(shape)
    ]
    rows: list[Axes] = [()] * len(told.operands)
    rows[0], rows[index] = tuple(axes), kept(wanted)
    return Ruling("gather", tuple(rows), (("dim", str(dim)),), {index: "index"})


def scatter(told: Told) -> Ruling:
    bound = told.bind("input dim index src")
    shape = told.operands[0]
    dim, index = positive(bound["dim"], len(shape)), place(bound["index"])
    roles = {index: "index"} | ({bound["src"].place: "source"} if isinstance(bound.get("src"), At) else {})
    return Ruling("gather", (kept(shape),), (("dim", str(dim)),), roles)


def embedding(told: Told) -> Ruling:
    """Each index is replaced by the row of the table that it names: [..] and [rows, width] give [.., width]."""
    bound = told.bind("input weight")
    index, table = place(bound["input"]), place(bound["weight"])
    wanted = told.operands[index]
    rows: list[Axes] = [(), ()]
    rows[index] = kept(wanted)
    rows[table] = (
        FlowAxis("picked", tuple(range(len(wanted))), "by index"),
        FlowAxis("kept", (len(wanted),)),
    )
    return Ruling("embedding", tuple(rows), (), {index: "index", table: "table"})
