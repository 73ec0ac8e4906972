"""What a check may look at, and how it evaluates it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.protocol.verdicts import CheckPart
from tutor.worker.limits import TimeIsUp, is_learners

SHOWN = 300
"""Characters of an expected or a found value that a person is shown."""

CHECK_FILE = "<check>"

Spec = dict[str, Any]
Parts = tuple[CheckPart, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """Code that can be run again, from the beginning, in a namespace of its own."""

    run: Callable[[str, int], dict[str, Any]]
    """Runs everything before the step, then the source given, after the seed given; the namespace it leaves."""
    candidates: tuple[str, ...]
    """What the learner wrote in this step, as programs: the part that counts first, then all of it."""
    seed: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a check may look at."""

    live: dict[str, Any]
    """The learner's namespace."""
    expected: Callable[[], dict[str, Any]]
    """Gives the namespace after the solution."""
    before: Callable[[], dict[str, Any]]
    """Gives the namespace after the step's set-up, before any solution; made when it is first asked for."""
    output: str
    """What the learner's last run printed."""
    printed: str
    """What the solution printed."""
    cells: tuple[str, ...] = ()
    """What the learner ran in this step, as Python, in order."""
    given: tuple[str, ...] = ()
    """What the lesson ran before, for the names it imported."""
    helpers: str = ""
    """The ``checks.py`` beside the lesson."""
    program: Program | None = None
    asked: bool = True
    """False where the learner only ran something: what takes long waits until it is asked for."""
    seed: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    """Plain values that expressions have in ``live``, once they were computed."""
    wanted: dict[str, Any] = field(default_factory=dict)
    """The same for ``expected``."""

    def against(self, expected: Callable[[], dict[str, Any]], printed: str, wanted: dict[str, Any]) -> Evidence:
        """The same work, held against something else."""
        return replace(self, expected=expected, printed=printed, wanted=wanted)

    def instead(
        self, live: dict[str, Any], output: str, cells: tuple[str, ...], found: dict[str, Any] | None = None
    ) -> Evidence:
        """Other work, held against the same."""
        return replace(self, live=live, output=output, cells=cells, found={} if found is None else found)


class Missing(AttributeError):
    """A name the learner has not made yet."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NotYet(Exception):
    """Nothing that could be judged was done; the message says what is missing."""


class Broken(Exception):
    """The lesson's fault; the message says what."""


class Raised(Exception):
    """The learner's code raised; the message says what, and for which input."""


class Waiting(Exception):
    """Not judged yet: it is when the learner asks."""


@contextmanager
def learners(where: str = "") -> Iterator[None]:
    """What is raised inside is the learner's: theirs is the code, or what it works with."""
    try:
        yield
    except (Missing, Broken, Raised, KeyboardInterrupt):
        raise
    except TimeIsUp as late:
        raise TimeIsUp(late.seconds, learner=True) from None
    except BaseException as error:
        raise Raised(said(error) + (f" (for {where})" if where else "")) from None


@contextmanager
def lessons(what: str) -> Iterator[None]:
    """What is raised inside is the lesson's fault."""
    try:
        yield
    except (Broken, TimeIsUp, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise Broken(f"{what}: {said(error)}") from None


def said(error: BaseException) -> str:
    """``ValueError: what it says``; empty messages leave the name alone."""
    try:
        text = str(error)
    except Exception:
        text = ""
    line = " ".join(text.split())[:SHOWN]
    return f"{type(error).__name__}: {line}" if line else type(error).__name__


def evaluate(expression: str, namespace: dict[str, Any]) -> Any:
    """The value of an expression. Raises Missing for a name that is not there, and whatever the code raises."""
    try:
        return eval(compile(expression.strip(), CHECK_FILE, "eval", dont_inherit=True), namespace)
    except NameError as error:
        if error.name and error.name not in namespace and not is_learners(error.__traceback__):
            raise Missing(error.name) from None
        raise


def is_fixed(value: Any) -> bool:
    """Whether nothing can change a value: a number, a text, or a tuple of those."""
    if isinstance(value, tuple):
        return type(value) is tuple and all(map(is_fixed, value))
    return value is None or type(value) in (bool, int, float, complex, str, bytes)


def mine(expression: str, evidence: Evidence) -> Any:
    """What the learner has. Raises Missing or Raised."""
    with learners():
        return evaluate(expression, evidence.live)


def reference(expression: str, evidence: Evidence) -> Any:
    """What the solution has. Raises Broken."""
    with lessons(f"`{expression.strip()}` fails after the lesson's own solution"):
        try:
            return evaluate(expression, evidence.expected())
        except Missing as missing:
            raise Broken(f"`{missing.name}` is not defined by the lesson's own solution") from None
