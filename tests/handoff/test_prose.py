"""What is written for the screen is left out of what stands alone, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.handoff.prose import off_screen


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Press **F5**. The Flow pane says what\nbecame of it. Which one goes?", "Which one goes?"),
        ("**F5** puts a start into the prompt. Change it and press Enter.", ""),
        # What is to be done, or was seen, outlives the key that begins it.
        ("Press **F5** and Enter, and read the error.", "Read the error."),
        ("**F5**, Enter, and repair `yes_no`.", "Repair `yes_no`."),
        ("**F5**, Enter: the error names two sizes.", "The error names two sizes."),
        ("**F5** and Enter; read it; run again.", "Read it; run again."),
        ("Run it with **F5**, and put it right.", "Run it, and put it right."),
        ("Who wins? Guess, then press **F5**.", "Who wins? Guess."),
        ("Fill the gaps, then type `draw(net)` and press **F9**.", "Fill the gaps."),
        ("Change the start (**F5**) so that `g` is it.", "Change the start so that `g` is it."),
        ("Train it (**Esc T** draws it). Well.", "Train it. Well."),
        ("A leaf, marked in the Graph pane. `u`, drawn in the Tensors pane, is none.", "A leaf. `u` is none."),
        # What a pane shows goes with the pane.
        ("Yes. **Esc F** draws it in the Flow pane: two rows go in. So it is.", "Yes. So it is."),
        ("Play. While it runs:\n\n- **Esc P** holds\n  it\n- **Esc U** doubles\n\nWell?", "Play.\n\nWell?"),
        ("Two:\n- **F5** runs\n- `b` stays", "Two:\n- `b` stays"),
        # Names of things that are no keys, code, and what is shown as it is.
        ("Its F1 score is `F5`, and `Esc x` is code.", "Its F1 score is `F5`, and `Esc x` is code."),
        ("Enter the room. Enter a number.", "Enter the room. Enter a number."),
        ("```\nPress **F5**.\n```\n\n> Press **F5**.", "```\nPress **F5**.\n```\n\n> Press **F5**."),
    ],
)  # fmt: skip
def test_what_is_left_of_a_text(text: str, left: str) -> None:
    assert off_screen(text) == left


def test_a_changed_paragraph_is_wrapped_anew_and_code_is_kept_whole() -> None:
    code = "`" + "a + " * 30 + "b`"
    told = off_screen(f"**F5** runs it. {'Word ' * 30}{code}.")
    assert max(map(len, told.split("\n"))) <= len(code) + 80
    assert told.endswith(f"{code}.")


@given(st.text(alphabet="ab `*F5Esc.:;,()-\n>|pane\ue000", max_size=200))
def test_any_text_is_read_and_what_is_left_stays(text: str) -> None:
    told = off_screen(text)
    if "F5" not in text and "Esc" not in text and "pane" not in text:
        assert told.split() == text.split()
