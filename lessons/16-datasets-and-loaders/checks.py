"""What the checks of this lesson cannot say with names alone."""

import torch


def _once(loader):
    """Every target that one round brings, and the sizes of its batches."""
    batches = [yb for _, yb in loader]
    return torch.cat(batches), [len(yb) for yb in batches]


def dealt(mine, reference):
    """``held`` is what a generator with the right seed leaves."""
    found, wanted = _kilos(mine.held), _kilos(reference.held)
    if torch.equal(found, wanted):
        return True
    if torch.equal(found, _kilos(mine.ds)[-len(found) :]):
        return "`held` is the end of the file."
    if len(found) == len(wanted) and torch.equal(found, _first(mine.ds, len(found))):
        return "`held` was dealt first, and `train` got the rest."
    return "`held` is what another deal leaves."


def _kilos(part):
    """The targets of all its samples, in order."""
    return torch.stack([part[i][1] for i in range(len(part))]).flatten()


def _first(part, count):
    """The targets of the first ``count`` samples that seed 7 deals."""
    order = torch.randperm(len(part), generator=torch.Generator().manual_seed(7)).tolist()
    return _kilos(part)[order[:count]]


def shuffled(mine, reference):
    """Two rounds of ``train_loader`` bring the training part, in two orders."""
    wanted = _kilos(mine.train)[:, None]
    first, sizes = _once(mine.train_loader)
    if sizes != _once(reference.train_loader)[1]:
        return f"The batches of `train_loader` have the sizes {sizes}."
    second = _once(mine.train_loader)[0]
    if not torch.equal(first.sort(dim=0).values, wanted.sort(dim=0).values):
        return "`train_loader` does not go through just the training part."
    if torch.equal(first, second) or torch.equal(first, wanted):
        return "`train_loader` brings the same order every time."
    return True


def in_order(mine, reference):
    """A round of ``held_loader`` brings the held part as it is."""
    wanted, right = _kilos(mine.held)[:, None], _once(reference.held_loader)[1]
    found, sizes = _once(mine.held_loader)
    if sizes != right:
        return f"The batches of `held_loader` have the sizes {sizes}."
    if not torch.equal(found.sort(dim=0).values, wanted.sort(dim=0).values):
        return "`held_loader` does not go through just the held part."
    return torch.equal(found, wanted) or "`held_loader` brings the right penguins, but not in order."
