"""Records the learner's functions anew, in a fresh memory of `torch.compile`, and counts the graphs."""


def counted(function, x):
    """How many graphs a call is cut into."""
    import warnings

    import torch
    from torch._dynamo.utils import counters

    seen = []

    def backend(graph, inputs):
        seen.append(graph)
        return graph.forward

    torch.compiler.reset()
    breaks = counters["graph_break"]
    breaks.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recorded = torch.compile(function, backend=backend)
        recorded(x)
    # A piece without any operation is no graph, and the break beside it is one all the same.
    graphs = max(len(seen), 1 + sum(breaks.values()))
    torch.compiler.reset()
    return graphs


def doubles(mine, reference):
    import torch

    if not callable(mine.doubled):
        return f"`doubled` is {type(mine.doubled).__name__}, and not a function that can be called."
    try:
        got = mine.doubled(torch.tensor([1.0, 2.5]))
    finally:
        # What is recorded here, also of the solution, shall not be known to the learner's own recording.
        torch.compiler.reset()
    return torch.equal(got, torch.tensor([2.0, 5.0])) or f"`doubled` makes {got.tolist()} of [1.0, 2.5]."


def one_for_all_sizes(mine, reference):
    import torch

    torch.compiler.reset()
    before = len(mine.graphs)
    try:
        for size in (3, 4, 5, 6):
            mine.doubled(torch.ones(size))
    finally:
        torch.compiler.reset()
    times = len(mine.graphs) - before
    if times == 0:
        return "`graphs` got no new entry: was `doubled` compiled with the backend `note`?"
    return times == 1 or f"The sizes 3, 4, 5 and 6 took {times} recordings."


def clip_is_one_graph(mine, reference):
    return _whole(mine.clip, "clip")


def shares_is_one_graph(mine, reference):
    return _whole(mine.shares, "shares")


def _whole(function, name):
    import torch

    try:
        graphs = counted(function, torch.tensor([3.0, 4.0]))
    except Exception as error:
        return f"`{name}` cannot be recorded: {type(error).__name__}: {str(error).splitlines()[0]}"
    return graphs == 1 or f"`{name}` is cut into {graphs} pieces; it should be one."


class Batches:
    """The net that `epoch` is given: it notes each batch that goes through it."""

    def __init__(self, run):
        self.run = run
        self.seen = []

    def __call__(self, xb):
        self.seen.append(xb.detach().clone())
        return self.run(xb)

    def __getattr__(self, name):
        return getattr(self.run, name)


def _trained(names, rows, backend=None):
    """A new net after one epoch of so many rows, and what went through it."""
    import torch

    torch.manual_seed(3)
    net = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    opt = torch.optim.SGD(net.parameters(), lr=0.5)
    batches = Batches(torch.compile(net, backend=backend) if backend else net)
    names.epoch(batches, opt, names.x[:rows], names.labels[:rows])
    return net, batches


def whole_batches(mine, reference):
    import torch

    for rows in (197, 128, 127):
        _, batches = _trained(mine, rows)
        others = [tuple(xb.shape) for xb in batches.seen if tuple(xb.shape) != (64, 64)]
        if others:
            return f"Of {rows} rows, a batch has the shape {others[0]}; each should be (64, 64)."
        if len(batches.seen) != rows // 64:
            return f"{rows} rows have {rows // 64} full batches; calls of `fast`: {len(batches.seen)}."
        if not torch.equal(torch.cat(batches.seen), mine.x[: rows // 64 * 64]):
            return "The batches are not the rows of `x` from the first on, each once."
    return True


def learns(mine, reference):
    import torch

    after = []
    for names in (mine, reference):
        net, _ = _trained(names, 327)
        with torch.no_grad():
            loss = torch.nn.functional.cross_entropy(net(mine.x[:327]), mine.labels[:327])
        after.append((loss.item(), torch.cat([p.detach().flatten() for p in net.parameters()])))
    (got, mine_numbers), (wanted, numbers) = after
    if torch.allclose(mine_numbers, numbers, atol=1e-5):
        return True
    return f"After an epoch of 327 rows the loss is {got:.4f}; one step for each full batch leads to {wanted:.4f}."


def recorded_once(mine, reference):
    import torch

    seen = []

    def backend(graph, inputs):
        seen.append(graph)
        return graph.forward

    torch.compiler.reset()
    _trained(mine, 197, backend)
    return len(seen) == 1 or f"An epoch took {len(seen)} recordings."
