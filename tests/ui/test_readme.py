"""The README's table of keys is the registry's."""

from __future__ import annotations

import re
from pathlib import Path

from tutor.ui.actions import HOME, LESSON_ACTIONS, QUIT, key_text
from tutor.ui.editor_keys import CELL_KEYS, PROMPT_KEYS
from tutor.ui.panes.tensor_keys import TENSOR_KEYS
from tutor.ui.play_keys import DESCENT_KEYS, PLAY_KEYS

README = Path(__file__).parent.parent.parent / "README.md"


def table(rows: list[tuple[str, str]]) -> str:
    return "\n".join(["| keys | what they do |", "|---|---|", *(f"| {keys} | {text} |" for keys, text in rows)])


def in_readme(name: str) -> str:
    text = README.read_text("utf-8")
    found = re.search(rf"<!-- {name}: [^\n]* -->\n(.*?)\n<!-- end of {name} -->", text, re.DOTALL)
    assert found is not None
    return found[1].strip()


def test_the_readme_names_every_key_and_what_it_does() -> None:
    assert in_readme("keys") == table([(key_text(action), action.help) for action in LESSON_ACTIONS])
    assert in_readme("prompt keys") == table([(key.shown, key.help) for key in PROMPT_KEYS])
    assert in_readme("drawing keys") == table([(key.shown, key.help) for key in TENSOR_KEYS])
    assert in_readme("play keys") == table([(key.shown, key.help) for key in PLAY_KEYS])
    assert in_readme("descent keys") == table([(key.shown, key.help) for key in DESCENT_KEYS])
    assert in_readme("cell keys") == table([(key.shown, key.help) for key in CELL_KEYS])


def test_no_key_or_letter_means_two_things() -> None:
    keys = [action.key for action in LESSON_ACTIONS if action.key]
    letters = [action.letter for action in LESSON_ACTIONS if action.letter]
    assert len(set(keys)) == len(keys)
    assert len(set(letters)) == len(letters)
    # Esc and one of these, typed fast, are keys of the prompt: Alt+B, Alt+F, Alt+D.
    assert not set(letters) & set("bfd")
    # Shift held a moment too long or too short must not lead out of the lesson.
    assert not {HOME.letter.swapcase(), QUIT.letter.swapcase()} & set(letters)


def test_no_key_of_the_playground_means_two_things() -> None:
    for keys in (PLAY_KEYS, DESCENT_KEYS):
        names = [name for key in keys for combination in key.bindings for name in combination.split(",")]
        assert len(set(names)) == len(names)


def test_no_key_of_the_prompt_means_two_things_or_is_a_function_key() -> None:
    keys = [name for key in PROMPT_KEYS for combination in key.bindings for name in combination.split(",")]
    assert len(set(keys)) == len(keys)
    assert not {action.key for action in LESSON_ACTIONS} - {"ctrl+c"} & set(keys)
