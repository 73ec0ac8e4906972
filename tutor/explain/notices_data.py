"""Words of the rules about data."""

from __future__ import annotations

from tutor.explain.notices_words import Words

WORDS: dict[str, Words] = {}
