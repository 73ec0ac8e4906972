"""Records the operations of one run while they happen, as plain data, up to a bound."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from tutor.worker.probe.flow.finite import Finite
from tutor.worker.probe.flow.frames import Call, Frames, Place
from tutor.worker.probe.flow.values import Fact, Facts
from tutor.worker.probe.origins import origins
from tutor.worker.probe.touch import watched_over

STEPS = 96
"""Operations that are kept."""
_AGAIN = 24
"""Operations of further rounds of a loop that are looked at."""
_CALLS = 1_500
"""Calls that reach the mode, ``x.shape`` and the like included."""

_GETTERS = frozenset({"T", "mT", "H", "mH", "data", "real", "imag"})
_SILENT = frozenset(
    [
        "backward",
        "register_hook",
        "retain_grad",
        "requires_grad_",
        "size",
        "dim",
        "numel",
        "item",
        "tolist",
        "numpy",
        "stride",
        "storage_offset",
        "untyped_storage",
        "storage",
        "data_ptr",
        "is_contiguous",
        "element_size",
        "type",
        "nelement",
        "ndimension",
        "get_device",
        "__len__",
        "__repr__",
        "__format__",
        "__bool__",
        "__float__",
        "__int__",
        "__index__",
        "__reduce_ex__",
        "__deepcopy__",
        "__dir__",
        "__hash__",
        "__contains__",
        "_set_grad_enabled",
        "is_floating_point",
        "is_complex",
        "result_type",
        "promote_types",
        "allclose",
        "equal",
        "is_tensor",
        "__get__",
        "__array__",
        "__dlpack__",
        "grad",
        "share_memory_",
        "__setstate__",
        "set_",
        "_set_is_leaf",
        "is_same_size",
        "set_default_dtype",
    ]
)
_FILLS = ("masked_fill", "fill", "full", "new_", "index_fill")
"""What they put into a tensor is what they were told to."""
_FAST_PATHS = frozenset({"MultiheadAttention", "TransformerEncoderLayer", "TransformerEncoder"})


@dataclass(slots=True)
class Step:
    """One operation."""

    number: int
    name: str
    place: Place | None
    call: int
    operands: list[Fact]
    made_by: list[int]
    """For each operand the number of the step that gave it; 0 if none of this run did."""
    args: Any
    kwargs: Any
    results: list[Fact] = field(default_factory=list)
    whole: bool = True
    """Whether the result is one tensor and not several."""
    same: list[int] = field(default_factory=list)
    """For each result, the operand that is the same object; -1 if none is."""
    times: int = 1
    error: str = ""
    broke: str = ""
    """``nan`` or ``inf`` where a result has it and no operand had."""
    held: list[Any] | None = None
    """The operands themselves, until the operation is over."""
    before: list[str] | None = None
    """What :class:`Finite` says of the operands of an operation that may change them."""


class Recorder:
    """Listens to the mode during one run."""

    def __init__(self, torch: Any, stop: Callable[[], None], limit: int = STEPS) -> None:
        """``stop`` is called when nothing more is to be seen."""
        self._torch = torch
        self.facts = Facts(torch)
        self._frames = Frames(torch, self.facts)
        self._finite = Finite(torch)
        self._plain = torch._C.DisableTorchFunction
        self._watched_over = watched_over(torch)
        self._in_backward = torch._C._current_graph_task_id
        self._stop, self._limit = stop, limit
        self._calls = self.seen = 0
        self._made: dict[tuple[Any, ...], int] = {}
        self._known: dict[Any, Step] = {}
        self._names: dict[Any, str] = {}
        self.steps: list[Step] = []
        self.reason = ""
        """Why nothing more was recorded: ``bound``, ``fast path``, ``debugger``; empty when all was seen."""
        self.problem = ""

    @property
    def calls(self) -> list[Call]:
        return self._frames.calls

    def before(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType) -> Step | None:
        try:
            self._calls += 1
            if self._calls > _CALLS or self.seen > len(self.steps) + _AGAIN:
                self._enough("bound")
                return None
            name = self._name(func)
            if not name:
                self._unseen(func, frame)
                return None
            if self._watched_over() or self._in_backward() != -1:
                return None
            if sys.gettrace() is not None or sys.getprofile() is not None:
                self._enough("debugger")
                return None
            with self._plain():
                return self._step(name, args, kwargs, frame)
        except Exception as error:
            self._stumbled(error)
            return None

    def _step(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType) -> Step | None:
        tensors: list[Any] = []
        plain = self.facts.taken(args, tensors)
        named = {key: self.facts.taken(value, tensors) for key, value in kwargs.items()}
        try:
            operands = [self.facts.fact(tensor) for tensor in tensors]
        except (TypeError, RuntimeError, NotImplementedError):
            return None  # a subclass, a wrapper, a layout without sizes: not a thing of ours
        place, call, instruction = self._frames.look(frame)
        if place is None:
            return None
        origins().before(self._torch, name, tensors, place)
        # A parameter is known by the module that holds it, whatever filled it.
        made_by = [
            0 if fact.parameter else self._made.get((fact.key, fact.shape, fact.dtype), 0) for fact in operands
        ]
        step = Step(0, name, place, call, operands, made_by, plain, named, held=tensors)
        if name.endswith("_") or "out" in kwargs:
            step.before = self._states(step)
        shapes = tuple((fact.dtype, fact.shape) for fact in operands)
        known = self._known.get((instruction, name, shapes))
        if known is not None:
            step.number = known.number
            return step
        if len(self.steps) >= self._limit:
            self._enough("bound")
            return None
        self._known[instruction, name, shapes] = step
        return step

    def after(self, step: Step, result: Any) -> None:
        try:
            self.seen += 1
            with self._plain():
                self._finish(step, result)
        except (TypeError, RuntimeError, NotImplementedError):
            pass
        except Exception as error:
            self._stumbled(error)
        finally:
            step.held = None

    def failed(self, step: Step, error: BaseException) -> None:
        step.held = None
        if isinstance(error, Exception):
            step.error = type(error).__name__
            if not step.number:
                self._keep(step)
            else:
                self.steps.append(step)
                step.number = len(self.steps)

    def _finish(self, step: Step, result: Any) -> None:
        if step.name == "__setitem__":
            results, step.whole = [], True
        elif self.facts.is_tensor(result):
            results, step.whole = [result], True
        elif isinstance(result, (tuple, list)) and any(map(self.facts.is_tensor, result)):
            results, step.whole = [item for item in result[:24] if self.facts.is_tensor(item)], False
        else:
            return
        step.results = [self.facts.fact(tensor) for tensor in results]
        self._look_for_nan(step, results)
        origins().after(self._torch, results, step.place)
        keys = [fact.key for fact in step.operands]
        step.same = [keys.index(fact.key) if fact.key in keys else -1 for fact in step.results]
        if step.number:
            self.steps[step.number - 1].times += 1
        else:
            self._keep(step)
        for fact in step.results:
            self._made[fact.key, fact.shape, fact.dtype] = step.number

    def _look_for_nan(self, step: Step, results: list[Any]) -> None:
        states = [self._finite.state(tensor, fact) for tensor, fact in zip(results, step.results)]  # noqa: B905
        found = "nan" if "nan" in states else "inf" if "inf" in states else ""
        if found and step.operands and not step.name.startswith(_FILLS):
            broke = self._finite.broke(found, step.before if step.before is not None else self._states(step))
            step.broke = broke
            if step.number and broke:
                self.steps[step.number - 1].broke = broke

    def _states(self, step: Step) -> list[str]:
        held = step.held or []
        return [self._finite.state(tensor, fact) for tensor, fact in zip(held, step.operands)]  # noqa: B905

    def _keep(self, step: Step) -> None:
        self.steps.append(step)
        step.number = len(self.steps)

    def _name(self, func: Any) -> str:
        """How a learner calls it; empty for what is no operation."""
        name = getattr(func, "__name__", "")
        if name == "__get__":
            # A bound wrapper of a descriptor: `T`, `shape`.
            found = getattr(getattr(func, "__self__", None), "__name__", "")
            return found if found in _GETTERS else ""
        return "" if name in _SILENT or name == "__set__" or type(name) is not str else name

    def _unseen(self, func: Any, frame: FrameType) -> None:
        """Attention asks for ``dim()`` first, and takes its fast path in evaluation only where no mode is on."""
        if getattr(func, "__name__", "") == "dim" and frame.f_code.co_name == "forward":
            owner = frame.f_locals.get("self") if self._is_torch(frame) else None
            if type(owner).__name__ in _FAST_PATHS and not vars(owner).get("training", True):
                self._enough("fast path")

    def _is_torch(self, frame: FrameType) -> bool:
        return frame.f_code.co_filename.endswith(("nn/modules/activation.py", "nn/modules/transformer.py"))

    def _enough(self, reason: str) -> None:
        self.reason = reason
        self._stop()

    def _stumbled(self, error: Exception) -> None:
        self.problem = f"{type(error).__name__} while recording an operation"
        self._stop()
