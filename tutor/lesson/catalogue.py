"""All lessons of the tutor and of packs. A broken one becomes problems; the others load."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec.structs

from tutor.lesson.circles import cycles, told_circle
from tutor.lesson.entry import Entry, entry_of
from tutor.lesson.index import Index, Row, stamp_of
from tutor.lesson.loader import FILE_NAME, load_lesson, position_of
from tutor.lesson.model import Lesson
from tutor.lesson.places import Pack, Places
from tutor.lesson.problems import LessonError, Problem, did_you_mean
from tutor.texts import candidates

_NEAR = 0.4
"""How alike a name must be to be offered; low, for somebody looks for something that is there."""

_NUMBERED = re.compile(r"[0-9]+-.")
_AT_ONCE = 100
"""Lessons that are taken from the index before others get a turn: about a millisecond."""


class NotFound(Exception):
    """No lesson or step of that name; the message names the nearest one."""


class Catalogue:
    """Lessons in the order of their folders' names (``02-what-a-tensor-is/lesson.yaml``), the tutor's own first.

    Of each only what a list shows is held (``entries``), in the learner's language; the whole is read when it is
    asked for.
    """

    def __init__(self, places: Path | Places) -> None:
        self.places = places if isinstance(places, Places) else Places(own=places)
        self.entries: list[Entry] = []
        self.problems: list[Problem] = list(self.places.problems)
        self.packs = {pack.name: pack for pack in self.places.packs}
        self.total = 0
        """Lesson folders that were found; they are read one after the other."""
        self._files: dict[str, Path] = {}
        self._by_id: dict[str, Entry] = {}
        self._whole: dict[str, Lesson] = {}
        self._folders: dict[str, Entry] = {}
        self._broken: dict[str, Problem] = {}
        self._read = 0

    @property
    def lessons(self) -> list[Lesson]:
        """Every lesson whole: all files are read, which takes some 7 ms each."""
        return self.some(self._files)

    @property
    def tracks(self) -> list[str]:
        """Tracks in the order in which their first lessons come."""
        return list(dict.fromkeys(entry.track for entry in self.entries))

    def load_all(self) -> Catalogue:
        """Find every lesson now; returns itself."""
        for _ in self.loading():
            pass
        return self

    async def load(self) -> None:
        """Find every lesson, letting other things happen between two that had to be read."""
        before = self._read
        for number, _ in enumerate(self.loading()):
            if self._read != before or not number % _AT_ONCE:
                before = self._read
                await asyncio.sleep(0)

    def loading(self) -> Iterator[Path]:
        """Load one lesson file at a time; yields each when it is done, whatever became of it."""
        found = [(pack, folder, self._lesson_files(folder, pack)) for pack, folder in self._sources()]
        self.total = sum(len(files) for _, _, files in found)
        for pack, folder, files in found:
            index = Index(folder, " ".join(candidates()))
            for file in files:
                self._add(file, pack, index)
                yield file
            index.save()
        self._refuse_circles()

    def lesson(self, entry_id: str, *, fresh: bool = False) -> Lesson:
        """The whole lesson of an entry, or as it is now. Raises LessonError if it cannot be used any more."""
        if fresh or entry_id not in self._whole:
            lesson = _read(self._files[entry_id], self._by_id[entry_id].pack).lesson
            if lesson.id != entry_id:
                message = f"its id was `{entry_id}` and is now `{lesson.id}`: open the list of lessons again"
                raise LessonError([Problem(self._files[entry_id], 1, 1, message)])
            self._whole[entry_id] = lesson
        return self._whole[entry_id]

    def some(self, ids: Iterable[str]) -> list[Lesson]:
        """These lessons whole, in the catalogue's order; those that are not there any more are left out."""
        wanted = set(ids)
        found = []
        for entry in self.entries:
            if entry.id in wanted:
                try:
                    found.append(self.lesson(entry.id))
                except LessonError:
                    continue
        return found

    def find(self, name: str) -> tuple[Lesson, str | None]:
        """The lesson, and the id of the step, that ``LESSON`` or ``LESSON#STEP`` names.

        A lesson is named by its id, its folder, or the beginning of either if only one lesson has it;
        a pack's also by its id without the pack's name. A step is named by its id or its number from 1.

        Raises NotFound.
        """
        wanted, _, step = name.strip().partition("#")
        entry = self._find_entry(wanted)
        try:
            lesson = self.lesson(entry.id)
        except LessonError as error:
            raise NotFound(f"the lesson `{wanted}` cannot be used: {error.problems[0]}") from error
        return lesson, find_step(lesson, step) if step else None

    def _find_entry(self, wanted: str) -> Entry:
        short = {entry.id.rpartition("/")[2]: entry for entry in reversed(self.entries)}
        names = {**short, **self._folders, **{entry.id: entry for entry in self.entries}}
        key = wanted.casefold()
        for name, entry in names.items():
            if name.casefold() == key:
                return entry
        if broken := self._broken_named(key):
            raise NotFound(f"the lesson `{wanted}` cannot be used: {broken}")
        hits = {entry.id for name, entry in names.items() if key and name.casefold().startswith(key)}
        begins = [entry.id for entry in self.entries if entry.id in hits]
        if len(begins) == 1:
            return self._by_id[begins[0]]
        if begins:
            raise NotFound(f"several lessons begin with `{wanted}`: {_some_of(begins)}")
        hint = did_you_mean(wanted, names, _NEAR) or "."
        raise NotFound(f"there is no lesson `{wanted}`{hint} `tutor list` shows all of them.")

    def _broken_named(self, key: str) -> Problem | None:
        """The first problem of a broken lesson whose folder has this name, with or without its number."""
        for folder, problem in self._broken.items():
            if key in (folder.casefold(), folder.casefold().lstrip("0123456789").removeprefix("-")):
                return problem
        return None

    def _sources(self) -> list[tuple[Pack | None, Path]]:
        own: list[tuple[Pack | None, Path]] = [(None, self.places.own)] if self.places.own is not None else []
        return own + [(pack, pack.folder) for pack in self.places.packs]

    def _lesson_files(self, folder: Path, pack: Pack | None) -> list[Path]:
        if (folder / FILE_NAME).is_file():
            return [folder / FILE_NAME]
        try:
            with os.scandir(folder) as inside:
                folders = sorted(folder / item.name for item in inside if _may_be_lesson(item, pack))
        except OSError as error:
            self.problems.append(Problem(folder, 1, 1, f"no lessons can be read here: {error.strerror}"))
            return []
        files = [
            place / FILE_NAME
            for place in folders
            # A folder with a number is meant to be a lesson, even if its file is missing.
            if _NUMBERED.match(place.name) or (place / FILE_NAME).is_file()
        ]
        if not files:
            expected = f"expected folders such as 01-first/{FILE_NAME}"
            # A ZIP lies unpacked where nobody knows it.
            origin = Path(pack.origin) if pack is not None and Path(pack.origin).is_file() else folder
            self.problems.append(Problem(origin, 1, 1, f"there are no lessons here; {expected}"))
        return files

    def _add(self, file: Path, pack: Pack | None, index: Index) -> None:
        name = file.parent.name
        stamp = stamp_of(file.parent)
        row = index.get(name, stamp)
        if row is not None and _believable(row, pack):
            entry = row.entry
            problems = [Problem(file, told.line, told.column, told.message, told.path) for told in row.problems]
        else:
            entry, problems = self._load(file, pack)
            index.put(name, stamp, entry, problems)
        if entry is not None and entry.id in self._files:
            message = f"the id `{entry.id}` is taken by {self._files[entry.id]}; choose another"
            entry, problems = None, [Problem(file, *_place(file, "id"), message, "id")]
        self.problems += problems
        if entry is None:
            self._broken[name] = problems[0]
            return
        self.entries.append(entry)
        self._by_id[entry.id] = entry
        self._files[entry.id] = file
        self._folders.setdefault(name, entry)

    def _load(self, file: Path, pack: Pack | None) -> tuple[Entry | None, list[Problem]]:
        self._read += 1
        try:
            read = _read(file, pack.name if pack else "")
        except LessonError as error:
            return None, error.problems
        return entry_of(read.lesson, read.coverage), read.problems

    def _refuse_circles(self) -> None:
        """Lessons in a circle can still be taken; that none of them can come first is said once."""
        for circle in cycles({entry.id: self.builds_on(entry) for entry in self.entries}):
            file = self._files[circle[0]]
            place = _place(file, "prerequisites")
            self.problems.append(Problem(file, *place, told_circle(circle), "prerequisites"))

    def builds_on(self, lesson: Entry | Lesson) -> list[str]:
        """Ids of the lessons that this one builds on: a pack names its own, or else the tutor's."""
        if not lesson.pack:
            return list(lesson.prerequisites)
        own = {name: f"{lesson.pack}/{name}" for name in lesson.prerequisites}
        return [own[name] if own[name] in self._files else name for name in lesson.prerequisites]


