"""The place that every training loop passes at the end of a step, while something is asked of it.

With nothing asked the loop does not come here: the watch of training is told to send it by, and not to, by
:class:`~tutor.worker.steering.Steering`, which also does what is asked, in the learner's own thread.
"""

from __future__ import annotations

import sys
from types import FrameType

from tutor.protocol.events import Steered
from tutor.worker.probe.rates import scale
from tutor.worker.probe.training.watch import TrainingWatch
from tutor.worker.steering import Steering

_SCALER = "torch.amp.grad_scaler"


class Gate:
    """Between one watch of training and the wishes."""

    def __init__(self, watch: TrainingWatch) -> None:
        self._watch = watch
        self._steering: Steering | None = None
        self._run = 0

    def steered_by(self, steering: Steering) -> None:
        """Where the wishes come from."""
        self._steering = steering

    def begin(self, run: int) -> None:
        """Learner code begins."""
        self._run = run
        if self._steering is not None:
            self._steering.begin(run)

    def end(self) -> None:
        """It has ended."""
        if self._steering is not None:
            self._steering.end()

    def open(self, asked: bool) -> None:
        """Have every step end here, or none. From any thread."""
        self._watch.steer(self._passed if asked else None)

    def show(self, state: str) -> None:
        """Tell how far the run is, and that it is ``paused`` or ``running``. On the learner's thread."""
        self._watch.show(state)

    def _passed(self) -> None:
        """The end of a step."""
        steering = self._steering
        if steering is None or not steering.asked:
            return
        # An exception before the end of the scaler's own book-keeping would leave the next gradients scaled: a
        # loop that it drives is ended after its next backward().
        may_stop = not _called_from(_SCALER)
        self._watch.late = None if may_stop else self._passed_late
        run = self._watch.run
        steering.take(self._scale, may_stop=may_stop, step=run.turns.step if run is not None else 0)

    def _passed_late(self) -> None:
        self._watch.late = None
        if self._steering is not None and self._steering.stops:
            self._steering.take(self._scale)

    def _scale(self, factor: float) -> Steered:
        try:
            return scale(self._run, self._watch.optimizers, factor)
        except Exception:  # an optimiser of the learner's own, with groups of another kind
            return Steered(self._run, "no rate")


def _called_from(module: str) -> bool:
    """Whether code of that module waits for what runs here."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == module:
            return True
        frame = frame.f_back
    return False
