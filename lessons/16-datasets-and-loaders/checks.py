"""What the checks of this lesson cannot say with names alone."""

import copy

import torch


def _once(loader):
    """Every target that one round brings, and the sizes of its batches."""
    batches = [yb for _, yb in loader]
    return torch.cat(batches), [len(yb) for yb in batches]


def fifths(mine, reference):
    """Four fifths and one fifth, whichever way they were rounded."""
    wanted = len(reference.train), len(reference.held)
    found = len(mine.train), len(mine.held)
    # `random_split` rounds the first part up, `int(0.8 * len(ds))` rounds it down.
    if found in (wanted, (wanted[0] - 1, wanted[1] + 1)):
        return True
    return f"`train` has {found[0]} and `held` has {found[1]}; {wanted[0]} and {wanted[1]} of `ds` are expected."


def dealt(mine, reference):
    """``held`` is what a generator with the right seed leaves."""
    found = _kilos(mine.held)
    if torch.equal(found, _dealt(mine.ds)[-len(found) :]):
        return True
    if torch.equal(found, _kilos(mine.ds)[-len(found) :]):
        return "`held` is the end of the file."
    if torch.equal(found, _dealt(mine.ds)[: len(found)]):
        return "`held` was dealt first, and `train` got the rest."
    return "`held` is what another deal leaves."


def _kilos(part):
    """The targets of all its samples, in order."""
    return torch.stack([part[i][1] for i in range(len(part))]).flatten()


def _dealt(part):
    """The targets of all its samples, as seed 7 deals them."""
    order = torch.randperm(len(part), generator=torch.Generator().manual_seed(7))
    return _kilos(part)[order]


def _by_32(part):
    """The sizes of its batches."""
    return [len(batch) for batch in torch.arange(len(part)).split(32)]


def shuffled(mine, reference):
    """Two rounds of ``train_loader`` bring the training part, in two orders."""
    wanted = _kilos(mine.train)[:, None]
    first, sizes = _once(mine.train_loader)
    if sizes != _by_32(mine.train):
        return f"The batches of `train_loader` have the sizes {sizes}."
    second = _once(mine.train_loader)[0]
    if not torch.equal(first.sort(dim=0).values, wanted.sort(dim=0).values):
        return "`train_loader` does not go through just the training part."
    if torch.equal(first, second) or torch.equal(first, wanted):
        return "`train_loader` brings the same order every time."
    return True


def in_order(mine, reference):
    """A round of ``held_loader`` brings the held part as it is."""
    wanted = _kilos(mine.held)[:, None]
    found, sizes = _once(mine.held_loader)
    if sizes != _by_32(mine.held):
        return f"The batches of `held_loader` have the sizes {sizes}."
    if not torch.equal(found.sort(dim=0).values, wanted.sort(dim=0).values):
        return "`held_loader` does not go through just the held part."
    return torch.equal(found, wanted) or "`held_loader` brings the right penguins, but not in order."


def unseen(mine, reference):
    """No gradient came to ``net`` from the held part, and a round of that teaches it something."""
    # The net that the step gives marks itself, whatever it is taught afterwards; one the learner makes does not.
    if getattr(mine.net, "seen", False):
        return "`net` was taught with `held_loader`."
    net = copy.deepcopy(mine.net)
    before = torch.cat([p.detach().flatten() for p in net.parameters()])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for xb, yb in mine.held_loader:
        loss = torch.nn.functional.mse_loss(net(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    after = torch.cat([p.detach().flatten() for p in net.parameters()])
    # Taught by the held part alone, the net moves by 0.003 at most; taught by the other part, by 0.04 and more.
    return bool((after - before).abs().max() > 0.01) or "`net` was taught with `held_loader`."
