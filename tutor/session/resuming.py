"""The variables a step counts on: made by the lesson's own code, or as the learner left them."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.lesson.model import Explore, Judged
from tutor.lesson.state import fitted, prelude, setup_of, targets
from tutor.protocol import events
from tutor.session.journal import Act, Again, Enter, Play, acts
from tutor.session.judging import Judging
from tutor.session.referee import devices_of
from tutor.texts import _


class Resuming(Judging):
    """Sets steps up, keeps what was done in order, and does it again when the lesson is reopened."""

    restoring = False
    """Whether that is being done."""

    def _journal(self) -> list[Act]:
        return acts(self._progress.journal(self.lesson.id), {step.id for step in self.lesson.steps})

    async def _rebuild(self, index: int) -> tuple[int, bool]:
        """Do again what made the variables, random state and all.

        How many of the learner's cells ran well; and whether all is now as it was in step ``index``.
        """
        journal = self._journal()
        if not journal:
            return 0, False
        self.restoring = True
        try:
            if self._session.state.devices is None:
                # Only a worker knows which twins of steps this machine takes.
                await self._session.run("", silent=True).done.wait()
            self.lesson = fitted(self.lesson, devices_of(self._session))
            ran, whole = await self._do_again(journal)
        finally:
            self.restoring = False
        entered = [act.step for act in journal if isinstance(act, Enter)]
        return ran, whole and entered[-1:] == [self.lesson.steps[index].id]

    async def _do_again(self, journal: Sequence[Act]) -> tuple[int, bool]:
        """How many cells ran well, and whether all was done: a worker that dies on the way ends it."""
        index = {step.id: number for number, step in enumerate(self.lesson.steps)}
        ran = 0
        for number, act in enumerate(journal):
            if isinstance(act, Enter):
                if await self._set_up(index[act.step], act.open) is None:
                    return ran, False
            elif isinstance(act, Again):
                status = await self._run_again(act.source)
                if status not in ("ok", "error"):
                    return ran, False
                ran += status == "ok"
            elif not await self._play_again(act, journal[:number]):
                return ran, False
        return ran, True

    async def _run_again(self, source: str) -> str:
        cell = self._session.run(source, silent=True)
        await cell.done.wait()
        return cell.status

    async def _play_again(self, play: Play, before: Sequence[Act]) -> bool:
        if await self._session.free_play("empty" if play.again else "copy") is None:
            return False
        if play.again:
            await self._do_again([act for act in before if not isinstance(act, Play)])
        for source in play.sources:
            await self._run_again(source)
        return await self._session.free_play("leave", play.bring) is not None

    async def _prepare(self, index: int, *, afresh: bool = False) -> None:
        """Make sure that what the step needs is there, and say what had to be mended."""
        step, status = self.lesson.steps[index].id, self.status_of(index)
        answer = await self._set_up(index, status == "open")
        if afresh:
            self._progress.mark(self.lesson.id, step, "afresh")
        self._progress.mark(self.lesson.id, step, "entered" if status == "open" else "revisited")
        if self.view.index != index or self._without_torch:
            return
        if answer is None:
            self._say(_("Setting up this step was stopped: F7 and F8 begin it again."), "bad")
        elif answer.problem:
            words = _("This step could not be set up: {problem}. That is the lesson's fault.")
            self._say(words.format(problem=answer.problem), "bad")
        elif answer.repaired:
            names = ", ".join(f"`{name}`" for name in answer.repaired)
            self._say(_("This step needs its own {names}: set again.").format(names=names), "note")

    async def _set_up(self, index: int, was_open: bool | None = None) -> events.Prepared | None:
        """``was_open`` None: as the step is now."""
        step = self.lesson.steps[index]
        to_do = self.status_of(index) == "open" if was_open is None else was_open
        fresh = targets(step) if isinstance(step, (Judged, Explore)) and to_do else ()
        return await self._session.prepare(prelude(self.lesson, index), setup_of(step), self.lesson.seed, fresh)
