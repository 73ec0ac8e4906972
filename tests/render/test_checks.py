from __future__ import annotations

from tests.render.samples import check_results
from tutor.protocol.verdicts import CheckPart, CheckResult
from tutor.render.checks import check_feedback, checklist
from tutor.render.export import as_plain
from tutor.render.look import Look

WIDE = Look(80)


def test_checklist_marks_every_check_and_details_only_what_failed() -> None:
    assert as_plain(checklist(check_results(), WIDE)).split("\n") == [
        "Done when",
        " ✓ col_means is a float tensor",
        " ✗ col_means is right",
        "     shape  expected [4]  yours [3]",
        " · the values agree",
        " ! a check that broke",
        "   This check itself failed: a fault of the lesson, not of your code.",
    ]


def test_code_in_a_detail_is_styled_and_its_backticks_are_gone() -> None:
    part = CheckPart("`for`", False, "not `for`", "`for i in range(3):` …")
    for width in (80, 32):
        text = checklist((CheckResult("does without `for`", "fail", (part,), "", ""),), Look(width))
        assert "`" not in text.plain
        code = {text.plain[span.start : span.end] for span in text.spans if span.style == Look(width).palette.name}
        assert any("for" in one for one in code)
        assert any("range(3):" in one for one in code)


def test_long_values_stand_under_each_other() -> None:
    text = as_plain(checklist(check_results(), Look(30))).split("\n")
    assert "       expected [4]" in text
    assert "       yours    [3]" in text


def test_feedback_explains_the_first_failure_and_never_blames_for_a_broken_check() -> None:
    text = as_plain(check_feedback(check_results(), WIDE))
    assert text.split("\n")[:3] == [
        "✗ col_means is right",
        "col_means has shape [3]; expected is [4].",
        "One number a column: which axis has to go?",
    ]
    assert "a fault of the lesson" in text


def test_a_recognised_mistake_comes_first() -> None:
    text = as_plain(check_feedback(check_results(), WIDE, "You averaged over the wrong axis."))
    assert text.startswith("You averaged over the wrong axis.\n✗")


def test_all_passed() -> None:
    assert as_plain(check_feedback(check_results()[:1], WIDE)) == "✓ All done."
