"""The shape flow of a run: which tensor operations it did, on what, and where each axis went.

``mode`` sees the operations and steps aside, ``recorder`` turns each into plain data while it happens, ``frames``
finds where in the source it stands, ``rules`` say what became of the axes, ``names`` how the operands are written.
"""
