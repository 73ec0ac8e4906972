"""Signatures: from a function's code, from the text C functions carry, and from torch's documentation."""

from __future__ import annotations

import functools
import re
import sys
import types
from dataclasses import dataclass
from typing import Any

from tutor.worker.complete.docs import raw_doc
from tutor.worker.complete.things import (
    Thing,
    class_dict,
    class_name,
    from_class,
    is_class,
    is_heap_type,
    known,
    mro,
)
from tutor.worker.probe import outline

_LONGEST_DEFAULT = 30
_MOST_PARAMETERS = 60
_ARROW = re.compile(r"\s*(?:->|→)\s*(.+?)\s*$")
_MARKERS = ("*", "/")


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters as they would be written, ``*`` and ``/`` among them."""

    parameters: tuple[str, ...]
    returns: str = ""

    def names(self) -> list[str]:
        """Names of the parameters, stars included: ``*size``."""
        return [re.split(r"[=:]", part, maxsplit=1)[0].strip() for part in self.parameters]

    def current(self, index: int, keyword: str) -> int:
        """Index of the parameter that the ``index``-th positional argument, or ``keyword``, fills; -1 if none."""
        names = self.names()
        if keyword:
            many = next((n for n, name in enumerate(names) if name.startswith("**")), -1)
            return names.index(keyword) if keyword in names else many
        taken = 0
        for place, name in enumerate(names):
            if name == "/":
                continue
            if name == "*" or name.startswith("**"):
                return -1
            if taken == index or name.startswith("*"):
                return place
            taken += 1
        return -1

    def keywords(self, positional: int) -> list[tuple[str, str]]:
        """Parameters that can be given by name behind so many positional arguments, with their defaults' text."""
        names = self.names()
        only_positional = names.index("/") if "/" in names else -1
        filled = {self.current(index, "") for index in range(positional)}
        pairs = enumerate(zip(names, self.parameters))  # noqa: B905 - as many as there are parameters
        return [
            (name, part.partition("=")[2].strip())
            for index, (name, part) in pairs
            if name.isidentifier() and index > only_positional and index not in filled
        ]

    def fits(self, positional: int, keywords: tuple[str, ...]) -> bool:
        """Whether a call with these arguments may be meant."""
        names = self.names()
        open_ended = any(name.startswith("**") for name in names)
        known_words = open_ended or all(word in names for word in keywords)
        return known_words and (positional == 0 or self.current(positional - 1, "") >= 0)


def signature_of(thing: Thing, positional: int = 0, keywords: tuple[str, ...] = ()) -> Signature | None:
    """How ``thing`` is called; of several ways the first that ``positional`` arguments and ``keywords`` fit."""
    ways = signatures_of(thing)
    return next((way for way in ways if way.fits(positional, keywords)), ways[0] if ways else None)


def signatures_of(thing: Thing) -> list[Signature]:
    """Every way to call ``thing`` that anybody wrote down."""
    if not thing.known:
        return _of_instance(thing) if thing.kind is not None and not thing.is_property else []
    if is_class(thing.value):
        return _of_class(thing.value)
    if thing.kind is functools.partial:
        inner = thing.value.func
        return signatures_of(known(inner)) if type(inner) is not functools.partial else []
    if thing.kind is types.MethodType:
        return signatures_of(known(thing.value.__func__, bound=True))
    if thing.kind is types.FunctionType:
        return _of_function(thing)
    if thing.kind in (
        types.BuiltinFunctionType,
        types.MethodDescriptorType,
        types.WrapperDescriptorType,
        types.MethodWrapperType,
        types.ClassMethodDescriptorType,
    ):
        ways = _of_text(thing.value.__text_signature__, thing.value.__name__, raw_doc(thing))
        if thing.kind is types.MethodDescriptorType and not thing.bound:
            return [Signature(("self", *way.parameters), way.returns) for way in ways]
        return ways
    return _of_instance(thing) if not thing.is_property else []


def _of_instance(thing: Thing) -> list[Signature]:
    kind = thing.kind
    if kind is None:
        return []
    found, method = from_class(kind, "forward" if outline.is_module(kind) else "__call__")
    return signatures_of(known(method, bound=True)) if found and type(method) is types.FunctionType else []


def _of_class(kind: type) -> list[Signature]:
    """By the first ``__init__`` or ``__new__`` written in Python, else by what the class says of itself."""
    for base in mro(kind):
        own = class_dict(base)
        for name in ("__init__", "__new__"):
            method = own.get(name)
            method = method.__func__ if type(method) is staticmethod else method
            if type(method) is types.FunctionType:
                written = _from_code(method, bound=True)
                # nn.Module takes anything, in order to refuse it.
                refuses = outline.is_module(kind) and written.parameters == ("*args", "**kwargs")
                return [Signature(() if refuses else written.parameters)]
        if base is not object and not is_heap_type(base):
            text = type.__dict__["__text_signature__"].__get__(base)
            return _of_text(text, class_name(base), raw_doc(known(base)))
    return [Signature(())] if kind is not object else []


