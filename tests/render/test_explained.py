from __future__ import annotations

from tests.explain.reports import module, report, tensor
from tutor.explain import explain
from tutor.protocol.failures import Operand
from tutor.render.code import error_report
from tutor.render.explained import prose_lines
from tutor.render.export import as_plain
from tutor.render.look import Look


def shown(*operands: Operand, source: str = "f(x)", look: Look | None = None) -> list[str]:
    told = report("ValueError", "no", source=source, operands=operands)
    return [as_plain(line) for line in error_report((told,), look or Look(80))]


def test_operands_stand_in_columns_under_the_failing_part() -> None:
    batch = Operand(
        "batch", "argument", "container", "list", length=9,
        items=(tensor("0", (3,)), Operand("1", "item", "plain", "int", text="7")),
    )  # fmt: skip
    lines = shown(
        tensor("images", (32, 1, 28, 28)),
        tensor("w", (2, 3), requires_grad=True),
        module("layer", in_features=3, out_features=2),
        Operand("n", "argument", "plain", "int", text="3"),
        batch,
    )
    assert lines == [
        "  <cell 1>, line 1",
        "    f(x)",
        "    ^^^^",
        "      images  f32 [32, 1, 28, 28]",
        "      w       f32 [2, 3]  leaf ✓grad",
        "      layer   Linear(in_features=3, out_features=2)",
        "      n       3",
        "      batch   list of 9: f32 [3], 7, …",
        "ValueError: no",
    ]


def test_devices_are_shown_where_they_differ() -> None:
    lines = shown(tensor("a", (2,), device="cuda:0"), tensor("b", (2,)))
    assert lines[3:5] == ["      a  f32 [2]  cuda:0", "      b  f32 [2]  cpu"]


def test_what_the_line_shows_already_is_not_said_again() -> None:
    lines = shown(
        Operand("torch", "receiver", "package", "module", text="torch"),
        Operand("torch.cat", "function", "function", "builtin_function_or_method", text="torch.cat"),
        Operand("[a, b]", "argument", "container", "list", length=2, items=(tensor("a", (2,)), tensor("b", (3,)))),
        Operand("1", "argument", "plain", "int", text="1"),
        Operand("g()", "argument", "unknown"),
    )
    assert lines[3:-1] == ["      a  f32 [2]", "      b  f32 [3]"]


def test_the_explanation_comes_last_and_is_wrapped_behind_its_bar() -> None:
    told = report(
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (3x4 and 5x4)",
        source="a @ b",
        operation="@",
        operands=(tensor("a", (3, 4), "left"), tensor("b", (5, 4), "right")),
    )
    lines = [as_plain(line) for line in error_report((told,), Look(60), explain((told,)), "Esc e: there")]
    first = next(n for n, line in enumerate(lines) if line.startswith("│"))
    assert lines[first - 2 : first] == ["RuntimeError: mat1 and mat2 shapes cannot be multiplied (3x4", "and 5x4)"]
    assert all(line.startswith("│ ") and len(line) <= 60 for line in lines[first:])
    assert lines[first] == "│ a [3, 4] times b [5, 4]: the inner sizes 4 and 5 differ."
    assert lines[-1] == "│ More  Esc e: there"
    ascii_lines = [line.plain for line in error_report((told,), Look(60, unicode=False), explain((told,)))]
    assert any(line.startswith("| Rule") for line in ascii_lines)


def test_code_keeps_its_colour_over_a_line_break_and_punctuation_stays_with_it() -> None:
    look = Look(80)
    lines = list(prose_lines("Write `a + b`, not (`c`).", look, 9))
    assert ["".join(text for text, _ in pieces) for pieces in lines] == ["Write a +", "b, not", "(c)."]
    assert lines[1][0] == ("b", look.palette.name)
    assert lines[1][1][0] == ","


def test_what_is_written_out_in_the_line_is_no_clue() -> None:
    index = Operand(
        ":, k", "index", "container", "tuple", length=2,
        items=(Operand(":", "item", "unknown"), Operand("k", "item", "plain", "int", text="5")),
    )  # fmt: skip
    literals = [
        Operand(".1", "argument", "plain", "float", text="0.1"),
        Operand('"a"', "argument", "plain", "str", text="'a'"),
        Operand("-1_0", "argument", "plain", "int", text="-10"),
    ]
    (operand,) = [line for line in shown(*literals, index) if line.startswith("      ")]
    assert operand.split() == ["k", "5"]
