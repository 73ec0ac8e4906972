"""Completion and help: what can be said about unfinished source and live objects without running anything.

Everything here reads through the interpreter's own descriptors: no property, ``__getattr__``, ``__dir__``,
``__repr__`` or ``__eq__`` of the learner's is called, so it may work beside the learner's running code.
"""