def _may_be_lesson(item: os.DirEntry[str], pack: Pack | None) -> bool:
    """What was agreed to of a pack is the files in it: links to folders elsewhere are not followed."""
    return not item.name.startswith((".", "__")) and item.is_dir(follow_symlinks=pack is None)


class _Read(NamedTuple):
    """A lesson in the learner's language, as far as it is translated; a wrong overlay is a problem and no more."""

    lesson: Lesson
    coverage: str
    problems: list[Problem]


def _read(file: Path, pack: str) -> _Read:
    """The lesson in a file, under the name that its pack gives it. Raises LessonError."""
    lesson = load_lesson(file)
    coverage, problems = "", []
    if languages := candidates():
        from tutor.lesson.translation import translate

        try:
            if translation := translate(lesson, languages):
                lesson, coverage = translation.lesson, translation.coverage
        except LessonError as error:
            problems = error.problems
    if pack:
        lesson = msgspec.structs.replace(lesson, id=f"{pack}/{lesson.id}", pack=pack)
    return _Read(lesson, coverage, problems)


def _place(file: Path, key: str) -> tuple[int, int]:
    """Where a key's value stands; the beginning of a file that cannot be read any more."""
    try:
        return position_of(file, key)
    except LessonError:
        return 1, 1


def _believable(row: Row, pack: Pack | None) -> bool:
    """Whether a row can be of a lesson that stands here: either a lesson of this pack, or problems."""
    if row.entry is None:
        return bool(row.problems)
    name = pack.name if pack else ""
    return row.entry.pack == name and row.entry.id.rpartition("/")[0] == name


def _some_of(names: list[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def find_step(lesson: Lesson, wanted: str) -> str:
    """The id of the step with this id or number (from 1). Raises NotFound."""
    ids = [step.id for step in lesson.steps]
    if wanted.casefold() in ids:
        return wanted.casefold()
    if wanted.isdecimal() and len(wanted) < 5 and 1 <= int(wanted) <= len(ids):
        return ids[int(wanted) - 1]
    hint = did_you_mean(wanted, ids, _NEAR) or f": {', '.join(ids)}."
    raise NotFound(f"{lesson.id} has no step `{wanted}` among its {len(ids)} steps{hint}")
