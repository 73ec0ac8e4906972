"""Code that a small terminal has no room for: it would wrap, and wrapped Python is hard to read."""

from __future__ import annotations

from tutor.lesson.model import Fill
from tutor.proof.findings import Finding
from tutor.proof.subject import Subject

WIDEST = 56
"""Cells of a line of code in a terminal of 120 columns, beside a pane; 80 columns without one have more."""

_SHOWN = ("setup", "example", "code", "starter")


def too_wide(subject: Subject, index: int) -> list[Finding]:
    """The first line of each code field of a step that is too long to be shown whole."""
    step = subject.lesson.steps[index]
    findings = []
    for name in (*_SHOWN, *(("solution",) if isinstance(step, Fill) else ())):
        lines = getattr(step, name, "").splitlines()
        long = [line for line in lines if len(line) > WIDEST]
        if long:
            message = f"this line has {len(long[0])} characters and wraps in a small terminal: `{long[0].strip()}`"
            advice = f"Keep lines of code to {WIDEST}"
            findings.append(subject.finding(index, (name,), 6, "warning", message, advice))
    return findings
