"""The words of the notices."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tutor.explain.notices import WORDS, explain_notice, place
from tutor.protocol.failures import Notice
from tutor.worker.probe.watch.rules import ORDER

_DATA = Path(__file__).parent.parent / "notices"


def test_every_rule_has_words_a_weight_and_a_program_that_shows_it() -> None:
    programs = [
        entry["rule"]
        for name in ("cases.yaml", "more.yaml")
        for entry in yaml.safe_load((_DATA / name).read_text(encoding="utf-8"))
    ]
    assert set(WORDS) == set(ORDER) == set(programs)


@pytest.mark.parametrize("rule", WORDS)
def test_the_line_is_short_and_the_code_is_python(rule: str) -> None:
    words = WORDS[rule]
    assert len(words.short) <= 110
    assert not words.short.startswith("The ")
    ast.parse(words.code)
    for prose in (words.short, words.why, words.fix):
        assert prose.endswith((".", "?"))
        assert prose.count("`") % 2 == 0


def test_facts_are_put_into_the_words() -> None:
    facts = (("result", "(50, 50)"), ("left", "(50, 1)"), ("right", "(50,)"))
    told = explain_notice(Notice("broadcast", 7, facts))
    assert told is not None
    assert told.short.startswith("`(50, 1)` and `(50,)` made `(50, 50)`")
    assert (place(told), told.topic) == ("line 7: ", "T4")


def test_a_rule_without_words_is_nothing_and_a_missing_fact_is_a_gap() -> None:
    assert explain_notice(Notice("unheard-of", 1, ())) is None
    told = explain_notice(Notice("no-step", 0, ()))
    assert told is not None
    assert "`….step()`" in told.short
    assert place(told) == ""


@given(st.sampled_from(sorted(WORDS)), st.text())
def test_no_fact_is_read_as_a_template(rule: str, fact: str) -> None:
    names = ("name", "code", "op", "left", "right", "result", "optimizer", "model", "attribute", "shape")
    told = explain_notice(Notice(rule, 1, tuple((name, fact + "{0.__class__}{x}") for name in names)))
    assert told is not None
    assert "<class" not in told.short
