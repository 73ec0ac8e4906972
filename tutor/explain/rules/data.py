"""Datasets and loaders."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import LINE, STDLIB, TORCH, Say, rule
from tutor.explain.words import code, numbers, plural, shape, sizes

_COLLATE = "torch/utils/data/_utils/collate.py"


@rule(
    "D1",
    "RuntimeError",
    r"stack expects each tensor to be equal size, but got \[(.*?)\] at entry (\d+) and \[(.*?)\] at",
)
def stack_mismatch(f: Failure, match: re.Match[str]) -> Say | None:
    one, other = shape(numbers(match[1])), shape(numbers(match[3]))
    if match[1] == match[3]:
        return None
    if f.through(_COLLATE) or "DataLoader worker" in f.message:
        return Say(
            f"Two samples of one batch have different shapes: {one} and {other}.",
            "A loader makes a batch with `torch.stack`, so all its samples must have one shape.",
            "Cut, crop or pad them in the Dataset; for sequences give the loader a `collate_fn` with "
            "`pad_sequence`.",
        )
    names = (
        [o.source for o in f.arguments[0].items] if f.arguments and f.arguments[0].source[:1] in ("[", "(") else []
    )
    who = f"{' and '.join(map(code, names))} have" if len(names) == 2 else "The tensors have"
    return Say(
        f"{who} different shapes: {one} and {other}.",
        "`stack` lays tensors on top of each other along a new axis: all shapes must be equal.",
        "Make them equal first, or join them along an axis they have with `torch.cat`.",
    )


@rule("D1", "AssertionError", r"Size mismatch between tensors", origins=(TORCH,))
def tensordataset_size(f: Failure, _match: re.Match[str]) -> Say | None:
    given = [sizes(o) for o in f.given("tensors").items]
    lengths = [size[0] for size in given if size]
    if not f.through("torch/utils/data/dataset.py:__init__") or len(set(lengths)) < 2:
        return None
    names = [o.source for o in f.arguments] if len(f.arguments) == len(given) else []
    shown = " and ".join(f"{code(name)} {shape(size or ())}" for name, size in zip(names, given, strict=False))
    return Say(
        f"{shown or 'The tensors'}: {' against '.join(plural(n, 'row') for n in dict.fromkeys(lengths))}.",
        "`TensorDataset` takes row `i` of every tensor as one sample: axis 0 must be equally long in all.",
        "Find where a row was lost or added, for example in a filter that was used on one of them only.",
    )


@rule("D1", "TypeError NotImplementedError", r"object of type '(\w+)' has no len\(\)")
def dataset_no_len(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.through("torch/utils/data/sampler.py", "torch/utils/data/dataloader.py"):
        return None
    return Say(
        f"`{match[1]}` does not say how many samples it has.",
        "A dataset answers two questions: how many samples (`__len__`), and which is number `i` (`__getitem__`).",
        f"Add `def __len__(self): return …` to `{match[1]}`, with two underscores on each side.",
        "Leaving `shuffle=True` out stops this error; the length is still missing.",
    )


@rule(
    "D1",
    "TypeError",
    r"batch must contain tensors, numpy arrays, numbers, dicts or lists; found <class '([\w.]+)'>",
)
def collate_none(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.through(_COLLATE) and "DataLoader worker" not in f.message:
        return None
    kind = match[1].rpartition(".")[2]
    if kind == "NoneType":
        return Say(
            "The dataset gave back `None` for a sample.",
            "A function without `return` gives `None`, and a loader cannot make a batch of that.",
            "`return` the sample at the end of `__getitem__`, on every path through it.",
        )
    return Say(
        f"A sample holds a `{kind}`, and the loader does not know how to make a batch of these.",
        "By itself a loader batches tensors, arrays, numbers, text, and dicts, lists and tuples of them.",
        f"Turn the `{kind}` into a tensor in `__getitem__`, or give the loader a `collate_fn`.",
    )


@rule("D1", "ValueError", r"(not enough|too many) values to unpack", origins=(LINE,))
def batch_unpack(f: Failure, _match: re.Match[str]) -> Say | None:
    target = next((o for o in f.operands if o.role == "target"), None)
    loader = next((o for o in f.operands if o.type == "DataLoader"), None)
    if target is None or loader is None or f.operation != "unpack":
        return None
    names = [o.source for o in target.items]
    if f.value.source.startswith("enumerate(") and len(names) > 2:
        better = f"for {names[0]}, ({', '.join(names[1:])}) in {f.value.source}"
        return Say(
            f"{code(f.value.source)} gives two things, a number and a batch, but {code(f.source)} takes "
            f"{len(names)}.",
            "`enumerate` gives pairs; the batch in such a pair is itself a pair of inputs and labels.",
            f"Unpack the batch in brackets: {code(better)}.",
        )
    return Say(
        f"A batch of {code(loader.source)} does not have {plural(len(names), 'part')}, as {code(f.source)} "
        "expects.",
        "A loader gives what the dataset's `__getitem__` returns, stacked: as many parts as that has.",
        f"Look at one: {code(f'batch = next(iter({loader.source}))')}, then `len(batch)`.",
    )


@rule("D1", "RuntimeError", r"attempt has been made to start a new process before", origins=(STDLIB, TORCH))
def worker_no_main_guard(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through("multiprocessing/spawn.py"):
        return None
    return Say(
        "A new process imports your script again, and the script starts processes when it is imported.",
        "Where workers are not forked, each begins by importing the main file.",
        "Put what starts the work under `if __name__ == '__main__':`, and definitions above it.",
        "`num_workers=0` avoids the question for a loader, and is fine for small data.",
    )


_PICKLE = r"Can't (get|pickle) (?:local object|local function|attribute|<function)\W*([\w.<>]*)"


@rule("D1", "AttributeError PicklingError", _PICKLE, origins=(STDLIB, TORCH))
def worker_pickle_main(f: Failure, match: re.Match[str]) -> Say | None:
    if not f.through("multiprocessing/reduction.py", "multiprocessing/spawn.py", "multiprocessing/queues.py"):
        return None
    name = match[2].rpartition(".")[2].strip("<>") or "It"
    return Say(
        f"`{name}` cannot be sent to another process: it has no name at the top level of a module.",
        "What goes to a worker is pickled, by its module and name; lambdas and local classes have none.",
        "Define it at the top level of a file, outside functions; or use `num_workers=0`.",
    )
