"""Signs of trouble in a training, in words, with what to do about them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tutor.render.lines import clean
from tutor.render.numbers import count, number

if TYPE_CHECKING:
    from tutor.protocol.training import Flag
    from tutor.render.look import Look

_SHORT = {
    "not finite": "NaN/Inf",
    "diverging": "diverging",
    "exploding": "exploding",
    "vanishing": "vanishing",
    "dead": "dead",
    "stalled": "stalled",
}


def short(flag: Flag, look: Look) -> str:
    """A word or two for a narrow place."""
    if flag.kind == "dead units" and flag.numbers and math.isfinite(flag.numbers[0]):
        return f"{100 * flag.numbers[0]:.0f}% dead"
    return _SHORT.get(flag.kind, clean(flag.kind, look))


def words(flag: Flag, look: Look) -> str:
    """One or two sentences: what was seen, where, from which step on, and what helps."""
    where, step = clean(flag.path, look), f"from step {count(flag.step)}"
    numbers = (*flag.numbers, *(0.0,) * 3)
    first, last = numbers[0], numbers[len(flag.numbers) - 1] if flag.numbers else 0.0
    more = f" and {count(int(last) - 1)} more" if math.isfinite(last) and last > 1 else ""
    if flag.kind == "not finite":
        of_loss = len(flag.numbers) < 3
        step = _since(numbers[1 if of_loss else 2], flag.step)
        if of_loss:
            value = "NaN" if math.isnan(first) else "infinite"
            return f"{where} is {value} {step}. Look for log(0), 0/0 or too large a step; try a smaller lr."
        what = "value" if first else "gradient"
        return f"{where}{more}: NaN or Inf in the {what} {step}. Training cannot come back from it: start anew."
    if flag.kind == "diverging":
        grows = f"{number(first)} to {number(numbers[1])}, {step}"
        return f"{where} grows ({grows}): the steps are too large; lower the lr."
    if flag.kind == "exploding":
        times = f"{number(first, 6)}x" if math.isfinite(first) else "far above"
        return f"{where}{more}: gradient {times} its first ones {step}. Clip it (clip_grad_norm_) or lower the lr."
    if flag.kind == "vanishing":
        learn = "learn" if more else "learns"
        return (
            f"{where}{more} hardly {learn}{_by(first)}: next to nothing of the gradient arrives. "
            "ReLU or GELU for sigmoid, normalisation or skip connections help."
        )
    if flag.kind == "dead":
        return (
            f"{where}{more}: gradient exactly 0 at look after look, as of step {count(flag.step)}; "
            "a ReLU behind it lets nothing through. Lower the lr, check the bias, or take LeakyReLU."
        )
    if flag.kind == "dead units":
        share = f"{100 * first:.0f}%" if math.isfinite(first) else "most"
        layer = where.removesuffix(".bias").removesuffix(".weight")
        bias = "give it a bias" if where.endswith(".weight") else "check the bias"
        return (
            f"{layer}{more}: {share} of its units had no gradient at any look, "
            f"as a ReLU that never fires. Lower the lr, {bias}, or take LeakyReLU."
        )
    if flag.kind == "stalled":
        return (
            f"{where}{more}: updates{_by(first)} are lost in rounding (dtype resolution {number(numbers[1], 6)}). "
            "Raise the lr, or keep the weights in float32."
        )
    return f"{where}: {clean(flag.kind, look)} {step}"


def _since(earliest: float, seen: int) -> str:
    """When it began: not every step of a quick loop is looked at."""
    if 1 <= earliest < seen:
        return f"from a step between {count(int(earliest))} and {count(seen)}"
    return f"from step {count(seen)}"


def _by(ratio: float) -> str:
    return f" (dw/w {number(ratio, 6)})" if ratio else ""
