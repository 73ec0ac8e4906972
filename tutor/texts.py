"""What the interface says, in the learner's language: English is the key, a ``.po`` file has the other one.

A text is wrapped where it is shown: ``_("Nothing is due.")``, ``plural("{n} step", "{n} steps", n)``, both
followed by ``.format(…)`` where something stands in it. What is made at import (keys, help) stays English
there, marked by :func:`mark` or by standing in a registry, and is translated when it is shown.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.paths import assets_dir

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Protocol

    class Words(Protocol):
        """What :mod:`gettext` gives."""

        def gettext(self, message: str, /) -> str: ...
        def ngettext(self, one: str, many: str, n: int, /) -> str: ...


ENGLISH = "en"
"""The language of the source texts and of ``lesson.yaml``."""

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:[-_](?P<script>[a-z]{4}))?(?:[-_](?P<region>[a-z]{2}|[0-9]{3}))?(?:[.@].*)?", re.I
)
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In this order, the first that is set says how a system speaks (POSIX, Environment Variables)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The language that was chosen."""

    tag: str = ENGLISH
    """As in ``lesson.pt-BR.yaml``."""
    source: str = ""
    """What said so: ``--lang``, or the name of a variable; empty when nothing did."""
    words: Words | None = None
    """The interface in that language; None is English."""


_chosen = Choice()


def choose(wanted: str = "") -> Choice:
    """Speak ``wanted``, else what ``$TUTOR_LANG`` or the locale asks for; English where it is not known."""
    tag, source = _asked_for(wanted)
    return use(Choice(tag, source, _words(tag)))


def use(choice: Choice) -> Choice:
    """Speak as ``choice`` says, from now on; returns what was spoken before."""
    global _chosen
    before, _chosen = _chosen, choice
    return before


def chosen() -> Choice:
    return _chosen


def candidates() -> tuple[str, ...]:
    """Languages to look for, the best first: ``pt-BR``, then ``pt``; none for English, which is always there."""
    parts = _chosen.tag.split("-")
    return () if parts[0] == ENGLISH else tuple("-".join(parts[:n]) for n in range(len(parts), 0, -1))


def tag_of(name: str) -> str:
    """``pt-BR`` of ``pt_BR.UTF-8``; empty for what names no language (``C``, or a path)."""
    found = _TAG.fullmatch(name.strip())
    if found is None:
        return ""
    parts = (found["language"].lower(), (found["script"] or "").title(), (found["region"] or "").upper())
    return "-".join(part for part in parts if part)


def _(text: str) -> str:
    """``text`` in the learner's language."""
    return text if _chosen.words is None or not text else _chosen.words.gettext(text)


def plural(one: str, many: str, n: int) -> str:
    """``one`` or ``many``, as ``n`` wants it, in the learner's language."""
    if _chosen.words is None:
        return one if n == 1 else many
    return _chosen.words.ngettext(one, many, n)


def mark(text: str) -> str:
    """``text`` itself: it is to be translated where it is shown."""
    return text


def retold(text: str, *templates: str) -> str:
    """A sentence that was made elsewhere, by the worker, if it is one of ``templates`` with something put in."""
    if _chosen.words is None:
        return text
    for template in templates:
        pieces = re.split(r"\{(\w+)\}", template)
        pattern = "".join(f"(?P<{piece}>.*?)" if n % 2 else re.escape(piece) for n, piece in enumerate(pieces))
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return _(template).format(**found.groupdict())
    return text


def file_of(tag: str) -> Path:
    """The interface in a language; the file need not exist."""
    return assets_dir() / "locale" / tag.replace("-", "_") / "LC_MESSAGES" / "tutor.po"


def _asked_for(wanted: str) -> tuple[str, str]:
    for value, source in ((wanted, "--lang"), (os.environ.get("TUTOR_LANG", ""), "TUTOR_LANG")):
        if tag := tag_of(value):
            return tag, source
    name = next((name for name in _LOCALE if os.environ.get(name)), "")
    tag = tag_of(os.environ[name]) if name else ""
    return (tag, name) if tag else (ENGLISH, "")


def _words(tag: str) -> Words | None:
    if tag.partition("-")[0] == ENGLISH:
        return None
    names = tag.split("-")
    for n in range(len(names), 0, -1):
        file = file_of("-".join(names[:n]))
        if file.is_file():
            from tutor.po import read_po

            return read_po(file)
    return None
