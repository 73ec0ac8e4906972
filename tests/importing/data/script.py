#!/usr/bin/env python
"""Fit a line, step by step."""

import torch

# ---------------------------------------------------------
# The data
# ---------------------------------------------------------

# Points on a line.
# There is no noise.
x = torch.linspace(0, 1, 5)  # five of them
text = """
# this is no comment
"""

"""A text between statements is text."""

y = 2 * x

# --- The slope ---
slope = (y[-1] - y[0]) / (x[-1] - x[0])
print(slope.item())


def unused():
    # inside a function
    return 1
