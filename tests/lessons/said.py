"""What the texts of a lesson say that code gives: found in the words, to be compared with the real outputs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.lessons.prose import sentences
from tutor.lesson.checks import flat
from tutor.lesson.model import Lesson, Step
from tutor.lesson.outputs import difference
from tutor.lesson.state import checks_of, result_of, setup_of, solution_of, starter_of
from tutor.lesson.wording import step_words

_SPAN = r"`([^`]+)`"
_ONE = r"-?\d+(?:,\d{3})*(?:\.\d+)?"
_NUMBERS = rf"({_ONE}(?:, {_ONE})*)"
_VERB = r"(?:is|are|gives|makes|prints|shows|becomes|holds|returns|has the value)"
IS = re.compile(rf"{_SPAN} {_VERB} (?:only |just |already |now |then |about )?{_SPAN}")
IS_NUMBER = re.compile(rf"{_SPAN} {_VERB} (?:only |just |already |now |then |about )?{_NUMBERS}(?=[,.:;?)]|$)")
NUMBER_IS = re.compile(rf"(?:^|[ (])({_ONE}) is {_SPAN}(?= itself|[.,;:])")
HAS_SHAPE = re.compile(rf"{_SPAN},? (?:has|with|of) the shape {_SPAN}")
IN_SHAPE = re.compile(rf"\b(?:the shape is|in the shape|of shape|has the shape|with the shape) {_SPAN}")
COMMENT = re.compile(r"^\s*(\w+) = .*#.*?(\(\d*(?:, ?\d+)*,?\))")
QUOTE = re.compile(r"(?m)(?:^ *>.*\n?)+")


class Claim(NamedTuple):
    """A sentence that says what ``code`` is: ``value`` as it was written, or the shape of something."""

    kind: str
    """``value``, ``number``, ``shape``, ``some shape``, ``comment`` or ``error``."""
    code: str
    said: str
    sentence: str
    after: tuple[str, ...] = ()
    """The codes after which it may hold; without any, after the set-up or after any code of the step."""


def literal(text: str) -> bool:
    """Whether a span shows a value and is no expression to be worked out."""
    if re.match(r"(tensor|torch\.Size)\(", text):
        return True
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text in ("nan", "inf")
    return True


def worked_out(text: str) -> bool:
    """Whether a span is an expression, and more than a value."""
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return not literal(text)


def shape(text: str) -> list[int] | None:
    """A shape that is written out: ``(2, 3)``, ``[2, 3]``, ``()``. None for one with names in it."""
    try:
        sizes = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return list(sizes) if isinstance(sizes, (tuple, list)) and all(type(n) is int for n in sizes) else None


def claims(step: Step) -> Iterator[Claim]:
    """Everything that a step's texts and comments say of values, shapes and errors."""
    mistakes = {mistake.feedback: mistake.code for mistake in getattr(step, "misconceptions", ())}
    for text in dict.fromkeys(step_words(step)):
        after = (mistakes[text],) if text in mistakes else ()
        for sentence in sentences(text):
            yield from _in_sentence(sentence, after)
        for quote in QUOTE.findall(text) if starter_of(step) else ():
            error = " ".join(re.sub(r"(?m)^ *>", "", quote).split())
            yield Claim("error", starter_of(step), error, error, (starter_of(step), *getattr(step, "rejects", ())))
    for state, code in {
        "": setup_of(step),
        **{code: code for code in codes(step) if code not in _mistaken(step)},
    }.items():
        for line in code.splitlines():
            if (found := COMMENT.match(line)) and not line.startswith(" ") and shape(found[2]) is not None:
                yield Claim("comment", found[1], found[2], line.strip(), (state,))


def _in_sentence(sentence: str, after: tuple[str, ...]) -> Iterator[Claim]:
    for match in IS.finditer(sentence):
        if literal(match[2]) and worked_out(match[1]):
            yield Claim("value", match[1], match[2], sentence, after)
    for match in IS_NUMBER.finditer(sentence):
        if worked_out(match[1]):
            yield Claim("number", match[1], match[2], sentence, after)
    for match in NUMBER_IS.finditer(sentence):
        if worked_out(match[2]):
            yield Claim("number", match[2], match[1], sentence, after)
    named = set()
    for match in HAS_SHAPE.finditer(sentence):
        if shape(match[2]) is not None:
            named.add(match[2])
            yield Claim("shape", match[1], match[2], sentence, after)
    for match in IN_SHAPE.finditer(sentence):
        if shape(match[1]) is not None and match[1] not in named:
            yield Claim("some shape", "", match[1], sentence, after)


def asked(code: str) -> str:
    """What is worked out for a span: `(2, 3) @ (3, 4)` is about tensors of these shapes."""
    if re.fullmatch(r"\([\d, ]*\) [-+*/@] \([\d, ]*\)", code):
        return re.sub(r"\(([\d, ]*)\)", r"torch.zeros([\1])", code)
    return code


