"""Overlays: what they change, what they cannot, and how one that is behind its lesson is used and told of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.loader import load_lesson, parse_lesson
from tutor.lesson.model import Choice, Exercise, Judged, Lesson, Predict, Read
from tutor.lesson.problems import LessonError, Report
from tutor.lesson.translation import Translation, digest, parse_overlay, proved, translate
from tutor.lesson.wording import step_words
from tutor.paths import lessons_dir
from tutor.texts import Choice as Language
from tutor.texts import use

KINDS = Path(__file__).parent.parent / "kinds" / "lessons"
LESSON = """\
schema: 1
id: small
title: Small
track: tensors
objectives: [one, two]
minutes: 5
difficulty: 1
steps:
  - id: look
    kind: read
    title: Look
    text: See `x`.
  - id: guess
    kind: predict
    text: Guess.
    code: x = 1; x
    ask: value
    distractors:
      - {answer: "2", feedback: Too much.}
      - {answer: "0", feedback: Too little.}
    after: So it is.
  - id: choose
    kind: choice
    text: Choose.
    options:
      - {text: "`one`", feedback: Yes., correct: true}
      - {text: another, feedback: No.}
  - id: make
    kind: exercise
    text: Make `y`.
    solution: y = 41 + 1
    hints: [Add., Add more.]
    checks:
      - {kind: value, target: y, label: y is right}
      - {kind: any_of, checks: [{kind: value, target: y, feedback: Sum.}, {kind: unchanged, target: x}]}
    misconceptions: [{id: less, code: y = 1, feedback: Less.}]
  - id: device
    kind: run
    text: Move it.
    code: x.cuda()
    after: Moved.
    needs: cuda
    twin: {text: Leave it., code: x.cpu()}
"""
ASKING = (
    LESSON
    + """\
recall:
  - id: later
    text: What is `x`?
    options:
      - {text: one number, feedback: Yes., correct: true}
      - {text: "`y`", feedback: No.}
"""
)
WHOLE = """\
schema: 1
title: Klein
objectives: [eins, zwei]
steps:
  look: {title: Schau, text: Sieh `x`.}
  guess:
    text: Rate.
    distractors: {"2": Zu viel., "0": Zu wenig.}
    after: So ist es.
  choose:
    text: Wähle.
    options: [{feedback: Ja.}, {text: ein anderes, feedback: Nein.}]
  make:
    text: Mach `y`.
    hints: [Zähl dazu., Zähl mehr dazu.]
    checks: [{label: y stimmt}, {checks: [{feedback: Summe.}, {}]}]
    misconceptions: {less: Weniger.}
  device: {text: Bewege es., after: Bewegt., twin: {text: Lass es.}}
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    file = tmp_path / "01-small" / "lesson.yaml"
    file.parent.mkdir()
    file.write_text(LESSON, "utf-8")
    return load_lesson(file)


@pytest.fixture
def asking(lesson: Lesson) -> Lesson:
    """The lesson with a question from memory."""
    assert lesson.file is not None
    lesson.file.write_text(ASKING, "utf-8")
    return load_lesson(lesson.file)


def _overlaid(lesson: Lesson, text: str) -> Translation:
    assert lesson.file is not None
    return parse_overlay(lesson, text, lesson.file.with_name("lesson.de.yaml"), "de")


def _warnings(lesson: Lesson, steps: str) -> list[str]:
    translation = _overlaid(lesson, f"schema: 1\nsteps:\n  {steps}\n")
    return [f"{problem.line}:{problem.column}: {problem.message}" for problem in translation.warnings]


def test_a_whole_overlay_leaves_no_text_of_the_original(lesson: Lesson) -> None:
    translation = _overlaid(lesson, WHOLE)
    assert (translation.coverage, translation.warnings) == ("5 of 5 steps translated", ())
    german = translation.lesson
    assert (german.title, german.objectives) == ("Klein", ("eins", "zwei"))
    look, guess, choose, make, device = german.steps
    assert (look.title, look.text) == ("Schau", "Sieh `x`.")
    assert isinstance(guess, Predict)
    assert [(d.answer, d.feedback) for d in guess.distractors] == [("2", "Zu viel."), ("0", "Zu wenig.")]
    assert isinstance(choose, Choice)
    assert [(o.text, o.correct) for o in choose.options] == [("`one`", True), ("ein anderes", False)]
    assert isinstance(make, Exercise)
    assert make.hints == ("Zähl dazu.", "Zähl mehr dazu.")
    assert (make.checks[0].label, make.checks[1].label) == ("y stimmt", "")
    assert make.checks[1].checks[0].feedback == "Summe."  # type: ignore[union-attr]
    assert make.misconceptions[0].feedback == "Weniger."
    assert device.twin is not None
    assert (device.text, device.twin.text, getattr(device.twin, "after", "")) == (
        "Bewege es.",
        "Lass es.",
        "Bewegt.",
    )


