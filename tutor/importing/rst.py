"""reStructuredText as Markdown, as far as the tutorials of galleries use it."""

from __future__ import annotations

import re
import textwrap

_LINE = re.compile(r"^([=\-~^*+#\"'`:.])\1{2,}\s*$")
_DIRECTIVE = re.compile(r"^\.\. ([\w:-]+)::\s*(.*)$")
_EXPLICIT = re.compile(r"^\.\.(\s|$)")
_FIELD = re.compile(r"^:[\w -]+:")
_ROLE = re.compile(r":(?:\w+:){0,2}\w+:`([^`]{1,300})`")
_LITERAL = re.compile(r"``([^`\n]{1,500})``")
_LINK = re.compile(r"(?<!`)`([^`<>]{1,300}?)\s*<([^`<>\s]{1,1000})>`__?")
_SIMPLE_LINK = re.compile(r"(?<!`)`([^`\n]{1,200})`__?(?!\w)")
_EMBEDDED = re.compile(r"(?<!`)`([^`\n]{1,200})`(?!`)")

_CODE = frozenset(("code-block", "code", "sourcecode", "prompt", "testcode"))
_DROPPED = frozenset((
    "raw", "contents", "toctree", "meta", "include", "only", "grid", "grid-item-card", "grid-item",
    "card", "index", "currentmodule", "container", "highlight", "customcarditem",
    "customcalloutitem", "rst-class", "plot",
))  # fmt: skip


def markdown_of(text: str) -> str:
    """The same text, as Markdown."""
    lines = text.expandtabs(4).split("\n")
    made: list[str] = []
    order: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        over = _LINE.match(line)
        if (
            over
            and number + 2 < len(lines)
            and lines[number + 2].strip() == line.strip()
            and lines[number + 1].strip()
        ):
            made += ["", _heading(lines[number + 1], over[1] * 2, order), ""]
            number += 3
        elif number + 1 < len(lines) and _underlines(line, lines[number + 1]):
            made += ["", _heading(line, lines[number + 1][0], order), ""]
            number += 2
        elif _EXPLICIT.match(line):
            end = _end_of_block(lines, number + 1, 0)
            made += _explicit(lines[number:end])
            number = end
        elif (
            line.rstrip().endswith("::") and (end := _end_of_block(lines, number + 1, _indent(line))) > number + 1
        ):
            words = line.rstrip()[:-1].rstrip() if line.strip() != "::" else ""
            made += [
                _inline(words.removesuffix(":") + ":" if words else ""),
                "",
                *_fence("", lines[number + 1 : end]),
            ]
            number = end
        else:
            made.append(_inline(line))
            number += 1
    return "\n".join(made).strip("\n")


def _underlines(line: str, below: str) -> bool:
    found = _LINE.match(below)
    return bool(
        found and line.strip() and not line.startswith(" ") and len(below.strip()) >= min(len(line.strip()), 4)
    )


def _heading(words: str, sign: str, order: list[str]) -> str:
    """Which level a sign means is decided by where it is first used."""
    if sign not in order:
        order.append(sign)
    return f"{'#' * min(order.index(sign) + 1, 6)} {_inline(words.strip())}"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _end_of_block(lines: list[str], start: int, indent: int) -> int:
    """Behind the last line from ``start`` on that is indented more than ``indent``."""
    end = start
    for number in range(start, len(lines)):
        if lines[number].strip():
            if _indent(lines[number]) <= indent:
                break
            end = number + 1
    return end


def _explicit(block: list[str]) -> list[str]:
    """What begins with two dots: a directive, or a comment or target, of which nothing is shown."""
    found = _DIRECTIVE.match(block[0])
    if not found or found[1] in _DROPPED:
        return []
    name, argument = found[1].rpartition(":")[2], found[2].strip()
    body = textwrap.dedent("\n".join(block[1:])).strip("\n").split("\n")
    options = [line for line in body if _FIELD.match(line)]
    while body and (_FIELD.match(body[0]) or not body[0].strip()):
        del body[0]
    if name in _CODE:
        return ["", *_fence(argument, body)]
    if name in ("image", "figure"):
        alt = next((line.split(":", 2)[2].strip() for line in options if line.startswith(":alt:")), "")
        caption = "\n".join(body).strip()
        return ["", f"![{alt or caption.split(chr(10))[0] or 'picture'}]({argument})", ""]
    if name == "math":
        return ["", f"$${' '.join([argument, *body]).strip()}$$", ""]
    words = markdown_of("\n".join([argument, *body]).strip("\n"))
    return ["", f"**{name.replace('-', ' ').capitalize()}:** {words}", ""] if words else []


def _fence(language: str, lines: list[str]) -> list[str]:
    body = textwrap.dedent("\n".join(lines)).strip("\n")
    return [f"~~~{language.split(' ')[0]}", *body.split("\n"), "~~~", ""] if body.strip() else []


def _inline(line: str) -> str:
    """The marks within a line."""
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"\ue000{len(kept) - 1}\ue001"

    line = _LITERAL.sub(lambda found: keep(f"`{found[1]}`"), line.replace("\ue000", "").replace("\ue001", ""))
    line = _LINK.sub(lambda found: keep(f"[{found[1]}]({found[2]})"), line)
    line = _ROLE.sub(lambda found: keep(_named(found[0], found[1])), line)
    line = _SIMPLE_LINK.sub(lambda found: found[1], line) if "`_" in line else line
    line = _EMBEDDED.sub(lambda found: keep(f"`{found[1]}`"), line)
    line = re.sub(r"\\ ", "", line)
    for _ in range(3):
        line = re.sub("\ue000(\\d+)\ue001", lambda found: kept[int(found[1])], line)
    return line


def _named(role: str, text: str) -> str:
    """What a role shows: the last part of a name with a tilde, the words of a link, a formula."""
    if role.startswith(":math:"):
        return f"${text}$"
    words = re.sub(r"\s*<[^<>]*>$", "", text).strip()
    if words.startswith("~"):
        words = words[1:].rpartition(".")[2]
    prose = role.startswith((":ref:", ":doc:", ":term:", ":emphasis:"))
    return words if prose else f"`{words}`"
