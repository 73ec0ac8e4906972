"""Real data that comes with the tutor; sources and licences: ``assets/data/README.md``."""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.paths import assets_dir

if TYPE_CHECKING:
    from torch import Tensor

_SIDE = 8
_FOLDER = "data"


def digits() -> tuple[Tensor, Tensor]:
    """1,797 handwritten digits: images (1797, 8, 8) uint8 from 0, no ink, to 16, and labels (1797,) int64.

    Each digit is there between 174 and 183 times. A copy of the test set of "Optical Recognition of Handwritten
    Digits" (E. Alpaydin and C. Kaynak, UCI, 1998).
    """
    import torch

    # 65 bytes an image: its label, then its 64 pixels row by row. No NumPy is needed to read them.
    raw = lzma.decompress((assets_dir() / _FOLDER / "digits.xz").read_bytes())
    rows = torch.frombuffer(bytearray(raw), dtype=torch.uint8).view(-1, 1 + _SIDE * _SIDE)
    return rows[:, 1:].reshape(-1, _SIDE, _SIDE), rows[:, 0].long()


def elements() -> list[str]:
    """The English names of the 118 chemical elements by atomic number, in lower case: hydrogen first."""
    return (assets_dir() / _FOLDER / "elements.txt").read_text(encoding="utf-8").split()


def penguins() -> Path:
    """A CSV file of 344 penguins of three species, with empty places: 8 columns, the first line names them.

    ``species,island,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex,year``; an empty place is
    ``NA``. From the Palmer Station LTER (Gorman, Williams, Fraser 2014, doi:10.1371/journal.pone.0090081).
    """
    return assets_dir() / _FOLDER / "penguins.csv"
