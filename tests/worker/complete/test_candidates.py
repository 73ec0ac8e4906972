from __future__ import annotations

import sys
import types
from collections import OrderedDict, namedtuple
from pathlib import Path
from typing import Any

import pytest

from tests.worker.complete.asking import answer, candidates, texts
from tutor.worker.complete.candidates import LIMIT


class Point:
    """A class with a bit of everything."""

    __slots__ = ("x",)
    unit = "cm"

    def __init__(self) -> None:
        self.x = {"deep": 1}

    @property
    def length(self) -> float:
        raise AssertionError("a property was run")

    def _private(self) -> None: ...

    def move(self, dx: float, dy: float = 0.0, *, fast: bool = False) -> None: ...

    @staticmethod
    def origin(kind: str = "a") -> None: ...


def test_names_come_from_the_cell_the_namespace_the_language_and_builtins() -> None:
    found = {
        one.text: one.kind
        for one in candidates("prime = 1\nfor prefix in x:\n    pr", {"print_all": 3, "primes": []})
    }
    assert found == {
        "prime": "name",
        "prefix": "name",
        "primes": "value",
        "print_all": "value",
        "print": "function",
        "property": "class",
        "ProcessLookupError": "class",
    }
    assert texts("whi") == ["while"]


def test_what_is_written_exactly_so_comes_first_and_private_names_only_when_asked_for() -> None:
    namespace: dict[str, Any] = dict.fromkeys(["Xray", "xenon", "_xerox", "__x", "xylophone"], 1)
    assert texts("x", namespace) == ["xenon", "xylophone", "Xray"]
    assert texts("_", namespace)[:1] == ["_xerox"]
    assert [text for text in texts("_", namespace) if "x" in text and text in namespace] == ["_xerox", "__x"]


def test_attributes_of_objects_without_running_properties() -> None:
    found = {one.text: (one.kind, one.detail) for one in candidates("p.", {"p": Point()})}
    assert found == {
        "x": ("value", "dict"),
        "unit": ("value", "str"),
        "length": ("property", ""),
        "move": ("function", ""),
        "origin": ("function", ""),
    }
    assert "_private" in texts("p._", {"p": Point()})
    assert texts("p.x.it", {"p": Point()}) == ["items"]


def test_attributes_of_classes_modules_and_literals() -> None:
    named = namedtuple("named", ["first"])
    namespace = {"Point": Point, "sys": sys}
    assert texts("Point.mo", namespace) == ["move"]
    assert texts("Point().mo", namespace) == ["move"]
    assert texts("sys.version_in", namespace) == ["version_info"]
    assert texts("'text'.upp") == ["upper"]
    assert texts("[1, 2].app") == ["append"]
    assert texts("{}.upd") == ["update"]
    assert texts("namedtuple_.fir", {"namedtuple_": named(1)}) == ["first"]


def test_chains_through_containers_and_instance_dicts() -> None:
    holder = types.SimpleNamespace(inner=types.SimpleNamespace(value="text"), rows=[[1], {"k": "v"}])
    namespace = {"holder": holder}
    assert texts("holder.inner.value.upp", namespace) == ["upper"]
    assert texts("holder.rows[1]['k'].upp", namespace) == ["upper"]
    assert texts("holder.rows[7].", namespace) == []
    assert texts("(holder\n  .inner\n  .va", namespace) == ["value"]


def test_self_and_super_inside_a_class_that_is_being_typed() -> None:
    head = "class Near(Point):\n    def turn(self):\n        self.name = 'text'\n"
    namespace = {"Point": Point}
    assert texts(f"{head}        self.na", namespace) == ["name"]
    assert texts(f"{head}        self.name.upp", namespace) == ["upper"]
    assert texts(f"{head}        self.mo", namespace) == ["move"]
    assert texts(f"{head}        self.tu", namespace) == ["turn"]
    assert texts(f"{head}        super().mo", namespace) == ["move"]
    assert texts(f"{head}self.na", namespace) == []
    assert texts("class Bare:\n    def f(self):\n        self.__ini", namespace) == [
        "__init__",
        "__init_subclass__",
    ]


def test_an_assignment_that_is_being_typed_has_bound_nothing() -> None:
    assert texts("text = text.upp", {"text": "x"}) == ["upper"]
    assert texts("text = (\n    text.upp", {"text": "x"}) == ["upper"]
    assert texts("fresh = fre", {}) == []


