"""The outcome of an exercise: what is done, what is not, and what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.explained import prose_lines
from tutor.render.lines import Line, clean, to_text
from tutor.texts import _, mark, retold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from rich.text import Text

    from tutor.protocol.verdicts import CheckPart, CheckResult
    from tutor.render.lines import Piece
    from tutor.render.look import Look

__all__ = ["check_feedback", "checklist", "rules"]

_LABELS = (
    *(mark("{target} is right"), mark("{target} is unchanged"), mark("the printed text is right")),
    *(mark("{target} gives what it should"), mark("{target} does what it should")),
    *(mark("{target} has the right gradient"), mark("uses {names}"), mark("does without {names}")),
    mark("{code} raises {error}"),
)
"""What the worker calls a check that its author gave no name."""
_BROKEN = mark("This check itself failed: a fault of the lesson, not of your code.")


def checklist(results: Sequence[CheckResult], look: Look) -> Text:
    """``Done when`` and one line a check; under a failed one, what was expected and what there is."""
    ink = look.palette
    lines = [Line(_("Done when"), ink.heading)]
    for result in results:
        mark, style = _mark(result.status, look)
        lines += _hanging(f" {mark} ", style, clean(retold(result.label, *_LABELS), look), ink.number, look)
        if result.status == "fail":
            for part in result.parts:
                lines += [] if part.ok else _part(part, look)
        if result.status == "broken":
            lines += _hanging("   ", ink.warn, _(_BROKEN), ink.warn, look)
    return to_text(lines, look)


def rules(results: Sequence[CheckResult], look: Look, told: str = "") -> Text:
    """Every rule with all it looked at, also what was right, and under it why it did not pass.

    ``told`` was said already, and is not said again.
    """
    ink = look.palette
    lines: list[Line] = []
    for result in results:
        mark, style = _mark(result.status, look)
        if lines:
            lines.append(Line())
        lines += _hanging(f"{mark} ", style, clean(retold(result.label, *_LABELS), look), ink.heading, look)
        for part in result.parts:
            lines += _right_part(part, look) if part.ok else _part(part, look, look.glyphs.no)
        if result.status not in ("pass", ""):
            for said in dict.fromkeys(text for text in (result.message, result.feedback) if text != told):
                lines += [Line("  ").extend(line.pieces) for line in _paragraphs(said, ink.number, look)]
        elif not result.status:
            lines += _hanging("  ", ink.dim, _("judged only when you ask with F8"), ink.dim, look)
    return to_text(lines, look)


def _mark(status: str, look: Look) -> tuple[str, Style]:
    """The mark of a status; anything not judged yet is pending."""
    ink, glyphs = look.palette, look.glyphs
    return {
        "pass": (glyphs.yes, ink.good),
        "fail": (glyphs.no, ink.bad),
        "error": (glyphs.no, ink.bad),
        "timeout": (glyphs.no, ink.bad),
        "broken": ("!", ink.warn),
    }.get(status, (glyphs.pending, ink.dim))


def _right_part(part: CheckPart, look: Look) -> list[Line]:
    what = clean(f"{part.label}  {part.got or part.expected}".rstrip(), look)
    return _hanging(f"   {look.glyphs.yes} ", look.palette.good, what, look.palette.dim, look)


def _part(part: CheckPart, look: Look, sign: str = " ") -> list[Line]:
    """``shape  expected [4]  yours [3]`` on one line, or under each other when that is too wide.

    Nothing for what was to be true and is not: that is what the rule itself says.
    """
    if {part.expected, part.got} == {"True", "False"}:
        return []
    ink = look.palette
    label, expected, got = (clean(text, look) for text in (part.label, part.expected, part.got))
    line = Line(f"   {sign} ", ink.bad).extend(_flat(label, ink.dim, look))
    if expected:
        line.add("  " + _("expected") + " ", ink.dim).extend(_flat(expected, ink.good, look))
    if got:
        line.add("  " + _("yours") + " ", ink.dim).extend(_flat(got, ink.bad, look))
    if line.cells <= look.width:
        return [line]
    lines = _hanging(f"   {sign} ", ink.bad, label, ink.dim, look)
    wide = max(cell_len(_("expected")), cell_len(_("yours")))
    if expected:
        lines += _hanging(f"       {_('expected'):<{wide}} ", ink.dim, expected, ink.good, look)
    if got:
        lines += _hanging(f"       {_('yours'):<{wide}} ", ink.dim, got, ink.bad, look)
    return lines


def _hanging(prefix: str, prefix_style: Style, text: str, style: Style, look: Look) -> list[Line]:
    """``text``, with code in it, behind ``prefix``; its further lines indented as far."""
    cells = cell_len(prefix)
    first, *rest = prose_lines(text, look, look.width - cells, style)
    return [Line(prefix, prefix_style).extend(first), *(Line(" " * cells).extend(part) for part in rest)]


def _flat(text: str, style: Style, look: Look) -> list[Piece]:
    """``text``, with code in it, on one line."""
    (pieces,) = prose_lines(text, look, cell_len(text) + 1, style)
    return pieces


def check_feedback(results: Sequence[CheckResult], look: Look, mistake: str = "") -> Text:
    """What to tell the learner after a check, as sentences.

    ``mistake`` is what the author wrote for the mistake that was recognised; it comes first. Then the
    first check that did not pass explains itself: the author's words where there are some, else ours.
    """
    ink, glyphs = look.palette, look.glyphs
    failed = [r for r in results if r.status not in ("pass", "broken")]
    broken = [r for r in results if r.status == "broken"]
    if not failed and not broken and results:
        return to_text([Line(f"{glyphs.yes} {_('All done.')}", ink.good)], look)
    lines: list[Line] = []
    if mistake:
        lines += _paragraphs(mistake, ink.warn, look)
    if failed:
        first = failed[0]
        lines += _hanging(f"{glyphs.no} ", ink.bad, clean(first.label, look), ink.bad, look)
        lines += _paragraphs(first.message, ink.number, look)
        if first.feedback and first.feedback != mistake:
            lines += _paragraphs(first.feedback, ink.warn, look)
    for result in broken:
        lines += _hanging("! ", ink.warn, f"{clean(result.label, look)}: {_(_BROKEN)}", ink.warn, look)
    return to_text(lines, look)


def _paragraphs(text: str, style: Style, look: Look) -> list[Line]:
    lines = text.strip("\n").split("\n") if text.strip() else []
    return [Line().extend(part) for line in lines for part in prose_lines(line, look, look.width, style)]
