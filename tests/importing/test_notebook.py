"""Notebooks as blocks; strange ones are refused in words."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importing.reading import DATA, told
from tutor.importing import files, notebook
from tutor.importing.blocks import Code, NotATutorial
from tutor.importing.slim import slim


def _code(source: Any, outputs: Any = ()) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "outputs": list(outputs),
        "metadata": {},
        "execution_count": None,
    }


def _book(*cells: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": list(cells), **more}


def _read(book: Any) -> Any:
    return notebook.read(json.dumps(book).encode())


def test_cells_with_what_they_showed() -> None:
    tutorial = files.read(DATA / "shapes.ipynb")
    assert [told(block) for block in tutorial.blocks][:8] == [
        "# Shapes in a notebook",
        "What `reshape` does, and what `n × m` means.",
        "(image: a table)",
        "```console\n!pip install torch\n```",
        ">>> import torch",
        "## Reshape",
        "The same numbers, in rows.",
        ">>> t = torch.arange(6)\nt.reshape(2, 3)",
    ]
    codes = [block for block in tutorial.blocks if isinstance(block, Code)]
    assert [code.recorded for code in codes[1:4]] == [
        "tensor([[0, 1, 2],\n        [3, 4, 5]])",
        "1\ntorch.Size([6])",
        "tensor([0.1111, 0.2222])",
    ]
    assert [code.place.cell for code in codes] == [2, 4, 6, 8, 11, 12]
    assert [(note.place.cell, note.why.split(":")[0]) for note in tutorial.notes] == [
        (2, "`%matplotlib` was left out"),
        (2, "`!pip install torch` is for a shell"),
        (9, "`%%bash` is a magic of notebooks"),
        (10, "not Python"),
    ]


def test_format_3_is_converted() -> None:
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {"cell_type": "heading", "level": 1, "source": ["Old"], "metadata": {}},
                    {
                        "cell_type": "code",
                        "input": ["x = 1\n", "x"],
                        "language": "python",
                        "collapsed": False,
                        "metadata": {},
                        "outputs": [{"output_type": "pyout", "prompt_number": 1, "text": ["1"], "metadata": {}}],
                    },
                ],
            }
        ],
    }
    tutorial = _read(old)
    assert [told(block) for block in tutorial.blocks] == ["# Old", ">>> x = 1\nx"]
    assert tutorial.blocks[1].recorded == "1"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "`nbformat` was expected"),
        (b"{}", "`nbformat` was expected"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 200_000, "no notebook"),
        (json.dumps(_book(nbformat=9)).encode(), "format 9"),
        (json.dumps(_book(nbformat="4")).encode(), "format '4'"),
        (json.dumps({"nbformat": 4}).encode(), "no valid notebook"),
        (json.dumps({"nbformat": 3}).encode(), "no valid notebook"),
        (json.dumps({"nbformat": 3, "worksheets": [{"cells": [7]}]}).encode(), "no valid notebook"),
        (json.dumps(_book({"cell_type": "code"})).encode(), "no valid notebook"),
        (json.dumps(_book({"cell_type": "music", "source": "", "metadata": {}})).encode(), "no valid notebook"),
        (json.dumps(_book(metadata=[])).encode(), "no valid notebook"),
        (json.dumps(_book(metadata={"language_info": {"name": "R"}})).encode(), "a notebook of r"),
        (json.dumps(_book(*[_code("")] * 5_001)).encode(), "5,001 cells"),
        (json.dumps(_book(_code(["x = 'a'\n"] * 2_500_000))).encode(), "too large"),
    ],
)
def test_what_is_no_notebook_of_python_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(NotATutorial) as raised:
        notebook.read(data)
    assert said in str(raised.value)
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize("in_lines", [False, True])
def test_pictures_are_dropped_before_anything_holds_them(tmp_path: Path, in_lines: bool) -> None:
    line = "iVBORw0KGgo" * 7 + "\n"
    picture = [line] * 13_000
    shown = {
        "output_type": "display_data",
        "data": {"image/png": picture if in_lines else "".join(picture), "text/plain": ["<Figure>"]},
        "metadata": {},
    }
    file = tmp_path / "pictures.ipynb"
    file.write_text(json.dumps(_book(*[_code("x = 1", [shown])] * 10)), "utf-8")
    notebook.read(b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}')
    tracemalloc.start()
    tutorial = files.read(file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert file.stat().st_size > 10_000_000
    assert len(tutorial.blocks) == 10
    assert most < file.stat().st_size / 4


_MIME = st.sampled_from(["image/png", "text/html", "application/json", "text/plain", "a", 'q"q', "\\", "x/y"])
_JSON = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(), st.none(), _MIME),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_MIME, inner, max_size=3)),
    max_leaves=15,
)


def _dropped(value: Any) -> Any:
    """What slimming is to make of decoded JSON."""
    gone = ("image/png", "text/html", "application/json")
    if isinstance(value, list):
        return [_dropped(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: "" if key in gone and isinstance(item, (str, list, dict)) else _dropped(item)
        for key, item in value.items()
    }


@given(_JSON, st.sampled_from([None, 1]), st.booleans())
def test_slimming_drops_media_and_nothing_else(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert json.loads(slim(text.encode())) == _dropped(value)


@given(st.binary(max_size=60))
def test_slimming_takes_any_bytes(data: bytes) -> None:
    assert len(slim(data)) <= len(data) + 2 * data.count(b'"')
