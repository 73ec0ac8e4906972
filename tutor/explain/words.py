"""Small pieces of the sentences: names, shapes, dtypes, devices."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from tutor.protocol.failures import Operand

_SPELLINGS = (
    "Float=float32 float=float32 Double=float64 double=float64 Half=float16 c10::Half=float16 BFloat16=bfloat16 "
    "Long=int64 long=int64 long_int=int64 Int=int32 int=int32 Short=int16 Char=int8 Byte=uint8 "
    "unsigned_char=uint8 Bool=bool bool=bool ComplexFloat=complex64 ComplexDouble=complex128"
)
_DTYPES = dict(pair.split("=") for pair in _SPELLINGS.split())
_NAME = 60
"""Characters of code inside a sentence."""


_LOOSE = (ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp, ast.IfExp, ast.Lambda, ast.Await, ast.NamedExpr)
"""Expressions that a dot or an operator behind them would take apart."""


def bracketed(source: str) -> str:
    """Code that may be followed by a dot: ``(w*2)`` for ``w*2``; a name or a call stays as it is."""
    node = _parsed(source)
    number = re.fullmatch(r"-[\d.]+", source)
    loose = isinstance(node, _LOOSE) and not number
    # Brackets that are there already are no node of their own: the expression then begins behind them.
    around = loose and (node.col_offset, node.end_col_offset) == (0, len(source.encode()))  # type: ignore[union-attr]
    return f"({source})" if around else source


def _bare(source: str) -> str:
    """Without brackets around the whole, where they mean nothing."""
    inner = source[1:-1]
    node = _parsed(inner) if source[:1] == "(" and source[-1:] == ")" else None
    return inner if isinstance(node, _LOOSE) and isinstance(_parsed(source), _LOOSE) else source


def _parsed(source: str) -> ast.expr | None:
    try:
        return ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def code(source: str) -> str:
    """A piece of code inside a sentence; a long one is cut."""
    source = _bare(source).replace("`", "'")
    return f"`{source}`" if len(source) <= _NAME else f"`{source[: _NAME - 1]}…`"


def shape(sizes: Sequence[int | str]) -> str:
    return f"`[{', '.join(map(str, sizes))}]`"


def sizes(operand: Operand) -> tuple[int, ...] | None:
    """The shape of an operand that is a tensor."""
    return operand.tensor.shape if operand.tensor is not None else None


def shaped(operand: Operand) -> str:
    """```x` [2, 3]``; without a shape only the name."""
    known = sizes(operand)
    return code(operand.source) if known is None else f"{code(operand.source)} {shape(known)}"


def numbers(text: str) -> tuple[int, ...]:
    """The sizes in ``2, 3`` or ``torch.Size([2, 3])``."""
    return tuple(int(part) for part in "".join(c if c.isdigit() else " " for c in text).split())


def dtype(name: str) -> str:
    """``float32`` for what torch calls ``Float``, ``torch.FloatTensor`` or ``torch.float32``."""
    bare = name.strip().removeprefix("torch.").removesuffix("Tensor")
    return _DTYPES.get(bare.replace(" ", "_"), bare)


def dtype_of(operand: Operand) -> str:
    return operand.tensor.dtype if operand.tensor is not None else ""


def is_floating(name: str) -> bool:
    return name.startswith(("float", "bfloat", "complex"))


def count(shape: Sequence[int]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def plural(number: int, word: str, words: str = "") -> str:
    """``1 row``, ``3 rows``."""
    return f"{number} {word}" if number == 1 else f"{number} {words or word + 's'}"


def setting(operand: Operand | None, name: str) -> int | None:
    """A whole number a module was built with."""
    value = dict(operand.settings).get(name) if operand is not None else None
    return value if isinstance(value, int) else None
