"""The README's table of keys is the registry's."""

from __future__ import annotations

import re
from pathlib import Path

from tutor.ui.actions import LESSON_ACTIONS, key_text

README = Path(__file__).parent.parent.parent / "README.md"


def key_table() -> str:
    rows = ["| keys | what they do |", "|---|---|"]
    rows += [f"| {key_text(action)} | {action.help} |" for action in LESSON_ACTIONS]
    return "\n".join(rows)


def test_the_readme_names_every_key_and_what_it_does() -> None:
    found = re.search(r"<!-- keys: [^\n]* -->\n(.*?)\n<!-- end of keys -->", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    assert found[1].strip() == key_table()


def test_no_key_or_letter_means_two_things() -> None:
    keys = [action.key for action in LESSON_ACTIONS if action.key]
    letters = [action.letter for action in LESSON_ACTIONS if action.letter]
    assert len(set(keys)) == len(keys)
    assert len(set(letters)) == len(letters)
