"""The footer in the learner's language: bindings are made at import, in English."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.texts import _, chosen

if TYPE_CHECKING:
    from textual.binding import ActiveBinding
    from textual.screen import Screen

    _Base = Screen[None]
else:
    _Base = object


class InLanguage(_Base):
    """Mixin of a screen with a footer."""

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        found = super().active_bindings
        if chosen().words is None:
            return found
        return {key: _translated(active) for key, active in found.items()}


def _translated(active: ActiveBinding) -> ActiveBinding:
    binding = replace(active.binding, description=_(active.binding.description))
    return active._replace(binding=binding, tooltip=_(active.tooltip))
