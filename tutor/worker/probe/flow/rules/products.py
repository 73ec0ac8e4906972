"""Operations that multiply and sum: matmul and its relatives, linear, einsum, attention."""

from __future__ import annotations

from tutor.protocol.flow import FlowAxis
from tutor.worker.probe.flow.rules.model import Axes, Ruling, Shape, Told, axes_of, kept, place
from tutor.worker.probe.flow.rules.pointwise import broadcast, lined_up

_GONE = FlowAxis("contracted")


def matmul_shape(a: Shape, b: Shape) -> Shape:
    """As ``torch.matmul`` defines it. Raises ValueError where the shapes do not fit."""
    if not a or not b or a[-1] != b[-2 if len(b) > 1 else 0]:
        raise ValueError("the inner sizes differ")
    rows = a[-2:-1] if len(a) > 1 else ()
    columns = b[-1:] if len(b) > 1 else ()
    return (*broadcast((a[:-2], b[:-2])), *rows, *columns)


def matmul_axes(a: Shape, b: Shape) -> tuple[Axes, Axes]:
    result = matmul_shape(a, b)
    columns = len(b) > 1
    batch = result[: len(result) - (len(a) > 1) - columns]
    left = lined_up(a[:-2], batch)
    if len(a) > 1:
        left += (FlowAxis("kept", (len(batch),)),)
    right = lined_up(b[:-2], batch)
    last = (FlowAxis("kept", (len(result) - 1,)),) if columns else ()
    return (*left, _GONE), (*right, _GONE, *last)


def matmul(told: Told) -> Ruling:
    return Ruling("matmul", matmul_axes(*told.operands[:2]))


def rmatmul(told: Told) -> Ruling:
    right, left = told.operands[:2]
    a, b = matmul_axes(left, right)
    return Ruling("matmul", (b, a))


def addmm(told: Told) -> Ruling:
    """``addmm(input, a, b)``: the product plus ``input``."""
    a, b = matmul_axes(*told.operands[1:3])
    return Ruling("matmul", (lined_up(told.operands[0], told.result), a, b), (), {0: "added"})


def outer(_told: Told) -> Ruling:
    return Ruling("matmul", ((FlowAxis("kept", (0,)),), (FlowAxis("kept", (1,)),)))


def linear(told: Told) -> Ruling:
    """``y = x W^T + b``: W is [out, in]."""
    x, weight = told.operands[:2]
    result = (*x[:-1], *weight[:-1])
    if not x or x[-1] != weight[-1]:
        raise ValueError("the inner sizes differ")
    axes: list[Axes] = [(*kept(x[:-1]), _GONE), (*(FlowAxis("kept", (len(x) - 1,)) for _ in weight[:-1]), _GONE)]
    axes += [lined_up(bias, result) for bias in told.operands[2:]]
    return Ruling("linear", tuple(axes), (), {1: "weight", 2: "bias"})


def einsum_letters(equation: str, shapes: tuple[Shape, ...]) -> tuple[list[list[str]], list[str]]:
    """The letter of each axis of each operand and of the result. The axes behind ``...`` get numbers as letters,
    counted from the right. Raises ValueError for an equation that does not fit the shapes.
    """
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(shapes):
        raise ValueError("a term for each operand is needed")
    letters = []
    widest = 0
    for term, shape in zip(terms, shapes):  # noqa: B905 - the same number of both
        hidden = len(shape) - len(term.replace("...", "")) if "..." in term else 0
        widest = max(widest, hidden)
        letters.append(_expanded(term, hidden))
        if len(letters[-1]) != len(shape):
            raise ValueError("a letter for each axis is needed")
    if arrow:
        return letters, _expanded(output, widest)
    # Without an arrow: what stands behind dots, then every letter that occurs once, in alphabetical order.
    seen = [letter for term in letters for letter in term if letter.isalpha()]
    return letters, [*_expanded("...", widest), *sorted(c for c in set(seen) if seen.count(c) == 1)]


def _expanded(term: str, hidden: int) -> list[str]:
    head, dots, tail = term.partition("...")
    return [*head, *([str(n) for n in range(hidden, 0, -1)] if dots else []), *tail]