def test_questions_from_memory_are_translated_by_their_ids(asking: Lesson) -> None:
    texts = "{text: Was ist `x`?, options: [{text: eine Zahl, feedback: Ja.}, {feedback: Nein.}]}"
    translation = _overlaid(asking, f"{WHOLE}recall: {{later: {texts}}}\n")
    assert (translation.coverage, translation.warnings) == ("5 of 5 steps, 1 of 1 questions translated", ())
    (later,) = translation.lesson.recall
    assert (later.id, later.text) == ("later", "Was ist `x`?")
    assert [(o.text, o.feedback, o.correct) for o in later.options] == [
        ("eine Zahl", "Ja.", True),
        ("`y`", "Nein.", False),
    ]


def test_a_question_that_is_not_translated_stays_and_is_counted(asking: Lesson) -> None:
    assert _overlaid(asking, WHOLE).coverage == "5 of 5 steps, 0 of 1 questions translated"
    half = _overlaid(asking, f"{WHOLE}recall: {{later: {{text: Was ist `x`?}}}}\n")
    assert half.coverage == "5 of 5 steps, 0 of 1 questions translated"
    (later,) = half.lesson.recall
    assert (later.text, later.options) == ("Was ist `x`?", asking.recall[0].options)


@pytest.mark.parametrize(
    ("recall", "said"),
    [
        ("later: {options: [{text: a}]}", "2:27: `options`: 1 here, 2 in the lesson"),
        ("later: {text: 'Was ist `xx`?'}", "`xx` stands neither in the texts nor in the code"),
        ("later: {original: 0}", "the lesson's texts have changed since; once this is right again, write"),
    ],
)
def test_a_question_behind_its_lesson_is_told_of_and_used(asking: Lesson, recall: str, said: str) -> None:
    (warning,) = _overlaid(asking, f"schema: 1\nrecall: {{{recall}}}\n").warnings
    assert said in f"{warning.line}:{warning.column}: {warning.message}"
    assert warning.path.startswith("recall.later")
    right = f"schema: 1\nrecall: {{later: {{original: {digest(asking.recall[0])}}}}}\n"
    assert _overlaid(asking, right).warnings == ()


@pytest.mark.parametrize(
    ("recall", "said"),
    [
        ("latter: {}", "2:10: `small` has no question `latter`; did you mean `later`?"),
        ("later: {txt: a}", "did you mean `text`?"),
        ("later: {title: a}", "has no key `title`"),
        ("later: a", "`later` must be"),
    ],
)
def test_a_wrong_question_is_refused_with_its_place(asking: Lesson, recall: str, said: str) -> None:
    with pytest.raises(LessonError) as raised:
        _overlaid(asking, f"schema: 1\nrecall: {{{recall}}}\n")
    assert said in str(raised.value)


def _code(lesson: Lesson) -> list[object]:
    """Everything of a lesson but its words."""
    rows: list[object] = [lesson.id, lesson.setup, lesson.seed]
    for step in lesson.steps:
        names = ("kind", "setup", "code", "example", "starter", "solution", "accepts", "rejects", "blanks", "ask")
        rows += [step.id, *(getattr(step, name, None) for name in names)]
        rows += [option.correct for option in getattr(step, "options", ())]
        rows += [distractor.answer for distractor in getattr(step, "distractors", ())]
        rows += [(mistake.id, mistake.code) for mistake in getattr(step, "misconceptions", ())]
        rows += [(type(check), getattr(check, "target", None)) for check in getattr(step, "checks", ())]
    return rows


def test_no_code_answer_or_id_changes(lesson: Lesson) -> None:
    assert _code(_overlaid(lesson, WHOLE).lesson) == _code(lesson)


