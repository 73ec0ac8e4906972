"""The child process that holds the learner's namespace.

Imports nothing but the standard library, torch and ``tutor.protocol``, so that it also runs under an
interpreter the tutor is not installed in (``tutor --python PATH``).
"""
