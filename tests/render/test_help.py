from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.protocol.assistance import Description
from tutor.protocol.snapshots import TensorFacts
from tutor.render.docstring import first_sentence, paragraphs, readable
from tutor.render.help import description, signature_line, signature_lines
from tutor.render.look import Look

_ADAM = ("params", "lr=0.001", "betas=(0.9, 0.999)", "eps=1e-08", "weight_decay=0", "*", "fused=None")
ADAM = Description("torch.optim.Adam", "class", _ADAM, "", 1, "Implements :class:`Adam`. It is ``adaptive``.")
FACTS = TensorFacts(
    "x",
    "Tensor",
    "float32",
    (2, 3),
    (3, 1),
    0,
    "cpu",
    "strided",
    True,
    False,
    "AddBackward0",
    False,
    24,
    True,
    (),
    "",
)


def test_marks_of_restructured_text_are_taken_out() -> None:
    assert readable("See :func:`torch.sum` and :class:`~torch.Tensor`, ``dim`` or `out`_.") == (
        "See torch.sum and torch.Tensor, dim or out."
    )
    assert readable("a ** b and `") == "a ** b and `"
    assert readable(".. note:: Mind this.\n   :noindex:\n.. function:: sum(x)") == "Note: Mind this.\nsum(x)"
    assert first_sentence("Adds\nit up. Then rests.") == "Adds it up."


def test_lines_that_were_wrapped_by_hand_are_joined_and_others_are_not() -> None:
    long = "This line is as long as a line gets before its author ends it"
    doc = (
        f"{long}\nand goes on.\n\n\nArgs:\n    dim (int): {long}\n        here.\n    out (Tensor): x\n"
        f"\nExample::\n\n    >>> {long}\n    tensor(1)"
    )
    assert paragraphs(doc) == [
        f"{long} and goes on.", "", "Args:", f"    dim (int): {long} here.", "    out (Tensor): x",
        "", "Example:", "", f"    >>> {long}", "    tensor(1)",
    ]  # fmt: skip


@given(st.text(alphabet="a b:\n`.*-(>", max_size=200))
def test_no_word_of_a_docstring_without_marks_is_lost(doc: str) -> None:
    words = "".join(readable(doc).split()).rstrip(":")
    assert "".join("".join(paragraphs(doc)).split()).count("a") == words.count("a")


def test_the_line_has_the_current_parameter_marked_and_the_first_sentence() -> None:
    line = signature_line(ADAM, Look(140))
    assert line.plain.startswith("torch.optim.Adam(params, lr=0.001, betas=(0.9, 0.999)")
    assert line.plain.endswith(")  Implements Adam.")
    marked = [line.plain[span.start : span.end] for span in line.spans if "underline" in str(span.style)]
    assert marked == ["lr=0.001"]


@pytest.mark.parametrize("current", range(7))
def test_a_narrow_line_keeps_the_parameter_being_typed(current: int) -> None:
    line = signature_line(replace(ADAM, current=current), Look(48))
    assert cell_len(line.plain) <= 48
    assert _ADAM[current] in line.plain


@given(
    st.text(max_size=20), st.lists(st.text(max_size=12), max_size=8), st.text(max_size=12), st.integers(-1, 9),
    st.text(max_size=80), st.integers(1, 100), st.booleans(),
)  # fmt: skip
def test_whatever_arrives_fits_its_lines(
    name: str, parameters: list[str], returns: str, current: int, doc: str, width: int, unicode: bool
) -> None:
    found = Description(name, "function", tuple(parameters), returns, current, doc, doc, name, 3, FACTS)
    look = Look(width, unicode=unicode)
    assert cell_len(signature_line(found, look).plain) <= width
    for source in (False, True):
        assert all(cell_len(line.plain) <= max(width, 12) for line in description(found, look, source=source))


def test_a_tensor_says_what_it_is_and_source_that_is_not_there_is_admitted() -> None:
    found = Description("x", "torch.Tensor", None, "", -1, "", tensor=FACTS)
    text = "\n".join(line.plain for line in description(found, Look(60), source=True))
    assert "f32  [2, 3]  cpu  24 B  ∇AddBackward0  ✓grad" in text
    assert "No source to show" in text


def test_a_long_docstring_is_cut_and_says_so() -> None:
    found = Description("f", "function", (), "", -1, "\n".join(f"line {n}" for n in range(100)))
    text = [line.plain for line in description(found, Look(60), source=False)]
    assert text[-1] == "… 60 more lines"


def test_below_a_signature_the_docstring_begins_and_a_cut_shows() -> None:
    found = replace(ADAM, doc="Adds up. " + "word " * 60)
    head, *below = signature_lines(found, Look(60), 3)
    assert "Adds up" not in head.plain
    assert len(below) == 2
    assert below[0].plain.startswith("Adds up. word")
    assert below[1].plain.endswith("…")
    assert all(cell_len(line.plain) <= 60 for line in below)
    assert len(signature_lines(found, Look(60), 1)) == 1
