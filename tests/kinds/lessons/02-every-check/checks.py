"""The checks of this lesson that no other kind can say."""

from typing import Any


def adds_up(mine: Any, reference: Any) -> bool | str:
    total = mine.p.sum().item()
    return True if abs(total - 1) < 1e-6 else f"p adds up to {total:.2f}"


def halves(mine: Any, reference: Any) -> bool:
    return bool(mine.half(8) == reference.half(8))
