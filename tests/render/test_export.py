"""Pictures as files."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from rich.text import Text

from tests.render.strategies import texts
from tutor.render.export import as_plain, as_svg

SPACE = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> str:
    """What a reader of the picture sees, line by line; Rich writes spaces as no-break spaces."""
    matrix = next(g for g in ET.fromstring(svg).iter(f"{SPACE}g") if "matrix" in g.get("class", ""))
    lines: dict[str, str] = {}
    for part in matrix.iter(f"{SPACE}text"):
        lines[part.get("y", "")] = lines.get(part.get("y", ""), "") + "".join(part.itertext())
    return "\n".join(lines.values()).replace("\N{NO-BREAK SPACE}", " ")


def test_svg_shows_the_text_with_its_colours_and_fetches_nothing() -> None:
    svg = as_svg(Text.assemble("x ", ("[3, 4]", "bold #ff8800"), "\n<b>&</b>"), 40, "tutor · x")
    assert words(svg).split() == ["x", "[3,", "4]", "<b>&</b>"]
    assert "#ff8800" in svg
    assert "tutor" in svg
    assert "url(http" not in svg
    assert "@import" not in svg


def test_the_same_text_is_the_same_file() -> None:
    text = Text("one\ntwo")
    assert as_svg(text, 20, "t") == as_svg(text, 20, "t")


def test_long_lines_are_wrapped_not_cut() -> None:
    assert "".join(words(as_svg(Text("abc" * 20), 25, "t")).split()) == "abc" * 20


@given(texts)
def test_any_text_is_well_formed_svg(text: str) -> None:
    ET.fromstring(as_svg(Text(text), 30, text[:10]))


def test_plain_has_no_spaces_at_line_ends() -> None:
    assert as_plain(Text("a  \n b ")) == "a\n b"
