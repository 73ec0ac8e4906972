"""What the learner has done, in one SQLite file; :mod:`tutor.database` says how it is kept safe."""

from tutor.progress.schema import FILE_NAME
from tutor.progress.store import Attempt, Bookmark, KeptCell, LessonSummary, Progress, StepProgress

__all__ = ["FILE_NAME", "Attempt", "Bookmark", "KeptCell", "LessonSummary", "Progress", "StepProgress"]
