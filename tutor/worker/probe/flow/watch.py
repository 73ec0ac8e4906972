"""The flow of each run, from its first operation to the record that is sent."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from tutor.protocol.flow import Flow
from tutor.worker.probe.flow.aside import Aside
from tutor.worker.probe.flow.mode import make_mode
from tutor.worker.probe.flow.recorder import Recorder
from tutor.worker.probe.flow.told import told
from tutor.worker.probe.flow.unwatched import why_not
from tutor.worker.probe.touch import disturbs

_ACTS = re.compile(r"[(@+\-*/%&|^~<>=\[.]")
"""No operation can be done without one of these; a look at a name is not watched."""


class FlowWatch:
    """Watches the runs of one worker. Everything here is called on the main thread."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._torch: Any = None
        self._mode: Any = None
        self._recorder: Recorder | None = None
        self._aside: Aside | None = None
        self._name = ""
        self._unwatched = ""
        self.problem = ""
        """What went wrong in the watch itself during the last run, for the log; the learner's run goes on."""

    def begin(self, source: str, name: str) -> None:
        """See the operations of the run of ``source`` that begins now. Raises nothing."""
        self.cancel()
        self.problem, self._unwatched = "", ""
        torch = sys.modules.get("torch")
        if torch is None or not _ACTS.search(source):
            return
        try:
            self._name = name
            self._unwatched = why_not(source, self._namespace)
            if self._unwatched or disturbs(torch) or sys.gettrace() is not None or sys.getprofile() is not None:
                return
            if self._aside is None:
                self._aside = Aside()
                os.register_at_fork(after_in_child=self.cancel)
            if self._mode is None or self._torch is not torch:
                self._torch, self._mode = torch, make_mode(torch, self._aside)
            self._recorder = Recorder(torch, self._mode.step_aside)
            self._mode.enter(self._recorder)
        except Exception as error:  # the learner may have taken torch apart
            self._stumbled(error)

    def seen(self) -> None:
        """The learner's code has ended; what is displayed now is no operation of theirs."""
        if self._mode is not None:
            try:
                self._mode.leave()
            except Exception as error:
                self._stumbled(error)

    def end(self) -> Flow | None:
        """What the run did; None if it did no operation on tensors."""
        self.seen()
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return Flow(self._name, (), (), (), 0, self._unwatched) if self._unwatched else None
        self.problem = self.problem or recorder.problem
        try:
            if recorder.steps or (recorder.reason and recorder.reason != "bound"):
                return told(recorder, self._namespace, self._name)
        except Exception as error:
            self._stumbled(error)
        return None

    def cancel(self) -> None:
        """Forget the run that is watched, if one is."""
        self.seen()
        self._recorder = None

    def _stumbled(self, error: Exception) -> None:
        self.problem = f"{type(error).__name__} in the flow"
