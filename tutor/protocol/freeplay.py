"""What a copy of the session, made to play in, has to say of its names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlayName:
    """One name of the learner's."""

    name: str
    kind: str
    """What it stands for, in a few words: ``tensor [3, 4]``, ``Linear``, ``int``."""
    how: str
    """``new`` or ``changed``, of a name that can be brought back; why, of one that is not in the copy."""
