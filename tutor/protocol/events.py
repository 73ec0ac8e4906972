"""Events: what the worker, its nursery and the operating system report, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.protocol.alignment import Alignment
from tutor.protocol.assistance import Candidate, Description
from tutor.protocol.comparison import Comparison
from tutor.protocol.devices import DeviceSnapshot
from tutor.protocol.failures import ErrorReport, Notice
from tutor.protocol.flow import Flow
from tutor.protocol.freeplay import PlayName
from tutor.protocol.gradients import GradientSnapshot
from tutor.protocol.graphs import GraphView, LeafTable
from tutor.protocol.memory import StorageSnapshot
from tutor.protocol.models import ModelSnapshot
from tutor.protocol.playground import Descent, Playing
from tutor.protocol.snapshots import TensorDetail, TensorFacts
from tutor.protocol.training import Progress, TrainingSnapshot
from tutor.protocol.verdicts import CheckResult
from tutor.protocol.views import ValueView
from tutor.protocol.watches import WatchRow


@dataclass(frozen=True, slots=True)
class Loading:
    """The nursery is at work; ``stage`` is for people: ``Python``, ``torch``."""

    stage: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker waits for its first command."""

    protocol: int
    pid: int
    python: str
    """Version, for example ``3.11.7``."""
    executable: str
    torch: str | None
    """None when torch cannot be imported; ``problem`` then says why."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    id: int


@dataclass(frozen=True, slots=True)
class Output:
    """Text that the learner's code, or anything it started, wrote to file descriptor 1 or 2."""

    stream: str
    """``stdout`` or ``stderr``."""
    text: str


@dataclass(frozen=True, slots=True)
class Displayed:
    """The value of the last expression."""

    id: int
    text: str
    """Its repr, cut in the worker when very long."""
    type: str
    tensor: TensorDetail | None
    view: ValueView | None = None


@dataclass(frozen=True, slots=True)
class AxesWords:
    """The words of one pair of axes of a figure; any may be empty."""

    title: str
    x: str
    y: str
    labels: tuple[str, ...]
    """What a legend would say."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """A figure was shown. At most 20 a run, each at most 2 MB."""

    id: int
    png: bytes
    width: int
    """Of the PNG, in pixels; so the height."""
    height: int
    title: str
    axes: tuple[AxesWords, ...]
    small: bytes
    """A copy of at most 200 by 150 pixels, row by row, three bytes (RGB) each: to be shown without decoding."""
    small_width: int
    small_height: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The learner's code raised. The chain is in the order Python prints it: the last one ended the run."""

    id: int
    chain: tuple[ErrorReport, ...]


@dataclass(frozen=True, slots=True)
class NamespaceChanged:
    """All tensors reachable from the namespace, in the order the names were made."""

    id: int
    tensors: tuple[TensorFacts, ...]
    more: int
    """Tensors left out because there were too many."""
    details: tuple[TensorDetail, ...] = ()
    """Small drawings of a few tensors that changed, for looking back at this run later."""


@dataclass(frozen=True, slots=True)
class GradientsChanged:
    id: int
    gradients: GradientSnapshot


@dataclass(frozen=True, slots=True)
class TrainingChanged:
    """A training loop went on, or ended; the newest tells all."""

    id: int
    training: TrainingSnapshot


@dataclass(frozen=True, slots=True)
class Steered:
    """What became of a wish about the training loop that runs."""

    id: int
    outcome: str
    """``paused``, ``stepping`` (one, then paused again), ``running`` (again), ``stopping``, ``rate`` (changed),
    ``no rate`` (there is none to change), ``waiting`` (no step has ended for a second; the wish is kept), ``late``
    (the code ended before a step took it).
    """
    before: float = 0.0
    """With ``rate``: that of the first parameter group; ``after`` likewise."""
    after: float = 0.0
    groups: int = 0
    """Parameter groups whose rate was changed."""
    left: int = 0
    """Groups left alone, because their rate is a tensor that needs a gradient."""


@dataclass(frozen=True, slots=True)
class TrainingMoved:
    """The training run that was last told of has gone on: only what changes quickly."""

    id: int
    progress: Progress


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a run did that raised nothing and is rarely meant, most telling first."""

    id: int
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Flowed:
    """The tensor operations of a run; sent only when there were any."""

    id: int
    flow: Flow


@dataclass(frozen=True, slots=True)
class DevicesChanged:
    devices: DeviceSnapshot


@dataclass(frozen=True, slots=True)
class InputRequested:
    """The learner's code waits for a line."""

    id: int
    prompt: str
    password: bool


@dataclass(frozen=True, slots=True)
class Inspected:
    """Answer to Inspect; None when the path names no tensor any more."""

    id: int
    detail: TensorDetail | None


