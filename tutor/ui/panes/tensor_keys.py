"""Every key of the drawing of a tensor, once: bindings, help and README are made from this."""

from __future__ import annotations

from tutor.ui.editor_keys import EditorKey

TENSOR_KEYS = (
    EditorKey(
        "arrows or h j k l",
        "Move the cursor; the element under it is written out.",
        {
            "left,h": "move(0, -1)",
            "right,l": "move(0, 1)",
            "up,k": "move(-1, 0)",
            "down,j": "move(1, 0)",
        },
    ),
    EditorKey(
        "+, -, 0",
        "Zoom in around the cursor, out, and back to the whole tensor.",
        {"plus,equals_sign": "zoom(2)", "minus": "zoom(-2)", "0": "zoom(0)"},
    ),
    EditorKey(
        ".", "Jump to the next NaN or infinity, wherever it is in the tensor.", {"full_stop": "next_missing"}
    ),
    EditorKey(
        "[, ]",
        "The slice before, after, along the chosen axis.",
        {"left_square_bracket": "slice(-1)", "right_square_bracket": "slice(1)"},
    ),
    EditorKey(
        "<, >",
        "Choose the axis that [ and ] move along, where there are several.",
        {"less_than_sign": "axis(-1)", "greater_than_sign": "axis(1)"},
    ),
    EditorKey(
        "Space",
        "Another way to draw: merge three channels in their colours; magnitude, phase, real, imaginary part.",
        {"space": "other_way"},
    ),
    EditorKey("X", "Exact statistics of a large tensor: every element is looked at.", {"X": "exact"}),
    EditorKey("Enter", "Open the chosen picture of a batch, close it; else back to the list.", {"enter": "open"}),
)
"""Where the drawing has the focus (Enter in the list, or Tab)."""
