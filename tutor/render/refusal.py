"""Every rule of a step that refused an answer: what was expected, what was there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tutor.render.checks import rules
from tutor.render.code import python_source
from tutor.render.prose import prose
from tutor.texts import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.verdicts import CheckResult
    from tutor.render.look import Look

__all__ = ["why_refused"]


def why_refused(results: Sequence[CheckResult], said: str, code: str, look: Look, *, fault: bool = False) -> Text:
    """The verdict in words, the rules one by one, and the code they were applied to."""
    heading = _("The lesson failed here, not your answer") if fault else _("The verdict")
    text = Text.assemble((f"{heading}\n", "bold"), prose(said), "\n\n")
    if results:
        text.append_text(rules(results, look, said)).append("\n\n")
    text.append(_("What was judged") + "\n", style="bold")
    lines = (
        python_source(code, look, "  ", "  ")
        if code.strip()
        else [Text("  " + _("nothing: what was run at this step ended with an error, or nothing was run"))]
    )
    return text.append_text(Text("\n").join(lines))
