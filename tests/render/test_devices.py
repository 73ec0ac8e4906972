from __future__ import annotations

from dataclasses import replace

import pytest

from tests.render.samples import GIB, devices
from tutor.render.devices import device_line, device_report
from tutor.render.export import as_plain
from tutor.render.look import Look


def line(width: int, usable: bool) -> str:
    return as_plain(device_line(devices(usable), Look(width)))


def test_a_machine_without_an_accelerator() -> None:
    assert line(80, usable=False) == "torch 2.13.0  cpu · 1 thread  CUDA –  MPS –  XPU ✗"


def test_a_usable_accelerator_shows_name_and_memory() -> None:
    assert line(100, usable=True) == (
        "torch 2.13.0  cpu · 1 thread  default cuda:0  CUDA ✓ 1.2/139 GiB  NVIDIA H200  MPS –  XPU ✗"
    )


@pytest.mark.parametrize(
    ("width", "text"), [(52, "torch 2.13.0  default cuda:0  CUDA ✓ 1.2/139 GiB"), (24, "torch 2.13.0")]
)
def test_the_important_things_stay_longest(width: int, text: str) -> None:
    assert line(width, usable=True) == text


def test_memory_in_other_units_keeps_its_unit() -> None:
    full = devices(usable=True)
    small = replace(full.backends[0], memory_used=300 * 2**20, memory_total=8 * GIB)
    text = device_line(replace(full, backends=(small,)), Look(100)).plain
    assert "300 MiB/8 GiB" in text


def test_states_before_and_without_torch() -> None:
    assert as_plain(device_line(None, Look(40))) == "devices not known yet"
    assert as_plain(device_line(replace(devices(), torch=None), Look(40))) == "torch is not installed"


def test_report_gives_reasons_and_says_what_to_use() -> None:
    text = as_plain(device_report(devices(usable=True), Look(80))).split("\n")
    assert "CUDA     ✓ NVIDIA H200, memory used 1.2/139 GiB" in text
    assert "MPS      – only on Apple silicon" in text
    assert "XPU      ✗ not usable: no Intel GPU was found" in text
    assert 'use      device="cuda"' in text


def test_report_without_torch_says_so() -> None:
    assert "✗ not installed" in device_report(replace(devices(), torch=None), Look(80)).plain