def _of_function(thing: Thing) -> list[Signature]:
    function = thing.value
    for _ in range(10):
        inner = dict.get(function.__dict__, "__wrapped__")
        if type(inner) is not types.FunctionType:
            break
        function = inner
    written = _from_code(function, bound=thing.bound)
    if written.parameters and all(name.startswith("*") for name in written.names()):
        return _from_doc(function.__name__, raw_doc(thing)) or [written]
    said = _from_doc(function.__name__, raw_doc(thing))[:1] if not written.returns else []
    return [Signature(written.parameters, said[0].returns if said else written.returns)]


def _from_code(function: types.FunctionType, *, bound: bool) -> Signature:
    code = function.__code__
    count, only = code.co_argcount, code.co_kwonlyargcount
    names = code.co_varnames
    # Both may be of a subclass whose methods are the learner's: taken out with the plain types' own.
    defaults = () if function.__defaults__ is None else tuple.__getitem__(function.__defaults__, slice(None))
    words = {} if function.__kwdefaults__ is None else dict([*dict.items(function.__kwdefaults__)])
    parts = []
    for place, name in enumerate(names[:count]):
        given = place - (count - len(defaults))
        parts.append(f"{name}={default_text(defaults[given])}" if given >= 0 else name)
        if place + 1 == code.co_posonlyargcount:
            parts.append("/")
    end = count + only
    if code.co_flags & 0x04:
        parts.append(f"*{names[end]}")
        end += 1
    elif only:
        parts.append("*")
    for name in names[count : count + only]:
        parts.append(f"{name}={default_text(words[name])}" if name in words else name)
    if code.co_flags & 0x08:
        parts.append(f"**{names[end]}")
    if bound and count:
        parts = parts[1:]
    return Signature(tuple(parts[:_MOST_PARAMETERS]), _annotated(function))


def _annotated(function: types.FunctionType) -> str:
    """The annotation behind the arrow; from Python 3.14 on reading one may run code, so none is read."""
    if sys.version_info >= (3, 14):
        return ""
    said = dict.get(function.__annotations__, "return")
    if type(said) is str:
        return said[:_LONGEST_DEFAULT]
    return class_name(said) if said is not None and is_class(said) else ""


def default_text(value: Any) -> str:
    """A default as it would be written, ``…`` where its repr is somebody's own code."""
    if type(value) is int and abs(value) >= 10**_LONGEST_DEFAULT:
        # Python refuses to spell numbers of more than some thousand digits.
        return "…"
    if type(value) in (bool, int, float, complex, str, bytes, type(None), type(...)) or outline.is_constant(value):
        text = repr(value) if not isinstance(value, (str, bytes)) else repr(value[:_LONGEST_DEFAULT])
        return text if len(text) <= _LONGEST_DEFAULT else text[: _LONGEST_DEFAULT - 1] + "…"
    if type(value) in (tuple, list) and len(value) <= 4:
        inner = ", ".join(default_text(item) if type(item) is not type(value) else "…" for item in value)
        return f"({inner}{',' if len(value) == 1 else ''})" if type(value) is tuple else f"[{inner}]"
    return class_name(value) if is_class(value) else "…"


def _of_text(text: str | None, name: str, doc: str) -> list[Signature]:
    """From ``__text_signature__`` such as ``($self, x, /, y=1)``, else from the docstring's first lines."""
    if type(text) is str and text.startswith("("):
        parts = _split(text[1 : text.rfind(")")])
        if parts and parts[0].startswith("$"):
            parts = parts[1:]
            # The slash behind the object itself says nothing.
            parts = parts[1:] if parts[:1] == ["/"] else parts
        return [Signature(tuple(parts))]
    return _from_doc(name, doc)


def _from_doc(name: str, doc: str) -> list[Signature]:
    """Lines such as ``max(input, dim, keepdim=False, *, out=None) -> (Tensor, LongTensor)``."""
    found = []
    head = re.compile(rf"^\s*(?:\.\. (?:function|method|py:\w+):: )?(?:[\w.]+\.)?{re.escape(name)}\((?=.*\))")
    for line in doc.split("\n"):
        match = head.match(line)
        if match is None or len(line) > 1_000:
            continue
        end = _closing(line, match.end())
        arrow = _ARROW.match(line[end + 1 :])
        rest = line[end + 1 :].strip()
        if rest and arrow is None:
            continue
        parts = _split(re.sub(r"\[,?\s*|\]", lambda m: ", " if "," in m[0] else "", line[match.end() : end]))
        found.append(Signature(tuple(parts[:_MOST_PARAMETERS]), arrow[1][:_LONGEST_DEFAULT] if arrow else ""))
    return found


def _closing(line: str, start: int) -> int:
    depth = 1
    for place in range(start, len(line)):
        depth += (line[place] in "([{") - (line[place] in ")]}")
        if depth == 0:
            return place
    return len(line)


def _split(text: str) -> list[str]:
    """At the commas that are in no brackets and no quotes."""
    parts, current, depth, quote = [], "", 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        if letter == "," and depth == 0 and not quote:
            parts.append(current.strip())
            current = ""
        else:
            current += letter
    return [part for part in (*parts, current.strip()) if part]


def returned_type(callee: Thing, positional: int, keywords: tuple[str, ...]) -> type | None:
    """The type of what a call gives, where annotation or documentation name one that is known."""
    way = signature_of(callee, positional, keywords) if callee.kind is not None else None
    return outline.named_type(way.returns) if way is not None and way.returns else None