def test_what_is_missing_stays_and_is_counted(lesson: Lesson) -> None:
    translation = _overlaid(
        lesson, "schema: 1\nsteps:\n  look: {title: Schau, text: Da}\n  guess: {text: Rate.}\n"
    )
    assert translation.coverage == "1 of 5 steps translated"
    assert translation.lesson.title == "Small"
    guess = translation.lesson.steps[1]
    assert (guess.text, getattr(guess, "after", "")) == ("Rate.", "So it is.")
    assert translation.warnings == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema: 1\nsteps: {lok: {}}", "2:9: `small` has no step `lok`; did you mean `look`?"),
        ("schema: 1\nsteps: {look: {txt: a}}", "did you mean `text`?"),
        ("schema: 1\nsteps: {look: {code: a}}", "has no key `code`"),
        ("schema: 1\nid: other", "has no key `id`"),
        ("schema: 1\nsteps: {look: {text: [a]}}", "`text` must be text, not a list"),
        ("schema: 1\nsteps: {look: {text: ''}}", "`text` must be text, not an empty text"),
        (f"schema: 1\nsteps: {{look: {{text: {'a' * 6001}}}}}", "at most 6,000 characters"),
        ("schema: 1\nsteps: {look: {text: a}, look: {text: b}}", "`look` is here twice"),
        ("schema: 1\nsteps: {look: &a {text: a}}", "anchors and aliases are not allowed"),
        ("title: a", "has no `schema`"),
        ("", "the file is empty"),
    ],
)
def test_a_wrong_overlay_is_refused_with_its_place(lesson: Lesson, text: str, said: str) -> None:
    with pytest.raises(LessonError) as raised:
        _overlaid(lesson, text)
    assert said in str(raised.value)
    assert "lesson.de.yaml:" in str(raised.value)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("make: {hints: [eins]}", "3:17: `hints`: 1 here, 2 in the lesson, whose own are shown"),
        ("choose: {options: [{text: a}]}", "`options`: 1 here, 2 in the lesson"),
        ("choose: {options: [{text: a}, {text: a}]}", "two options have the same `text`"),
        ("make: {checks: [{}]}", "`checks`: 1 here, 2 in the lesson"),
        ("make: {checks: [{}, {checks: [{}]}]}", "`checks`: 1 here, 2 in the lesson"),
        ("make: {misconceptions: {les: a}}", "no `les` among its misconceptions; did you mean `less`?"),
        ("guess: {distractors: {'3': a}}", "3:30: the lesson has no `3` among its distractors"),
        ("look: {after: a}", "3:17: this step has no `after`"),
        ("look: {hints: [a]}", "this step has no `hints`"),
        ("make: {hints: ['y = 41+1', a]}", "a hint contains the solution"),
        ("look: {text: 'Sieh `xx`'}", "`xx` stands neither in the texts nor in the code"),
        ("look: {original: 0, text: a}", "the lesson's texts have changed since"),
    ],
)
def test_an_overlay_behind_its_lesson_is_told_of_and_used(lesson: Lesson, steps: str, said: str) -> None:
    (warning,) = _warnings(lesson, steps)
    assert said in warning


def test_where_it_does_not_fit_the_lessons_own_words_stay(lesson: Lesson) -> None:
    translation = _overlaid(lesson, "schema: 1\nobjectives: [a]\nsteps: {make: {text: Mach., hints: [eins]}}")
    make = translation.lesson.steps[3]
    assert isinstance(make, Judged)
    assert (make.text, make.hints) == ("Mach.", ("Add.", "Add more."))
    assert translation.lesson.objectives == ("one", "two")
    assert len(translation.warnings) == 2


def test_the_digest_tells_a_changed_text_and_nothing_else(lesson: Lesson) -> None:
    file = lesson.file
    assert file is not None
    assert _warnings(lesson, f"look: {{original: {digest(lesson.steps[0])}}}") == []
    changed = parse_lesson(LESSON.replace("See `x`.", "Look at `x`.").replace("y = 41 + 1", "y = 42 + 0"), file)
    assert digest(changed.steps[0]) != digest(lesson.steps[0])
    assert digest(changed.steps[3]) == digest(lesson.steps[3])


def test_the_first_language_that_is_there_is_taken(lesson: Lesson) -> None:
    assert lesson.file is not None
    assert translate(lesson, ("pt-BR", "pt")) is None
    for tag, title in (("pt", "Pequeno"), ("pt-BR", "Pequenininho")):
        lesson.file.with_name(f"lesson.{tag}.yaml").write_text(f"schema: 1\ntitle: {title}\n", "utf-8")
        found = translate(lesson, ("pt-BR", "pt"))
        assert found is not None
        assert (found.language, found.lesson.title) == (tag, title)


def test_what_lint_is_told_of_all_overlays(lesson: Lesson) -> None:
    assert lesson.file is not None
    for name, text in (("de", WHOLE), ("fr", "schema: 2\n"), ("DE", WHOLE), ("deutsch", WHOLE)):
        lesson.file.with_name(f"lesson.{name}.yaml").write_text(text, "utf-8")
    good, wrong = proved(lesson)
    assert [translation.language for translation in good] == ["de"]
    assert [(problem.file.name, problem.message) for problem in wrong] == [
        ("lesson.DE.yaml", "lesson.DE.yaml names no language; it should be lesson.de.yaml"),
        ("lesson.deutsch.yaml", "lesson.deutsch.yaml names no language"),
        ("lesson.fr.yaml", "`schema` must be `1`, not `2`"),
    ]


