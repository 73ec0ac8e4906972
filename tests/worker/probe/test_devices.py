from __future__ import annotations

import os
import stat
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tutor.protocol.devices import Backend
from tutor.worker.probe import backends, vendors
from tutor.worker.probe import devices as module
from tutor.worker.probe.devices import devices


def by_kind(snapshot_backends: tuple[Backend, ...]) -> dict[str, Backend]:
    return {backend.kind: backend for backend in snapshot_backends}


def fake_torch(**changes: Any) -> Any:
    """A torch built with CUDA, no driver; changes replace functions of ``torch.cuda``."""
    cuda = {"is_available": lambda: False, "is_initialized": lambda: False, "device_count": lambda: 1, **changes}
    return SimpleNamespace(
        version=SimpleNamespace(cuda="12.8", hip=None),
        cuda=SimpleNamespace(**cuda),
        backends=SimpleNamespace(
            cuda=SimpleNamespace(is_built=lambda: True),
            mps=SimpleNamespace(is_built=lambda: False),
        ),
    )


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a program of this name on PATH that prints this and keeps its arguments."""

    def put(name: str, answer: str) -> Path:
        path = tmp_path / name
        asked = tmp_path / "asked"
        path.write_text(f"#!/bin/sh\necho \"$@\" > '{asked}'\ncat <<'END'\n{answer}\nEND\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        monkeypatch.delenv("HIP_VISIBLE_DEVICES", raising=False)
        return asked

    return put


def test_this_machine() -> None:
    snapshot = devices()
    assert snapshot.torch == torch.__version__
    assert snapshot.threads == torch.get_num_threads()
    assert 1 <= snapshot.cpus <= (os.cpu_count() or 1)
    assert snapshot.default == "cpu"
    kinds = by_kind(snapshot.backends)
    assert len(kinds) == 3
    assert {"mps", "xpu"} < set(kinds)
    for backend in kinds.values():
        assert bool(backend.reason) == (not backend.usable)
    assert (snapshot.accelerator is not None) == any(b.usable for b in kinds.values())
    assert kinds["mps"].present == torch.backends.mps.is_built()


def test_a_quick_look_gives_the_same_picture_and_follows_changes() -> None:
    full = devices()
    assert devices(quick=True) == full
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_default_device("meta")
    try:
        quick = devices(quick=True)
    finally:
        torch.set_default_device(None)
        torch.set_num_threads(before)
    assert (quick.threads, quick.default) == (1, "meta")


def test_a_quick_look_without_a_full_one_before_is_a_full_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_known", {})
    assert devices(quick=True) == devices()


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    snapshot = devices()
    assert (snapshot.torch, snapshot.backends, snapshot.accelerator) == (None, (), None)
    assert snapshot.cpus >= 1


def test_a_build_without_cuda_says_so() -> None:
    fake = fake_torch()
    fake.backends.cuda.is_built = lambda: False
    cuda = by_kind(backends.all_backends(fake))["cuda"]
    assert (cuda.present, cuda.usable, cuda.reason) == (False, False, "this build of torch has no CUDA")


def test_cuda_without_a_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    cuda = by_kind(backends.all_backends(fake_torch()))["cuda"]
    assert (cuda.present, cuda.usable) == (True, False)
    assert cuda.reason == "built with CUDA 12.8, but no NVIDIA driver answers"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert "CUDA_VISIBLE_DEVICES" in by_kind(backends.all_backends(fake_torch()))["cuda"].reason


def test_an_old_driver_is_named_and_its_warning_kept_from_the_learner() -> None:
    def complain() -> bool:
        warnings.warn("The NVIDIA driver on your system is too old (found version 11040).", stacklevel=1)
        return False

    cuda = by_kind(backends.all_backends(fake_torch(is_available=complain)))["cuda"]
    assert "too old" in cuda.reason


def test_a_backend_that_raises_is_not_usable() -> None:
    def fail() -> bool:
        raise RuntimeError("cannot load libcuda")

    assert by_kind(backends.all_backends(fake_torch(is_available=fail)))["cuda"].usable is False


def test_a_gpu_nobody_has_touched_is_asked_about_without_torch(tool: Any) -> None:
    asked = tool("nvidia-smi", "NVIDIA H200, 512, 143771")

    def touched() -> Any:
        raise AssertionError("this would start the device")

    fake = fake_torch(is_available=lambda: True, mem_get_info=touched, get_device_name=touched)
    cuda = by_kind(backends.all_backends(fake))["cuda"]
    assert (cuda.usable, cuda.name, cuda.reason) == (True, "NVIDIA H200", "")
    assert (cuda.memory_used, cuda.memory_total) == (512 * 2**20, 143771 * 2**20)
    assert "--query-gpu" in asked.read_text()
    asked.unlink()
    assert backends.refreshed(fake, cuda) == cuda
    assert not asked.exists()


def test_a_gpu_in_use_is_asked_through_torch() -> None:
    fake = fake_torch(
        is_available=lambda: True,
        is_initialized=lambda: True,
        mem_get_info=lambda: (30, 100),
        get_device_name=lambda: "Big GPU",
        device_count=lambda: 2,
    )
    cuda = by_kind(backends.all_backends(fake))["cuda"]
    assert (cuda.name, cuda.memory_used, cuda.memory_total) == ("2 GPUs, the first Big GPU", 70, 100)
    fake.cuda.mem_get_info = lambda: (20, 100)
    assert backends.refreshed(fake, cuda).memory_used == 80


def test_the_first_visible_gpu_is_meant(tool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tool("nvidia-smi", "NVIDIA GB10, 3, [N/A]")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,0")
    assert vendors.nvidia() == ("NVIDIA GB10", 3 * 2**20, None)
    assert "--id=2" in asked.read_text()


@pytest.mark.parametrize("answer", ["", "NVIDIA-SMI has failed", "a, b"])
def test_an_answer_that_makes_no_sense_is_no_answer(tool: Any, answer: str) -> None:
    tool("nvidia-smi", answer)
    tool("rocm-smi", answer)
    assert vendors.nvidia() == ("", None, None)
    assert vendors.amd() == ("", None, None)


def test_an_amd_gpu(tool: Any) -> None:
    tool(
        "rocm-smi",
        '{"card0": {"Card series": "Instinct MI300X", "VRAM Total Memory (B)": "200", '
        '"VRAM Total Used Memory (B)": "50"}}',
    )
    fake = fake_torch(is_available=lambda: True)
    fake.version.hip = "6.2"
    rocm = by_kind(backends.all_backends(fake))["rocm"]
    assert (rocm.name, rocm.memory_used, rocm.memory_total) == ("Instinct MI300X", 50, 200)
