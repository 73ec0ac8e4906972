from __future__ import annotations

from dataclasses import replace

import pytest

from tests.render.samples import frame, mismatch
from tutor.protocol.failures import ErrorReport, Frame
from tutor.render.code import error_report, python_source, short_path
from tutor.render.export import as_plain
from tutor.render.look import Look

WIDE = Look(80)


def report(*frames: Frame, kind: str = "ValueError", message: str = "no") -> list[str]:
    return [as_plain(line) for line in error_report((ErrorReport(kind, message, frames),), WIDE)]


def test_source_has_prefixes_and_keeps_blank_lines() -> None:
    lines = python_source("def f():\n\n    return 1\n", WIDE, "[3] ", "    ")
    assert [as_plain(line) for line in lines] == ["[3] def f():", "", "        return 1"]


def test_source_is_highlighted_only_in_colour() -> None:
    for colour in (True, False):
        (line,) = python_source("return 'a'", Look(80, colour=colour), "", "")
        coloured = any(getattr(span.style, "color", None) for span in line.spans)
        assert coloured is colour


def test_a_long_line_goes_on_rather_than_being_lost() -> None:
    lines = [line.plain for line in python_source("x = " + "1" * 50, Look(24), "[1] ", "    ")]
    assert len(lines) == 3
    assert "".join(line[4:] for line in lines) == "x = " + "1" * 50


def test_half_written_source_does_not_raise() -> None:
    assert as_plain(python_source("f = 'abc", WIDE, "", "")[0]) == "f = 'abc"
    assert len(python_source("", WIDE, "> ", "")) == 1


def test_traceback_of_a_chain() -> None:
    assert [as_plain(line) for line in error_report(mismatch(), WIDE)] == [
        "  <cell 2>, line 1",
        "    weights['w']",
        "    ^^^^^^^^^^^^",
        "KeyError: 'w'",
        "",
        "While that error was being handled, another one happened:",
        "",
        "  <cell 2>, line 4",
        "    out = run(model, x)  # [red] not markup",
        "          ^^^^^^^^^^^^^",
        "  <cell 1>, line 7, in run",
        "    return model(x) + bias",
        "           ^^^^^^^^",
        "  … 3 frames in torch/nn/modules",
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x5 and 4x8)",
        "The weight is kept as [out, in].",
    ]


def test_cause_is_said_in_words() -> None:
    first = replace(mismatch()[0], relation="cause")
    text = "\n".join(line.plain for line in error_report((first, mismatch()[1]), WIDE))
    assert "direct cause" in text


def test_carets_stand_under_wide_characters_and_tabs() -> None:
    shown = report(frame("<cell 1>", 1, "\t日本 = 1 / 0", "1 / 0"))
    assert shown[1:3] == ["    日本 = 1 / 0", "           ^^^^^"]


def test_carets_of_an_expression_over_several_lines_run_to_the_end() -> None:
    first = replace(frame("<cell 1>", 1, "f(a,", "f(a,"), end_line=2, end_column=1)
    assert report(first)[2] == "    ^^^^"


def test_unknown_positions_have_no_carets() -> None:
    assert report(frame("<cell 1>", 1, "f(a)")) == ["  <cell 1>, line 1", "    f(a)", "ValueError: no"]


def test_a_long_line_is_scrolled_to_the_failing_part() -> None:
    source = "total = " + " + ".join(f"value_{i}" for i in range(30)) + " + broken(1)"
    long = frame("<cell 1>", 1, source, "broken(1)")
    lines = [line.plain for line in error_report((ErrorReport("E", "", (long,)),), Look(40))]
    at = lines[2].index("^")
    assert lines[1][at : at + 9] == "broken(1)"
    assert lines[2].strip() == "^" * 9


def test_library_frames_of_one_file_name_it() -> None:
    inside = frame("/usr/lib/python3.11/json/decoder.py", 353, "raise", own=False)
    assert "  … 1 frame in json/decoder.py" in report(inside)


def test_library_frames_of_several_packages_name_them() -> None:
    site = "/v/lib/python3.11/site-packages/"
    text = report(frame(f"{site}torch/a.py", 1, "x", own=False), frame(f"{site}numpy/b.py", 1, "x", own=False))
    assert "  … 2 frames in torch, numpy" in text


def test_a_message_of_several_lines_is_kept() -> None:
    assert report(message="first\n  second")[-2:] == ["ValueError: first", "  second"]


def test_an_exception_without_a_message_has_no_colon() -> None:
    assert report(kind="KeyboardInterrupt", message="") == ["KeyboardInterrupt"]


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("/home/me/v/lib/python3.11/site-packages/torch/nn/functional.py", "torch/nn/functional.py"),
        ("C:\\py\\Lib\\site-packages\\torch\\x.py", "torch/x.py"),
        ("/usr/lib/python3.11/random.py", "random.py"),
        ("<cell 3>", "<cell 3>"),
    ],
)
def test_short_paths(path: str, short: str) -> None:
    assert short_path(path) == short


def test_a_name_that_was_meant_stands_behind_the_message() -> None:
    report = ErrorReport("AttributeError", "'Tensor' object has no attribute 'shpae'", (), suggestion="shape")
    (line,) = error_report((report,), Look(80))
    assert line.plain == "AttributeError: 'Tensor' object has no attribute 'shpae'. Did you mean: 'shape'?"


def test_what_is_missing_at_the_end_is_pointed_at_behind_the_line() -> None:
    lost = Frame("<cell 1>", 1, 1, 17, 18, "", "for i in range(3)", own=True)
    assert report(lost, kind="SyntaxError", message="expected ':'")[1:3] == [
        "    for i in range(3)",
        "                     ^",
    ]


def test_a_recursion_is_counted_as_python_does() -> None:
    deep = Frame("<cell 1>", 1, 1, 18, 26, "rec", "def rec(n): return rec(n+1)", own=True)
    assert report(deep, replace(deep, repeated=1))[5:7] == [
        "                      ^^^^^^^^",
        "  [Previous line repeated 1 more time]",
    ]
    assert "  [Previous line repeated 990 more times]" in report(replace(deep, repeated=990))
    library = Frame("/v/site-packages/torch/nn/x.py", 1, 1, 0, 1, "f", "f()", own=False, repeated=9, left_out=5)
    assert report(library)[:2] == ["  … 10 frames in torch/nn/x.py", "  … 5 frames left out"]


def test_a_table_of_kernels_is_cut_to_what_went_wrong() -> None:
    kernels = "\n".join(f"Backend{n}: fallthrough registered at /pytorch/x.cpp:{n} [kernel]" for n in range(50))
    message = "Could not run 'aten::x' with arguments from the 'MPS' backend. This could be because of …"
    message += f"\n\n{kernels}\n"
    *said, cut = report(kind="NotImplementedError", message=message)
    assert " ".join(said) == "NotImplementedError: Could not run 'aten::x' with arguments from the 'MPS' backend"
    assert cut == "… 51 more lines, about how this torch was built"
    assert len(report(message="a\nb: registered at x\nc")) == 3
