"""What the learner is told of silent mistakes, and what they have asked not to be told again."""

from __future__ import annotations

from tutor.explain.notices import WORDS, ExplainedNotice, explain_notice
from tutor.progress import Progress
from tutor.protocol.failures import Notice

_KEY = "silenced notices"


class Notes:
    """The notices of one sitting; rules silenced for good are kept in the progress file."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._sitting: set[str] = set()
        self.last: tuple[ExplainedNotice, ...] = ()
        """What the last run that gave rise to any was told of."""

    def hear(self, notices: tuple[Notice, ...]) -> tuple[ExplainedNotice, ...]:
        """Those that are to be shown."""
        quiet = self._sitting | self._for_good()
        told = [explain_notice(notice) for notice in notices if notice.rule not in quiet]
        shown = tuple(notice for notice in told if notice is not None)
        self.last = shown or self.last
        return shown

    def silence(self, rule: str, *, for_good: bool = False) -> None:
        """Tell no more of this rule: in this sitting, or ever."""
        self._sitting.add(rule)
        if for_good:
            self._keep(self._for_good() | {rule})

    def hear_again(self, rule: str) -> None:
        """Tell of this rule again."""
        self._sitting.discard(rule)
        self._keep(self._for_good() - {rule})

    def silenced(self) -> dict[str, bool]:
        """Every silenced rule, with whether that is for good."""
        for_good = self._for_good()
        return {rule: rule in for_good for rule in sorted(self._sitting | for_good)}

    def _for_good(self) -> set[str]:
        return set(self._progress.setting(_KEY).split()) & WORDS.keys()

    def _keep(self, rules: set[str]) -> None:
        self._progress.set_setting(_KEY, " ".join(sorted(rules)))
