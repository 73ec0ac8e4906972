"""What the learner is told of, and what not again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from tutor.progress import Progress
from tutor.protocol.failures import Notice
from tutor.session.notes import Notes

STEP = Notice("no-step", 3, (("optimizer", "opt"),))
CLIP = Notice("clip-after-step", 5, (("code", "clip_grad_norm_"),))


def _rules(notes: Notes, *notices: Notice) -> list[str]:
    return [told.rule for told in notes.hear(notices)]


def test_a_rule_is_silenced_in_this_sitting_only(tmp_path: Path) -> None:
    with closing(Progress(tmp_path)) as progress:
        notes = Notes(progress)
        assert _rules(notes, STEP, CLIP) == ["no-step", "clip-after-step"]
        notes.silence("no-step")
        assert _rules(notes, STEP, CLIP) == ["clip-after-step"]
        assert notes.silenced() == {"no-step": False}
        assert _rules(Notes(progress), STEP) == ["no-step"]


def test_a_rule_is_silenced_for_good_until_it_is_wanted_again(tmp_path: Path) -> None:
    with closing(Progress(tmp_path)) as progress:
        Notes(progress).silence("no-step", for_good=True)
    with closing(Progress(tmp_path)) as progress:
        notes = Notes(progress)
        assert _rules(notes, STEP, CLIP) == ["clip-after-step"]
        assert notes.silenced() == {"no-step": True}
        notes.hear_again("no-step")
        assert notes.silenced() == {}
        assert _rules(notes, STEP) == ["no-step"]
        assert _rules(Notes(progress), STEP) == ["no-step"]


def test_the_last_notices_stay_when_a_later_run_has_none(tmp_path: Path) -> None:
    with closing(Progress(tmp_path)) as progress:
        notes = Notes(progress)
        notes.hear((STEP,))
        assert _rules(notes) == []
        assert [told.rule for told in notes.last] == ["no-step"]


def test_what_a_newer_tutor_silenced_is_not_shown_as_a_rule(tmp_path: Path) -> None:
    with closing(Progress(tmp_path)) as progress:
        progress.set_setting("silenced notices", "no-step unheard-of")
        assert Notes(progress).silenced() == {"no-step": True}
