"""Words of the rules about training."""

from __future__ import annotations

from tutor.explain.notices_words import Words

WORDS: dict[str, Words] = {}
