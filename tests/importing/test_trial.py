"""Cells tried in a real worker: what runs, what it shows, and why the rest cannot be run."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tutor.importing.trial import CannotTry, Limits, Outcome, tried

pytestmark = pytest.mark.worker

QUICK = Limits(cell=1.5, together=60.0, patience=1.0)


def outcomes(*cells: str, limits: Limits = QUICK, setup: str = "") -> list[Outcome]:
    return asyncio.run(tried(list(cells), python=sys.executable, setup=setup, limits=limits))


def test_what_cannot_be_run_says_why_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "beside.txt").write_text("not for a lesson")
    monkeypatch.chdir(tmp_path)
    cells = {
        "import torch\nx = torch.ones(2)": "",
        "while True:\n    pass": "takes too long: longer than",
        "while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass": "takes too long",
        "import os\nos.kill(os.getpid(), 9)": "ends its Python process: it was ended by SIGKILL",
        "os._exit(3)": "needs `os`, which a cell makes that cannot run",
        "import ctypes\nctypes.string_at(0)": "ends its Python process: it was ended by SIGSEGV",
        "exit()": "ends Python by `exit()`",
        "raise SystemExit(3)": "ends Python by `exit()`",
        "name = input('who? ')": "asks for input",
        "breakpoint()": "asks for input",
        "import no_such_package.part": "needs the package `no_such_package`",
        "open('beside.txt')": "needs the file `beside.txt`",
        "import urllib.request\nurllib.request.urlopen('https://example.org')": "needs the network",
        "import socket\nsocket.create_connection(('127.0.0.1', 1))": "needs the network",
        "torch.hub.load('a/b', 'c')": "needs the network",
        "torch.zeros(1, device='cuda')": "needs a GPU",
        "x = x.numpy().no_such_thing": "raises AttributeError: ",
        "x += 1\n1 / 0": "raises ZeroDivisionError: division by zero",
        "print(x)\nx.sum()": "",
    }
    found = dict(zip(cells, outcomes(*cells), strict=True))
    for source, why in cells.items():
        if why:
            assert found[source].why.startswith(why), source
            assert found[source].shown == ""
        else:
            assert found[source].why == "", source
    assert found["print(x)\nx.sum()"].shown == "tensor([1., 1.])\ntensor(2.)"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["beside.txt"]


def test_only_output_that_comes_again_is_what_a_step_prints() -> None:
    found = outcomes(
        "import time, torch",
        "print(time.time_ns())",
        "torch.rand(2)",
        "object()",
        "print('x' * 7_000)",
        "torch.manual_seed(3)\ntorch.randn(1)",
    )
    assert [outcome.why for outcome in found] == [""] * 6
    assert [bool(outcome.shown) for outcome in found] == [False, False, True, True, False, True]


def test_what_depends_on_the_process_or_the_time_is_not_what_a_step_prints() -> None:
    changing = [
        "print(id(object()))",
        "import torch\nprint(torch.ones(3).data_ptr())",
        "import os\nprint(os.getpid())",
        "print(hash('a word'))",
        "print(list({str(n) for n in range(9)}))",
        "import time\nprint(int(time.time()) // 1_000)",
        "import datetime\nprint(datetime.datetime.now().hour)",
        "import time\nprint(time.strftime('%Y', time.gmtime()))",
    ]
    found = outcomes(*changing, "print(hash(3), sorted({'b', 'a'}))")
    assert {source: outcome.shown for source, outcome in zip(changing, found, strict=False)} == dict.fromkeys(
        changing, ""
    )
    assert [outcome.why for outcome in found] == [""] * len(found)
    assert found[-1].shown == "3 ['a', 'b']"


def test_what_does_not_run_twice_in_one_process_is_not_run() -> None:
    found = outcomes(
        "import sys\nif hasattr(sys, 'been_here'):\n    raise RuntimeError('again')\nsys.been_here = made = True",
        "made and print('made')",
        "print('alone')",
    )
    assert found[0].why == "does not run a second time, as it must when a later step is entered"
    assert found[1].why == "needs `made`, which a cell makes that cannot run"
    assert (found[2].why, found[2].shown) == ("", "alone")


def test_files_are_made_in_a_folder_that_goes_and_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = outcomes(
        "with open('once.txt', 'x') as file:\n    n = file.write('a')",
        "with open('made.txt', 'w') as file:\n    m = file.write('a')",
        "print(open('made.txt').read())",
    )
    # What must not be there yet is there when the second step is entered.
    assert found[0].why.startswith("does not run a second time")
    assert [(outcome.why, outcome.shown, outcome.writes) for outcome in found[1:]] == [
        ("", "", ("made.txt",)),
        ("", "a", ()),
    ]
    assert not [*tmp_path.glob("made*"), *tmp_path.glob("once*")]


def test_all_cells_together_have_a_limit_too() -> None:
    wait = "import time\ntime.sleep(0.7)"
    found = outcomes(*[wait] * 4, "done = 1", limits=Limits(cell=5.0, together=2.0, patience=2.0))
    assert found[0].why == found[1].why == ""
    assert found[3].why
    assert found[4].why == ""


def test_the_whole_has_a_limit() -> None:
    found = outcomes("a = 1", limits=Limits(trying=-1.0))
    assert found[0].why.startswith("not tried")
    found = outcomes("a = 1", limits=Limits(proving=-1.0))
    assert found[0].why.startswith("not proved")


def test_what_the_set_up_makes_is_there() -> None:
    assert [outcome.shown for outcome in outcomes("torch.tensor(1)", setup="import torch")] == ["tensor(1)"]


def test_without_a_python_it_is_said() -> None:
    with pytest.raises(CannotTry, match="no-such-python"):
        asyncio.run(tried(["1"], python="/no-such-python"))
