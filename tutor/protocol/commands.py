"""Commands: what the UI asks of the worker, in the imperative.

``id`` is a number the client chose; every event that answers the command carries it. Every command that
runs code is ended by exactly one :class:`~tutor.protocol.events.Finished`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tutor.protocol import playground


@dataclass(frozen=True, slots=True)
class Execute:
    """Run source in the learner's namespace."""

    id: int
    source: str
    name: str
    """File name for tracebacks, for example ``<cell 3>``."""
    silent: bool = False
    """Do not display the last expression, only keep it as ``_``: code that ran before runs again."""
    number: int = 0
    """The cell's number as the learner sees it; 0 for code that is not a cell."""
    columns: int = 0
    """Size of the terminal that output is shown on, in cells; 0 leaves what the code was told last."""
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Raise KeyboardInterrupt in the command named; ignored if that one is not running."""

    id: int


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to an InputRequested; ``text`` None means end of file."""

    id: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Inspect:
    """Describe one tensor for drawing. ``index`` fixes leading axes, and says which slice to show."""

    id: int
    path: str
    index: tuple[int, ...] = ()
    window: tuple[tuple[int, int], ...] = ()
    """First index and one past the last of each of the last axes (one or two), to see a part more closely."""
    exact: bool = False
    """Look at every element for the statistics, however many there are."""
    after: tuple[int, ...] | None = None
    """Find the next NaN or infinity behind this index, in row-major order and round the end."""
    cursor: tuple[int, ...] | None = None
    """An element whose value is wanted, also where the sample leaves it out."""


@dataclass(frozen=True, slots=True)
class LookAtModel:
    """Describe one ``nn.Module`` of the namespace, layer by layer; an empty path: the one that changed last."""

    id: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """Evaluate these expressions now and after each run; they replace those given before. Answered by Watched."""

    id: int
    expressions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Locate:
    """Describe the storage of one tensor: who shares it, what lies where. Answered by Located."""

    id: int
    path: str


@dataclass(frozen=True, slots=True)
class LookAtGraph:
    """Describe the autograd graph behind one tensor. Answered by GraphSeen."""

    id: int
    path: str = ""
    """Empty: the root of the last ``backward()``, or the newest tensor with a graph."""
    start: int = 0
    """Node to begin at, by its number in the whole graph: for the parts of a large one."""


@dataclass(frozen=True, slots=True)
class LookAtLeaves:
    """Describe what has a gradient, and why the rest has none. Answered by LeavesSeen."""

    id: int


@dataclass(frozen=True, slots=True)
class Contrast:
    """Compare two tensors, side by side and value by value. Answered by Contrasted."""

    id: int
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Complete:
    """What can stand at ``cursor``? Answered by Completed, beside whatever runs; runs no learner code."""

    id: int
    source: str
    """The whole unfinished cell."""
    cursor: int
    """Characters of ``source`` before the cursor."""


@dataclass(frozen=True, slots=True)
class Describe:
    """Describe what stands at ``cursor``. Answered by Described, beside whatever runs; runs no learner code."""

    id: int
    source: str
    cursor: int
    full: bool = False
    """False: the call the cursor is in (its signature, the argument being typed). True: ``source`` is one
    expression such as ``model.fc``, to be described with docstring, file and source."""


@dataclass(frozen=True, slots=True)
class Align:
    """How do the operands in the statement at ``cursor`` meet? Answered by Aligned, beside whatever runs."""

    id: int
    source: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Prepare:
    """Make sure the names a step needs exist in the learner's namespace and have the right values.

    ``prelude`` are the set-ups and solutions of everything before, ``setup`` is the step's own. Both run
    in a namespace of their own, after ``seed``; names that ``setup`` binds and that are missing or
    different are then copied over, names of the prelude only where missing.
    """

    id: int
    prelude: tuple[str, ...]
    setup: str
    seed: int
    fresh: tuple[str, ...] = ()
    """Names that the learner is about to make: what the lesson put there for a later step is taken away first."""
    limit: float = 20.0
    """Seconds the lesson's own code may take."""
    anew: bool = False
    """Forget every name first, and put back what may be set in torch: nearly a new worker, and much cheaper."""


