"""Nothing of the learner's is run, and nothing that is typed can make it fail."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worker.complete import hostile
from tests.worker.complete.asking import answer
from tutor.worker.complete import describe
from tutor.worker.complete.candidates import complete

SOURCES = (
    """
{0} | {0}. | {0}.in | {0}.here. | {0}.shown. | {0}.endless. | {0}.asked. | {0}.method( | {0}( | {0}(1,
{0}[ | {0}[' | {0}[0]. | {0}(). | ({0} + 1). | -{0}. | ({0} < 1). | {0}.x = | f'{{{0}. | x = {0}; x.
{0}.__class__. | {0}.__dict__.
""".strip()
    .replace("\n", " | ")
    .split(" | ")
)


@pytest.mark.parametrize("name", list(hostile.everything()))
def test_no_code_of_an_object_is_run(name: str) -> None:
    namespace = hostile.everything()
    hostile.CALLS.clear()
    for source in SOURCES:
        text = source.format(name)
        complete(namespace, 1, text, len(text))
        describe.call(namespace, 1, text, len(text))
        describe.everything(namespace, 1, text)
        describe.everything(namespace, 1, text.rstrip(".("))
    complete(namespace, 1, "", 0)
    assert hostile.CALLS == []


def test_what_can_be_seen_from_outside_is_offered_all_the_same() -> None:
    found = {one.text: one.kind for one in answer("hostile.", hostile.everything()).candidates}
    assert found["shown"] == "property"
    assert found["method"] == "function"
    assert found["here"] == "value"
    assert [one.text for one in answer("worse.ins", hostile.everything()).candidates] == ["inside"]


def test_a_key_that_is_no_text_is_passed_over() -> None:
    namespace: dict[Any, Any] = {"name": 1, 3: 2, None: 3}
    assert [one.text for one in answer("name|", namespace).candidates][:1] == ["name"]


def test_a_huge_container_is_answered_quickly() -> None:
    namespace: dict[str, Any] = {
        "d": {f"key{n}": n for n in range(100_000)},
        **{f"v{n}": n for n in range(100_000)},
    }
    assert answer("d['key1", namespace).more > 0
    assert answer("v1", namespace).more > 0


NAMESPACE = {"torch": torch, "x": torch.ones(2, 3), "d": {"a": [1]}, "f": hostile.function, "sys": sys}
PIECES = st.sampled_from(
    [*"xdfa.()[]{}'\"=, \n:%#\\1é\t*\0/~\r@;", "torch", "sum", '"""', "f'", "1.", "->", ":=", "x.sum(", "d['"]
    + [f"{word} " for word in ("import", "from", "def", "class", "lambda", "as", "for", "in", "await")]
)
SOURCE = st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=60))


@settings(max_examples=400, deadline=None)
@given(SOURCE, st.integers(-3, 200))
def test_any_text_and_cursor_get_an_answer(source: str, cursor: int) -> None:
    found = complete(NAMESPACE, 7, source, cursor)
    assert 0 <= found.start <= found.end <= len(source)
    assert found.id == 7
    prefix = source[found.start : found.end].lower()
    assert all(one.text.lower().startswith(prefix) for one in found.candidates)
    describe.call(NAMESPACE, 7, source, cursor)
    describe.everything(NAMESPACE, 7, source)


def test_numbers_too_long_to_be_spelled() -> None:
    huge = 10**5_000

    def f(count: int = huge) -> None: ...

    namespace: dict[str, Any] = {
        "f": f,
        "d": {huge: 1, ("k", huge): 2, "k" * 100_000: 3, "short": 4},
        "huge": huge,
    }
    assert [one.text for one in answer("d[", namespace).candidates] == ["'short'"]
    found = describe.call(namespace, 1, "f(", 2).description
    assert found is not None
    assert found.parameters == ("count=…",)
    describe.everything(namespace, 1, "huge")


def test_deep_nesting_is_refused_not_followed() -> None:
    for source in (
        "(" * 5_000 + "x.",
        "x" + ".T" * 5_000 + ".",
        "[" * 3_000 + "x" + "]" * 3_000 + ".",
        "-" * 3_000 + "x.",
    ):
        complete(NAMESPACE, 1, source, len(source))
        describe.call(NAMESPACE, 1, source, len(source))
        describe.everything(NAMESPACE, 1, source)
