"""A pseudo-language, and lessons of which every word that is not Greek is the interface's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.texts.pseudo import LESSON, Pseudo
from tutor.texts import Choice, use


@pytest.fixture(scope="session")
def known() -> frozenset[str]:
    """Every text that can be translated."""
    pytest.importorskip("babel")
    from tests.texts.collect import collected

    texts = [(text,) if isinstance(text, str) else text for text in collected()]
    return frozenset(form for forms in texts for form in forms)


@pytest.fixture
def lessons(tmp_path: Path, known: frozenset[str]) -> Iterator[Path]:
    """A folder with one lesson; the pseudo-language is spoken."""
    file = tmp_path / "lessons" / "01-l" / "lesson.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(LESSON, "utf-8")
    before = use(Choice("xx", "", Pseudo(known)))
    yield file.parent.parent
    use(before)
