"""Circles among lessons, against what a graph of any kind must have."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.lesson.circles import cycles

_NAMES = "abcdef"
_GRAPHS = st.dictionaries(st.sampled_from(_NAMES), st.lists(st.sampled_from(_NAMES + "z"), max_size=4), max_size=6)


def _reaches(graph: dict[str, list[str]], start: str) -> set[str]:
    """What can be reached in one step or more."""
    seen: set[str] = set()
    at = [name for name in graph[start] if name in graph]
    while at:
        name = at.pop()
        if name not in seen:
            seen.add(name)
            at += [other for other in graph[name] if other in graph]
    return seen


@given(_GRAPHS)
def test_a_circle_is_told_where_and_only_where_there_is_one(graph: dict[str, list[str]]) -> None:
    told = cycles(graph)
    for circle in told:
        assert len(set(circle)) == len(circle)
        for name, following in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert following in graph[name]
    in_circles = {name for name in graph if name in _reaches(graph, name)}
    groups = {
        frozenset(n for n in in_circles if n in _reaches(graph, name) and name in _reaches(graph, n))
        for name in in_circles
    }
    assert {next(group for group in groups if circle[0] in group) for circle in told} == groups
    assert len(told) == len(groups)


def test_a_chain_of_any_length_is_walked() -> None:
    many = {str(n): [str(n + 1)] for n in range(5_000)}
    assert cycles(many) == []
    (circle,) = cycles({**many, "5000": ["0"]})
    assert len(circle) == 5_001
