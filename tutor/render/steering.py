"""What became of a wish about a training loop, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.numbers import number
from tutor.texts import _

if TYPE_CHECKING:
    from tutor.protocol.events import Steered

NOTHING_RUNS = "Nothing runs, so there is no training loop to steer."


def steered_words(event: Steered) -> str:
    """One or two sentences; empty for what the screen shows anyway."""
    match event.outcome:
        case "rate":
            groups = f" (and of {event.groups - 1} more parameter groups likewise)" if event.groups > 2 else ""
            groups = " (and of the other parameter group likewise)" if event.groups == 2 else groups
            return f"Learning rate {number(event.before)} → {number(event.after)}{groups}.{_left(event.left)}"
        case "no rate" if event.left:
            return (
                "The learning rate is a tensor that needs a gradient: your code changes it, so it was left alone."
            )
        case "no rate":
            return (
                "There is no learning rate to change: no optimiser steps in this loop. Where the update is "
                "written by hand the rate is a number in your code."
            )
        case "waiting":
            return (
                "No step of a training loop has ended within the last second. The wish is kept until one does; "
                "Ctrl+C stops the code at once."
            )
        case "late":
            return "The code ended before a step of a training loop could do that."
        case _:
            return ""


def _left(groups: int) -> str:
    if not groups:
        return ""
    what = (
        "One rate that is a tensor with a gradient was" if groups == 1 else f"{groups} rates with a gradient were"
    )
    return f" {what} left alone."


def held_words(held: str, key: str) -> str:
    """What the line of the machine's state says while a loop is held; ``key`` lets it go on."""
    return (
        _("‖ one step of training …")
        if held == "stepping"
        else _("‖ training paused · {key} goes on").format(key=key)
    )


def steering_line(running: bool, held: str, runs: int, width: int, here: bool = True) -> str:
    """The keys that mean something for the Training pane now, in the fullest wording that fits.

    ``here``: the pane has the focus. Elsewhere its own keys would be typed into the prompt, and those behind Esc,
    which work anywhere, are named.
    """
    if running or held:
        go = "go on" if held else "pause"
        state = {"paused": "‖ paused · ", "stepping": "‖ one step … "}.get(held, "")
        versions: tuple[str, ...]
        if here:
            full = f"{state}Space: {go}   .: one step   + -: learning rate   x: stop"
            versions = (full, f"{state}Space {go}  . step  + - rate  x stop", f"{state}Space . + - x")
        else:
            full = f"{state}Esc P: {go}   Esc N: one step   Esc U, H: rate   Esc X: stop"
            versions = (full, f"{state}Esc, then P {go}  N step  U H rate  X stop", f"{state}Esc P N U H X")
    elif runs:
        kept, key = f"{runs} run{'s' if runs > 1 else ''} kept", "k" if here else "Esc R"
        versions = (f"{kept}   {key}: compare, name, export", f"{kept}   {key}: compare", f"{key}: runs")
    else:
        versions = ("",)
    return next((version for version in versions if len(version) <= width), versions[-1][:width])


def runs_line(naming: bool, width: int) -> str:
    """The keys of the list of runs."""
    versions: tuple[str, ...]
    if naming:
        versions = ("Enter: take the name   Esc: leave it", "Enter: take   Esc: leave")
    else:
        versions = (
            "up down: run   Enter: draw or not   n: name   w: write files   k: back",
            "Enter draw  n name  w write  k back",
            "Enter n w k",
        )
    return next((version for version in versions if len(version) <= width), versions[-1][:width])