def einsum(told: Told) -> Ruling:
    equation, *others = told.args
    if not isinstance(equation, str):
        raise ValueError("only equations in letters")  # noqa: TRY004 - every rule gives up by ValueError
    given = others[0] if len(others) == 1 and isinstance(others[0], (list, tuple)) else others
    shapes = tuple(told.operands[place(item)] for item in given)
    letters, output = einsum_letters(equation, shapes)
    sizes: dict[str, int] = {}
    for term, shape in zip(letters, shapes):  # noqa: B905 - the same number of both
        for letter, size in zip(term, shape):  # noqa: B905 - the same number of both
            sizes[letter] = max(sizes.get(letter, 1), size)
    axes = []
    for term, shape in zip(letters, shapes):  # noqa: B905 - the same number of both
        row = []
        for letter, size in zip(term, shape):  # noqa: B905 - the same number of both
            if letter in output:
                fate = "stretched" if size == 1 != sizes[letter] else "kept"
                row.append(FlowAxis(fate, (output.index(letter),), letter))
            else:
                holders = sum(letter in other for other in letters)
                row.append(FlowAxis("contracted" if holders > 1 else "reduced", (), letter))
        axes.append(tuple(row))
    return Ruling("einsum", tuple(axes), (("equation", equation.replace(" ", "")),))


def tensordot(told: Told) -> Ruling:
    bound = told.bind("a b dims")
    a, b = told.operands[:2]
    dims = bound.get("dims", 2)
    if type(dims) is int:
        left, right = tuple(range(len(a) - dims, len(a))), tuple(range(dims))
    else:
        left, right = axes_of(dims[0], len(a)), axes_of(dims[1], len(b))
    axes, to = [], 0
    for shape, gone in ((a, left), (b, right)):
        row = []
        for axis in range(len(shape)):
            row.append(_GONE if axis in gone else FlowAxis("kept", (to,)))
            to += axis not in gone
        axes.append(tuple(row))
    return Ruling("matmul", tuple(axes), (("dims", str(dims)),))


def attention(told: Told) -> Ruling:
    """``softmax(q k^T / sqrt(d)) v``: q [.., Lq, d], k [.., Lk, d], v [.., Lk, dv] give [.., Lq, dv]."""
    bound = told.bind("query key value attn_mask dropout_p is_causal")
    places = [place(bound[name]) for name in ("query", "key", "value")]
    query, key, value = (told.operands[number] for number in places)
    last = len(told.result) - 1 if told.results else len(query) - 1
    # One tensor may be all three: it is then three operands, as it is in the call.
    q = (*kept(query[:-2]), FlowAxis("kept", (last - 1,)), _GONE)
    k = (*kept(key[:-2]), FlowAxis("contracted"), _GONE)
    v = (*kept(value[:-2]), FlowAxis("contracted"), FlowAxis("kept", (last,)))
    settings = [("is_causal", "True")] if bound.get("is_causal") is True else []
    settings.append(("scores", f"[{', '.join(map(str, (*query[:-1], key[-2])))}]"))
    roles = dict(zip(places, ("query", "key", "value")))  # noqa: B905 - three of each
    if isinstance(bound.get("attn_mask"), type(bound["query"])):
        roles[place(bound["attn_mask"])] = "mask"
    return Ruling("attention", (q, k, v), tuple(settings), roles)


def heads(told: Told) -> Ruling:
    """``multi_head_attention_forward(query, key, value, embed_dim, num_heads, …)``, sequence first."""
    bound = told.bind(
        "query key value embed_dim_to_check num_heads in_proj_weight in_proj_bias bias_k bias_v add_zero_attn "
        "dropout_p out_proj_weight out_proj_bias"
    )
    query, key = (told.operands[place(bound[name])] for name in ("query", "key"))
    count, wide = bound["num_heads"], query[-1]
    scores = (*query[1:-1], count, query[0], key[0])
    settings = (
        ("num_heads", str(count)),
        ("head size", f"{wide} / {count} = {wide // count}"),
        ("scores", f"[{', '.join(map(str, scores))}]"),
    )
    roles = {}
    for name in ("query", "key", "value", "in_proj_weight", "in_proj_bias", "out_proj_weight", "out_proj_bias"):
        if name in bound and type(bound[name]) is type(bound["query"]):
            roles[place(bound[name])] = name.replace("_", " ")
    # Of the sequence and the width only the query's sequence goes on: the width comes from the output weights.
    middle = kept(query[1:-1], 1)
    q = (FlowAxis("kept", (0,)), *middle, _GONE)
    k = (FlowAxis("contracted"), *kept(key[1:-1], 1), _GONE)
    return Ruling("attention", (q, k, k), settings, roles)
