"""One error as a rule sees it: where it came from, what the line did, with which values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from tutor.explain.model import LINE, STDLIB, TORCH
from tutor.explain.words import bracketed
from tutor.protocol.failures import ErrorReport, Frame, Operand

_PACKAGE = re.compile(r"[/\\](?:site|dist)-packages[/\\]([A-Za-z0-9_]+)")
_NOTHING = Operand("", "", "unknown")


class Failure:
    """An error report with the questions rules ask."""

    def __init__(self, report: ErrorReport) -> None:
        self.report = report
        self.message = report.message
        self.type = report.type.rpartition(".")[2]
        failing = report.failing
        self.operation = failing.operation if failing else ""
        self.source = failing.source if failing else ""
        self.made = failing.made if failing else ()
        self.operands = tuple(map(_quotable, failing.operands)) if failing else ()
        own = [place for place, frame in enumerate(report.frames) if frame.own]
        self.library = report.frames[own[-1] + 1 :] if own else report.frames
        self.own: Frame | None = report.frames[own[-1]] if own else None

    @cached_property
    def origin(self) -> str:
        """``line``, ``torch``, ``stdlib``, ``raise`` (the learner's own ``raise`` or ``assert``), or ``other``."""
        if self.own is None:
            return "other"
        if not self.library:
            return "raise" if self._raised_by_learner() else LINE
        file = self.library[-1].file.replace("\\", "/")
        package = _PACKAGE.search(file)
        if package is not None:
            return TORCH if package[1] in ("torch", "functorch") else "other"
        return TORCH if "/torch/" in file else STDLIB

    def _raised_by_learner(self) -> bool:
        if self.operation in ("raise", "assert"):
            return True
        frame = self.own
        if frame is None or self.operation:
            return False
        return re.match(r"(raise|assert)\b", frame.source[max(frame.column, 0) :].lstrip()) is not None

    def through(self, *tails: str) -> bool:
        """Whether the error passed a library file, such as ``torch/functional.py``, or ``…:function`` of it."""
        return any(_passes(frame, tail) for frame in self.library for tail in tails)

    def _with_role(self, *roles: str) -> Operand | None:
        return next((operand for operand in self.operands if operand.role in roles), None)

    @property
    def left(self) -> Operand:
        return self._with_role("left") or _NOTHING

    @property
    def right(self) -> Operand:
        return self._with_role("right") or _NOTHING

    @property
    def receiver(self) -> Operand:
        """What a method, an index or an attribute was asked of."""
        return self._with_role("receiver") or _NOTHING

    @property
    def value(self) -> Operand:
        return self._with_role("value") or _NOTHING

    @property
    def index(self) -> Operand:
        return self._with_role("index") or _NOTHING

    @property
    def function(self) -> Operand:
        return self._with_role("function") or _NOTHING

    @property
    def called(self) -> str:
        """Last part of the name of what was called: ``cat``, ``view``; empty when nothing was."""
        return self.function.source.rpartition(".")[2] if self.operation == "call" else ""

    @property
    def arguments(self) -> list[Operand]:
        """Arguments given by position, in order."""
        return [o for o in self.operands if o.role == "argument" and not o.keyword]

    def keyword(self, name: str) -> Operand:
        return next((o for o in self.operands if o.keyword == name), _NOTHING)

    def named(self) -> Iterator[Operand]:
        """Every operand with its items."""
        for operand in self.operands:
            yield operand
            yield from operand.items if operand.kind == "container" else ()

    def tensors(self) -> list[Operand]:
        """Operands that are tensors, each once, in order."""
        return list({o.source: o for o in self.named() if o.tensor is not None}.values())

    def modules(self) -> list[Operand]:
        return list({o.source: o for o in self.operands if o.kind == "module"}.values())

    @property
    def layer(self) -> Operand | None:
        """The module whose code raised."""
        return next((o for o in self.report.inside if o.kind == "module" and o.type), None)

    def given(self, *names: str) -> Operand:
        """What library code held under one of these parameter names, innermost function first."""
        return next((o for name in names for o in self.report.inside if o.source == name), _NOTHING)

    @property
    def torch_call(self) -> bool:
        """Whether what the line called belongs to torch: a function of it, or a method of a tensor."""
        if self.operation != "call":
            return False
        known = self.receiver.text.partition(".")[0] == "torch" or self.receiver.tensor is not None
        return known or self.function.text.startswith(("torch.", "_VariableFunctions", "_TensorBase"))

    def naming(self, inner: Operand, otherwise: str) -> str:
        """A tensor that library code was given: the learner's name (or ``otherwise``) and its shape."""
        name = self.learner_name(inner)
        known = f" `[{', '.join(map(str, inner.tensor.shape))}]`" if inner.tensor is not None else ""
        return f"`{name}`{known}" if name else otherwise + known

    def renamed(self, inner: Operand, otherwise: str) -> Operand:
        """The same operand under the learner's name for it."""
        return replace(inner, source=self.learner_name(inner) or otherwise)

    def item_of(self, container: Operand, item: Operand) -> Operand:
        """An item under the name by which the learner reaches it: ``rows[1]``."""
        return replace(item, source=f"{container.source}[{item.source}]")

    def learner_name(self, inner: Operand) -> str:
        """The learner's spelling of a tensor the library was given, if one of the operands must be it."""
        if inner.tensor is None:
            return ""
        position = {"input": 0, "x": 0, "target": 1}.get(inner.source)
        if position is not None and self._calls_directly and position < len(self.arguments):
            return self.arguments[position].source
        same = [
            o
            for o in self.tensors()
            if o.tensor is not None
            and (o.tensor.shape, o.tensor.dtype, o.tensor.device)
            == (inner.tensor.shape, inner.tensor.dtype, inner.tensor.device)
        ]
        return same[0].source if len(same) == 1 else ""

    @property
    def _calls_directly(self) -> bool:
        """Whether the line itself calls the layer or function that raised, and not one with layers inside."""
        if self.operation != "call" or any(o.keyword for o in self.operands):
            return False
        calls = sum(_passes(frame, "torch/nn/modules/module.py:_call_impl") for frame in self.library)
        return calls < 2 and not self.through("torch/nn/modules/container.py")

    def made_with(self, pattern: str) -> str | None:
        """The nearest statement that bound one of the names and matches ``pattern``."""
        return next((line for line in self.made if re.search(pattern, line)), None)


def _quotable(operand: Operand) -> Operand:
    """The operand under a name that a fix may put a dot behind."""
    items = tuple(map(_quotable, operand.items)) if operand.source[:1] in ("[", "(") else operand.items
    source = operand.source if operand.role == "index" else bracketed(operand.source)
    return replace(operand, source=source, items=items)


def _passes(frame: Frame, tail: str) -> bool:
    file, _, function = tail.partition(":")
    return frame.file.replace("\\", "/").endswith(file) and (not function or frame.function == function)
