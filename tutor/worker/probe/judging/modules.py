"""Compares a learner's ``nn.Module`` with the lesson's by what it does, whatever its layers are called.

The lesson's parameters are put into a copy of the learner's module; then both must say the same.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

from tutor.protocol.verdicts import CheckPart
from tutor.worker.probe.compare import compare
from tutor.worker.probe.judging.inputs import Case, torch
from tutor.worker.probe.random_state import seed

_MOST_ORDERS = 120
"""Ways to pair up parameters of one shape that are all tried when their names differ."""

Call = Callable[[Callable[[], Any]], Any]
"""Calls what may run the learner's code; what that raises is told as the learner's."""


def parameters(expected: Any, got: Any, *, names: bool) -> tuple[CheckPart, ...]:
    """Names (where they are asked for), count and shapes of parameters and buffers; what is trained."""
    wanted, mine = dict(expected.named_parameters()), dict(got.named_parameters())
    parts = [
        _counted("parameters", wanted, mine),
        _shapes("shapes of parameters", wanted, mine),
        _shapes("buffers", dict(expected.named_buffers()), dict(got.named_buffers())),
        CheckPart("trainable", *_pair(_trainable(wanted), _trainable(mine))),
    ]
    if names:
        parts.insert(1, CheckPart("names", *_pair(sorted(wanted), sorted(mine))))
    return tuple(parts)


def _counted(label: str, wanted: dict[str, Any], mine: dict[str, Any]) -> CheckPart:
    counts = [sum(p.numel() for p in all_.values()) for all_ in (wanted, mine)]
    words = [f"{count:,} in {len(all_)}" for count, all_ in zip(counts, (wanted, mine))]  # noqa: B905 - both two
    return CheckPart(label, counts[0] == counts[1], *words)


def _shapes(label: str, wanted: dict[str, Any], mine: dict[str, Any]) -> CheckPart:
    return CheckPart(label, *_pair(*(sorted(list(p.shape) for p in all_.values()) for all_ in (wanted, mine))))


def _trainable(named: dict[str, Any]) -> int:
    return sum(p.requires_grad for p in named.values())


def _pair(expected: Any, got: Any) -> tuple[bool, str, str]:
    return expected == got, str(expected), str(got)


def behaviour(
    expected: Any, got: Any, cases: list[Case], call: Call, rtol: float | None, atol: float | None
) -> tuple[CheckPart, ...]:
    """The same parameters give the same output, in evaluation; ``expected`` and ``got`` are copies."""
    best: tuple[CheckPart, ...] = ()
    for twin in _twins(expected, got, cases[0]):
        parts = _outputs(expected, twin, cases, call, rtol, atol)
        if all(part.ok for part in parts):
            return (CheckPart("output", ok=True, expected="", got=""),)
        best = best or parts
    return best


def _outputs(
    expected: Any, got: Any, cases: list[Case], call: Call, rtol: float | None, atol: float | None
) -> tuple[CheckPart, ...]:
    for case in cases:
        wanted = _output(expected.eval(), case)
        found = call(lambda case=case: _output(got.eval(), case))  # type: ignore[misc]
        parts = compare(wanted, found, rtol, atol)
        if not all(part.ok for part in parts):
            return tuple(
                CheckPart(f"{part.label} for {case.described}", part.ok, part.expected, part.got) for part in parts
            )
    return (CheckPart("output", ok=True, expected="", got=""),)


def _output(module: Any, case: Case) -> Any:
    positional, named = case.make()
    seed(0)
    return module(*positional, **named)


def _twins(expected: Any, got: Any, case: Case) -> Iterator[Any]:
    """Copies of ``got`` with the values of ``expected``: by name where names agree, else by shape and order."""
    wanted, mine = expected.state_dict(), got.state_dict()
    if wanted.keys() == mine.keys() and all(wanted[name].shape == mine[name].shape for name in wanted):
        twin = copy.deepcopy(got)
        twin.load_state_dict(wanted)
        yield twin
        return
    for pairs in _pairings(wanted, mine, _called(expected, case), _called(got, case)):
        twin = copy.deepcopy(got)
        twin.load_state_dict({name: wanted[other] for name, other in pairs.items()}, strict=False)
        yield twin


def _called(module: Any, case: Case) -> list[str]:
    """Names of its state in the order in which the layers that own it are called; others last."""
    twin = copy.deepcopy(module).eval()
    order: dict[str, None] = {}

    def note(prefix: str) -> Callable[..., None]:
        return lambda *_: order.setdefault(prefix)

    for prefix, layer in twin.named_modules():
        layer.register_forward_pre_hook(note(f"{prefix}." if prefix else ""))
    with contextlib.suppress(Exception):
        _output(twin, case)
    names = list(module.state_dict())
    owners = {name: name[: name.rfind(".") + 1] for name in names}
    places = {prefix: place for place, prefix in enumerate(order)}
    return sorted(names, key=lambda name: places.get(owners[name], len(places)))


def _pairings(
    wanted: dict[str, Any], mine: dict[str, Any], wanted_order: list[str], my_order: list[str]
) -> Iterator[dict[str, str]]:
    """Ways to give each tensor one of its shape: as defined, as used, and, where there are few, in every order."""
    defined = _groups(wanted, list(wanted)), _groups(mine, list(mine))
    if any(len(defined[0].get(shape, ())) != len(own) for shape, own in defined[1].items()):
        return
    yield _paired(*defined)
    yield _paired(_groups(wanted, wanted_order), _groups(mine, my_order))
    if math.prod(math.factorial(len(own)) for own in defined[1].values()) > _MOST_ORDERS:
        return
    theirs = [itertools.permutations(names) for names in defined[0].values()]
    for chosen in itertools.product(*theirs):
        yield _paired(dict(zip(defined[0], map(list, chosen))), defined[1])  # noqa: B905 - one order a group


_Groups = dict[tuple[int, ...], list[str]]


def _groups(state: dict[str, Any], order: list[str]) -> _Groups:
    groups: _Groups = {}
    for name in order:
        groups.setdefault(tuple(state[name].shape), []).append(name)
    return groups


def _paired(theirs: _Groups, own: _Groups) -> dict[str, str]:
    return {
        name: other
        for shape, names in own.items()
        for name, other in zip(names, theirs[shape])  # noqa: B905 - as many as each other
    }


def gradients(expected: Any, got: Any, case: Case, call: Call) -> CheckPart:
    """A gradient reaches every parameter that the lesson's module has one for."""
    missing = call(lambda: _without_gradient(got, case))
    allowed = len(_without_gradient(expected, case))
    ok = len(missing) <= allowed
    return CheckPart("gradients", ok, "one for every parameter", "" if ok else f"none for {', '.join(missing)}")


