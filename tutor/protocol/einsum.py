"""The shape an einsum equation gives. Grammar: the page ``torch.einsum`` of torch's documentation."""

from __future__ import annotations

import re
from collections import Counter

from tutor.protocol.shapes import Outcome, Shape, broadcast

_TERM = re.compile(r"[A-Za-z]*(?:\.\.\.[A-Za-z]*)?")
_REST = "..."


def einsum(equation: str, shapes: tuple[Shape, ...]) -> Outcome:
    """``equation`` as ``torch.einsum`` takes it, with ``...`` and without a right side too."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        return Outcome(None, f"{len(terms)} terms for {len(shapes)} tensors")
    if not all(_TERM.fullmatch(term) for term in (*terms, right)):
        return Outcome(None, "letters, commas, -> and ... are all an equation may hold")
    sizes: dict[str, int] = {}
    rests: list[Shape] = []
    for term, shape in zip(terms, shapes, strict=True):
        refused = _read(term, shape, sizes, rests)
        if refused is not None:
            return refused
    rest = broadcast(rests)
    if rest.shape is None:
        return Outcome(None, f"in the axes of ...: {rest.problem}")
    output = right if arrow else _implied(left)
    return _written(output, sizes, rest.shape, given=bool(arrow))


def _read(term: str, shape: Shape, sizes: dict[str, int], rests: list[Shape]) -> Outcome | None:
    """Take the sizes of one operand's letters; an Outcome when they contradict."""
    before, dots, after = term.partition(_REST)
    letters = len(before) + len(after)
    if letters > len(shape) or (letters < len(shape) and not dots):
        return Outcome(None, f"{term or 'nothing'} names {letters} axes, the tensor has {len(shape)}")
    rests.append(shape[len(before) : len(shape) - len(after)])
    own: dict[str, int] = {}
    ends = (*shape[: len(before)], *shape[len(shape) - len(after) :])
    for letter, size in zip(before + after, ends, strict=True):
        if own.setdefault(letter, size) != size:
            return Outcome(None, f"{letter} is {own[letter]} and {size} in one tensor: a diagonal needs one size")
    for letter, size in own.items():
        known = sizes.get(letter, 1)
        if known != 1 and size not in (1, known):
            return Outcome(None, f"{letter} is {known} in one tensor and {size} in another")
        sizes[letter] = size if known == 1 else known
    return None


def _implied(left: str) -> str:
    """Without an arrow: the axes of ..., then letters that occur once, in the order of the alphabet."""
    counts = Counter(character for character in left if character.isalpha())
    letters = "".join(sorted(letter for letter, times in counts.items() if times == 1))
    return (_REST if _REST in left else "") + letters


def _written(output: str, sizes: dict[str, int], rest: Shape, *, given: bool) -> Outcome:
    before, dots, after = output.partition(_REST)
    letters = before + after
    repeated = next((letter for letter in letters if letters.count(letter) > 1), "")
    missing = next((letter for letter in letters if letter not in sizes), "")
    if given and (repeated or missing):
        why = f"{repeated} stands twice" if repeated else f"{missing} is in no operand"
        return Outcome(None, f"on the right side {why}")
    middle = rest if dots else ()
    return Outcome((*(sizes[c] for c in before), *middle, *(sizes[c] for c in after)))
