"""A lesson's prose for whoever reads it without the tutor: what speaks of keys and panes is left out.

Keys stand as lessons write them (``**F5**``, ``Esc A``, Enter), and panes are called so. Of a sentence only the
clause goes that names one, and what merely starts a task ("**F5**, Enter, and repair …") leaves the task.
"""

from __future__ import annotations

import re
import textwrap

_WIDTH = 76
_FENCE = re.compile(r" {0,3}(```|~~~)")
_ITEM = re.compile(r"(\s*(?:[-*]|\d+\.)\s+)(?=\S)")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_HELD = re.compile("[\ue000-\uefff]")
"""Each stands for a span of code: no full stop in one ends anything, and what looks like a key in it is none."""

_BLANK = "\uf000"
"""A blank in code, where no line ends."""

_KEY = r"(?:\*\*(?:F1|Up|Down)\*\*|\*{0,2}(?:F(?:[2-9]|1[0-2])\b|Esc \S|Esc\b)\*{0,2})"
_ENTER = r"\*{0,2}\bEnter\b(?! (?:a|an|the|your|its)\b)\*{0,2}(?: twice)?"
_JOINED = r"(?:, then |, and |, | and | then )"
_KEYS = rf"(?:[Pp]ress )?{_KEY}(?:{_JOINED}(?:press )?(?:{_KEY}|{_ENTER}))*"
_SCREEN = re.compile(rf"{_KEY}|{_ENTER}|\b[Pp]ress(?:es|ing)?\b|\b[Pp]anes?\b|line above the prompt")

_ASIDE = re.compile(
    rf"\s*\([^()]*(?:{_KEY}|{_ENTER})[^()]*\)| with {_KEYS}"
    r"|, (?:drawn|marked|seen|shown)\b[^,.:;()]*\bpanes?(?:,|(?=[.:;]))"
)
_LEADING = re.compile(rf"^{_KEYS}(?:, and | and |, then |, |; )(?=[a-z\ue000-\uefff])(?!then\b)")
_TRAILING = re.compile(rf"(?:,? (?:and )?then (?:[^,:;]* )?|, )(?:press )?{_KEYS}(?=[.?!]?$)")
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[*_“\"(]*[A-Z0-9\ue000-\uefff])")
_CLAUSE = re.compile(r"(?<=[:;])\s+")
_ONLY_KEYS = re.compile(rf"\W*(?:{_KEYS}|\bthen\b|\W)+$")


def off_screen(text: str) -> str:
    """``text`` (Markdown) without what only holds in front of the tutor; what is fenced stays as it is."""
    blocks: list[tuple[str, bool]] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        # A block is a paragraph, an item, or a line by itself: of a fence, a table, a quotation, or empty.
        joins = not (fence or mark or not line.strip() or _ITEM.match(line) or _alone(line))
        if joins and blocks and blocks[-1][1]:
            blocks[-1] = (f"{blocks[-1][0]}\n{line}", True)
        else:
            blocks.append((line, not (fence or mark or not line.strip() or _alone(line))))
        if mark and (not fence or mark[1] == fence):
            fence = "" if fence else mark[1]
    kept = [(_block(block), block) if prose else (block, block) for block, prose in blocks]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_without_gaps(kept))).strip("\n")


def _alone(line: str) -> bool:
    return line.lstrip().startswith(("|", ">")) or line.startswith("    ")


def _without_gaps(blocks: list[tuple[str, str]]) -> list[str]:
    """What is left, without the words that led to a list of which nothing is."""
    lines: list[str] = []
    heading = -1
    for new, old in blocks:
        gone = bool(old.strip()) and not new.strip()
        if gone and _ITEM.match(old):
            last = next((n for n in reversed(range(len(lines))) if lines[n].strip()), -1)
            if heading < 0 <= last and lines[last].rstrip().endswith(":"):
                heading = last
            continue
        if heading >= 0 and new.strip():
            if not _ITEM.match(new):
                lines[heading] = _without_last(lines[heading])
            heading = -1
        if not gone:
            lines.append(new)
    if heading >= 0:
        lines[heading] = _without_last(lines[heading])
    return lines


def _without_last(block: str) -> str:
    """A paragraph without its last sentence, which ends in a colon."""
    return "\n".join(_SENTENCE.split(block)[:-1])


def _block(block: str) -> str:
    spans: list[str] = []

    def held(found: re.Match[str]) -> str:
        spans.append(re.sub(r"\s*\n\s*", " ", found[0]).replace(" ", _BLANK))
        return chr(0xE000 + len(spans) - 1)

    item = _ITEM.match(block)
    lead = item[1] if item else ""
    line = " ".join(_CODE.sub(held, re.sub(f"{_HELD.pattern}|{_BLANK}", "", block[len(lead) :])).split())
    if not _SCREEN.search(line):
        return block
    line = " ".join(part for sentence in _SENTENCE.split(line) if (part := _sentence(sentence)))
    line = _HELD.sub(lambda found: spans[ord(found[0]) - 0xE000], line)
    wrapped = textwrap.wrap(
        line, _WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead),
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
    return "\n".join(wrapped).replace(_BLANK, " ")


def _sentence(sentence: str) -> str:
    """What is left of a sentence; empty where that is nothing."""
    if not _SCREEN.search(sentence):
        return sentence
    end = match[0] if (match := re.search(r"[.?!:]?[)*_”]*$", sentence)) else ""
    left = _TRAILING.sub("", _ASIDE.sub("", sentence))
    clauses = [_LEADING.sub("", clause, count=1) for clause in _CLAUSE.split(left)]
    kept: list[str] = []
    for clause in clauses:
        if not _SCREEN.search(clause):
            kept.append(clause)
        elif not _ONLY_KEYS.match(clause):
            # What follows tells more of what is seen there.
            break
    if not re.search(r"[\w\ue000-\uefff]", "".join(kept)):
        return ""
    said = " ".join(kept).rstrip(":;, ")
    said = said[0].upper() + said[1:]
    return said if re.search(r"[.?!:][)*_”]*$", said) else said + (end.strip(")*_”") or ".")
