"""What is said of a training in words and figures: one line, and a sentence where one is deserved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.lines import Line
from tutor.render.numbers import count, number

if TYPE_CHECKING:
    from tutor.protocol.playground import Playing, Sign
    from tutor.render.look import Look


def status_line(playing: Playing | None, running: bool, look: Look) -> Line:
    """Whether it runs, how far it is, how fast it goes, how large the gradient is."""
    ink = look.palette
    if playing is None:
        return Line()
    run, hold = ("▸", "■") if look.unicode else (">", "=")
    line = Line(f"{run} running" if running else f"{hold} paused ", ink.good if running else ink.warn)
    facts = [("step", count(playing.step)), ("epoch", count(int(playing.epoch)))]
    facts.append(("steps/s", count(round(playing.per_second)) if running else look.glyphs.dash))
    gradient = look.glyphs.dash if playing.grad_norm is None else number(playing.grad_norm)
    facts.append((f"{look.glyphs.norm}grad{look.glyphs.norm}", gradient))
    for name, value in facts:
        if line.cells + len(name) + len(value) + 16 <= look.width:
            line.add("   ").add(f"{name} ", ink.dim).add(value, ink.name)
    return line


def sign_words(sign: Sign, rate: float) -> str:
    """What has happened, and what helps."""
    match sign.kind, sign.numbers:
        case "diverged", (first,):
            return (
                f"Diverged: the loss began at {number(first)} and has blown up. At a rate of {number(rate)} each "
                "step overshoots. L lowers the rate, r begins again."
            )
        case "dead", (layer, dead, of):
            return (
                f"Dead: {dead:.0f} of {of:.0f} neurons of layer {layer:.0f} answer 0 to every point: no gradient "
                "comes through a ReLU that is off. r with another seed (s), or another activation (a)."
            )
        case "stalled", (steps,):
            return (
                f"Stalled: in {count(round(steps))} steps the loss has hardly moved. Another rate (l), more "
                "neurons, another input or another seed may get it going."
            )
        case "overfits", (best,):
            return (
                f"Overfits: the test loss was {number(best)} and rises while the train loss falls. "
                "More points to train on (p), fewer neurons or a penalty (g) help."
            )
        case _:
            return ""
