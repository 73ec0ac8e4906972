"""The names that code says: of a text what may be one, of a compiled function what it looks up."""

from __future__ import annotations

import re
from types import CodeType

_WORD = re.compile(r"[^\W\d]\w*")


def words(*texts: str) -> set[str]:
    """Whatever in them may be a name."""
    return set(_WORD.findall("\n".join(texts)))


def looked_up(code: CodeType) -> set[str]:
    """Names and attributes that a function, and what is defined in it, may look up outside of itself."""
    inner = (looked_up(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*inner)
