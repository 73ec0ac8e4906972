"""Whether a net was trained on pictures that were held back, told by how well it knows them."""

import torch


def kept_back(mine, reference):
    """``val`` is news to ``net``: it knows other pictures as well as these, and those it learned from better.

    Nets that never saw ``val`` lose there 0.74 times and more of what they lose on ``test``, and 1.7 times and more
    of a loss on ``train`` below 0.1; the bounds are well under both, as nobody right may be refused. So a net that
    has hardly learned can slip through, with pictures of ``val`` that it hardly knows.
    """
    for name, said in (("x", "`val`"), ("moved", "`val`, moved,")):
        train, val, test = (_loss(mine, name, part) for part in ("train", "val", "test"))
        if val < test / 2 or (train < 0.1 and val < 1.3 * train):
            other, loss = ("`test`", test) if val < test / 2 else ("`train`", train)
            return f"`net` knows the pictures of {said} too well: its loss there is {val:.2g}, and on {other} {loss:.2g}."
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
