"""Texts of other torch and Python versions and of other devices, as reports made by hand."""

from __future__ import annotations

import pytest

from tests.explain.reports import module, report, tensor
from tutor.explain import explain
from tutor.protocol.failures import ErrorReport, Operand

LINEAR = ("torch/nn/modules/module.py:_call_impl", "torch/nn/modules/linear.py:forward")
ENGINE = ("torch/_tensor.py:backward", "torch/autograd/__init__.py:backward")
CUDA_X = tensor("x", (2, 3), device="cuda:0")
TORCH = Operand("torch", "receiver", "package", "module", text="torch")

DRIFT: list[tuple[str, tuple[str, ...], ErrorReport]] = [
    (
        "shadow-torch-py",
        ("/home/me/torch.py",),
        report(
            "AttributeError",
            "module 'torch' has no attribute 'tensor' (consider renaming '/home/me/torch.py' if it has the same "
            "name as a third-party module you intended to import)",
            source="torch.tensor",
            operation="attribute",
            operands=(TORCH,),
        ),
    ),
    (
        "shadow-torch-py",
        ("torch.py",),
        report(
            "AttributeError",
            "partially initialized module 'torch' has no attribute 'tensor' (most likely due to a circular "
            "import)",
            operation="attribute",
        ),
    ),
    (
        "worker-pickle-main",
        ("Local",),
        report(
            "AttributeError",
            "Can't get local object 'make.<locals>.Local'",
            "torch/utils/data/dataloader.py:__init__",
            "multiprocessing/reduction.py:dump",
        ),
    ),
    (
        "worker-pickle-main",
        ("Local",),
        report(
            "AttributeError",
            "Can't pickle local object 'make.<locals>.Local'",
            "torch/utils/data/dataloader.py:__init__",
            "multiprocessing/reduction.py:dump",
        ),
    ),
    (
        "cuda-not-compiled",
        ("'cuda'", "driver"),
        report(
            "RuntimeError",
            "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a "
            "driver",
            "torch/cuda/__init__.py:_lazy_init",
            operands=(Operand("'cuda'", "argument", "plain", "str", text="'cuda'", keyword="device"),),
        ),
    ),
    (
        "ce-float-target",
        ("`y`", "y.long()"),
        report(
            "RuntimeError",
            "expected scalar type Long but found Float",
            "torch/nn/modules/module.py:_call_impl",
            "torch/nn/modules/loss.py:forward",
            "torch/nn/functional.py:cross_entropy",
            source="loss_fn(logits, y)",
            operands=(module("loss_fn", "CrossEntropyLoss"), tensor("logits", (4, 3)), tensor("y", (4,))),
            inside=(tensor("input", (4, 3), "cross_entropy"), tensor("target", (4,), "cross_entropy")),
        ),
    ),
    (
        "inplace-saved-value",
        ("`Relu`", "y += 1", "y = y + 1"),
        report(
            "RuntimeError",
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            "[torch.FloatTensor [3]], which is output 0 of ReluBackward0, is at version 1; expected version 0 "
            "instead.",
            *ENGINE,
            source="y.sum().backward()",
            made=("y += 1", "y = x.relu()"),
        ),
    ),
    (
        "device-mismatch-add",
        ("`x` is on `cpu`", "weights of `model` are on `cuda:0`", "model.to(device)"),
        report(
            "RuntimeError",
            "Expected all tensors to be on the same device, but found at least two devices, cpu and cuda:0! (when "
            "checking argument for argument mat1 in method wrapper_CUDA_addmm)",
            *LINEAR,
            source="model(x)",
            operands=(module("model"), tensor("x", (2, 3))),
        ),
    ),
    (
        "device-mismatch-add",
        ("`x` is on `cpu`", "`model` are on `cuda:0`"),
        report(
            "RuntimeError",
            "Expected all tensors to be on the same device, but got mat1 is on cpu, different from other "
            "tensors on "
            "cuda:0 (when checking argument in method wrapper_CUDA_addmm)",
            *LINEAR,
            source="model(x)",
            operands=(module("model"), tensor("x", (2, 3))),
        ),
    ),
    (
        "device-mismatch-add",
        ("`x` is on `cuda:0`", "`w` is on `cpu`", "w.to(x.device)"),
        report(
            "RuntimeError",
            "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!",
            source="x @ w",
            operation="@",
            operands=(tensor("x", (2, 3), "left", device="cuda:0"), tensor("w", (3, 4), "right")),
        ),
    ),
    (
        "device-mismatch-add",
        ("`img` is on `cuda:0`", "`conv`"),
        report(
            "RuntimeError",
            "Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same",
            "torch/nn/modules/conv.py:_conv_forward",
            source="conv(img)",
            operands=(module("conv", "Conv2d"), tensor("img", (1, 1, 8, 8), device="cuda:0")),
            inside=(tensor("input", (1, 1, 8, 8), "_conv_forward", device="cuda:0"),),
        ),
    ),
    (
        "out-of-memory",
        ("22.78 GiB", "loss.item()"),
        report(
            "torch.OutOfMemoryError",
            "CUDA out of memory. Tried to allocate 22.78 GiB. GPU 0 has a total capacity of 31.47 GiB of which "
            "12.73 GiB is free.",
            *LINEAR,
        ),
    ),
    (
        "out-of-memory",
        ("20.00 MiB",),
        report("torch.cuda.OutOfMemoryError", "CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0)"),
    ),
    (
        "device-side-assert",
        ("label", "CPU"),
        report("RuntimeError", "CUDA error: device-side assert triggered\nCUDA kernel errors might be …", *LINEAR),
    ),
    (
        "mps-float64",
        ("`x`", "x.float().to(device)"),
        report(
            "TypeError",
            "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64. Please "
            "use "
            "float32 instead.",
            source="x.to('mps')",
            operands=(tensor("x", (2,), "receiver", dtype="float64"),),
        ),
    ),
    (
        "mps-operator",
        ("linalg_svd", "PYTORCH_ENABLE_MPS_FALLBACK=1"),
        report(
            "NotImplementedError",
            "The operator 'aten::linalg_svd' is not currently implemented for the MPS device. As a temporary fix, "
            "you can set the environment variable PYTORCH_ENABLE_MPS_FALLBACK=1",
        ),
    ),
    (
        "mps-operator",
        ("linalg_svd",),
        report(
            "NotImplementedError", "The operator 'aten::linalg_svd' is not current implemented for the MPS device."
        ),
    ),
    (
        "gpu-to-numpy",
        ("`x` is on `cuda:0`", "x.cpu().numpy()"),
        report(
            "TypeError",
            "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory "
            "first.",
            source="x.numpy()",
            operands=(tensor("x", (2, 3), "receiver", device="cuda:0"),),
        ),
    ),
    (
        "spawned-process-failed",
        ("Process 0", "`IndexError: list index out of range`", "`x = [1, 2][rank + 5]`", "`work`", "work(0)"),
        report(
            "torch.multiprocessing.spawn.ProcessRaisedException",
            "\n\n-- Process 0 terminated with the following error:\nTraceback (most recent call last):\n"
            '  File "/v/site-packages/torch/multiprocessing/spawn.py", line 87, in _wrap\n    fn(i, *args)\n'
            '  File "/tmp/tutor-x/1/session_25351_2.py", line 12, in work\n    x = [1, 2][rank + 5]\n'
            "        ~~~~~~^^^^^^^^^^\nIndexError: list index out of range\n",
            "torch/multiprocessing/spawn.py:join",
            source="mp.spawn(work, nprocs=2)",
            operands=(Operand("work", "argument", "function", "function"),),
        ),
    ),
    (
        "mps-not-available",
        ("`mps`",),
        report("RuntimeError", "PyTorch is not linked with support for mps devices", source="x.to('mps')"),
    ),
]


@pytest.mark.parametrize(("rule", "names", "told"), DRIFT, ids=[f"{case[0]}-{n}" for n, case in enumerate(DRIFT)])
def test_texts_of_other_versions_and_devices(rule: str, names: tuple[str, ...], told: ErrorReport) -> None:
    explanation = explain((told,))
    assert explanation is not None
    assert explanation.rule == rule
    said = f"{explanation.headline} {explanation.fix}"
    assert [name for name in names if name not in said] == [], said


def test_other_words_for_the_same_shapes_are_the_same_mistake() -> None:
    told = report(
        "RuntimeError",
        "size mismatch, m1: [3 x 4], m2: [5 x 4] at /pytorch/aten/src/TH/generic/THTensorMath.cpp:41",
        source="a @ b",
        operation="@",
        operands=(tensor("a", (3, 4), "left"), tensor("b", (5, 4), "right")),
    )
    explanation = explain((told,))
    assert explanation is not None
    assert explanation.rule == "matmul-inner-dims"
    assert "a @ b.T" in explanation.fix
