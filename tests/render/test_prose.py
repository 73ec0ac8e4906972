from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.render.prose import prose


def test_backticks_mark_code_and_are_not_shown() -> None:
    text = prose("Use `dim=1`, **not** `dim=0`.", "red")
    assert text.plain == "Use dim=1, not dim=0."
    styles = {text.plain[span.start : span.end]: str(span.style) for span in text.spans}
    assert "cyan" in styles["dim=1"]
    assert styles["not"] == "bold"


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_no_text_is_read_as_markup(text: str) -> None:
    shown = prose(text).plain
    assert shown.replace("*", "") == " ".join(text.split()).replace("`", "").replace("*", "")
