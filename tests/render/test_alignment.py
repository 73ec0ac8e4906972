"""Operands lined up, as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.render import strategies as some
from tests.render.test_bounds import assert_fits, bounded
from tutor.protocol.alignment import Alignment, Term, align
from tutor.render.alignment import alignment, alignment_line
from tutor.render.look import Look

RULES = ("broadcast", "in-place", "loss", "matmul", "mm", "bmm", "cat", "stack", "einsum", "cross-entropy")


def step(rule: str, sign: str, *terms: tuple[str, tuple[int, ...]], option: str = "") -> Alignment:
    made = tuple(Term(name, shape) for name, shape in terms)
    return align(f" {sign} ".join(name for name, _ in terms), rule, sign, made, option)


PAIRS = step("broadcast", "-", ("pred", (8, 1)), ("target", (8,)))
CLASH = step("broadcast", "+", ("a", (2, 3, 4)), ("b", (2, 4)))
INNER = step("matmul", "@", ("x", (3, 4)), ("w", (3, 5)))
PRODUCT = step("matmul", "@", ("x", (3, 4)), ("w", (4, 5)))


def drawn(one: Alignment, width: int = 60, **look: bool) -> list[str]:
    return [line.rstrip() for line in alignment((one,), 0, Look(width, **look)).plain.split("\n")]


def test_stretched_axes_and_a_result_that_silently_grew() -> None:
    assert drawn(PAIRS) == [
        "pred - target   ⚠ result is bigger than both",
        " axis             -2   -1",
        " pred    [8, 1]    8  1→8",
        " target     [8]  ·→8    8",
        " ────────────────────────",
        " result  [8, 8]    8    8  64 values",
        "Every value of pred meets every value of target.",
        "If you meant pairs: pred.squeeze(-1) or target[:, None]",
    ]


def test_the_axis_that_clashes_is_marked_under_its_column() -> None:
    lines = drawn(CLASH)
    assert lines[0] == "a + b   ✗ axis -2: 3 vs 2, neither is 1"
    column = lines[-1].index("▲")
    assert [line[column] for line in lines[2:4]] == ["3", "2"]
    assert lines[1][column - 1 : column + 1] == "-2"


def test_a_product_shows_its_inner_sizes_and_what_would_fit() -> None:
    text = "\n".join(drawn(INNER))
    assert "4 ≠ 3" in text
    assert "inner axes must match" in text
    assert "It would fit as: x.T @ w, of shape [4, 5]" in text
    text = "\n".join(drawn(PRODUCT))
    assert "4 = 4" in text
    assert "[3, 4] @ [4, 5] → [3, 5]" in text


def test_a_loss_shows_what_it_was_before_the_mean() -> None:
    text = "\n".join(drawn(step("loss", "mse_loss", ("p", (8, 1)), ("t", (8,)))))
    assert "inside  [8, 8]" in text
    assert "one number: the mean" in text


def test_einsum_names_the_size_of_every_letter() -> None:
    text = "\n".join(drawn(step("einsum", "einsum", ("x", (3, 4)), ("w", (4, 5)), option="ij,jk->ik")))
    assert "i=3 j=4" in text
    assert "result  [3, 5]" in text


def test_without_colour_or_unicode_the_same_facts_stand_there() -> None:
    text = "\n".join(drawn(PAIRS, colour=False, unicode=False))
    assert "! result is bigger than both" in text
    assert "1->8" in text
    assert "4 != 3" in "\n".join(drawn(INNER, unicode=False))


def test_one_line_gives_up_names_before_shapes_and_shapes_before_the_warning() -> None:
    def line(width: int) -> str:
        return alignment_line(PAIRS, Look(width)).plain

    assert line(80) == "pred [8, 1] - target [8] → [8, 8]   ⚠ result is bigger than both"
    assert line(55) == "[8,1] - [8] → [8,8]   ⚠ result is bigger than both"
    assert line(30) == "⚠ result is bigger than both"


def test_a_chain_lists_its_operations_and_marks_the_one_drawn() -> None:
    add = step("broadcast", "+", ("x @ w", (3, 5)), ("b", (5,)))
    text = alignment((PRODUCT, add), 1, Look(60)).plain
    assert " 1 x [3, 4] @ w [4, 5] → [3, 5]" in text
    assert "▸2 x @ w [3, 5] + b [5] → [3, 5]" in text


sizes = st.integers(-1, 5) | st.integers(0, 2**70)
terms = st.builds(Term, some.texts, st.lists(sizes, max_size=5).map(tuple), some.texts)
steps = st.builds(
    Alignment,
    *(some.texts, st.sampled_from(RULES) | some.texts, some.texts, st.lists(terms, max_size=3).map(tuple)),
    *(st.none() | st.just((3, 4)), st.none() | st.just((1,)), some.texts, st.integers(-9, 9), some.texts),
)


@bounded
@given(st.lists(steps, max_size=3), st.integers(-2, 4), some.looks)
def test_whatever_arrives_is_drawn_within_the_width(found: list[Alignment], chosen: int, look: Look) -> None:
    assert_fits(alignment(found, chosen, look), look)
    for one in found:
        assert_fits(alignment_line(one, look), look)
