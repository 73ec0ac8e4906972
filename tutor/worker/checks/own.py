"""``python``: a function of the lesson's own, in ``checks.py`` beside it."""

from __future__ import annotations

from typing import Any

from tutor.protocol.verdicts import CheckPart
from tutor.worker.checks.evidence import Broken, Evidence, Missing, Parts, Spec, lessons
from tutor.worker.interpreter import remember_source

_FILE = "<checks.py>"


class Names:
    """A namespace whose names are attributes."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        object.__setattr__(self, "_Names__namespace", namespace)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__namespace[name]
        except KeyError:
            raise Missing(name) from None

    def __contains__(self, name: str) -> bool:
        return name in self.__namespace


def python(check: Spec, evidence: Evidence) -> Parts:
    """``function(mine, reference)`` gives True or None where all is right, else False or what is wrong."""
    with lessons("`checks.py` fails"):
        namespace: dict[str, Any] = {"__name__": "checks"}
        remember_source(_FILE, evidence.helpers)
        exec(compile(evidence.helpers, _FILE, "exec", dont_inherit=True), namespace)
    function = namespace.get(check["function"])
    if not callable(function):
        raise Broken(f"`checks.py` has no function `{check['function']}`")
    said = function(Names(evidence.live), Names(evidence.expected()))
    if said is None or said is True:
        return (CheckPart("right", ok=True, expected="", got=""),)
    if said is False:
        return (CheckPart("this does not hold", ok=False, expected="", got=""),)
    if isinstance(said, str):
        return (CheckPart(said, ok=False, expected="", got=""),)
    raise Broken(f"`{check['function']}` gave a {type(said).__name__}, and not True, False, None or a text")
