"""The one sanitiser: text from a worker, a lesson or a file passes here before anything may show it.

Terminals obey far more than colours: a printed escape sequence can move the cursor, set the title or
write the clipboard, and Textual passes most of them on. Only printable characters, newlines, tabs and,
where asked for, colours (SGR) and the few steps of progress bars are let through.
"""

from __future__ import annotations

import re

_SGR = re.compile(r"\x1b\[[0-9;:]*m")
_STEP = re.compile(r"\x1b\[(?:[0-9]{0,2}A|[0-2]?K)")
# A whole escape sequence is one thing to drop: OSC, DCS, SOS, PM and APC strings, CSI sequences, other escapes.
_ESCAPE = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
# What is left of C0 and C1 controls, DEL, and the characters that reorder or hide text on a line.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def plain(text: str) -> str:
    """``text`` with every escape sequence and control character dropped, newlines and tabs kept."""
    if text.isprintable():
        return text
    return _CONTROL.sub("", _ESCAPE.sub("", text.replace("\r\n", "\n")))


def styled(text: str) -> str:
    """Like :func:`plain`, with colours (SGR), carriage returns, backspaces, and two steps of progress bars kept:
    some lines up, and erasing a line. Whoever shows them must see to it that they touch program output only."""
    if text.isprintable():
        return text
    kept: list[str] = []
    end = 0
    for match in _ESCAPE.finditer(text):
        kept.append(_keep_line_control(text[end : match.start()]))
        if _SGR.fullmatch(match[0]) or _STEP.fullmatch(match[0]):
            kept.append(match[0])
        end = match.end()
    kept.append(_keep_line_control(text[end:]))
    return "".join(kept)


def _keep_line_control(text: str) -> str:
    return _CONTROL.sub(lambda m: m[0] if m[0] in "\r\b" else "", text)


def without_steps(text: str) -> str:
    """:func:`styled` text that stays on its line: safe for a terminal that holds more than program output."""
    return _STEP.sub("", text) if "\x1b" in text else text


def without_colour(text: str) -> str:
    """What a person would read: :func:`styled` text without its colours, carriage returns resolved."""
    lines = []
    for line in _SGR.sub("", without_steps(text)).replace("\r\n", "\n").split("\n"):
        body = line.rstrip("\r")
        lines.append(body.rpartition("\r")[2])
    return "\n".join(lines)
