"""Has a step judged, and says in words what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.lesson.model import Lesson
from tutor.lesson.needs import needed_prelude
from tutor.lesson.state import checks_of, setup_of
from tutor.progress import Progress
from tutor.protocol import commands, events
from tutor.protocol.verdicts import CheckResult
from tutor.session.session import Session
from tutor.session.steps import LIMIT, check_request, patience
from tutor.texts import _, mark, retold

_STOPPED = mark("Judging was stopped. F8 tries again.")
TOLD = (
    mark("`{name}` is not defined yet."),
    mark("{what}: expected {expected}, got {got}."),
    mark("Not yet: {label}."),
    mark("Your code ran for more than {seconds} s here and was stopped."),
    mark("F8 runs your code again, several times, and judges that."),
)
"""What the worker says most often of a check."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of judging a step."""

    results: tuple[CheckResult, ...] = ()
    said: str = ""
    """Why it is not right: the author's words where there are some, else ours."""
    problem: str = ""
    """Why there is no verdict; empty when there is one."""
    fault: bool = False
    """Whether that is the lesson's fault, so that the learner may go on."""
    alone: str = ""
    """The learner's code that was right once it was run by itself after the set-up; empty where it need not be."""

    enough: str = ""
    """The part of the learner's code that is right by itself; empty where that is not known."""

    @property
    def afresh(self) -> bool:
        """Right, once run by itself after the set-up."""
        return bool(self.alone)

    @property
    def status(self) -> str:
        """How it went, in one word: ``pass``, ``fail``, ``error`` or ``timeout``."""
        return next((result.status or "fail" for result in self.results if result.status != "pass"), "pass")

    @property
    def passed(self) -> bool:
        """Right in every respect; what was not judged yet is not."""
        return bool(self.results) and all(result.status == "pass" for result in self.results)


class Referee:
    """Asks the worker; what the learner ran in a step is in the progress file."""

    def __init__(self, session: Session, progress: Progress) -> None:
        self._session = session
        self._progress = progress

    async def judge(self, lesson: Lesson, index: int, output: str = "", *, asked: bool) -> Verdict:
        """``output`` is what the last run printed; ``asked`` is False after a run that was only a run."""
        step = lesson.steps[index]
        if not checks_of(step):
            return Verdict()
        cells = tuple(
            cell.source
            for cell in self._progress.cells(lesson.id)
            if cell.step_id == step.id and cell.status == "ok"
        )
        request = check_request(lesson, index, step, output or self._last_output(), cells, asked=asked)
        checked = await self._session.check(request, patience(step))
        return Verdict(problem=_(_STOPPED)) if checked is None else _verdict(checked)

    async def same(self, lesson: Lesson, index: int, code: str, names: tuple[str, ...]) -> bool:
        """Whether the learner's names hold what they hold after ``code``."""
        checks: tuple[dict[str, object], ...] = tuple({"kind": "value", "target": name} for name in names)
        setup = setup_of(lesson.steps[index])
        request = commands.Check(
            0, needed_prelude(lesson, index, [code]), setup, code, checks, (), lesson.seed, limit=LIMIT
        )
        checked = await self._session.check(request, 4 * LIMIT)
        return checked is not None and not checked.problem and _verdict(checked).passed

    def _last_output(self) -> str:
        mine = [cell for cell in self._session.cells if not cell.silent]
        return mine[-1].output if mine else ""


def _verdict(checked: events.Checked) -> Verdict:
    broken = next((result for result in checked.results if result.status == "broken"), None)
    if checked.problem or broken is not None:
        why = checked.problem or (_broken_words(broken) if broken else "")
        words = _("This step cannot be judged: {why}. Go on with F8.").format(why=why.rstrip("."))
        return Verdict(checked.results, "", words, fault=True)
    failed = next((result for result in checked.results if result.status != "pass"), None)
    said = checked.mistake or (failed.feedback or retold(failed.message, *TOLD) if failed is not None else "")
    return Verdict(checked.results, said, alone=checked.alone, enough=checked.enough)


def _broken_words(broken: CheckResult) -> str:
    return _("its check of “{label}” is broken: {why}").format(label=broken.label, why=broken.message)


def devices_of(session: Session) -> tuple[str, ...]:
    """Accelerators that can be used here, as steps name them; none before the first worker has come."""
    devices = session.state.devices
    if devices is None:
        return ()
    kinds = [backend.kind for backend in devices.backends if backend.usable]
    # ROCm builds of torch call their devices `cuda`.
    return tuple("cuda" if kind == "rocm" else kind for kind in kinds)
