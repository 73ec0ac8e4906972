"""``tutor review`` where there is no terminal to ask in."""

from __future__ import annotations

import json
import time
from contextlib import closing

import pytest

from tests.cli.test_cli import LESSONS, tutor
from tutor.progress import Progress


def review(*arguments: str) -> str:
    result = tutor("review", "--lessons", str(LESSONS), *arguments)
    assert result.returncode == 0
    assert "Traceback" not in result.stderr
    return result.stdout


def test_it_says_what_is_due_and_when_the_next_will_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nothing to ask yet" in review()
    with closing(Progress()) as progress:
        progress.complete_step("ui/broadcasting", "pick", "done")
    assert "Nothing is due. The next question comes" in review()
    told = json.loads(review("--json"))
    assert told["due"] == []
    assert told["next"] > time.time()
    now = time.time()
    with monkeypatch.context() as then, closing(Progress()) as progress:
        then.setattr("tutor.progress.store.time.time", lambda: now - 9 * 86_400)
        progress.complete_step("ui/broadcasting", "guess", "done")
    assert "1 due" in review()
    assert "broadcasting#guess" in review()
    (one,) = json.loads(review("--json"))["due"]
    assert one == {"lesson": "ui/broadcasting", "step": "guess", "kind": "predict", "times": 0}
