"""The checks of this lesson that no other kind can say."""


def adds_up(mine, reference):
    total = mine.p.sum().item()
    return True if abs(total - 1) < 1e-6 else f"p adds up to {total:.2f}"


def halves(mine, reference):
    return mine.half(8) == reference.half(8)
