"""Training scripts: every loss is found, every flag raised where it belongs, and no number changed."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch

from tests.worker.probe.training.scripts import SCRIPTS, Script
from tests.worker.probe.training.watched import run


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_what_is_told_is_right_and_no_number_is_changed(script: Script) -> None:
    watched = run(script.source)
    end = watched.end
    assert end is not None
    assert tuple(curve.name for curve in end.curves) == script.losses
    assert end.step == script.steps or not script.steps
    assert {(flag.kind, flag.path) for flag in end.flags} == set(script.flags)
    assert all(curve.steps == tuple(sorted(curve.steps)) for curve in end.curves)
    assert end.layers
    assert all(layer.path for layer in end.layers)

    plain, seen = _left(run(script.source, watched=False).namespace), _left(watched.namespace)
    assert len(plain) > 3
    assert [name for name, _ in plain] == [name for name, _ in seen]
    for (name, one), (_, two) in zip(plain, seen, strict=True):
        assert one == two, name


def _left(namespace: dict[str, Any]) -> list[tuple[str, Any]]:
    """Every tensor bit for bit, the state of optimisers, and both random generators."""
    left: list[tuple[str, Any]] = [("random", random.getstate()), ("torch", _bits(torch.get_rng_state()))]
    for name, value in namespace.items():
        if isinstance(value, torch.nn.Module):
            for key, tensor in value.state_dict().items():
                left.append((f"{name}.{key}", _bits(tensor)))
            left += [(f"{name}.{key}.grad", _bits(p.grad)) for key, p in value.named_parameters()]
        elif isinstance(value, torch.Tensor):
            left.append((name, _bits(value)))
        elif isinstance(value, list) and value and isinstance(value[0], torch.Tensor):
            left += [(f"{name}[{place}]", _bits(tensor)) for place, tensor in enumerate(value)]
    return left


def _bits(tensor: torch.Tensor | None) -> Any:
    if tensor is None:
        return None
    plain = tensor.detach().contiguous().reshape(-1)
    return tensor.shape, tensor.dtype, plain.view(torch.uint8).tolist(), tensor.requires_grad
