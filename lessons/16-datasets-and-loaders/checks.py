"""What the checks of this lesson cannot say with names alone."""

import torch


def _once(loader):
    """Every target that one round brings, and the sizes of its batches."""
    batches = [yb for _, yb in loader]
    return torch.cat(batches), [len(yb) for yb in batches]


def shuffled(mine, reference):
    """Two rounds of ``train_loader`` bring the training part, in two orders."""
    wanted = torch.stack([y for _, y in reference.train])
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
    wanted, right = _once(reference.held_loader)
    found, sizes = _once(mine.held_loader)
    if sizes != right:
        return f"The batches of `held_loader` have the sizes {sizes}."
    if not torch.equal(found.sort(dim=0).values, wanted.sort(dim=0).values):
        return "`held_loader` does not go through just the held part."
    return torch.equal(found, wanted) or "`held_loader` brings the right penguins, but not in order."
