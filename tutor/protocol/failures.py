"""What went wrong, or is likely to be wrong, in a run: facts for the explainer."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.protocol.snapshots import TensorFacts


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of a traceback."""

    file: str
    line: int
    end_line: int
    column: int
    """0-based character offset where the failing expression starts; -1 if unknown (before Python 3.11)."""
    end_column: int
    function: str
    source: str
    """The source line, without its newline."""
    own: bool
    """True for the learner's code, False for library code."""
    repeated: int = 0
    """How often more the same line followed at once, as in a recursion; these frames are left out."""
    left_out: int = 0
    """Other frames behind this one that are left out because the stack is deep."""


@dataclass(frozen=True, slots=True)
class Operand:
    """One value that took part in a failing expression, as it was when the expression failed."""

    source: str
    """How the code spells it: ``x``, ``self.fc``, ``batch[0]``; the parameter's name for library code."""
    role: str
    """``left``, ``right``, ``receiver``, ``function``, ``argument``, ``index``, ``value``, ``target``; ``item`` of
    a container; ``part``, a name inside an operand whose own value is unknown; of one that is None
    ``owner``, whose attribute it is, and ``maker``, what was called for it; for library code the name of
    the function."""
    kind: str
    """``tensor``, ``module``, ``plain`` (number, text, bool, None), ``container``, ``function``, ``class``,
    ``package``, ``object``, or ``unknown``: a result that is in no variable."""
    type: str = ""
    """Class name; empty when unknown."""
    tensor: TensorFacts | None = None
    text: str = ""
    """Short repr of a plain value; full name of a function, class or package, such as ``torch.cat``."""
    keyword: str = ""
    """For an argument given by name: that name."""
    settings: tuple[tuple[str, int | str], ...] = ()
    """What a module was built with, as far as it is plain: ``in_features``, ``kernel_size``, ``training``, …"""
    length: int | None = None
    items: tuple[Operand, ...] = ()
    """The first few items of a container, or of a container module its first few layers."""


@dataclass(frozen=True, slots=True)
class Failing:
    """What the learner's last line was doing when it failed."""

    source: str
    """The failing expression or statement itself."""
    operation: str
    """``call``, ``index``, ``attribute``, ``unpack``, ``iterate``, ``condition``, ``assign``, ``import``,
    ``raise``, ``assert``, an operator (``@``, ``+=``, ``<``), or empty when it is not known which part failed."""
    operands: tuple[Operand, ...]
    made: tuple[str, ...] = ()
    """Statements of the same scope that bound its names, nearest first; of a long one the beginning."""


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An exception as data."""

    type: str
    """Class name, with its module when that is not ``builtins``."""
    message: str
    frames: tuple[Frame, ...]
    """Outermost first. Frames of the tutor itself are left out."""
    relation: str = ""
    """How this one led to the next in a chain: ``cause`` (raise … from), ``context`` (while handling)."""
    notes: tuple[str, ...] = ()
    failing: Failing | None = None
    inside: tuple[Operand, ...] = ()
    """What the library functions the error came out of were given, innermost first."""
    suggestion: str = ""
    """A name that exists and is much like the one that was looked for in vain."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One likely mistake that raised nothing. What it means is said by ``tutor.explain.notices``."""

    rule: str
    """For example ``softmax-before-loss``."""
    line: int
    """1-based line of the source that ran (as in its tracebacks); 0 if unknown."""
    facts: tuple[tuple[str, str], ...]
    """Names, shapes and numbers that were seen, by what they are: ``("shape", "(50, 50)")``."""
