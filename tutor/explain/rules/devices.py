"""CPU, CUDA, MPS: what is not there, and what is in two places."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, TORCH, Say, rule
from tutor.explain.words import code

_CHOOSE = "`device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else 'cpu'`"
_DEVICE = re.compile(r"\b(?:cuda(?::\d+)?|mps(?::\d+)?|xpu(?::\d+)?|meta|cpu)\b")


@rule("P1", "AssertionError RuntimeError", r"not compiled with (CUDA|XPU) enabled|Found no NVIDIA driver")
def cuda_not_compiled(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.through("torch/cuda/__init__.py", "torch/xpu/__init__.py"):
        return None
    asked = next((o.text for o in f.operands if o.kind == "plain" and _DEVICE.search(o.text)), "'cuda'")
    if match[1]:
        what = f"{code(asked)} was asked for, but this build of torch has no {match[1]} in it."
        why = "torch comes in several builds; the one for the CPU (`+cpu`, and all of macOS) knows no NVIDIA card."
        fix = "With a card, install the CUDA build that pytorch.org shows."
    else:
        what = f"{code(asked)} was asked for, and this torch knows CUDA, but the system has no NVIDIA driver."
        why = "A CUDA device needs three things: a card, its driver, and a build of torch for CUDA."
        fix = "With a card, install NVIDIA's driver."
    return Say(what, why, f"Choose the device when the program runs: {_CHOOSE}. {fix}")


_NO_MPS = r"arguments from the '(MPS)' backend|not linked with support for (mps|\w+) devices"


@rule("P1", "NotImplementedError RuntimeError", _NO_MPS)
def mps_not_available(_f: Failure, match: re.Match[str]) -> Say | None:
    asked = (match[1] or match[2]).lower()
    place = " Metal is on Apple silicon only, in the ordinary macOS build." if asked == "mps" else ""
    return Say(
        f"The device `{asked}` was asked for, and this build of torch does not have it.",
        f"A device can be used only where the machine and the build of torch both have it.{place}",
        f"Choose the device when the program runs: {_CHOOSE}.",
    )


_APART = r"Expected all tensors to be on the same device|is not on the expected device|"
_APART += r"Input type \(torch\.(cuda|mps|xpu)\.|Input type \(.*\) and weight type \(torch\.(cuda|mps|xpu)\."


@rule("P1", "RuntimeError FakeTensorDeviceMismatchError", _APART)
def device_mismatch_add(f: Failure, _match: re.Match[str]) -> Say | None:
    placed = {o.tensor.device: o for o in reversed(f.tensors()) if o.tensor is not None}
    told = list(dict.fromkeys(_DEVICE.findall(f.message)))
    if len(placed) >= 2:
        away = next((name for name in placed if name != "cpu"), "")
        home = placed[away]
        moved = next(o for name, o in placed.items() if name != away)
        parts = [
            f"{code(o.source)} is on `{name}`" for name, o in sorted(placed.items(), key=lambda p: p[0] == "cpu")
        ]
        return Say(
            f"{' and '.join(parts)}.",
            "Each device has its own memory; an operation works in one of them, and torch moves nothing by "
            "itself.",
            f"Move one: {code(f'{moved.source}.to({home.source}.device)')}. Make new tensors where the others "
            "are: "
            f"{code(f'torch.zeros(…, device={home.source}.device)')}.",
        )
    if len(told) < 2 and not f.modules():
        return None
    one = next(iter(placed.items()), None)
    module = next(iter(f.modules()), None)
    what = f"Two devices meet here: {' and '.join(f'`{name}`' for name in told[:2])}."
    if one is not None and module is not None:
        rest = next((name for name in told if name != one[0]), "another device")
        what = f"{code(one[1].source)} is on `{one[0]}`, and the weights of {code(module.source)} are on `{rest}`."
    return Say(
        what,
        "Each device has its own memory; an operation works in one of them, and torch moves nothing by itself.",
        "Move model and data to one device: `model.to(device)` once, `x = x.to(device)` for every batch. For a "
        "tensor "
        "`.to()` returns the moved one: keep it.",
    )


@rule(
    "P1",
    "OutOfMemoryError RuntimeError",
    r"(CUDA|MPS|XPU|HIP)( backend)? out of memory.*?Tried to allocate ([\d.]+ \w+)?",
)
def out_of_memory(_f: Failure, match: re.Match[str]) -> Say | None:
    size = f" for {match[3]} more" if match[3] else ""
    return Say(
        f"The memory of the device is full: there was no room{size}.",
        "Weights, gradients, the optimizer's state and every activation kept for `backward()` share that memory.",
        "Take smaller batches first. Evaluate under `torch.no_grad()`, and sum losses with `loss.item()`, so "
        "that no "
        "graph stays alive.",
        "`torch.cuda.empty_cache()` gives back only what torch does not use.",
    )


@rule("P1", "RuntimeError AcceleratorError", r"device-side assert triggered")
def device_side_assert(_f: Failure, _match: re.Match[str]) -> Say | None:
    return Say(
        "A check inside a CUDA kernel failed, most often a label or an id that is out of range.",
        "The device runs behind your program, so the line shown may be a later one; the process cannot use "
        "CUDA now.",
        "Restart Python, run the same code on the CPU and read the error there. Check that labels are 0 to "
        "classes - 1.",
    )


@rule("P1", "TypeError", r"Cannot convert a MPS Tensor to float64")
def mps_float64(f: Failure, _match: re.Match[str]) -> Say | None:
    name = next((o.source for o in f.tensors() if o.tensor and o.tensor.dtype == "float64"), "")
    return Say(
        f"{code(name) if name else 'A tensor'} is float64, and Apple's Metal has no float64.",
        "A dtype works only on devices that have it; NumPy makes float64 unless told otherwise.",
        f"Convert before moving: {code(f'{name}.float().to(device)')}.",
    )


@rule("P1", "NotImplementedError", r"operator '(aten::[\w.]+)' is not current(?:ly)? implemented for the MPS")
def mps_operator(_f: Failure, match: re.Match[str]) -> Say | None:
    return Say(
        f"{code(match[1].removeprefix('aten::'))} does not exist for `mps` yet.",
        "Each device has its own implementation of every operation, and some are missing.",
        "Do this step on the CPU (`x.cpu()`), or set `PYTORCH_ENABLE_MPS_FALLBACK=1` in the environment before "
        "Python "
        "starts: then torch does so by itself.",
    )


@rule("P1", "TypeError", r"can't convert (\S+) device type tensor to numpy", origins=(LINE, TORCH))
def gpu_to_numpy(f: Failure, match: re.Match[str]) -> Say | None:
    place = match[1]
    source = f.receiver if f.receiver.kind in ("tensor", "unknown") else next(iter(f.tensors()), f.given("self"))
    if source.tensor is not None and source.tensor.device == "cpu":
        return None
    name = source.source if source.source not in ("", "self") else ""
    who = code(name) if name else "The tensor"
    if place == "meta":
        return Say(
            f"{who} is on `meta`: it has a shape and no numbers.",
            "A tensor on the `meta` device holds no data, so there is nothing for NumPy to read.",
            "Make it on a real device, for example with `device='cpu'`.",
        )
    return Say(
        f"{who} is on `{place}`, and NumPy reads the computer's own memory only.",
        "An array shares memory with its tensor; memory of a graphics card cannot be shared so.",
        f"Copy it first: {code(f'{name}.cpu().numpy()')}"
        + (
            f", with `.detach()` before it: {code(f'{name}.detach().cpu().numpy()')}."
            if source.tensor is not None and source.tensor.requires_grad
            else "."
        ),
    )
