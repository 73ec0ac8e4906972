"""The report of an answer that was refused."""

from __future__ import annotations

import getpass
from pathlib import Path

from rich.text import Text

from tests.fake import READY
from tutor import __version__
from tutor.lesson.catalogue import Catalogue
from tutor.protocol.verdicts import CheckPart, CheckResult
from tutor.render.look import Look
from tutor.render.refusal import why_refused
from tutor.session.refusal import Refusal, report

LESSON = Catalogue(Path(__file__).parent.parent / "ui" / "lessons").load_all().lessons[0]
RESULTS = (
    CheckResult(
        "centred is right",
        "fail",
        (CheckPart("shape", False, "[4, 3]", "[4]"), CheckPart("dtype", True, "float32", "float32")),
        "shape: expected [4, 3], got [4].",
        "Keep the axis.",
    ),
    CheckResult("x is unchanged", "pass", (), "", ""),
    CheckResult("the loss falls", "", (), "", ""),
)
REFUSAL = Refusal(LESSON, 4, "centred = x.mean(1)\n```\n", RESULTS, "Keep the axis.")


def test_a_report_names_lesson_step_versions_rules_and_code() -> None:
    text = report(REFUSAL, READY)
    for part in (
        *("broadcasting#centre", "5 of 5", f"tutor {__version__}", "3.11.7", "torch 2.13.0"),
        *("- fail: centred is right", "shape differs: expected [4, 3], got [4]", "dtype same", "Keep the axis."),
        *("- pass: x is unchanged", "- not judged: the loss falls", "centred = x.mean(1)"),
    ):
        assert part in text
    # What the learner typed cannot end its block, and the report says nothing of whose it is.
    assert "````python\ncentred" in text
    assert str(Path.home()) not in text
    assert f"/{getpass.getuser()}/" not in text
    assert "keepdim" not in text


def test_a_report_can_be_written_before_python_has_started() -> None:
    assert "Python not started, torch none" in report(REFUSAL, None)
    assert "the lesson failed" in report(Refusal(LESSON, 4, "", (), "why", fault=True), None)


def test_the_screen_shows_every_rule_also_what_was_right_and_says_nothing_twice() -> None:
    for colour in (True, False):
        text = why_refused(RESULTS, REFUSAL.said, REFUSAL.code, Look(width=60, colour=colour))
        assert isinstance(text, Text)
        plain = text.plain
        for part in ("✗ shape  expected [4, 3]  yours [4]", "✓ dtype  float32", "✓ x is unchanged", "F8"):
            assert part in plain
        assert plain.count("Keep the axis.") == 1
        assert all(len(line) <= 60 for line in plain.splitlines())