@dataclass(frozen=True, slots=True)
class Predict:
    """Find the true answer to a prediction, in a namespace of its own."""

    id: int
    prelude: tuple[str, ...]
    setup: str
    code: str
    ask: str
    """``shape``, ``value``, ``dtype``, ``output`` or ``raises``."""
    seed: int
    limit: float = 10.0
    """Seconds the lesson's own code may take."""


@dataclass(frozen=True, slots=True)
class FreePlay:
    """Put the session away and play in a copy of it, or go back to it. Answered by FreePlayed.

    What is put away is not touched by anything that runs meanwhile, and has its random state back afterwards.
    """

    id: int
    verb: str
    """``copy``: play in a copy of every name that can be copied. ``empty``: in a namespace without names, to be
    filled by running code again (also while playing). ``names``: what playing made or changed. ``leave``.
    """
    bring: tuple[str, ...] = ()
    """With ``leave``: names that keep in the session what they stand for in the copy."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong solution an author foresaw, and what to say about it."""

    code: str
    feedback: str


@dataclass(frozen=True, slots=True)
class Check:
    """Judge the learner's namespace against what ``solution`` makes in a namespace of its own."""

    id: int
    prelude: tuple[str, ...]
    setup: str
    solution: str
    checks: tuple[dict[str, Any], ...]
    """Checks as the lesson has them, ``kind`` first among equals: see ``lesson.checks``."""
    mistakes: tuple[Mistake, ...]
    seed: int
    output: str = ""
    """What the learner's last run printed, for ``output`` checks."""
    cells: tuple[str, ...] = ()
    """What the learner ran in this step and ended well, in order: for checks of code, and of training."""
    helpers: str = ""
    """The ``checks.py`` beside the lesson, for ``python`` checks."""
    asked: bool = True
    """False after a run: what takes long is judged only when it was asked for."""
    limit: float = 10.0
    """Seconds for the lesson's own code, and for each check that says nothing else."""
    given: tuple[str, ...] = ()
    """``prelude`` with what the cells depend on besides, for running them again; empty where there is nothing."""


@dataclass(frozen=True, slots=True)
class Steer:
    """Hold, step or change the training loop that runs; taken at the end of its next step, never in one.

    ``id`` is that of the command that runs. Answered by events of the kind Steered,
    when it is taken or if it is not.
    """

    id: int
    wish: str
    """``pause``, ``step`` (one, then pause again), ``resume``, ``stop``, or ``rate``."""
    rate: float = 0.0
    """With ``rate``: what every learning rate is multiplied by."""


@dataclass(frozen=True, slots=True)
class ChooseLayer:
    """Take the histogram of this layer's gradient from the next look at the training loop on. Not answered.

    ``id`` is that of the command that runs.
    """

    id: int
    path: str
    """As the run's snapshot names it; one that it does not know changes nothing."""


@dataclass(frozen=True, slots=True)
class Play:
    """Train the playground's network for a moment and look at it. Answered by Played."""

    id: int
    run: int
    """A number of the client's: another one than before begins anew."""
    program: str
    """What binds the data, the model, the optimiser and ``train_step``; may be empty once the run has begun."""
    look: playground.Look
    steps: int = 0
    """At most."""
    seconds: float = 0.02
    """At most."""
    rate: float = 0.0
    """The learning rate from now on; 0 leaves it."""


@dataclass(frozen=True, slots=True)
class Descend:
    """Go down a function of one variable. Answered by Descended."""

    id: int
    program: str
    """What binds ``f``, ``x``, ``opt`` and ``down``, which makes one step."""
    steps: int
    low: float
    high: float
    """Where the curve is looked at."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """End the worker."""

    id: int = field(default=0)


Look = Inspect | LookAtModel | Locate | Contrast | LookAtGraph | LookAtLeaves | Play | Descend
"""Commands of a pane: answered between runs, by an event with the same id; only the latest of a kind matters."""

Question = Complete | Describe | Align
"""About what is being typed: answered beside whatever runs."""

Command = (
    Execute
    | Interrupt
    | Reply
    | Steer
    | ChooseLayer
    | Look
    | Watch
    | Question
    | Prepare
    | Predict
    | Check
    | FreePlay
    | Shutdown
)
