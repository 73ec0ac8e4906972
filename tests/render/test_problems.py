"""What is wrong with a lesson, as its author sees it."""

from __future__ import annotations

from pathlib import Path

from tutor.lesson.problems import Problem
from tutor.render.look import Look
from tutor.render.problems import problem_list

FOUND = [
    Problem(Path("/a/b/lesson.yaml"), 12, number, f"`key` number {number} is wrong " * 3) for number in range(1, 5)
]


def test_place_and_words_hang_under_their_mark_and_fit() -> None:
    shown = problem_list(FOUND, Look(width=40), 2).plain.split("\n")
    assert all(len(line) <= 40 for line in shown)
    assert shown[0].startswith("✗ lesson.yaml:12:1: `key`")
    assert shown[1].startswith("  ")
    assert shown[-1] == "  and 2 more"
    assert sum("✗" in line for line in shown) == 2


def test_without_colour_and_unicode_it_says_the_same() -> None:
    shown = problem_list(FOUND[:1], Look(width=200, colour=False, unicode=False), 3)
    assert shown.plain.isascii()
    assert "lesson.yaml:12:1: `key` number 1 is wrong" in shown.plain
