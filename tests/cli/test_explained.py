"""``tutor run`` tells of an error what the transcript would."""

from __future__ import annotations

from tests.cli.test_cli import events_of, tutor

PROGRAM = "import torch\nx, w = torch.ones(3, 4), torch.ones(5, 4)\nx @ w\n# %%\n1 / 0\n"


def test_a_known_error_is_explained_under_its_traceback() -> None:
    shown = tutor("run", "-", stdin=PROGRAM).stdout
    lines = [line.rstrip() for line in shown.splitlines()]
    assert "      x  f32 [3, 4]" in lines
    assert "      w  f32 [5, 4]" in lines
    assert lines.index("    ^^^^^") < lines.index("      x  f32 [3, 4]")
    assert "│ Fix   Both have 4 columns. Transpose the right one: x @ w.T is [3, 5]." in lines
    assert shown.count("│ Rule") == 1


def test_as_json_the_explanation_is_part_of_the_error() -> None:
    known, unknown = (
        e for e in events_of(tutor("run", "-", "--json", stdin=PROGRAM).stdout) if e["event"] == "error"
    )
    assert known["explanation"]["rule"] == "matmul-inner-dims"
    assert known["explanation"]["topic"]["title"] == "Matrix multiplication and einsum"
    assert "x @ w.T" in known["explanation"]["fix"]
    failing = known["chain"][-1]["failing"]
    assert [(o["source"], o["tensor"]["shape"]) for o in failing["operands"]] == [("x", [3, 4]), ("w", [5, 4])]
    assert unknown["explanation"] is None
