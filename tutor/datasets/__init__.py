"""Small data sets for lessons and the prompt, offline: ``from tutor.datasets import digits``.

Real ones lie in ``assets/data`` with their sources and licences (``assets/data/README.md``); the others are drawn
from random numbers, the same ones for the same seed. For learners' code: nothing else of the tutor imports this.
"""

from tutor.datasets.generated import glyphs, moons, spirals
from tutor.datasets.shipped import digits, elements, penguins

__all__ = ["digits", "elements", "glyphs", "moons", "penguins", "spirals"]