def _without_gradient(module: Any, case: Case) -> list[str]:
    module.train()
    module.zero_grad()
    outputs = _output(module, case)
    loss = sum(
        (
            out
            * torch().linspace(0.5, 1.5, max(out.numel(), 1), dtype=out.real.dtype)[: out.numel()].view(out.shape)
        )
        .abs()
        .sum()
        for out in (outputs if isinstance(outputs, (tuple, list)) else [outputs])
        if isinstance(out, torch().Tensor) and (out.is_floating_point() or out.is_complex())
    )
    named = dict(module.named_parameters())
    if not isinstance(loss, torch().Tensor) or not loss.requires_grad:
        return [name for name, p in named.items() if p.requires_grad]
    loss.backward()
    return [name for name, p in named.items() if p.requires_grad and p.grad is None]


def modes(expected: Any, got: Any, case: Case, call: Call) -> tuple[CheckPart, ...]:
    """Training and evaluation differ where the lesson's do, and in evaluation nothing is left behind."""
    words = {True: "differ", False: "agree"}
    wanted, mine = _differs(expected, case), call(lambda: _differs(got, case))
    kept, keeps = _is_kept(expected, case), call(lambda: _is_kept(got, case))
    return (
        CheckPart("training and evaluation", wanted == mine, words[wanted], words[mine]),
        CheckPart("state in evaluation", keeps or not kept, "unchanged", "unchanged" if keeps else "changed"),
    )


def _differs(module: Any, case: Case) -> bool:
    twin = copy.deepcopy(module)
    evaluated = _output(twin.eval(), case)
    trained = [_output(twin.train(), case) for _ in range(2)]
    return not all(part.ok for out in trained for part in compare(evaluated, out, 1e-4, 1e-5))


def _is_kept(module: Any, case: Case) -> bool:
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    _output(module.eval(), case)
    after = module.state_dict()
    return all(torch().equal(tensor, after[name]) for name, tensor in before.items() if name in after)


def round_trip(got: Any, fresh: Any, case: Case, call: Call) -> CheckPart:
    """``fresh``, another module of the same make, says the same once it has loaded the state of ``got``."""

    def both() -> tuple[Any, Any]:
        with torch().no_grad():
            for tensor in fresh.state_dict().values():
                if tensor.is_floating_point():
                    tensor.add_(math.pi)
        fresh.load_state_dict(got.state_dict())
        return _output(got.eval(), case), _output(fresh.eval(), case)

    mine, loaded = call(both)
    ok = all(part.ok for part in compare(mine, loaded, 1e-4, 1e-5))
    return CheckPart("state_dict", ok, "brings everything back", "" if ok else "another output after loading")
