"""What train-well judges by looking on."""

from __future__ import annotations


def three_parts(mine, reference):
    """Sizes, nothing twice, nothing lost, and no part as it lay in the file."""
    parts = {name: [int(i) for i in getattr(mine, name)] for name in ("train", "val", "test")}
    for name, size in (("train", 60), ("val", 20), ("test", 20)):
        if len(parts[name]) != size:
            return f"`{name}` has {len(parts[name])} numbers, and should have {size}."
    for name, part in parts.items():
        if len(set(part)) < len(part):
            return f"Some number is in `{name}` twice. Each row of the file should be in one place only."
    everything = [i for part in parts.values() for i in part]
    if len(set(everything)) < len(everything):
        return "Some number is in two of the parts. What was learned from must not be asked about."
    if sorted(everything) != list(range(100)):
        return "Every number from 0 to 99 should be in one of the parts."
    for name, part in parts.items():
        if max(part) - min(part) < 1.2 * len(part):
            return f"`{name}` holds only neighbours of the file, which is sorted. Shuffle first."
    return True


def how_it_was_asked(mine, reference):
    """While ``evaluate`` asks the net, dropout is off, and no notes are taken."""
    import torch

    seen = []
    hook = mine.net.register_forward_hook(lambda net, *_: seen.append((net.training, torch.is_grad_enabled())))
    was = mine.net.training
    try:
        mine.net.train()
        mine.evaluate(mine.net, mine.x, mine.labels)
    finally:
        hook.remove()
        mine.net.train(was)
    if not seen:
        return "`evaluate` never asked the net."
    if any(training for training, _ in seen):
        return "The net was asked in training mode, so dropout was at work."
    noted = any(grad for _, grad in seen)
    return not noted or "Notes for gradients were taken. `torch.no_grad()` leaves them out."
