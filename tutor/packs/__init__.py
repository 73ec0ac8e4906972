"""Lessons from outside: where they are, how they are unpacked, and whether their code may run."""
