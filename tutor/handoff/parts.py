"""What a finished lesson consists of: prose and code in turns, so ordered that the code runs from top to bottom.

Nothing of a solution is in it that the learner has not seen: a step that is not done is there as its task. Code
that needs a name which only such a step would make is there as a comment.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tutor.handoff.prose import off_screen
from tutor.lesson.model import Choice, Explore, Fix, Judged, Lesson, Parsons, Predict, Read, Run, Step
from tutor.lesson.names import made, needed
from tutor.lesson.state import fitted, setup_of, solution_of
from tutor.progress import StepProgress
from tutor.progress.answers import only_binds
from tutor.protocol.text import plain

OWN = "My answer"
SHOWN = "The lesson's solution, which was shown"
NOT_KEPT = "The lesson's solution: done, but my own answer was not kept"
NOT_ALONE = "The lesson's solution: my own answer used what I had made elsewhere ({})"
GIVEN = "Given"
_NEVER = StepProgress("seen", 0, 0, "")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of prose (Markdown) or of code."""

    text: str
    code: bool = False
    note: str = ""
    """What the code is, in a few words; it becomes a comment above it."""
    step: str = ""
    """Id of the step it belongs to; empty before the first one."""


@dataclass(frozen=True, slots=True)
class Work:
    """A lesson's work, to be written in some form."""

    lesson: Lesson
    parts: tuple[Part, ...]
    done: int
    shown: int


def work(lesson: Lesson, progress: Mapping[str, StepProgress]) -> Work:
    """The work of a lesson; ``progress`` is that of its steps, by id.

    Steps that need a device are there as for machines without it: what is handed on runs anywhere.
    """
    lesson = fitted(lesson, ())
    writer = _Writer(lesson)
    for step in lesson.steps:
        writer.add(step, progress.get(step.id, _NEVER))
    statuses = [progress[step.id].status for step in lesson.steps if step.id in progress]
    return Work(lesson, tuple(writer.parts), statuses.count("done"), statuses.count("shown"))


class _Writer:
    def __init__(self, lesson: Lesson) -> None:
        self.parts: list[Part] = []
        self._known: set[str] = set()
        self._hidden: list[str] = []
        """Solutions of steps that are not done: a later step's set-up may hold one."""
        self._step = ""
        self._prose("You can now:\n\n" + "\n".join(f"- {goal.strip()}" for goal in lesson.objectives))
        self._given(lesson.setup)
        if "torch" in self._known:
            self._given(f"torch.manual_seed({lesson.seed})", "The same random numbers each time")

    def add(self, step: Step, state: StepProgress) -> None:
        self._step = step.id
        self._prose(f"## {step.title or step.id.replace('-', ' ').capitalize()}\n\n{off_screen(step.text)}")
        self._given(setup_of(step))
        if isinstance(step, Read):
            self._given(step.example, "Example")
        elif isinstance(step, Explore):
            self._explored(step, state)
        elif state.status == "seen":
            self._open(step)
        elif isinstance(step, Choice):
            self._choice(step, state)
        elif isinstance(step, Predict):
            self._prediction(step, state)
        elif isinstance(step, Run):
            self._given(step.code, "")
            self._prose(off_screen(step.after))
        else:
            self._solved(step, state)
        if state.status == "seen" and isinstance(step, (Judged, Explore)) and solution_of(step).strip():
            self._hidden.append(solution_of(step).strip())

    def _open(self, step: Step) -> None:
        if isinstance(step, Choice):
            self._prose("\n".join(f"- {option.text.strip()}" for option in step.options))
        lines = _in_no_order(step) if isinstance(step, Parsons) else ""
        given = lines or getattr(step, "code", "") or getattr(step, "starter", "")
        given = "" if self._tells(given) else given
        self._comment(f"Not done yet: the task is above{', its code here:' if given.strip() else '.'}", given)

    def _choice(self, step: Choice, state: StepProgress) -> None:
        right = next(option for option in step.options if option.correct)
        whose = SHOWN if state.status == "shown" else OWN
        self._prose(f"{whose}: {right.text.strip()}\n\n{off_screen(right.feedback)}")

    def _prediction(self, step: Predict, state: StepProgress) -> None:
        answer = plain(state.answer)
        if answer and state.status == "done":
            lines = answer.splitlines()
            said = f"`{lines[0]}`" if len(lines) == 1 else "\n\n" + "\n".join(f"    {line}" for line in lines)
            self._prose(f"My prediction: {said}")
        self._given(_guarded(step.code) if step.ask == "raises" else _about(step.code, step.ask), "")
        self._prose(off_screen(step.after))

    def _solved(self, step: Step, state: StepProgress) -> None:
        """A step with a solution: the learner's own where there is one that runs here, else the lesson's."""
        solution = solution_of(step)
        if isinstance(step, Fix):
            self._comment("The code that was to be put right:", step.starter)
        if state.status == "shown":
            self._given(solution, SHOWN)
        elif not _runs(state.accepted):
            self._given(solution, NOT_KEPT)
        elif missing := needed(state.accepted) - self._known:
            self._given(solution, NOT_ALONE.format(", ".join(sorted(missing))))
        else:
            self._code(state.accepted, OWN)

    def _explored(self, step: Explore, state: StepProgress) -> None:
        """Free play: what it begins with, and how the goal was reached."""
        goal = off_screen(step.goal)
        self._prose(f"Goal: {goal}" if goal else "")
        self._given(step.example, "Example")
        way, note = (step.solution, SHOWN) if state.status == "shown" else (state.accepted, OWN)
        if state.status == "seen" or not _runs(way):
            return
        if only_binds(way) and not (made(way) & self._known or needed(way) - self._known):
            self._code(way, note)
        else:
            # Later steps count on what they were given: they must not feel what was played with.
            self._comment(f"{note}, as a comment, since it may change what follows:", way)

    def _given(self, source: str, note: str = GIVEN) -> None:
        """Code of the lesson; a comment if it needs what is not there."""
        if not source.strip():
            return
        missing = needed(source) - self._known
        if self._tells(source):
            self._comment("What is given here holds what a step above asks for, which is not done yet.")
        elif missing:
            names = ", ".join(sorted(missing))
            self._comment(f"This needs {names}, which a step makes that is not done yet:", source)
        else:
            self._code(source, note)

    def _tells(self, source: str) -> bool:
        """Whether it gives away what was not done."""
        return any(solution in source for solution in self._hidden)

    def _code(self, source: str, note: str) -> None:
        self._known |= made(source)
        self.parts.append(Part(source.strip("\n").rstrip(), code=True, note=note, step=self._step))

    def _comment(self, note: str, source: str = "") -> None:
        lines = [f"# {line}".rstrip() for line in source.strip("\n").rstrip().splitlines()]
        self.parts.append(Part("\n".join(lines), code=True, note=note, step=self._step))

    def _prose(self, text: str) -> None:
        if text.strip():
            self.parts.append(Part(plain(text).strip(), step=self._step))


