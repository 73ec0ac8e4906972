"""One wrong answer."""

from __future__ import annotations

from dataclasses import dataclass

NO_MUTANT = "this mutant changes nothing here"
"""What a mutant raises that finds itself to be the solution."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A whole submission that is wrong, or should be."""

    name: str
    """Such as ``zeros:centred`` or ``dim:1->0@L2``: the same as long as that part of the solution is."""
    code: str
    what: str
    """Plain English: ```dim=0` became `dim=1` in line 2``."""

    @property
    def family(self) -> str:
        """What kind of mistake it is."""
        return self.name.partition(":")[0]
