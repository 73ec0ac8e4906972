"""A machine with an accelerator, and one without: whatever this one has, `pick` is asked on both."""


def _kind(got, there):
    """The type of the device that was picked, or in words what else came; ``there``: whether a GPU was."""
    import torch

    if got is None:
        return "`pick()` gives nothing back" + (" where there is no GPU." if not there else ".")
    if isinstance(got, str):
        return f"`pick()` gives the text {got!r}; a `torch.device` is wanted."
    if callable(got) and not isinstance(got, type):
        return "`pick()` gives a function; with brackets behind it, it is called."
    if not isinstance(got, torch.device):
        return f"`pick()` gives {type(got).__name__}; a `torch.device` is wanted."
    return got.type


def picks(mine, reference):
    import contextlib
    import unittest.mock

    import torch

    if not callable(mine.pick):
        return f"`pick` is {type(mine.pick).__name__}; a function is wanted."

    def answer(there, name):
        def is_available():
            return there

        def current_accelerator(check_available=False):
            return torch.device(name) if there or not check_available else None

        stand_ins = {"is_available": is_available, "current_accelerator": current_accelerator}
        with contextlib.ExitStack() as stack:
            for word, stand_in in stand_ins.items():
                real = getattr(torch.accelerator, word)
                own = getattr(mine.pick, "__globals__", {})
                for known in [key for key, value in own.items() if value is real]:
                    stack.enter_context(unittest.mock.patch.dict(own, {known: stand_in}))
                stack.enter_context(unittest.mock.patch.object(torch.accelerator, word, stand_in))
            got = mine.pick()
        return _kind(got, there)

    # `meta` stands for the GPU: it is the one other device that every machine has.
    without, with_one = answer(False, "cuda"), answer(True, "meta")
    for found in (without, with_one):
        if " " in found:
            return found
    if (without, with_one) != ("cpu", "meta"):
        name = "the accelerator" if with_one == "meta" else f"`{with_one}`"
        return f"Without a GPU that works `pick()` gives `{without}`, with one {name}."
    return True


def trains_there(mine, reference):
    import torch
    from torch.overrides import TorchFunctionMode

    elsewhere = []

    class Watch(TorchFunctionMode):
        """Notes results on the way from parameters to the loss that are not on `meta`."""

        def __torch_function__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            if isinstance(result, torch.Tensor) and result.grad_fn is not None and not result.is_meta:
                elsewhere.append(getattr(function, "__name__", str(function)))
            return result

    try:
        with Watch():
            net = mine.fit("meta")
    except Exception as error:
        return f'`fit("meta")` stops with {type(error).__name__}: {error}'
    if not isinstance(net, torch.nn.Module):
        return f'`fit("meta")` gives {type(net).__name__}; the network is wanted.'
    if not all(p.is_meta for p in net.parameters()):
        return 'The network that `fit("meta")` gives is not on `meta`.'
    if elsewhere:
        return f'`fit("meta")` computes on the CPU: {len(elsewhere)} operations, the first is `{elsewhere[0]}`.'
    shape = tuple(net(mine.xs.to("meta")).shape)
    return shape == (300, 10) or f"For 300 digits the network answers in the shape {shape}; `(300, 10)` is wanted."
