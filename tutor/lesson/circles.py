"""Lessons that build on each other in a circle, so that none of them can come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def cycles(prerequisites: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Every circle among the lessons, each told once: ``(a, b)`` when a builds on b and b on a.

    ``prerequisites`` has the ids that each lesson builds on; ids of lessons that are not there are passed over. A
    circle begins with the lesson of it that stands first. Of circles that share lessons one is told (Tarjan's
    strongly connected components, 1972, each with one way round; without recursion, so any length will do).
    """
    return [_way_round(group, prerequisites) for group in _groups(prerequisites)]


def told_circle(circle: Sequence[str]) -> str:
    """A circle in words, with the way out of it."""
    if len(circle) == 1:
        return f"`{circle[0]}` builds on itself: take it out of `prerequisites`"
    way = ", which builds on ".join(f"`{name}`" for name in (*circle[1:], circle[0]))
    return f"`{circle[0]}` builds on {way}: take one of these out of `prerequisites`"


def _groups(graph: Mapping[str, Sequence[str]]) -> list[set[str]]:
    """The strongly connected components that hold a circle, in the order of their first lessons."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    found: list[set[str]] = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(_known(graph, root)))]
        index[root] = low[root] = len(index)
        stack.append(root)
        waiting.add(root)
        while work:
            node, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group = set(stack[stack.index(node) :])
                    del stack[-len(group) :]
                    waiting -= group
                    if len(group) > 1 or node in graph[node]:
                        found.append(group)
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                waiting.add(following)
                work.append((following, iter(_known(graph, following))))
            elif following in waiting:
                low[node] = min(low[node], index[following])
    places = {name: place for place, name in enumerate(graph)}
    return sorted(found, key=lambda group: min(places[name] for name in group))


def _known(graph: Mapping[str, Sequence[str]], name: str) -> list[str]:
    return [other for other in graph[name] if other in graph]


def _way_round(group: set[str], graph: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The shortest way from the group's first lesson back to it."""
    first = next(name for name in graph if name in group)
    ways: dict[str, tuple[str, ...]] = {first: (first,)}
    at = [first]
    for name in at:
        for other in _known(graph, name):
            if other == first:
                return ways[name]
            if other in group and other not in ways:
                ways[other] = (*ways[name], other)
                at.append(other)
    return (first,)
