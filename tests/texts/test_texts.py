"""Which language is spoken, and what is said in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tutor import texts
from tutor.paths import package_dir
from tutor.texts import Choice, candidates, choose, chosen, plural, retold, tag_of, use


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("TUTOR_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    before = chosen()
    yield
    use(before)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("de_DE.UTF-8", "de-DE"),
        ("pt-br", "pt-BR"),
        ("sr_RS@latin", "sr-RS"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("es-419", "es-419"),
        ("C", ""),
        ("C.UTF-8", ""),
        ("POSIX", ""),
        ("", ""),
        ("../../etc", ""),
        ("de/../x", ""),
        ("german", ""),
    ],
)
def test_names_of_languages(name: str, tag: str) -> None:
    assert tag_of(name) == tag


@pytest.mark.parametrize(
    ("wanted", "environment", "tag", "source"),
    [
        ("", {}, "en", ""),
        ("de", {"TUTOR_LANG": "fr", "LANG": "it"}, "de", "--lang"),
        ("", {"TUTOR_LANG": "fr", "LC_ALL": "it"}, "fr", "TUTOR_LANG"),
        ("", {"TUTOR_LANG": "nonsense!", "LANG": "it_IT.UTF-8"}, "it-IT", "LANG"),
        ("", {"LC_ALL": "nl", "LC_MESSAGES": "fr", "LANG": "it"}, "nl", "LC_ALL"),
        ("", {"LC_ALL": "C", "LANG": "it"}, "en", ""),
        ("", {"LC_ALL": "", "LC_MESSAGES": "fr", "LANG": "it"}, "fr", "LC_MESSAGES"),
    ],
)
def test_who_says_which_language(
    monkeypatch: pytest.MonkeyPatch, wanted: str, environment: dict[str, str], tag: str, source: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    choose(wanted)
    assert (chosen().tag, chosen().source) == (tag, source)


def test_a_region_falls_back_to_its_language_and_an_unknown_language_to_english() -> None:
    choose("de-AT")
    assert candidates() == ("de-AT", "de")
    assert texts._("Help") == "Hilfe"
    choose("tlh")
    assert candidates() == ("tlh",)
    assert texts._("Help") == "Help"
    choose("en-GB")
    assert (candidates(), chosen().words) == ((), None)


def test_plurals() -> None:
    one, many = "{n} question due", "{n} questions due"
    assert [plural(one, many, n) for n in (0, 1, 2)] == [many, one, many]
    choose("de")
    assert [plural(one, many, n).format(n=n) for n in (0, 1, 2)] == [
        "0 Fragen fällig",
        "1 Frage fällig",
        "2 Fragen fällig",
    ]
    assert texts._("") == ""


def test_a_sentence_of_the_workers_is_told_again() -> None:
    templates = ("`{name}` is not defined yet.", "{what}: expected {expected}, got {got}.")
    said = "shape: expected [4, 3], got [4]."
    assert retold(said, *templates) == said

    use(Choice("xx", "", Words()))
    assert retold("`deep` is not defined yet.", *templates) == "deep?"
    assert retold("shape: expected {a}, got {0.x}.", *templates) == "{0.x} is not {a}"
    assert retold("something else", *templates) == "something else"


class Words:
    """A language of two sentences."""

    def gettext(self, message: str, /) -> str:
        return "{name}?" if "defined" in message else "{got} is not {expected}"

    def ngettext(self, one: str, many: str, n: int, /) -> str:
        return one if n == 1 else many


def test_no_function_that_translates_has_a_variable_of_that_name() -> None:
    """``for _ in …`` would make ``_("…")`` in the same function fail when it is reached."""
    for file in package_dir().rglob("*.py"):
        source = file.read_text("utf-8")
        functions = ast.walk(ast.parse(source)) if "from tutor.texts import _" in source else ()
        for function in functions:
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                names = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == "_"]
                assert len({type(name.ctx) for name in names}) < 2, f"{file}: {function.name}"
