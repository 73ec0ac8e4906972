"""A letter for each axis, kept through the operations of a run: where an axis goes can be read off its letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.protocol.flow import Flow, FlowStep, FlowTensor

_ALPHABET = "ijklmnpqrstuvwxyzabcdefgh"
_ON = ("sliced", "joined", "strode", "grown", "picked", "reduced")


@dataclass(frozen=True, slots=True)
class Lettered:
    """The letters of one step: of each operand's axes, and of its first result's."""

    operands: tuple[tuple[str, ...], ...]
    result: tuple[str, ...]


class Letters:
    """Goes through the steps once. An axis that goes on keeps its letter; one that goes on with another size
    gets a
    prime (``j'``); axes that are merged share a word (``ij``); a new axis gets the next letter.
    """

    def __init__(self, flow: Flow) -> None:
        self._next = 0
        self._order: dict[str, int] = {}
        self._made: dict[int, tuple[str, ...]] = {}
        self._named: dict[tuple[str, tuple[int, ...]], tuple[str, ...]] = {}
        self._steps = {step.number: self._step(step) for step in flow.steps}

    def of(self, step: FlowStep) -> Lettered:
        return self._steps[step.number]

    def colour(self, letter: str) -> int:
        """Which of the palette's axis colours: those of the first tensor's axes are as in the tensor pane."""
        return self._order.get(letter.rstrip("'"), self._order.get(letter[:1], 0))

    def _new(self) -> str:
        number = self._next
        self._next += 1
        letter = _ALPHABET[number % len(_ALPHABET)] + (
            str(number // len(_ALPHABET)) if number >= len(_ALPHABET) else ""
        )
        self._order[letter] = number
        return letter

    def _incoming(self, tensor: FlowTensor) -> list[str]:
        known = self._made.get(tensor.made_by) if tensor.made_by else None
        if known is None and tensor.text:
            known = self._named.get((tensor.text, tensor.shape))
        if known is None or len(known) != len(tensor.shape):
            known = tuple(self._new() for _ in tensor.shape)
        if tensor.text:
            self._named[tensor.text, tensor.shape] = known
        return list(known)

    def _step(self, step: FlowStep) -> Lettered:
        rows = self._rows(step)
        shape = step.results[0].shape if step.results else ()
        result: list[str] = [""] * len(shape)
        pairs = list(zip(step.operands, rows, strict=False))
        for wanted in (("kept",), ("stretched",)):
            for operand, row in pairs:
                for place, axis in enumerate(operand.axes):
                    if axis.fate in wanted and len(axis.to) == 1:
                        to = axis.to[0]
                        if not result[to]:
                            result[to] = (
                                row[place] if row[place] not in result else self._primed(row[place], result)
                            )
                        elif result[to] != row[place]:
                            row[place] = result[to] if result[to] not in row else self._primed(result[to], row)
        self._contracted(step, rows)
        for operand, row in pairs:
            self._reshaped(operand, row, result)
        self._rest(step, rows, result)
        lettered = Lettered(tuple(map(tuple, rows)), tuple(result))
        self._made[step.number] = lettered.result
        if step.results and step.results[0].text:
            self._named[step.results[0].text, shape] = lettered.result
        return lettered

    def _rows(self, step: FlowStep) -> list[list[str]]:
        """Incoming letters; the axes of weights and their like are those of the data as far as they meet."""
        met: dict[int, str] = {}
        rows: list[list[str]] = []
        for operand in step.operands:
            known = (operand.made_by and operand.made_by in self._made) or (
                operand.text,
                operand.shape,
            ) in self._named
            if known or not rows or len(operand.axes) != len(operand.shape):
                row = self._incoming(operand)
            else:
                row = [
                    met.get(axis.to[0]) or self._new()
                    if axis.fate in ("kept", "stretched") and len(axis.to) == 1
                    else ""
                    for axis in operand.axes
                ]
                row = [letter if letter not in row[:n] else self._new() for n, letter in enumerate(row)]
                inner = self._inner(step.operands[0], rows[0])
                row = [letter or (inner.pop(0) if axis.fate == "contracted" and inner else self._new())
                       for letter, axis in zip(row, operand.axes, strict=True)]  # fmt: skip
                if operand.text:
                    self._named[operand.text, operand.shape] = tuple(row)
            rows.append(row)
            for place, axis in enumerate(operand.axes):
                if axis.fate in ("kept", "stretched") and len(axis.to) == 1:
                    met.setdefault(axis.to[0], row[place])
        return rows

    def _inner(self, operand: FlowTensor, row: list[str]) -> list[str]:
        return [row[place] for place, axis in enumerate(operand.axes) if axis.fate == "contracted"]

    def _contracted(self, step: FlowStep, rows: list[list[str]]) -> None:
        """Axes that are multiplied with each other have one letter, that of the first operand."""
        if step.kind not in ("matmul", "linear", "conv") or len(step.operands) < 2:
            return
        first, *others = [n for n, operand in enumerate(step.operands) if self._inner(operand, rows[n])] or [0]
        inner = self._inner(step.operands[first], rows[first])
        for other in others:
            row = rows[other]
            places = [n for n, axis in enumerate(step.operands[other].axes) if axis.fate == "contracted"]
            for place, letter in zip(places, inner, strict=False):
                if row[place] != letter:
                    row[place] = ""
                    for n, taken in enumerate(row):
                        if taken == letter:
                            row[n] = self._primed(letter, row)
                    row[place] = letter

    def _rest(self, step: FlowStep, rows: list[list[str]], result: list[str]) -> None:
        """Letters for the axes of the result that came from nowhere: its own, where an operand was written to."""
        given = step.results[0] if step.results else None
        own: list[str] = []
        if given is not None and given.memory in ("in place", "same") and 0 <= given.shares < len(rows):
            own = rows[given.shares] if step.operands[given.shares].shape == given.shape else []
        for to, letter in enumerate(result):
            if not letter:
                result[to] = own[to] if own and own[to] not in result else self._new()

    def _reshaped(self, operand: FlowTensor, row: list[str], result: list[str]) -> None:
        groups: dict[tuple[int, ...], str] = {}
        for place, axis in enumerate(operand.axes):
            if axis.fate in _ON and len(axis.to) == 1 and not result[axis.to[0]]:
                result[axis.to[0]] = self._primed(row[place], result)
            elif axis.fate == "merged" and len(axis.to) == 1:
                groups[axis.to] = groups.get(axis.to, "") + row[place]
        for to, word in groups.items():
            if not result[to[0]]:
                result[to[0]] = word if len(word) <= 4 and word not in result else self._new()

    def _primed(self, letter: str, taken: list[str]) -> str:
        if letter.count("'") >= 2:
            return self._new()
        primed = f"{letter}'"
        return primed if primed not in taken else self._new()
