"""Speed is never judged by a real clock: `seconds` reads a pretend one; for the rest, what is done counts."""


def measures(mine, reference):
    if not callable(mine.seconds):
        return f"`seconds` is {type(mine.seconds).__name__}; a function is wanted."
    for first, rounds in ((50.0, [5.0, 3.0, 2.0, 9.0, 1.0]), (1.0, [8.0, 6.0, 4.0])):
        calls, got = _timed(mine.seconds, [first, *rounds])
        runs, median = len(rounds), sorted(rounds)[len(rounds) // 2]
        if calls != runs + 1:
            more = f"{runs} to measure and one before them make {runs + 1}"
            return f"`seconds(f, {runs})` calls `f` {calls} times; {more}."
        if isinstance(got, (list, tuple)):
            return f"`seconds` gives {len(got)} times back; their median, one number, is wanted."
        try:
            right = abs(float(got) - median) < 1e-6
        except (TypeError, ValueError):
            return f"`seconds` gives {got!r}; a number of seconds is wanted."
        if not right:
            took = ", ".join(f"{one:g}" for one in rounds)
            return (
                f"By a pretend clock the first call of `f` took {first:g} s, then {took} s. "
                f"`seconds(f, {runs})` gives {float(got):g}; the median is {median:g}."
            )
    return True


def _timed(seconds, durations):
    """How often ``seconds`` calls a function whose calls take ``durations`` by a pretend clock; what it gives."""
    import contextlib
    import threading
    import time
    import timeit
    import unittest.mock

    now, calls, here = [100.0], [0], threading.get_ident()
    real = {name: getattr(time, name) for name in ("perf_counter", "time", "perf_counter_ns", "time_ns")}

    def f():
        now[0] += durations[calls[0]] if calls[0] < len(durations) else 1000.0
        calls[0] += 1

    def pretend(name):
        def clock():
            if threading.get_ident() != here:
                return real[name]()
            return round(now[0] * 1e9) if name.endswith("_ns") else now[0]

        return clock

    clocks = {name: pretend(name) for name in real}
    own = getattr(seconds, "__globals__", {})
    with contextlib.ExitStack() as stack:
        for name, clock in clocks.items():
            for known in [key for key, value in own.items() if value is real[name]]:
                stack.enter_context(unittest.mock.patch.dict(own, {known: clock}))
            stack.enter_context(unittest.mock.patch.object(time, name, clock))
        for function in (timeit.Timer.__init__, timeit.timeit, timeit.repeat):
            defaults = function.__defaults__
            given = tuple(clocks["perf_counter"] if one is real["perf_counter"] else one for one in defaults)
            stack.enter_context(unittest.mock.patch.object(function, "__defaults__", given))
        stack.enter_context(unittest.mock.patch.object(timeit, "default_timer", clocks["perf_counter"]))
        got = seconds(f, len(durations) - 1)
    return calls[0], got


def products_in_half(mine, reference):
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    kinds = []

    class Watch(TorchDispatchMode):
        """Notes the dtypes of what is multiplied."""

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            if function.name() in ("aten::mm", "aten::addmm", "aten::linear", "aten::matmul", "aten::bmm"):
                kinds.extend(arg.dtype for arg in args if isinstance(arg, torch.Tensor) and arg.dim() > 1)
            return function(*args, **(kwargs or {}))

    net = torch.nn.Linear(3, 2)
    try:
        with torch.no_grad(), Watch():
            mine.guess(net, torch.ones(5, 3))
    except Exception as error:
        return f"`guess` stops with {type(error).__name__}: {error}"
    if not kinds:
        return "No product of matrices was seen in `guess`; it should call `net`."
    other = [kind for kind in kinds if kind != torch.bfloat16]
    return not other or f"A product was computed in {str(other[0]).removeprefix('torch.')}; bfloat16 is wanted."


def in_parts(mine, reference):
    import torch

    for parts in (3, 4):
        net, sizes, held = torch.nn.Linear(3, 1), [], [0]

        def note(_module, args, out, sizes=sizes, held=held):
            sizes.append(len(args[0]))
            if out.requires_grad:
                held.append(held[-1] + 1)
                out.register_hook(lambda _grad: held.append(held[-1] - 1))

        net.register_forward_hook(note)
        mine.accumulate(net, mine.xs, mine.ys, parts)
        if max(sizes, default=0) > 24 // parts or sum(sizes) < 24:
            return f"With {parts} parts the network saw batches of {sizes} rows; each part has {24 // parts}."
        if max(held) > 1:
            return f"With {parts} parts, {max(held)} of them wait for `backward()` at once, and hold their memory."
    return True
