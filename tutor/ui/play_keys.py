"""Every key of the playground and of the descent, once: bindings, palette, help and README are made from this."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType

from tutor.ui.actions import Action
from tutor.ui.editor_keys import EditorKey


def _setting(letter: str, field: str, help_text: str) -> EditorKey:
    """A letter goes on to the next value, with Shift back."""
    upper = letter.upper()
    return EditorKey(
        f"{letter}, {upper}", help_text, {letter: f"change('{field}', 1)", upper: f"change('{field}', -1)"}
    )


_LEAVING = (
    EditorKey("F1 or ?", "Show these keys.", {"f1,question_mark": "show_help"}, "Help"),
    EditorKey("F2, m or Esc", "Back to where you came from.", {"f2,m,escape": "leave"}),
    EditorKey("F10 or :", "Find any action by typing its name.", {"colon": "palette"}),
    EditorKey("Ctrl+Q or q", "Leave the tutor.", {"ctrl+q,q": "quit_tutor"}),
)
PLAY_KEYS = (
    EditorKey("Space", "Run and pause.", {"space": "run_or_hold"}, "Run"),
    EditorKey("Enter", "One step.", {"enter": "one_step"}, "Step"),
    EditorKey("r", "Begin again with the same seed.", {"r": "reset"}, "Reset"),
    EditorKey(
        "Up, Down, Left, Right",
        "Choose a setting and change it; in the network, choose a neuron.",
        {"up": "arrow(-1, 0)", "down": "arrow(1, 0)", "left": "arrow(0, -1)", "right": "arrow(0, 1)"},
    ),
    EditorKey(
        "Tab",
        "Into the network and back: the large map shows what the chosen neuron answers.",
        {"tab,shift+tab": "enter_network"},
        "Neurons",
    ),
    _setting("k", "kind", "Learn classes, or a number (regression)."),
    _setting("d", "data", "Data set."),
    _setting("n", "noise", "Noise in the data."),
    _setting("p", "share", "Share of the points to train on; the others are for the test."),
    _setting("s", "seed", "Seed: other points, other weights to begin with."),
    EditorKey(
        "1 to 7", "Switch an input on or off.", {str(i): f"change('features.{i - 1}', 1)" for i in range(1, 8)}
    ),
    EditorKey(
        "[, ]",
        "One hidden layer less, one more.",
        {"left_square_bracket": "change('layers', -1)", "right_square_bracket": "change('layers', 1)"},
    ),
    EditorKey(
        "-, +",
        "Fewer or more neurons: in the layer chosen in the list or the network, else in the last.",
        {"minus": "neurons(-1)", "plus,equals_sign": "neurons(1)"},
    ),
    _setting("a", "activation", "Activation."),
    _setting("o", "optimiser", "Optimiser."),
    _setting("l", "rate", "Learning rate; it changes without beginning again."),
    _setting("b", "batch", "Batch size."),
    _setting("g", "penalty", "Regularisation: none, L1, L2."),
    _setting("w", "strength", "Strength of the regularisation."),
    EditorKey("<, >", "Slower, faster.", {"less_than_sign": "speed(-1)", "greater_than_sign": "speed(1)"}),
    EditorKey("t", "Show the test points too, as diamonds.", {"t": "test_points"}),
    EditorKey("u", "Two colours only: what the network decides, not how sure it is.", {"u": "two_colours"}),
    EditorKey("y", "Loss on a logarithmic or a linear axis.", {"y": "log_axis"}),
    EditorKey("z", "Give the map, the network or the losses the whole screen.", {"z": "zoom"}),
    EditorKey(
        "c",
        "Take this to the prompt: the same model, weights and data, as code you can read, run and change.",
        {"c": "take"},
        "Prompt",
    ),
    EditorKey("v", "The descent: going downhill on a curve.", {"v": "other_view"}, "Descent"),
    EditorKey(
        "x",
        "After a crash begin the training again; else a fresh Python (asks first: the prompt's variables go too).",
        {"x": "restart"},
    ),
    *_LEAVING,
)
DESCENT_KEYS = (
    EditorKey("Space", "Run and pause.", {"space": "run_or_hold"}, "Run"),
    EditorKey("Right, Left", "One step forward, one back.", {"right": "go(1)", "left": "go(-1)"}, "Step"),
    EditorKey("r, End", "Back to the start; to the last step.", {"r,home": "go(-1000)", "end": "go(1000)"}),
    EditorKey("l, L or Up, Down", "Learning rate.", {"l,up": "rate(1)", "L,down": "rate(-1)"}, "Rate"),
    EditorKey("o, O", "Momentum.", {"o": "momentum(1)", "O": "momentum(-1)"}, "Momentum"),
    EditorKey(
        "[, ]",
        "Move the start to the left, to the right.",
        {"left_square_bracket": "start(-1)", "right_square_bracket": "start(1)"},
    ),
    EditorKey("f, F", "Another function from the list.", {"f": "function(1)", "F": "function(-1)"}, "Function"),
    EditorKey("e", "Type a function of x: any expression of torch.", {"e": "edit"}, "Type"),
    EditorKey("+, -", "See less of the axis, or more.", {"plus,equals_sign": "scale(0.5)", "minus": "scale(2.0)"}),
    EditorKey("<, >", "Slower, faster.", {"less_than_sign": "speed(-1)", "greater_than_sign": "speed(1)"}),
    EditorKey("c", "Take this to the prompt, as code.", {"c": "take"}, "Prompt"),
    EditorKey("v", "The playground with the network.", {"v": "other_view"}, "Network"),
    EditorKey("x", "A fresh Python, after a crash.", {"x": "restart"}),
    *_LEAVING,
)


def play_bindings(keys: Iterable[EditorKey]) -> list[BindingType]:
    """Textual bindings of the keys; the footer names the first of each that has a title."""
    return [
        Binding(
            combination,
            action,
            key.title or key.help,
            show=bool(key.title) and first,
            priority="tab" in combination,
        )
        for key in keys
        for first, (combination, action) in zip(
            (True, *[False] * len(key.bindings)), key.bindings.items(), strict=False
        )
    ]


def palette(keys: Iterable[EditorKey]) -> tuple[Action, ...]:
    """The keys as actions that can be found by name."""
    return tuple(
        Action(next(iter(key.bindings.values())), key.help.split(":")[0].rstrip("."), "", "", key.shown)
        for key in keys
        if key.bindings
    )
