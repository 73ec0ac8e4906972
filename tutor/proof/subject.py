"""A lesson as a machine takes it, while it is being proved."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from tutor.lesson.model import Lesson
from tutor.lesson.positions import Path_, Places
from tutor.lesson.state import fitted
from tutor.proof.findings import Finding, Level


class Subject:
    """A lesson with twins where ``devices`` lack what a step needs."""

    def __init__(self, whole: Lesson, devices: Collection[str] = ()) -> None:
        self.lesson = fitted(whole, devices)
        self._whole = whole
        self._places = Places.of(whole.file)
        self.device = "/".join(devices)
        """Accelerators it is proved on; empty for the CPU."""

    @property
    def file(self) -> Path:
        return self._whole.file or Path("lesson.yaml")

    def finding(
        self, index: int | None, key: Path_, proof: int, level: Level, message: str, advice: str = ""
    ) -> Finding:
        """About step ``index`` (from 0), or the whole lesson; ``key`` is where in it."""
        step = "" if index is None else self.lesson.steps[index].id
        line, column = self._place(index, key)
        if self.device:
            message = f"on {self.device}: {message}"
        return Finding(self.file, line, column, self.lesson.id, step, proof, level, message, advice)

    def _place(self, index: int | None, key: Path_) -> tuple[int, int]:
        if index is None:
            return self._places.at(key)
        step: Path_ = ("steps", index)
        if self.lesson.steps[index] is self._whole.steps[index].twin and self._places.has((*step, "twin", *key)):
            # What a twin does not say itself stands in its step.
            return self._places.at((*step, "twin", *key))
        return self._places.at((*step, *key))