def test_the_catalogue_speaks_the_language_that_was_chosen(lesson: Lesson) -> None:
    assert lesson.file is not None
    folder = lesson.file.parent.parent
    overlay = lesson.file.with_name("lesson.de.yaml")
    overlay.write_text(WHOLE, "utf-8")
    before = use(Language("de"))
    try:
        german = Catalogue(folder).load_all()
        titles = [lesson.title for lesson in german.lessons]
        overlay.write_text("schema: 1\nsteps: {lok: {}}\n", "utf-8")
        broken = Catalogue(folder).load_all()
    finally:
        use(before)
    assert (titles, german.problems) == (["Klein"], [])
    assert [entry.coverage for entry in german.entries] == ["5 of 5 steps translated"]
    assert broken.lessons[0].title == "Small"
    assert [problem.line for problem in broken.problems] == [2]
    assert Catalogue(folder).load_all().lessons[0].title == "Small"


@given(st.text(max_size=200))
def test_any_text_is_an_overlay_or_has_problems_with_places(text: str) -> None:
    lesson = _kinds()[0]
    assert lesson.file is not None
    found = []
    try:
        assert _code(_overlaid(lesson, "schema: 1\n" + text).lesson) == _code(lesson)
    except LessonError as error:
        found = error.problems
    lines = len(Report(lesson.file, "schema: 1\n" + text).lines)
    assert all(1 <= problem.line <= lines and problem.column >= 1 for problem in found)


def _kinds() -> list[Lesson]:
    return [load_lesson(folder) for folder in sorted(KINDS.iterdir())]


@pytest.mark.parametrize("lesson", _kinds(), ids=lambda lesson: lesson.id)
def test_every_kind_of_step_and_check_can_be_translated_whole(lesson: Lesson) -> None:
    translation = _overlaid(lesson, _mirrored(lesson))
    assert translation.translated == len(lesson.steps), translation.warnings
    assert translation.warnings == ()
    named = {d.answer for step in lesson.steps for d in getattr(step, "distractors", ())}
    words = [text for step in translation.lesson.steps for text in step_words(step) if " " in text]
    words = [text for text in words if text not in named]
    assert words
    assert all("→" in text for text in words)
    assert _code(translation.lesson) == _code(lesson)


def _mirrored(lesson: Lesson) -> str:
    """An overlay with every text of a lesson behind an arrow."""
    return json.dumps({"schema": 1, "steps": {step.id: _step(step) for step in lesson.steps}}, ensure_ascii=False)


def _step(step: object) -> dict[str, object]:
    texts: dict[str, object] = {
        name: f"→ {text}" for name in ("title", "text", "after", "goal") if (text := getattr(step, name, ""))
    }
    if hints := getattr(step, "hints", ()):
        texts["hints"] = [f"→ {hint}" for hint in hints]
    if options := getattr(step, "options", ()):
        texts["options"] = [{"text": f"→ {o.text.strip()}", "feedback": f"→ {o.feedback}"} for o in options]
    if distractors := getattr(step, "distractors", ()):
        texts["distractors"] = {d.answer: f"→ {d.feedback}" for d in distractors}
    if mistakes := getattr(step, "misconceptions", ()):
        texts["misconceptions"] = {m.id: f"→ {m.feedback}" for m in mistakes}
    if checks := getattr(step, "checks", ()):
        texts["checks"] = [_check(check) for check in checks]
    if twin := getattr(step, "twin", None):
        texts["twin"] = _step(twin)
    return texts


def _check(check: object) -> dict[str, object]:
    texts: dict[str, object] = {
        name: f"→ {text}" for name in ("label", "feedback", "name") if (text := getattr(check, name, ""))
    }
    if inside := getattr(check, "checks", ()):
        texts["checks"] = [_check(one) for one in inside]
    if one := getattr(check, "check", None):
        texts["check"] = _check(one)
    return texts


SHIPPED = [
    pytest.param(translation, id=f"{translation.lesson.id}-{translation.language}")
    for lesson in Catalogue(lessons_dir()).load_all().lessons
    for translation in proved(lesson)[0]
]


def test_no_overlay_that_is_shipped_is_wrong() -> None:
    assert [
        problem for lesson in Catalogue(lessons_dir()).load_all().lessons for problem in proved(lesson)[1]
    ] == []
    assert SHIPPED


@pytest.mark.parametrize("translation", SHIPPED)
def test_what_is_shipped_is_up_to_date_and_whole(translation: Translation) -> None:
    assert translation.warnings == ()
    assert translation.translated == len(translation.lesson.steps)
    assert any(isinstance(step, Read) for step in translation.lesson.steps)
