"""Reads a ``.po`` file as :mod:`gettext` reads the ``.mo`` made of it, so that no compiled file has to be kept.

The formats: GNU gettext manual, "The Format of PO Files" and "The Format of GNU MO Files".
"""

from __future__ import annotations

import gettext
import io
import re
import struct
from collections.abc import Iterator
from pathlib import Path

_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[([0-9])\])?[ \t]+)?"(.*)"\s*')
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"n": "\n", "t": "\t", "r": "\r"}
_MAGIC = 0x950412DE
_HEADER_SIZE = 28


def read_po(file: Path) -> gettext.GNUTranslations:
    """The translations in ``file``. Entries that are fuzzy, obsolete or empty are left out, as ``msgfmt`` does."""
    entries = {}
    for entry in _entries(file.read_text("utf-8")):
        key = entry.get("msgid", "")
        if "msgid_plural" in entry:
            key += f"\0{entry['msgid_plural']}"
        forms = [entry[name] for name in sorted(entry) if name.startswith("msgstr")]
        if "msgctxt" in entry:
            key = f"{entry['msgctxt']}\x04{key}"
        if forms and all(forms):
            entries[key.encode()] = "\0".join(forms).encode()
    return gettext.GNUTranslations(io.BytesIO(_compiled(entries)))


def _entries(text: str) -> Iterator[dict[str, str]]:
    """Each entry as its keywords and their texts; a plural form's keyword ends with its number (``msgstr1``)."""
    entry: dict[str, str] = {}
    keyword, fuzzy = "", False
    for line in text.splitlines():
        ended = any(name.startswith("msgstr") for name in entry)
        found = _LINE.fullmatch(line.strip())
        if ended and (found is None or found[1] in ("msgctxt", "msgid")):
            # A fuzzy header is still the header.
            if not fuzzy or not entry.get("msgid"):
                yield entry
            entry, keyword, fuzzy = {}, "", False
        if found is None:
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        if found[1]:
            keyword = found[1] + (found[2] or "")
            entry[keyword] = ""
        if keyword:
            entry[keyword] += _ESCAPED.sub(lambda m: _MEANT.get(m[1], m[1]), found[3])
    if entry and (not fuzzy or not entry.get("msgid")):
        yield entry


def _compiled(entries: dict[bytes, bytes]) -> bytes:
    """The same as a ``.mo`` file without a hash table."""
    keys = sorted(entries)
    count = len(keys)
    first = _HEADER_SIZE + 16 * count
    tables, data = [], bytearray()
    for texts in (keys, [entries[key] for key in keys]):
        table = []
        for text in texts:
            table += [len(text), first + len(data)]
            data += text + b"\0"
        tables.append(struct.pack(f"<{2 * count}I", *table))
    head = struct.pack("<7I", _MAGIC, 0, count, _HEADER_SIZE, _HEADER_SIZE + 8 * count, 0, 0)
    return head + b"".join(tables) + bytes(data)
