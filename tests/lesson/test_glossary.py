"""The glossary is read as strictly as a lesson, and every word leads to its term."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.explain.topics import TOPICS
from tutor.lesson.glossary import load_glossary
from tutor.lesson.problems import LessonError

HEAD = "schema: 1\nterms:\n"
ENTRY = "  - {term: TERM, meaning: One sentence., example: torch.ones(2), topic: F2}\n"


def refused(folder: Path, text: str) -> str:
    file = folder / "glossary.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LessonError) as error:
        load_glossary(file)
    return str(error.value)


def test_the_terms_that_a_learner_meets_are_there() -> None:
    glossary = load_glossary()
    assert len(glossary.terms) >= 60
    for word in (
        *("tensor", "shape", "axis", "stride", "storage", "view", "broadcast", "leaf", "gradient", "graph"),
        *("logits", "epoch", "batch", "dtype", "loss", "optimizer", "parameter", "module"),
    ):
        term = glossary.look_up(word)
        assert term is not None, word
        assert word in term.spellings


def test_every_term_is_short_and_taught_somewhere_in_the_curriculum() -> None:
    for term in load_glossary().terms:
        assert term.topic in TOPICS, term.term
        sentences = term.meaning.count(". ") + term.meaning.endswith(".")
        assert 1 <= sentences <= 3, term.term
        assert len(term.example) <= 120, term.term


def test_a_word_under_the_cursor_is_found_from_either_of_its_ends_and_in_code() -> None:
    glossary = load_glossary()
    line = "w = x.requires_grad_().view(2)"
    found = [glossary.at(line, column) for column in range(len(line) + 1)]
    named = {term.term for term in found if term is not None}
    assert named == {"requires_grad", "view"}
    start = line.index("view")
    assert [at is not None and at.term == "view" for at in found[start : start + 5]] == [True] * 5
    assert glossary.at("", 0) is None
    assert glossary.look_up("GRAD") is glossary.look_up("gradient")


def test_terms_of_a_text_come_once_each_and_the_longer_one_wins() -> None:
    terms = load_glossary().in_text("Gradient\ndescent follows the gradient; a view, two views. Reviewed!")
    assert [term.term for term in terms] == ["gradient descent", "gradient", "view"]


def test_what_is_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    one, other = ENTRY.replace("TERM", "axis"), ENTRY.replace("TERM", "Axis")
    assert "glossary.yaml:4:12: `Axis` is in line 3 already" in refused(tmp_path, HEAD + one + other)
    assert "did you mean `meaning`?" in refused(tmp_path, HEAD + one.replace("meaning", "meanin"))
    assert "not Python" in refused(tmp_path, HEAD + one.replace("torch.ones(2)", "torch.ones(2"))
    two_lines = HEAD + one.replace("example: torch.ones(2)", 'example: "a = 1\\nb = 2"')
    assert "an example is one line" in refused(tmp_path, two_lines)
    assert "the file is empty" in refused(tmp_path, "")


def test_a_file_that_cannot_be_read_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="cannot be read"):
        load_glossary(tmp_path / "nowhere.yaml")
