"""Text that reads well in a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.importing.blocks import fenced
from tutor.importing.prose import one_line, readable
from tutor.protocol.text import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![a graph](https://x.org/g.png)", "[image: a graph](https://x.org/g.png)"),
        ("![a graph](g_(1).png 'T')", "(image: a graph)"),
        ("![](attachment:x.png)", "(image: picture)"),
        ('<img src="https://x.org/g.png" alt="a graph" width=3/>', "[image: a graph](https://x.org/g.png)"),
        ("<a href='https://x.org'>here</a>", "[here](https://x.org)"),
        ("<b>bold</b> and <code>x</code>", "**bold** and `x`"),
        ("one<br/>two", "one\ntwo"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<!-- nobody\nreads -->text<style>p {}</style>", "text"),
        ("a < b and c > d, List[<n>]", "a < b and c > d, List[<n>]"),
        ("`<b>` stays", "`<b>` stays"),
        ("```html\n<b>x</b>\n```", "```html\n<b>x</b>\n```"),
        ("$x_i \\times \\frac{a+b}{2}$", "`xᵢ × (a+b)/2`"),
        ("it costs $5 and $6", "it costs $5 and $6"),
        ("$$\\mathbf{y} = W^T \\mathbf{x} + b$$", "`y = Wᵀ x + b`"),
        ("\\begin{align}a &= b \\\\ c &= d\\end{align}", "`a = b` `c = d`"),
        ("$\\hat{y}_i - \\bar y + \\hat{\\theta}$", "`ŷᵢ - ȳ + θ\u0302`"),
        ("$\\unknown{x}$", "`\\unknown{x}`"),
        ("a\t|  ", "a   |"),
        ("x\x1b[31my\x07", "xy"),
    ],
)
def test_how_it_is_shown(text: str, shown: str) -> None:
    assert readable(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Bold** `code` and [a link](https://x.org)", "Bold code and a link"),
        ("snake_case and __init__.py stays_", "snake_case and init.py stays"),
        ("a " * 200, "a " * 49 + "a…"),
    ],
)
def test_a_heading_is_words_only(text: str, shown: str) -> None:
    assert one_line(text) == shown


_PIECES = st.sampled_from(
    [*"ab <>/!$`*_[]()\\{}\n\t&;\"'", "```", "~~~", "<b>", "</a>", "<a href=", "![", "$$", "<!--", "\\["]
)
_TEXTS = st.one_of(st.text(max_size=100), st.lists(_PIECES, max_size=50).map("".join))


@given(_TEXTS)
def test_any_text_becomes_text(text: str) -> None:
    shown = readable(text)
    assert shown == plain(shown)
    assert "\t" not in shown
    assert all(line == line.rstrip() for line in shown.split("\n"))
    assert "\n" not in one_line(text)
    assert len(one_line(text)) <= 100


@given(_TEXTS)
def test_nothing_in_a_fence_ends_it(text: str) -> None:
    fence, _, rest = fenced(text).partition("python\n")
    body, _, end = rest.rpartition("\n")
    assert end == fence
    assert fence not in body
