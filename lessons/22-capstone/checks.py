"""Whether a net was trained on pictures that were held back, told by how well it knows them."""

import torch


def kept_back(mine, reference):
    """``val`` is news to ``net``: it knows other pictures as well as these, and those it learned from better.

    Nets that never saw ``val`` lose there 0.74 times and more of what they lose on ``test``, 1.3 times and more of
    what they lose on ``train``: 1.5 times once that is below 0.1, 1.7 times below 0.05, 9 times below 0.02. The
    bounds are well under all of it, as nobody right may be refused; a net that knows ``val`` only a little slips
    through.
    """
    return _news(mine, "x", "`val`")


def kept_back_moved(mine, reference):
    """The same, of the pictures as they are and of the moved ones."""
    first = _news(mine, "x", "`val`")
    return first if first is not True else _news(mine, "moved", "`val`, moved,")


def _news(mine, name, said):
    train, val, test = (_loss(mine, name, part) for part in ("train", "val", "test"))
    if val < test / 2:
        there = f"`net` knows the pictures of {said} too well: its loss there is {val:.2g}"
        return f"{there}, and on `test` {test:.2g}."
    # The better a net knows what it learned from, the further behind is what it never saw.
    often = next((often for loss, often in ((0.02, 2), (0.05, 1.4), (0.1, 1.25)) if train < loss), 0.9)
    if val < often * train:
        there = f"`net` knows the pictures of {said} too well: its loss there is {val:.2g}"
        return f"{there}, and on `train` {train:.2g}."
    return True


def _loss(mine, name, part):
    """The loss of ``net`` on a part of the pictures called ``name``, as the lesson dealt them."""
    places = getattr(mine, part)
    net, training = mine.net, mine.net.training
    try:
        with torch.no_grad():
            logits = net.eval()(getattr(mine, name)[places])
        return torch.nn.functional.cross_entropy(logits, mine.labels[places]).item()
    finally:
        net.train(training)
