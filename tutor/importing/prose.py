"""Text of a tutorial as Markdown that reads well in a terminal: no HTML, no pictures, formulas as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tutor.importing.blocks import cleaned
from tutor.importing.tex import readable_tex

# Bounds in these patterns keep a hostile file from taking long; nothing honest comes near them.
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_SPAN = re.compile(r"(?<!`)(`{1,4})(?!`)([^\n]{1,300}?)(?<!`)\1(?!`)")
_TAG = re.compile(
    r"<(?P<gone>script|style)\b.{0,1000}?</(?P=gone)\s*>"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,15})(?P<rest>(?:\s[^<>]{0,400})?)/?>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"(href|src|alt|title)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_IMAGE = re.compile(
    r"!\[([^\]\n]{0,300})\](?:\(\s*([^()\s]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,500})?)[^()\n]{0,300}\)|\[[^\]\n]{0,200}\])?"
)
_REFERENCE = re.compile(r"(?<![!\\\]])\[([^\[\]\n]{1,300})\](?:\[([^\[\]\n]{0,200})\])?(?![(:\[])")
_DISPLAYED = re.compile(
    r"(?<!\\)\$\$(.{1,3000}?)(?<!\\)\$\$|\\\[(.{1,3000}?)\\\]|\\begin\{(equation|align|gather|eqnarray)\*?\}(.{1,3000}?)\\end\{\3\*?\}",
    re.DOTALL,
)
_INLINE = re.compile(r"(?<![\\$\w])\$(?![\s$])([^$\n]{1,300}?)(?<![\s\\])\$(?![\w$])|\\\((.{1,300}?)\\\)")
_BLANKS = re.compile(r"\n{3,}")

_BLOCKS = frozenset((
    "p", "div", "section", "article", "center", "table", "tr", "ul", "ol", "dl", "details",
    "figure", "blockquote", "hr",
))  # fmt: skip
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "tt": "`", "kbd": "`"}
_KNOWN = _BLOCKS | _MARKS.keys() | {
    "a", "img", "br", "li", "dt", "dd", "td", "th", "tbody", "thead", "caption", "h1", "h2", "h3",
    "h4", "h5", "h6", "span", "font", "sub", "sup", "small", "u", "s", "del", "ins", "mark", "pre",
    "summary", "figcaption", "iframe", "video", "audio", "source", "svg", "path", "button", "input",
    "label", "form", "nav", "header", "footer", "main", "abbr", "cite", "var", "samp", "col",
    "colgroup", "object", "embed", "picture", "script", "style", "link", "meta", "html", "body",
    "head", "title",
}  # fmt: skip
"""What is not among these is no tag: `<n>` may be meant as it stands."""


def readable(text: str, references: Mapping[str, str] | None = None) -> str:
    """``text`` as plain Markdown. ``references`` are the targets of links that are named elsewhere, by label."""
    parts: list[str] = []
    plain: list[str] = []
    fence = ""
    for line in cleaned(text).expandtabs(4).split("\n"):
        found = _FENCE.match(line)
        if fence:
            parts[-1] += "\n" + line.rstrip()
            if found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif found:
            parts += [_unfenced("\n".join(plain), references or {}), line.rstrip()]
            plain, fence = [], found[1]
        else:
            plain.append(line)
    parts.append(_unfenced("\n".join(plain), references or {}))
    whole = "\n".join(part for part in parts if part)
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in whole.split("\n"))).strip("\n")


def one_line(text: str, most: int = 100) -> str:
    """A heading or a title: words without marks, cut where it is too long."""
    text = readable(text)
    text = re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
    text = " ".join(re.sub(r"[*`]|(?<!\w)_+|_+(?!\w)|\\(?=[^\w\s])", "", text).split()).rstrip("#").strip()
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _unfenced(text: str, references: Mapping[str, str]) -> str:
    """Text without fences: what is not in a code span is made readable."""

    def span_kept(change: Callable[[str], str], whole: str) -> str:
        pieces, end = [], 0
        for span in _SPAN.finditer(whole):
            pieces += [change(whole[end : span.start()]), span[0]]
            end = span.end()
        return "".join([*pieces, change(whole[end:])])

    # Formulas first: what they become is code, and is left alone by what follows.
    text = span_kept(_with_formulas, text)
    return span_kept(lambda part: _with_links(_without_tags(_without_images(part)), references), text)


def _with_formulas(text: str) -> str:
    displayed = _DISPLAYED.sub(lambda found: f" {_formula(found[1] or found[2] or found[4])} ", text)
    inline = _INLINE.sub(lambda found: _formula(found[1] or found[2]), displayed)
    return re.sub("^ (?=`)", "", inline, flags=re.MULTILINE)


def _formula(tex: str) -> str:
    """Its lines, each as code: Markdown must not take stars and underscores of it for its own."""
    lines = (" ".join(readable_tex(line).replace("`", "'").split()) for line in tex.split("\\\\"))
    return " ".join(f"`{line}`" for line in lines if line)


def _without_images(text: str) -> str:
    return _IMAGE.sub(lambda found: _picture(found[1], found[2] or ""), text)


def _picture(words: str, address: str) -> str:
    words = " ".join(words.split()) or "picture"
    return f"[image: {words}]({address})" if address.startswith(("https://", "http://")) else f"(image: {words})"


def _without_tags(text: str) -> str:
    links: list[str] = []

    def shown(found: re.Match[str]) -> str:
        name = (found["name"] or "").lower()
        if not name:
            return ""
        if name not in _KNOWN:
            return found[0]
        about = {
            key.lower(): one or two or three for key, one, two, three in _ATTRIBUTE.findall(found["rest"] or "")
        }
        return _end(name, links) if found["end"] else _start(name, about, links)

    return _TAG.sub(shown, _without_comments(text)) if "<" in text else text


def _without_comments(text: str) -> str:
    first, *rest = text.split("<!--")
    # What is never closed is no comment.
    return first + "".join(part.partition("-->")[2] if "-->" in part else f"<!--{part}" for part in rest)


def _start(name: str, about: Mapping[str, str], links: list[str]) -> str:
    if name == "img":
        return _picture(about.get("alt") or about.get("title") or "", about.get("src", ""))
    if name == "a":
        links.append(about.get("href", ""))
        return "[" if links[-1] else ""
    if name in _MARKS:
        return _MARKS[name]
    if name == "pre":
        return "\n\n```\n"
    if name.startswith("h") and name[1:].isdigit():
        return "\n\n**"
    if name in ("td", "th"):
        return " "
    return {"br": "\n", "li": "\n- ", "dt": "\n- ", "dd": ": "}.get(name, "\n\n" if name in _BLOCKS else "")


def _end(name: str, links: list[str]) -> str:
    if name == "a":
        address = links.pop() if links else ""
        return f"]({address})" if address else ""
    if name in _MARKS:
        return _MARKS[name]
    if name == "pre":
        return "\n```\n\n"
    if name.startswith("h") and name[1:].isdigit():
        return "**\n\n"
    return "\n\n" if name in _BLOCKS and name != "tr" else ""


def _with_links(text: str, references: Mapping[str, str]) -> str:
    def shown(found: re.Match[str]) -> str:
        address = references.get(label(found[2] or found[1]))
        return found[0] if address is None else f"[{found[1]}]({address})"

    return _REFERENCE.sub(shown, text) if references else text


def label(text: str) -> str:
    """As Markdown compares the labels of links."""
    return " ".join(text.split()).upper()
