"""Objects that count, raise or hang when anything of theirs is run."""

from __future__ import annotations

import time
from typing import Any

CALLS: list[str] = []
"""What was run, by name. Completion and help must leave it empty."""


def _run(name: str) -> Any:
    CALLS.append(name)
    raise RuntimeError(name)


class Metaclass(type):
    def __getattribute__(cls, name: str) -> Any:
        return _run(f"metaclass {name}")

    def __dir__(cls) -> Any:
        return _run("metaclass dir")

    def __instancecheck__(cls, instance: Any) -> bool:
        return bool(_run("instancecheck"))

    def __subclasscheck__(cls, subclass: Any) -> bool:
        return bool(_run("subclasscheck"))


class Descriptor:
    def __get__(self, *_: Any) -> Any:
        return _run("descriptor")


class Hostile:
    """Everything that can be run is."""

    here = 1
    asked = Descriptor()

    def __getattribute__(self, name: str) -> Any:
        return _run(f"getattribute {name}")

    def __getattr__(self, name: str) -> Any:
        return _run(f"getattr {name}")

    def __dir__(self) -> Any:
        return _run("dir")

    def __repr__(self) -> str:
        return str(_run("repr"))

    def __eq__(self, other: object) -> bool:
        return bool(_run("eq"))

    def __hash__(self) -> int:
        return int(_run("hash"))

    def __len__(self) -> int:
        return int(_run("len"))

    def __bool__(self) -> bool:
        return bool(_run("bool"))

    def __iter__(self) -> Any:
        return _run("iter")

    def __call__(self, first: Any, *, second: Any = 2) -> Any:
        return _run("call")

    def __getitem__(self, key: Any) -> Any:
        return _run("getitem")

    @property
    def __class__(self) -> Any:
        return _run("class")

    @__class__.setter
    def __class__(self, value: Any) -> None: ...

    @property
    def shown(self) -> Any:
        return _run("property")

    @property
    def endless(self) -> Any:
        CALLS.append("endless")
        while True:
            time.sleep(1)

    def method(self, argument: Any = 1) -> Any:
        return _run("method")


class OwnDict:
    """Answers for its ``__dict__`` itself."""

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        return _run("dict")


class Words(dict):  # type: ignore[type-arg]
    """A dict whose methods are code."""

    def keys(self) -> Any:
        return _run("keys")

    def __iter__(self) -> Any:
        return _run("iter")

    def get(self, *_: Any) -> Any:
        return _run("get")

    def __contains__(self, key: object) -> bool:
        return bool(_run("contains"))


class Tuple(tuple):  # type: ignore[type-arg]
    __slots__ = ()

    def __len__(self) -> int:
        return int(_run("tuple len"))


def function(first: Any, second: Any = 2, *, third: Any = 3) -> Any:
    return _run("function")


def everything() -> dict[str, Any]:
    """A namespace of such objects."""
    hostile = Hostile()
    worse = type.__call__(Metaclass, "Worse", (), {"inside": 1, "__call__": lambda self, argument: None})

    def odd(first: Any, second: Any = hostile, *, third: Any = 3) -> Any:
        return _run("odd")

    odd.__defaults__ = Tuple((hostile,))
    odd.__kwdefaults__ = Words(third=hostile)
    odd.__dict__ = Words(__wrapped__=hostile)
    odd.__annotations__ = Words(**{"return": hostile})
    odd.__doc__ = hostile  # type: ignore[assignment]
    return {
        "hostile": hostile,
        "worse": worse,
        "made": object.__new__(worse),
        "own_dict": OwnDict(),
        "words": Words(alpha=hostile),
        "tuple_": Tuple((1, hostile)),
        "function": function,
        "odd": odd,
        "held": {"hostile": hostile, "worse": worse},
        "items": [hostile, worse],
        "bound": _bound(hostile),
    }


def _bound(hostile: Hostile) -> Any:
    import types

    return types.MethodType(Hostile.method, hostile)
