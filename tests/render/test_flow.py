"""The flow as text: the sketch, the rules that are drawn, folding, and that nothing is ever too wide."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.render import strategies as some
from tutor.protocol.flow import Flow, FlowAxis, FlowCall, FlowStep, FlowTensor
from tutor.render.export import as_plain
from tutor.render.flow import (
    at_first,
    flow_text,
    folded_at_first,
    note_text,
    row_text,
    rows,
    step_text,
    update_text,
)
from tutor.render.flow.letters import Letters
from tutor.render.look import Look

KEPT = [FlowAxis("kept", (n,)) for n in range(4)]
GONE = FlowAxis("contracted")
LINE = "h = torch.relu(x @ w + b)"


def tensor(
    text: str, shape: tuple[int, ...], *axes: FlowAxis, made_by: int = 0, memory: str = "", **more: object
) -> FlowTensor:
    fields: dict[str, object] = {"role": "", "shares": -1, "grad_fn": ""} | more
    return FlowTensor(text, made_by, "float32", shape, axes, memory=memory, **fields)  # type: ignore[arg-type]


def step(
    number: int,
    name: str,
    kind: str,
    operands: tuple[FlowTensor, ...],
    result: FlowTensor | None,
    *,
    source: str = "",
    span: tuple[int, int] = (-1, -1),
    call: int = 0,
    settings: tuple[tuple[str, str], ...] = (),
    flops: int = 0,
    parameters: int = 0,
    times: int = 1,
    error: str = "",
) -> FlowStep:
    results = (result,) if result is not None else ()
    return FlowStep(
        number,
        name,
        kind,
        source,
        "<cell 1>",
        1,
        1,
        *span,
        call,
        operands,
        results,
        settings,
        parameters,
        flops,
        times,
        error,
    )


def flow(*steps: FlowStep, calls: tuple[FlowCall, ...] = (), line: str = LINE, aside: str = "") -> Flow:
    return Flow("<cell 1>", steps, calls, (("<cell 1>", 1, line),), len(steps), aside)


MATMUL = step(
    1,
    "matmul",
    "matmul",
    (tensor("x", (3, 4), KEPT[0], GONE), tensor("w", (4, 5), GONE, KEPT[1])),
    tensor("", (3, 5), memory="new"),
    source="x @ w",
    span=(15, 20),
    flops=120,
)
ADD = step(
    2,
    "add",
    "elementwise",
    (tensor("", (3, 5), *KEPT[:2], made_by=1), tensor("b", (5,), KEPT[1])),
    tensor("", (3, 5), memory="new"),
    source="x @ w + b",
    span=(15, 24),
)
RELU = step(
    3,
    "relu",
    "elementwise",
    (tensor("", (3, 5), *KEPT[:2], made_by=2),),
    tensor("h", (3, 5), memory="new"),
    source="torch.relu(x @ w + b)",
    span=(4, 25),
)
SKETCH = flow(MATMUL, ADD, RELU)


def drawn(shown: FlowStep, look: Look | None = None, **more: object) -> list[str]:
    return as_plain(step_text(flow(shown, **more), shown.number, look or Look(60))).split("\n")  # type: ignore[arg-type]


def test_the_sketch_of_the_matmul() -> None:
    assert as_plain(step_text(SKETCH, 1, Look(60))).split("\n") == [
        "line 1  h = torch.relu(x @ w + b)",
        "                       ━━━━━ 1",
        "                       ━━━━━━━━━ 2",
        "            ━━━━━━━━━━━━━━━━━━━━━ 3",
        "1 matmul",
        "  x [i=3, j=4] ─┐",
        "  w [j=4, k=5] ─┴─▶ [i=3, k=5] f32",
        "  contracts j=4 (multiplied and summed)",
        "  out[i,k] = Σ(j) x[i,j] · w[j,k]",
        "  new memory",
        "  120 FLOPs",
    ]


def test_an_axis_keeps_its_letter_through_the_run() -> None:
    names = Letters(SKETCH)
    assert names.of(MATMUL).result == ("i", "k")
    assert names.of(ADD).operands == (("i", "k"), ("k",))
    assert names.of(RELU).result == ("i", "k")
    assert [names.colour(letter) for letter in "ijk"] == [0, 1, 2]


def test_what_is_stretched_is_said_and_lined_up_from_the_right() -> None:
    lines = as_plain(step_text(SKETCH, 2, Look(60))).split("\n")
    assert "  (1) [i=3, k=5] ─┐" in lines
    assert "  b        [k=5] ─┴─▶ [i=3, k=5] f32" in lines
    assert "  b is repeated along i ×3" in lines


def test_a_result_larger_than_both_is_pointed_at() -> None:
    pairs = step(
        1,
        "sub",
        "elementwise",
        (tensor("pred", (8, 1), KEPT[0], FlowAxis("stretched", (1,))), tensor("target", (8,), KEPT[1])),
        tensor("", (8, 8)),
    )
    text = "\n".join(drawn(pairs))
    assert "larger than every operand" in text
    assert "pred is repeated along j ×8" in text
    assert "target is repeated along i ×8" in text


def test_letters_do_not_meet_where_one_tensor_has_both() -> None:
    square = step(
        1,
        "matmul",
        "matmul",
        (tensor("a", (3, 3), KEPT[0], GONE), tensor("a", (3, 3), GONE, KEPT[1])),
        tensor("", (3, 3)),
    )
    lettered = Letters(flow(square)).of(square)
    assert all(len(set(row)) == len(row) for row in (*lettered.operands, lettered.result))
    assert lettered.operands[0][1] == lettered.operands[1][0]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (
            step(
                1,
                "getitem",
                "index",
                (tensor("x", (4, 6), FlowAxis("removed", (), "-1"), FlowAxis("sliced", (0,), "1:4:1")),),
                tensor("", (3,)),
                settings=(("index", "-1, 1:4"),),
            ),
            ["  i=4    ···█ only -1; the axis goes", "  j=6    ·███·· 3 of 6"],
        ),
        (
            step(1, "getitem", "index", (tensor("x", (4,), KEPT[1]),), tensor("", (1, 4))),
            ["  i=4    ████ all", "  j=1    new axis (None)"],
        ),
        (
            step(
                1,
                "cat",
                "cat",
                (
                    tensor("x", (2,), FlowAxis("joined", (0,), "0:2")),
                    tensor("y", (3,), FlowAxis("joined", (0,), "2:5")),
                ),
                tensor("", (5,)),
                settings=(("dim", "0"),),
            ),
            ["    ██··· x at 0:2", "    ··███ y at 2:5"],
        ),
        (
            step(
                1,
                "stack",
                "stack",
                (tensor("x", (2,), KEPT[0]), tensor("y", (2,), KEPT[0])),
                tensor("", (2, 2)),
                settings=(("dim", "1"),),
            ),
            ["    [:, 0] x", "    [:, 1] y"],
        ),
        (
            step(
                1,
                "max_pool1d",
                "pool",
                (tensor("x", (6,), FlowAxis("strode", (0,), "⌊(6 − 2) / 2⌋ + 1 = 3")),),
                tensor("", (3,)),
                settings=(("kernel", "(2,)"), ("stride", "(2,)")),
            ),
            ["  i=6    ⌊(6 − 2) / 2⌋ + 1 = 3", "    ██···· first", "    ··██·· next: 2 further"],
        ),
        (
            step(
                1,
                "einsum",
                "einsum",
                (tensor("x", (3, 4), FlowAxis("kept", (0,), "a"), FlowAxis("reduced", (), "b")),),
                tensor("", (3,)),
                settings=(("equation", "ab->a"),),
            ),
            ["  a is i=3    kept: axis 0 of the result  in x", "  b is j=4    summed  in x"],
        ),
        (
            step(
                1,
                "gather",
                "gather",
                (
                    tensor("x", (3, 4), KEPT[0], FlowAxis("picked", (1,), "by index")),
                    tensor("n", (3, 2), KEPT[0], KEPT[1], role="index"),
                ),
                tensor("", (3, 2)),
                settings=(("dim", "1"),),
            ),
            ["  out[i,k] = x[i,n[i,k]]"],
        ),
        (
            step(
                1,
                "embedding",
                "embedding",
                (
                    tensor("n", (2,), KEPT[0], role="index"),
                    tensor("t", (9, 5), FlowAxis("picked", (0,), "by index"), KEPT[1], role="table"),
                ),
                tensor("", (2, 5)),
            ),
            ["  each index names one of 9 rows, and is replaced by its 5", "  out[i,:] = t[n[i], :]"],
        ),
        (
            step(
                1,
                "view",
                "reshape",
                (tensor("x", (3, 4), FlowAxis("merged", (0,)), FlowAxis("merged", (0,))),),
                tensor("", (12,), memory="shared", shares=0),
            ),
            ["  i=3, j=4 merged into ij=12, in index order", "  shares memory with x"],
        ),
        (
            step(1, "permute", "permute", (tensor("x", (3, 4), KEPT[1], KEPT[0]),), tensor("", (4, 3))),
            ["  axes in another order: i, j becomes j, i", "  out[j,i] = x[i,j]"],
        ),
        (
            step(
                1,
                "mean",
                "reduce",
                (tensor("x", (3, 4), KEPT[0], FlowAxis("reduced")),),
                tensor("", (3,)),
                settings=(("dim", "1"),),
            ),
            ["  averages over j=4, which goes"],
        ),
        (
            step(
                1,
                "sum",
                "reduce",
                (tensor("x", (3, 4), KEPT[0], FlowAxis("reduced", (1,))),),
                tensor("", (3, 1)),
                settings=(("dim", "1"), ("keepdim", "True")),
            ),
            ["  sums over j=4, kept as 1"],
        ),
        (
            step(
                1,
                "scaled_dot_product_attention",
                "attention",
                (
                    tensor("q", (2, 8), role="query"),
                    tensor("k", (3, 8), role="key"),
                    tensor("v", (3, 8), role="value"),
                ),
                tensor("", (2, 8)),
                settings=(("scores", "[2, 3]"),),
            ),
            ["  query [2,8] · keyT [8,3] → scores [2,3]", "  scores · value [3,8] → [2,8]"],
        ),
    ],
    ids=lambda value: value.name if isinstance(value, FlowStep) else "",
)
def test_rules_are_drawn(shown: FlowStep, expected: list[str]) -> None:
    lines = drawn(shown)
    for line in expected:
        assert line in lines, "\n".join(lines)


def test_where_the_first_nan_comes_from_is_said() -> None:
    made = replace(step(1, "log", "elementwise", (tensor("x", (3,)),), tensor("y", (3,))), broke="inf")
    assert "an infinity appears here: no operand had one" in "\n".join(drawn(made))
    assert "appears here" not in "\n".join(drawn(replace(made, broke="")))


def test_what_failed_is_marked_and_the_clash_named() -> None:
    failed = step(1, "matmul", "matmul", (tensor("x", (3, 4)), tensor("y", (3, 4))), None, error="RuntimeError")
    text = "\n".join(drawn(failed))
    assert "✗ 1 matmul" in text
    assert "✗ no result" in text
    assert "the inner axes differ: 4 and 3" in text
    added = step(1, "add", "elementwise", (tensor("x", (3, 4)), tensor("y", (3,))), None, error="RuntimeError")
    assert "axis -1: 3 and 4 differ, and neither is 1" in "\n".join(drawn(added))


CALLS = (
    FlowCall(1, 0, "net", "Net", 58),
    FlowCall(2, 1, "net.body", "Sequential", 58),
    FlowCall(3, 2, "net.body.0", "Linear", 40),
)
NESTED = flow(
    step(1, "linear", "linear", (tensor("x", (3, 4)),), tensor("", (3, 8)), call=3),
    step(2, "relu", "elementwise", (tensor("", (3, 8), made_by=1),), tensor("", (3, 8)), call=2),
    step(3, "add", "elementwise", (tensor("", (3, 8), made_by=2),), tensor("y", (3, 8)), call=1, times=4),
    calls=CALLS,
)


def test_module_calls_fold_and_a_call_of_one_operation_is_its_row() -> None:
    def listed(folded: set[int]) -> list[str]:
        return [as_plain(row_text(row, Look(60))).rstrip() for row in rows(NESTED, folded)]

    assert listed(set()) == [
        "▾ net Net  [3,4] → [3,8]  58 params",
        "  ▾ net.body Sequential  [3,4] → [3,8]  58 params",
        "     1 linear  net.body.0  [3,4] → [3,8]",
        "     2 relu  [3,8] → [3,8]",
        "   3 add  [3,8] → [3,8] ×4",
    ]
    assert [line.split()[:2] for line in listed({2})] == [["▾", "net"], ["▸", "net.body"], ["3", "add"]]
    assert listed({1}) == ["▸ net Net  [3,4] → [3,8]  58 params"]
    assert folded_at_first(NESTED) == frozenset()


def updated() -> Flow:
    grad = tensor("net.0.weight.grad", (3, 4))
    steps = [
        step(1, "relu", "elementwise", (tensor("x", (3,), KEPT[0]),), tensor("", (3,))),
        step(2, "mul_", "elementwise", (tensor("momentum_buffer of net.0.weight", (3, 4)),),
             tensor("", (3, 4), memory="in place", shares=0), call=1),
        step(3, "add_", "elementwise", (tensor("net.0.weight", (3, 4)), grad),
             tensor("", (3, 4), memory="in place", shares=0), call=1),
    ]  # fmt: skip
    return flow(*steps, calls=(FlowCall(1, 0, "opt.step", "SGD", 12, optimizer=True),))


def test_an_optimisers_step_is_one_row_and_not_the_one_that_is_drawn_first() -> None:
    found = rows(updated(), folded_at_first(updated()))
    assert [as_plain(row_text(row, Look(60))).split()[0] for row in found] == ["1", "▸"]
    assert "opt.step SGD  2 operations" in row_text(found[1], Look(60)).plain
    assert at_first(found) == 0
    assert as_plain(update_text(found[1], Look(60))).split("\n") == [
        "opt.step  SGD: 2 operations",
        "  changes in place: net.0.weight [3,4]",
    ]


def test_one_that_failed_is_drawn_and_the_report_tells_a_step_in_a_few_words() -> None:
    whole = updated()
    assert "add_" not in flow_text(whole, Look(60)).plain
    assert "opt.step  SGD: 2 operations" in flow_text(whole, Look(60)).plain
    assert "add_" in flow_text(whole, Look(60), {3}).plain
    failed = replace(whole, steps=(*whole.steps[:2], replace(whole.steps[2], error="RuntimeError", results=())))
    assert at_first(rows(failed, folded_at_first(failed))) == 1
    assert "✗ 3 add_" in flow_text(failed, Look(60)).plain


def test_every_step_is_in_exactly_one_row() -> None:
    for folded in (set(), {1}, {2}, {1, 2, 3}):
        shown = rows(NESTED, folded)
        open_steps = [row.step.number for row in shown if row.step is not None]
        closed = [held.number for row in shown if row.step is None and not row.open for held in row.holds]
        assert sorted(open_steps + closed) == [1, 2, 3]


def test_what_is_written_in_place_keeps_its_letters() -> None:
    written = step(
        1,
        "setitem",
        "index",
        (tensor("x", (3, 4), FlowAxis("removed", (), "0"), FlowAxis("kept", ())), tensor("v", (4,), role="value")),
        tensor("x", (3, 4), memory="in place", shares=0),
    )
    after = step(2, "t", "permute", (tensor("x", (3, 4), KEPT[1], KEPT[0]),), tensor("", (4, 3)))
    letters = Letters(flow(written, after))
    assert letters.of(written).result == letters.of(written).operands[0]
    assert letters.of(after).operands[0] == letters.of(written).operands[0]


def test_a_reshape_that_copies_says_why() -> None:
    merged = (tensor("x", (3, 4), FlowAxis("merged", (0,)), FlowAxis("merged", (0,))),)
    copied = step(1, "reshape", "reshape", merged, tensor("", (12,), memory="new"))
    assert "so they were copied" in " ".join(drawn(copied))
    shared = replace(copied, results=(tensor("", (12,), memory="shared", shares=0),))
    assert "copied" not in " ".join(drawn(shared))


def test_names_are_whole_where_there_is_room() -> None:
    weight = tensor("encoder.layers.weight", (5, 4), KEPT[1], GONE, role="weight")
    linear = step(1, "linear", "linear", (tensor("x", (3, 4), KEPT[0], GONE), weight), tensor("", (3, 5)))
    assert any("encoder.layers.weight [" in line for line in drawn(linear, Look(58)))
    assert any("encoder.layers… [" in line for line in drawn(linear, Look(38)))


def test_calls_that_were_seen_again_say_so_on_their_row() -> None:
    again = step(1, "relu", "elementwise", (tensor("x", (3,), KEPT[0]),), tensor("", (3,)), call=1, times=2)
    twice = flow(again, replace(again, number=2), calls=(FlowCall(1, 0, "block", "Block", 0),))
    [row, *_] = rows(twice, frozenset({1}))
    assert "Block  [3] → [3] ×2" in row_text(row, Look(60)).plain


def test_a_call_is_drawn_with_the_letters_of_the_whole_run() -> None:
    alone = as_plain(flow_text(SKETCH, Look(60), {3}))
    whole = as_plain(flow_text(SKETCH, Look(60)))
    [line] = [line for line in alone.split("\n") if "───▶ h" in line]
    assert line in whole
    assert "x @ w " not in alone.split("\n", 2)[2]


def test_why_the_rest_was_not_watched_is_said() -> None:
    assert "stepped aside" in note_text(flow(RELU, aside="bound"), Look(60)).plain
    assert "Attention" in note_text(flow(aside="fast path"), Look(60)).plain
    assert "torch.compile" in note_text(flow(aside="compiled"), Look(60)).plain
    assert "measures time" in note_text(flow(aside="timed"), Look(60)).plain
    assert note_text(flow(RELU), Look(60)).plain == ""


def test_without_colour_and_unicode_the_facts_are_the_same() -> None:
    text = step_text(SKETCH, 1, Look(60, colour=False, unicode=False))
    assert text.plain.isascii()
    assert not [span for span in text.spans if getattr(span.style, "color", None) is not None]
    for fact in ("[i=3, j=4]", "[j=4, k=5]", "[i=3, k=5]", "contracts j=4", "120 FLOPs", "new memory"):
        assert fact in text.plain


axes = st.builds(
    FlowAxis,
    st.sampled_from(
        [
            "kept",
            "sliced",
            "joined",
            "strode",
            "grown",
            "stretched",
            "contracted",
            "reduced",
            "removed",
            "merged",
            "split",
            "picked",
            "unknown",
        ]
    ),
    st.lists(st.integers(0, 2), max_size=2).map(tuple),
    st.sampled_from(["", "1", "0:2:1", "0:2", "by index", "a"]) | some.texts,
)


@st.composite
def any_tensor(draw: st.DrawFn) -> FlowTensor:
    shape = tuple(draw(st.lists(st.integers(0, 10**5), max_size=5)))
    row = tuple(draw(axes) for _ in shape) if draw(st.booleans()) else ()
    return FlowTensor(
        draw(some.names),
        draw(st.integers(0, 4)),
        draw(some.dtypes),
        shape,
        row,
        draw(st.sampled_from(["", "index", "weight", "table", "query"])),
        draw(st.sampled_from(["new", "shared", "in place", ""])),
        draw(st.integers(-1, 3)),
        draw(some.names),
    )


@st.composite
def any_flow(draw: st.DrawFn) -> Flow:
    kinds = [
        "elementwise",
        "matmul",
        "linear",
        "einsum",
        "reduce",
        "along",
        "reshape",
        "permute",
        "squeeze",
        "index",
        "cat",
        "stack",
        "split",
        "gather",
        "conv",
        "pool",
        "embedding",
        "attention",
        "norm",
        "loss",
        "make",
        "other",
    ]
    steps = tuple(
        FlowStep(
            number,
            draw(some.names),
            draw(st.sampled_from(kinds)),
            draw(some.texts),
            "<cell 1>",
            draw(st.integers(0, 2)),
            draw(st.integers(0, 3)),
            draw(st.integers(-1, 50)),
            draw(st.integers(-1, 60)),
            draw(st.integers(0, 3)),
            tuple(draw(st.lists(any_tensor(), max_size=3))),
            tuple(draw(st.lists(any_tensor(), max_size=2))),
            tuple(
                draw(
                    st.lists(
                        st.tuples(
                            st.sampled_from(["dim", "kernel", "stride", "equation", "over", "k", "scores"]),
                            st.sampled_from(["0", "1, 0", "(2, 2)", "7"]) | some.texts,
                        ),
                        max_size=3,
                    )
                )
            ),
            draw(st.integers(0, 10**9)),
            draw(st.integers(0, 10**15)),
            draw(st.integers(1, 9)),
            draw(st.sampled_from(["", "ValueError"])),
        )
        for number in range(1, draw(st.integers(1, 4)) + 1)
    )
    calls = tuple(FlowCall(n, draw(st.integers(0, 3)), draw(some.names), draw(some.names), 3) for n in (1, 2, 3))
    return Flow(
        "<cell 1>",
        steps,
        calls,
        (("<cell 1>", 1, draw(some.texts)),),
        9,
        draw(st.sampled_from(["", "bound", "x"])),
    )


@settings(deadline=None, max_examples=int(os.environ.get("TUTOR_EXAMPLES", "100")))
@given(any_flow(), some.looks)
def test_whatever_arrives_is_drawn_and_fits(shown: Flow, look: Look) -> None:
    texts = [flow_text(shown, look), note_text(shown, look)]
    texts += [step_text(shown, one.number, look) for one in shown.steps]
    for folded in (set(), {1, 2, 3}):
        texts += [row_text(row, look) for row in rows(shown, folded)]
    for text in texts:
        for line in text.plain.split("\n"):
            assert cell_len(line) <= look.width
