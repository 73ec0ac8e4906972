"""The translations of the interface: read as Babel reads them, and in step with the code."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from tutor.paths import package_dir
from tutor.po import read_po
from tutor.render.checks import _LABELS
from tutor.session.referee import TOLD

pofile = pytest.importorskip("babel.messages.pofile")

from tests.texts.collect import TEMPLATE, collected, translations  # noqa: E402 - needs Babel

FILES = [pytest.param(file, id=file.parent.parent.name) for file in translations()]


def _placeholders(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


def _all(forms: str | tuple[str, ...]) -> tuple[str, ...]:
    return (forms,) if isinstance(forms, str) else tuple(forms)


def test_the_template_has_every_text_of_the_interface() -> None:
    with TEMPLATE.open("rb") as stream:
        there = {message.id for message in pofile.read_po(stream) if message.id}
    hint = "run `python -m tests.texts.collect`"
    assert there - collected().keys() == set(), hint
    assert collected().keys() - there == set(), hint


@pytest.mark.parametrize("file", FILES)
def test_a_translation_is_of_texts_that_are_there_and_keeps_their_placeholders(file: Path) -> None:
    with file.open("rb") as stream:
        catalog = pofile.read_po(stream, locale=file.parent.parent.name)
    known = collected()
    for message in catalog:
        if not message.id:
            continue
        assert message.id in known, "run `python -m tests.texts.collect`"
        wanted = _placeholders(_all(message.id)[-1])
        for form in _all(message.string):
            assert not form or _placeholders(form) == wanted or len(_all(message.id)) > 1, form
            assert set(_placeholders(form)) <= set(wanted), form
            assert form == "" or form[0].isspace() == _all(message.id)[0][0].isspace(), form
            assert form == "" or form[-1].isspace() == _all(message.id)[0][-1].isspace(), form


@pytest.mark.parametrize("file", FILES)
def test_our_reader_reads_what_babel_reads(file: Path) -> None:
    words = read_po(file)
    with file.open("rb") as stream:
        catalog = pofile.read_po(stream, locale=file.parent.parent.name)
    for message in catalog:
        if isinstance(message.id, tuple):
            one, many = message.id
            assert [words.ngettext(one, many, n) for n in (1, 2)] == list(message.string)
        elif message.id and message.string and not message.fuzzy:
            assert words.gettext(message.id) == message.string


def test_what_a_reader_meets(tmp_path: Path) -> None:
    file = tmp_path / "tutor.po"
    file.write_text(
        '# a comment\nmsgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
        '#: there\nmsgid "a \\"b\\"\\n"\n"c\\\\"\nmsgstr "A"\n'  # no empty line before the next one
        'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "eins"\nmsgstr[1] "viele"\n\n'
        '#, fuzzy\nmsgid "doubtful"\nmsgstr "zweifelhaft"\n\n'
        'msgid "empty"\nmsgstr ""\n\n'
        'msgid "half"\nmsgid_plural "halves"\nmsgstr[0] "halb"\nmsgstr[1] ""\n\n'
        '#~ msgid "gone"\n#~ msgstr "weg"\n',
        "utf-8",
    )
    words = read_po(file)
    assert words.gettext('a "b"\nc\\') == "A"
    assert [words.ngettext("one", "many", n) for n in (1, 5)] == ["eins", "viele"]
    for text in ("doubtful", "empty", "gone"):
        assert words.gettext(text) == text
    assert words.ngettext("half", "halves", 2) == "halves"


def test_what_the_worker_says_is_still_said_so() -> None:
    """Sentences are told again by their pattern, so the pattern must be that of the worker's source."""
    source = "\n".join(file.read_text("utf-8") for file in (package_dir() / "worker" / "checks").glob("*.py"))
    # An f-string's {first.label} and a template's {what} are both a gap.
    gaps = re.sub(r"\{[^{}]*\}", "{}", source)
    for template in (*TOLD, *_LABELS):
        assert re.sub(r"\{\w+\}", "{}", template) in gaps, template
