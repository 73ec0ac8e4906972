"""Lessons: YAML in, a validated frozen model out, or problems with file, line and column."""
