"""What can stand at a place, the likeliest first."""

from __future__ import annotations

import builtins
import keyword
import sys
from collections.abc import Callable, Iterable
from typing import Any

from tutor.protocol.assistance import Candidate
from tutor.protocol.events import Completed
from tutor.protocol.magics import MAGICS
from tutor.worker.complete import files, modules
from tutor.worker.complete.names import bound
from tutor.worker.complete.own_class import SELF, own_class
from tutor.worker.complete.place import Call, Place, call_at, place_at
from tutor.worker.complete.resolve import DICTS, Resolver, loaded
from tutor.worker.complete.signatures import signatures_of
from tutor.worker.complete.things import Thing, detail_of, known, member, names, own_dict, sort_of
from tutor.worker.probe import outline

LIMIT = 200
"""Candidates that are sent."""
_LONGEST_SOURCE = 200_000
_LONGEST_NAME = 80
_MOST_KEYS = 10_000
_MOST_DIGITS = 18

Make = Callable[[str], Candidate]


def complete(namespace: dict[str, Any], id: int, source: str, cursor: int) -> Completed:  # noqa: A002
    """Candidates for the place at ``cursor``; none for what nobody could complete."""
    cursor = max(0, min(cursor, len(source)))
    if len(source) > _LONGEST_SOURCE:
        return Completed(id, cursor, cursor, (), 0)
    place = place_at(source, cursor)
    picked = _Finder(namespace, source, cursor).find(place)
    chosen = tuple(make(text) for text, make in picked[:LIMIT])
    return Completed(id, place.start, cursor, chosen, max(0, len(picked) - LIMIT))


def ranked(texts: Iterable[str], prefix: str) -> tuple[list[str], list[str]]:
    """Those that begin with ``prefix``, and those that do in another case; private ones only when asked for."""
    lower = prefix.lower()
    fitting = [t for t in texts if t[: len(prefix)].lower() == lower and (t[:1] != "_" or prefix[:1] == "_")]
    fitting.sort(key=lambda text: (text.startswith("__"), text[:1] == "_", text.lower(), text))
    exact = [text for text in fitting if text.startswith(prefix)]
    return exact, [text for text in fitting if not text.startswith(prefix)]


class _Finder:
    def __init__(self, namespace: dict[str, Any], source: str, cursor: int) -> None:
        self._namespace = namespace
        self._source = source
        self._cursor = cursor
        self._bound, values = bound(source, cursor)
        self._own, own_values = own_class(source, cursor)
        self._resolver = Resolver(namespace, {**values, **own_values})

    def find(self, place: Place) -> list[tuple[str, Make]]:
        groups: list[tuple[Iterable[str], Make]]
        match place.kind:
            case "attribute":
                own = self._own if place.subject == SELF else []
                groups = [(own, self._own_candidate), *self._attributes(self._resolver.resolve(place.subject))]
            case "name":
                groups = [*self._arguments(call_at(self._source, self._cursor)), *self._names()]
            case "key" | "bare key":
                groups = self._keys(place)
            case "file":
                found = files.entries(place.subject, hidden=place.prefix[:1] == ".")
                groups = [(found, lambda text: Candidate(text, "file", "folder" if text.endswith("/") else ""))]
            case "import" | "from":
                groups = self._imports(place)
            case "magic":
                groups = [(tuple(MAGICS), lambda text: Candidate(text, "magic", MAGICS[text]))]
            case _:
                groups = []
        return _merged(groups, place.prefix)

    def _attributes(self, thing: Thing) -> list[tuple[Iterable[str], Make]]:
        found = [name for name in names(thing) if name.isidentifier() and len(name) <= _LONGEST_NAME]
        return [(found, lambda name: _candidate(name, member(thing, name)))]

    def _own_candidate(self, name: str) -> Candidate:
        """An attribute that the unfinished class gives ``self``."""
        return _candidate(name, self._resolver.resolve(f"{SELF}.{name}"), otherwise="name")

    def _arguments(self, call: Call | None) -> list[tuple[Iterable[str], Make]]:
        """Keyword arguments that the call may still be given, of every way to call it that fits so far."""
        if call is None or not call.direct or call.keyword:
            return []
        defaults: dict[str, str] = {}
        for way in signatures_of(self._resolver.resolve(call.callee)):
            if way.fits(call.index, call.used):
                for name, default in way.keywords(call.index):
                    if name not in call.used:
                        defaults.setdefault(f"{name}=", default)
        return [(defaults, lambda text: Candidate(text, "parameter", defaults[text]))]

    def _names(self) -> list[tuple[Iterable[str], Make]]:
        plain = vars(builtins)
        mine = [name for name in list(self._namespace) if type(name) is str and name.isidentifier()]
        return [
            (self._bound, lambda name: Candidate(name, "name")),
            (mine, lambda name: _candidate(name, self._resolver.resolve(name))),
            ([*keyword.kwlist], lambda name: Candidate(name, "keyword")),
            (
                [name for name in list(plain) if type(name) is str],
                lambda name: _candidate(name, known(plain[name])),
            ),
        ]

    def _keys(self, place: Place) -> list[tuple[Iterable[str], Make]]:
        held = _items(self._resolver.resolve(place.subject))
        texts: dict[str, Any]
        if place.kind == "bare key":
            texts = {repr(key): key for key in held}
        else:
            # Written between the quotes that are there, so without what would need an escape.
            fitting = (key for key in held if type(key) is str and key.isprintable())
            texts = {f"{key}{place.quote}": key for key in fitting if place.quote not in key and "\\" not in key}
        groups: list[tuple[Iterable[str], Make]] = [(list(texts), lambda text: _key(text, held[texts[text]]))]
        return [*groups, *self._names()] if place.kind == "bare key" and not texts else groups

    def _imports(self, place: Place) -> list[tuple[Iterable[str], Make]]:
        if place.kind == "import":
            found = modules.inside(place.subject) if place.subject else modules.top_level()
            return [(found, lambda name: Candidate(name, "module"))]
        module = loaded(place.subject)
        inner = modules.inside(place.subject)
        own = [name for name in names(module) if name.isidentifier()] if place.subject in sys.modules else []
        return [
            (own, lambda name: _candidate(name, member(module, name))),
            (inner, lambda name: Candidate(name, "module")),
        ]


