"""Questions from memory come when a lesson is finished."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Option, Recall
from tutor.progress import Progress
from tutor.progress.reviews import Grade, Reviews
from tutor.session.review_items import outlook, recall_of

ONE = Catalogue(Path(__file__).parent.parent / "ui" / "lessons").load_all().lessons[0]
QUESTION = Recall(
    id="from-memory",
    text="Which?",
    options=(Option(text="a", feedback="yes", correct=True), Option(text="b", feedback="no")),
)
DAY = 86_400.0


def test_questions_are_asked_once_the_lesson_is_finished_and_are_due_in_a_day_or_so() -> None:
    lesson = msgspec.structs.replace(ONE, recall=(QUESTION,))
    with closing(Progress()) as progress:
        progress.enter_step(lesson.id, "first")
        progress.complete_step(lesson.id, "first", "done")
        assert outlook([lesson], progress, 4e9).due == ()
        progress.finish_lesson(lesson.id)
        at = progress.summary()[lesson.id].finished
        assert at is not None
        soon = outlook([lesson], progress, at)
        assert soon.due == ()
        assert soon.next is not None
        assert 0.5 * DAY < soon.next - at < 4 * DAY
        (question,) = outlook([lesson], progress, at + 30 * DAY).due
        assert (question.step.id, question.lesson.id) == ("from-memory", lesson.id)
        assert question == recall_of(lesson)[0]
        # An answer moves it, and asking what is due again does not move it back.
        Reviews(progress.database).grade(lesson.id, "from-memory", Grade.GOOD, at + 30 * DAY)
        assert outlook([lesson], progress, at + 31 * DAY).due == ()
