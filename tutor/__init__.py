"""A terminal tutor for PyTorch. This package imports nothing by itself: each room is loaded when it is used."""

__version__ = "0.1.0"