def _in_no_order(step: Parsons) -> str:
    """Its lines, in an order that does not tell that of the solution."""
    lines = sorted((*step.lines, *(line.strip() for line in step.extra)))
    return "\n".join(lines[::-1] if tuple(lines[: len(step.lines)]) == step.lines else lines)


def _runs(code: str) -> bool:
    """Whether it is Python, and more than comments; an imported progress file can hold anything."""
    try:
        return bool(ast.parse(code).body)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False


def _guarded(code: str) -> str:
    """Code that may raise, so that what stands below it still runs."""
    inside = textwrap.indent(shown(code).rstrip(), "    ")
    return f'try:\n{inside}\nexcept Exception as error:\n    print(f"{{type(error).__name__}}: {{error}}")'


def shown(code: str) -> str:
    """The code with its last value printed, as a file needs that is no notebook; without one, as it is."""
    if code.rstrip().endswith(";"):
        return code
    return _with_last(code, lambda text, value: text if _says_nothing(value) else f"print({text})")


def _about(code: str, ask: str) -> str:
    """The code ending in what a prediction asks about its last value."""

    def change(text: str, value: ast.expr) -> str:
        plain_enough = isinstance(value, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
        return f"{text if plain_enough else f'({text})'}.{ask}"

    return _with_last(code, change) if ask in ("shape", "dtype") else code


def _with_last(code: str, change: Callable[[str, ast.expr], str]) -> str:
    """The code with its last statement changed, if that is an expression."""
    body = ast.parse(code).body
    last = body[-1] if body else None
    if not isinstance(last, ast.Expr):
        return code
    start = _offset(code, last.lineno, last.col_offset)
    end = _offset(code, last.end_lineno or last.lineno, last.end_col_offset or 0)
    return code[:start] + change(code[start:end], last.value) + code[end:]


def _offset(code: str, line: int, column: int) -> int:
    """Characters before a place as :mod:`ast` gives it: lines from 1, columns in bytes of UTF-8."""
    lines = code.split("\n")
    return sum(len(one) + 1 for one in lines[: line - 1]) + len(lines[line - 1].encode()[:column].decode())


def _says_nothing(value: ast.expr) -> bool:
    """Calls that give None, as their names tell: printing, and what changes something in place."""
    if not isinstance(value, ast.Call):
        return isinstance(value, ast.Constant)
    name = value.func.id if isinstance(value.func, ast.Name) else getattr(value.func, "attr", "")
    return name in ("print", "backward", "step", "zero_grad", "manual_seed", "append", "extend", "update")