def _merged(groups: list[tuple[Iterable[str], Make]], prefix: str) -> list[tuple[str, Make]]:
    """Exact beginnings of every group before those that differ in case, each text once."""
    exact: dict[str, Make] = {}
    loose: dict[str, Make] = {}
    for texts, make in groups:
        first, second = ranked(dict.fromkeys(texts), prefix)
        for text in first:
            exact.setdefault(text, make)
        for text in second:
            loose.setdefault(text, make)
    return [*exact.items(), *loose.items()]


def _candidate(name: str, thing: Thing, *, otherwise: str = "property") -> Candidate:
    sort = sort_of(thing) if thing.kind is not None else otherwise
    return Candidate(name, sort, detail_of(thing, sort))


def _key(text: str, value: Any) -> Candidate:
    thing = known(value)
    sort = sort_of(thing)
    return Candidate(text, "key", detail_of(thing, sort) or sort)


def _items(thing: Thing) -> dict[Any, Any]:
    """Plain keys of a dict, a module's children or a data frame's columns, with what they hold."""
    if not thing.known or thing.kind is None:
        return {}
    if thing.kind in DICTS:
        keys = [key for key in list(dict.keys(thing.value))[:_MOST_KEYS] if _is_plain(key)]
        return {key: dict.get(thing.value, key) for key in keys}
    if outline.is_module(thing.kind):
        parts = outline.children(own_dict(thing.value))
        return {
            int(name) if name.isdecimal() and len(name) < _MOST_DIGITS else name: p for name, p in parts.items()
        }
    return dict.fromkeys(_columns(thing.value))


def _is_plain(key: Any) -> bool:
    if type(key) is tuple:
        return len(key) <= 4 and all(type(part) is not tuple and _is_plain(part) for part in key)
    if type(key) is int:
        return bool(abs(key) < 10**_MOST_DIGITS)
    return type(key) in (float, bool, type(None)) or (type(key) is str and len(key) <= _LONGEST_NAME)


def _columns(value: Any) -> list[str]:
    """Columns of a pandas or polars data frame, which the library itself is asked for."""
    for library in ("pandas", "polars"):
        frame = getattr(sys.modules.get(library), "DataFrame", None)
        if frame is not None and type(value) is frame:
            try:
                return [name for name in list(value.columns)[:_MOST_KEYS] if type(name) is str]
            except Exception:
                return []
    return []
