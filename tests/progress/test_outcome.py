"""What is said of a lesson that is over."""

from __future__ import annotations

import itertools
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.entry import entry_of
from tutor.progress import Progress
from tutor.progress.outcome import finished, outcome, time_spent
from tutor.render.outcome import finished_lesson

ONE = Catalogue(Path(__file__).parent.parent / "ui" / "lessons").load_all().lessons[0]


def test_what_was_done_shown_and_hard_is_told_with_the_next_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    two = entry_of(msgspec.structs.replace(ONE, id="second", title="The second"))
    clock = itertools.count(1_000_000, 20)
    monkeypatch.setattr("tutor.progress.store.time.time", lambda: float(next(clock)))
    with closing(Progress()) as progress:
        for step in ONE.steps:
            progress.enter_step(ONE.id, step.id)
            for _ in range(3 if step.id == "guess" else 0):
                progress.record_attempt(ONE.id, step.id, "x")
            if step.id == "pick":
                progress.record_hint(ONE.id, step.id)
            progress.complete_step(ONE.id, step.id, "shown" if step.id == "centre" else "done")
        told = outcome(ONE, [entry_of(ONE), two], progress)
        assert finished([entry_of(ONE), two], progress.summary()) == {ONE.id}
    assert (told.done, told.shown, told.total, told.hints) == (4, 1, 5, 1)
    assert [again.step.id for again in told.again] == ["guess", "pick", "centre"]
    assert told.next is two
    assert told.left == ()
    words = finished_lesson(told).plain
    for text in ("4 of 5 steps done, 1 shown, 1 hint, in about", "The second", "3 attempts", "solution was shown"):
        assert text in words
    assert "From memory" not in words


def test_a_lesson_that_was_never_opened_has_an_outcome_too() -> None:
    with closing(Progress()) as progress:
        told = outcome(ONE, [entry_of(ONE)], progress)
    assert (told.done, told.shown, told.seconds, told.again) == (0, 0, None, ())
    assert told.next == entry_of(ONE)


def test_a_lesson_with_open_steps_is_not_called_finished() -> None:
    with closing(Progress()) as progress:
        for step in ONE.steps:
            progress.enter_step(ONE.id, step.id)
            if step.id not in ("guess", "centre"):
                progress.complete_step(ONE.id, step.id, "shown" if step.id == "pick" else "done")
        told = outcome(ONE, [entry_of(ONE)], progress)
    assert [ONE.steps[index].id for index in told.left] == ["guess", "centre"]
    words = finished_lesson(told).plain
    assert "2 steps are still open" in words
    assert "finished" not in words
    assert "✓" not in words
    assert "You can now" not in words


@given(st.lists(st.floats(0, 1e9, allow_nan=False), max_size=8))
def test_time_spent_has_no_pauses_and_minds_no_order(moments: list[float]) -> None:
    spent = time_spent(moments)
    if len(moments) < 2:
        assert spent is None
        return
    assert spent is not None
    assert 0 <= spent <= 600 * (len(moments) - 1)
    assert spent <= max(moments) - min(moments) + 1e-6
    assert spent == time_spent(list(reversed(moments)))