def _last(code: str) -> str:
    """The expression that a cell ends with, and shows."""
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return ""
    return ast.unparse(body[-1]) if body and isinstance(body[-1], ast.Expr) else ""


def codes(step: Step) -> tuple[str, ...]:
    """What may be run in a step: as it is shown, as it is right, and as people get it wrong."""
    mistakes = [mistake.code for mistake in getattr(step, "misconceptions", ())]
    shown = [getattr(step, name, "") for name in ("example", "code")]
    rejected = getattr(step, "rejects", ())
    return tuple(
        dict.fromkeys(filter(str.strip, [*shown, starter_of(step), solution_of(step), *mistakes, *rejected]))
    )


def true(claim: Claim, states: dict[str, dict[str, Any]]) -> bool:
    """Whether it is so: after the code it is about, or at any time in the step when it is about none."""
    return any(_holds(claim, states[code]) for code in claim.after or states if code in states)


def _holds(claim: Claim, state: dict[str, Any]) -> bool:
    if claim.kind == "error":
        # A text may leave something out, and says so.
        wanted = ".*".join(re.escape(part.strip()) for part in re.split(r"\(…\)|…", claim.said))
        return re.search(wanted.replace(r"\ ", r"\s+"), state["problem"]) is not None
    if claim.kind == "comment":
        return bool(state["shapes"].get(claim.code, shape(claim.said)) == shape(claim.said))
    if claim.kind == "some shape":
        known = [*state["shapes"].values(), *(value and value["shape"] for value in state["values"].values())]
        return shape(claim.said) in known
    value = state["values"].get(asked(claim.code))
    if value is None:
        return False
    if claim.kind == "number":
        return _is_number(value["shown"], claim.said)
    if shape(claim.said) is not None and value["shape"] == shape(claim.said):
        return True
    said = state["values"].get(claim.said)
    bare = re.sub(r"^tensor\((.*)\)$", r"\1", value["shown"])
    return any(
        difference(claim.said, got) is None for got in (value["shown"], bare, said and said["shown"]) if got
    )


def _is_number(shown: str, said: str) -> bool:
    """Whether a value is these numbers, or everywhere this one, as exactly as it was said."""
    shown = re.sub(r"\b(dtype|device|grad_fn|requires_grad)=[^,)]*", "", shown)
    numbers = re.findall(r"-?\d+(?:\.\d*)?(?:e[-+]?\d+)?", shown)
    wanted = said.split(", ") if ", " in said else [said] * max(1, len(numbers))
    return len(wanted) == len(numbers) and all(
        abs(float(number) - float(one.replace(",", ""))) <= 0.51 * 10 ** -len(one.partition(".")[2])
        for number, one in zip(numbers, wanted, strict=True)
    )


def got(claim: Claim, states: dict[str, dict[str, Any]]) -> str:
    """What it really is, for whoever puts the text right."""
    looked = [states[code] for code in claim.after or states if code in states]
    if claim.kind == "error":
        return " / ".join(state["problem"] or "no error" for state in looked)
    if claim.kind in ("comment", "some shape"):
        found = {f"{name} {sizes}" for state in looked for name, sizes in state["shapes"].items()}
        return ", ".join(sorted(found)) if claim.kind == "some shape" else str(looked[0]["shapes"].get(claim.code))
    values = [state["values"].get(asked(claim.code)) for state in looked]
    return " / ".join(sorted({value["shown"] for value in values if value})) or "it cannot be evaluated"


def request(lesson: Lesson) -> dict[str, Any]:
    """What `run_texts` is asked: only what some claim needs is run."""
    steps = []
    for step in lesson.steps:
        found = list(claims(step))
        wanted = [asked(claim.code) for claim in found if claim.kind in ("value", "number", "shape", "comment")]
        wanted += [claim.said for claim in found if claim.kind in ("value", "number")]
        wanted += [last for code in codes(step) if (last := _last(code))]
        targets = [getattr(check, "target", None) for check in flat(checks_of(step))]
        wanted += [target for target in targets if isinstance(target, str)]
        needed = {code for claim in found for code in claim.after}
        free = any(not claim.after for claim in found)
        run = [code for code in codes(step) if code in needed or (free and code not in _mistaken(step))]
        steps.append(
            {
                "setup": setup_of(step),
                "codes": run if found else [],
                "leaves": result_of(step),
                "wanted": list(dict.fromkeys(wanted)) if found else [],
            }
        )
    folder = str(lesson.file.parent) if lesson.file else "."
    return {"setup": lesson.setup, "seed": lesson.seed, "folder": folder, "steps": steps}


def _mistaken(step: Step) -> set[str]:
    return {*(mistake.code for mistake in getattr(step, "misconceptions", ())), *getattr(step, "rejects", ())}