@dataclass(frozen=True, slots=True)
class Located:
    """Answer to Locate; None when the path names no tensor any more."""

    id: int
    storage: StorageSnapshot | None


@dataclass(frozen=True, slots=True)
class Contrasted:
    """Answer to Contrast; None when one of the names is no tensor."""

    id: int
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class GraphSeen:
    """Answer to LookAtGraph; None when no tensor has a graph and none was ever walked."""

    id: int
    view: GraphView | None
    names: tuple[str, ...]
    """All tensors with a graph, in the order their names were made."""


@dataclass(frozen=True, slots=True)
class LeavesSeen:
    """Answer to LookAtLeaves; None when there is nothing to tell of."""

    id: int
    table: LeafTable | None


@dataclass(frozen=True, slots=True)
class ModelSeen:
    """Answer to LookAtModel; None when the namespace holds no module."""

    id: int
    model: ModelSnapshot | None
    names: tuple[str, ...]
    """All modules that can be looked at, those that changed last first."""


@dataclass(frozen=True, slots=True)
class Played:
    """Answer to Play; None when the program failed."""

    id: int
    playing: Playing | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Descended:
    """Answer to Descend; None when the function cannot be used, and why in words."""

    id: int
    descent: Descent | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """The watched expressions, in their order."""

    id: int
    rows: tuple[WatchRow, ...]
    ran: bool
    """After a run; False when they were only asked for."""


@dataclass(frozen=True, slots=True)
class WatchAsked:
    """The learner's code asked to watch an expression, or (``keep`` False) no longer; empty means all of them."""

    id: int
    expression: str
    keep: bool


@dataclass(frozen=True, slots=True)
class Completed:
    """Answer to Complete: each candidate's text may stand for ``source[start:end]``, the likeliest first."""

    id: int
    start: int
    end: int
    candidates: tuple[Candidate, ...]
    more: int
    """Candidates left out because there were too many."""


@dataclass(frozen=True, slots=True)
class Described:
    """Answer to Describe; None when nothing is known there."""

    id: int
    description: Description | None
    full: bool


@dataclass(frozen=True, slots=True)
class Aligned:
    """Answer to Align: the operations of the statement, inner ones first; none where no shapes are known."""

    id: int
    steps: tuple[Alignment, ...]
    chosen: int
    """Index of the one to show first."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Answer to Prepare."""

    id: int
    added: tuple[str, ...]
    repaired: tuple[str, ...]
    problem: str
    """Why the lesson's own code failed; empty when it did not."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """Answer to Predict."""

    id: int
    answer: str
    problem: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Answer to Check."""

    id: int
    results: tuple[CheckResult, ...]
    mistake: str
    """Feedback of the foreseen mistake the learner made, if it was one."""
    problem: str
    alone: str = ""
    """The learner's last try, where that is right once it runs after the set-up again: earlier ones had changed
    what it works with. Its names have been put in place."""
    enough: str = ""
    """Where everything is right, the part of the cells that is so by itself; empty where that was not found."""


@dataclass(frozen=True, slots=True)
class FreePlayed:
    """Answer to FreePlay."""

    id: int
    playing: bool
    """Whether what runs from now on runs in a copy."""
    names: tuple[PlayName, ...] = ()
    """What playing made or changed; after ``copy``, what is not in the copy."""
    problem: str = ""
    """Why it was not done, in a sentence; empty when it was."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The one end of every command that runs code."""

    id: int
    status: str
    """``ok``, ``error``, ``interrupted``, ``stopped`` (a training loop, by hand) or ``exit`` (the code called
    ``exit()``).
    """
    seconds: float


@dataclass(frozen=True, slots=True)
class Died:
    """The worker is gone. ``signal`` is a name such as ``SIGKILL``, or empty when it exited with ``code``."""

    pid: int
    code: int
    signal: str
    during: int
    """Id of the command it was running; 0 if none."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No worker can be had: the interpreter does not start, or ends before it holds one."""

    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The tutor's own code in the worker failed; the session goes on."""

    id: int
    detail: str


Seen = Inspected | ModelSeen | Located | Contrasted | GraphSeen | LeavesSeen | Played | Descended
"""Answers to a pane's looks."""

Event = (
    Loading
    | Ready
    | Started
    | Output
    | Displayed
    | Pictured
    | Failed
    | NamespaceChanged
    | GradientsChanged
    | TrainingChanged
    | Steered
    | TrainingMoved
    | Noticed
    | Flowed
    | DevicesChanged
    | InputRequested
    | Seen
    | Watched
    | WatchAsked
    | Completed
    | Described
    | Aligned
    | Prepared
    | Predicted
    | Checked
    | FreePlayed
    | Finished
    | Died
    | Unavailable
    | Broken
)
