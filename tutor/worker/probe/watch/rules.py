"""Every rule that looks at a run when it is over, and how much each notice tells."""

from __future__ import annotations

from tutor.worker.probe.watch.watch import Rule

RULES: tuple[Rule, ...] = ()

ORDER = ()
"""Rules from the most telling to the least."""