def test_names_bound_earlier_in_the_cell_have_the_attributes_of_what_they_will_be() -> None:
    assert texts("s = 'a'\ns.upp") == ["upper"]
    assert texts("s = s.strip()\nt = s\ns.upp", {"s": "text"}) == []
    assert texts("def f(alpha, beta=1):\n    alp") == ["alpha"]
    assert texts("import alphabet as alp\nal") == ["alp", "all"]


@pytest.mark.parametrize(
    "source",
    ["# comment pr", "x = 1.", "12", "def pr", "class Po", "import os as o", '"pr', "unknown.", "y = 3.5"],
)
def test_nothing_where_nobody_could_complete(source: str) -> None:
    assert texts(source) == []


def test_keyword_arguments_of_the_call_come_first_and_only_those_still_free() -> None:
    namespace = {"p": Point(), "f": Point.move}
    assert texts("p.move(1, ", namespace)[:2] == ["dy=", "fast="]
    assert texts("p.move(1, 2, fa", namespace) == ["fast=", "False"]
    assert "dy=" not in texts("p.move(dy=2, ", namespace)
    assert "dy=" not in texts("p.move((", namespace)
    assert "dy=" not in texts("p.move(fast=", namespace)
    assert candidates("p.move(d", namespace)[0].kind == "parameter"
    assert {one.text: one.detail for one in candidates("p.move(", namespace)}["dy="] == "0.0"


def test_keys_of_dicts_in_quotes_and_without() -> None:
    namespace = {"d": {"alpha": 1, "al'pha": 2, 3: "x", (1, "b"): 0, "beta": "y"}, "o": OrderedDict(one=1)}
    assert texts("d['al", namespace) == ["alpha'"]
    assert texts('d["al', namespace) == ["al'pha\"", 'alpha"']
    assert set(texts("d[", namespace)) == {"'alpha'", '"al\'pha"', "3", "(1, 'b')", "'beta'"}
    assert texts("o['", namespace) == ["one'"]
    assert candidates("d['be", namespace)[0].kind == "key"
    assert candidates("d['be", namespace)[0].detail == "str"


def test_columns_of_a_data_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = type("DataFrame", (), {"columns": ["height", "width", 3]})
    monkeypatch.setitem(sys.modules, "pandas", types.SimpleNamespace(DataFrame=frame))
    assert texts("df['he", {"df": frame()}) == ["height'"]


def test_imports_without_importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "unheard_of"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemError('imported')")
    (package / "part.py").write_text("raise SystemError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert texts("import unheard") == ["unheard_of"]
    assert texts("import unheard_of.p") == ["part"]
    assert texts("from unheard_of import p") == ["part"]
    assert texts("from os.pa") == ["path"]
    assert texts("from os.path import joi") == ["join"]
    assert texts("from os import (getcwd, getcwd") == ["getcwd", "getcwdb"]
    assert texts("import os, unheard") == ["unheard_of"]
    assert "unheard_of" not in sys.modules


def test_file_names_inside_strings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights.pt").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner.txt").touch()
    (tmp_path / ".hidden").touch()
    monkeypatch.chdir(tmp_path)
    assert texts("torch.load('wei") == ["weights.pt"]
    assert texts("open('fo") == ["folder/"]
    found = answer("open('folder/in")
    assert [one.text for one in found.candidates] == ["inner.txt"]
    assert (found.start, found.end) == (13, 15)
    assert texts(f"open('{tmp_path}/we") == ["weights.pt"]
    assert ".hidden" not in texts("open('")
    assert texts("open('no/such/folder/x") == []


def test_inside_the_braces_of_an_f_string_there_is_code() -> None:
    assert texts("f'{s.upp", {"s": "x"}) == ["upper"]
    assert texts("f'{s} s.upp", {"s": "x"}) == []
    assert texts("f'{{s.upp", {"s": "x"}) == []


def test_magics_behind_a_percent_sign() -> None:
    assert "timeit" in texts("%ti")
    assert "timeit" in texts("%%ti")
    assert candidates("%ti")[0].kind == "magic"


def test_many_are_cut_and_counted() -> None:
    namespace: dict[str, Any] = {f"name_{number}": 1 for number in range(LIMIT + 50)}
    found = answer("name_", namespace)
    assert len(found.candidates) == LIMIT
    assert found.more == 50


def test_the_text_behind_the_cursor_is_left_alone() -> None:
    found = answer("print(x.rep|) + y", {"x": "x"})
    assert (found.start, found.end) == (8, 11)
    assert [one.text for one in found.candidates] == ["replace"]


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data.csv").write_text("")
    found = {one.text: one.detail for one in candidates(f"open('{tmp_path}/da")}
    assert found == {"data/": "folder", "data.csv": ""}
