"""Data made of random numbers: the same for the same seed, whatever the learner's own generator has drawn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_GLYPHS = (
    ".###. #...# #...# #...# #...# #...# .###.",
    "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    ".###. #...# ....# ...#. ..#.. .#... #####",
    ".###. #...# ....# ..##. ....# #...# .###.",
    "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "##### #.... ####. ....# ....# #...# .###.",
    ".###. #.... #.... ####. #...# #...# .###.",
    "##### ....# ...#. ..#.. .#... .#... .#...",
    ".###. #...# #...# .###. #...# #...# .###.",
    ".###. #...# #...# .#### ....# ....# .###.",
)
"""The digits 0 to 9, seven rows of five dots."""

_CANVAS = 12


def spirals(n: int = 300, classes: int = 3, noise: float = 0.1, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Points on ``classes`` arms that wind around each other: points (n, 2) float32, labels (n,) int64.

    Labels alternate, so any first part is balanced. No straight line parts the arms; they end at radius 1.
    """
    import torch

    draw = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % classes
    along = torch.rand(n, generator=draw).sqrt()
    angle = 2 * math.pi * (along + labels / classes) + noise * torch.randn(n, generator=draw)
    return along[:, None] * torch.stack([angle.sin(), angle.cos()], dim=1), labels


def moons(n: int = 200, noise: float = 0.1, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Two half circles that reach into each other: points (n, 2) float32, labels (n,) int64 of 0 and 1."""
    import torch

    draw = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 2
    side = 1 - 2 * labels
    angle = math.pi * torch.rand(n, generator=draw)
    points = torch.stack([angle.cos() - 0.5 * side, side * (angle.sin() - 0.25)], dim=1)
    return points + noise * torch.randn(n, 2, generator=draw), labels


def glyphs(n: int = 1000, noise: float = 0.2, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Printed digits, each turned, moved, scaled and blurred a little: images (n, 1, 12, 12) float32, labels (n,).

    Pixels lie around 0 (paper) and 1 (ink), with ``noise`` as standard deviation. Where a digit stands varies: a
    net that looks at neighbours does better than one that looks at single pixels.
    """
    import torch
    from torch.nn.functional import affine_grid, grid_sample

    draw = torch.Generator().manual_seed(seed)
    dots = torch.tensor([[[dot == "#" for dot in row] for row in glyph.split()] for glyph in _GLYPHS]).float()
    labels = torch.randint(len(_GLYPHS), (n,), generator=draw)
    turn, grow, shear = (torch.rand(3, n, generator=draw) * 2 - 1).mul(torch.tensor([[0.35], [0.2], [0.25]]))
    shift = (torch.rand(2, n, generator=draw) * 2 - 1) * 0.35
    scale = 1.5 * (1 + grow)  # of the canvas against the glyph: a margin on every side
    # The inverse way, as affine_grid wants it: from a place on the canvas to the place in the glyph.
    across = torch.stack([scale * turn.cos() * 1.2, -scale * (turn.sin() + shear), shift[0]], dim=1)
    down = torch.stack([scale * turn.sin(), scale * turn.cos(), shift[1]], dim=1)
    grid = affine_grid(torch.stack([across, down], dim=1), [n, 1, _CANVAS, _CANVAS], align_corners=False)
    images = grid_sample(dots[labels][:, None], grid, align_corners=False)
    return images + noise * torch.randn(images.shape, generator=draw), labels
