"""The types of a lesson's fields, as YAML writes them.

``extra["expected"]`` of a type is how the loader names it to an author; a text with ``extra["python"]`` must
parse in that mode of :func:`ast.parse`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


def shaped(pattern: str, expected: str, *, shortest: int | None = None, longest: int | None = None) -> Meta:
    """A text that matches ``pattern``; the loader and an author's editor call that ``expected``."""
    told = {"patternErrorMessage": f"must be {expected}"}
    return Meta(
        pattern=pattern,
        min_length=shortest,
        max_length=longest,
        extra={"expected": expected},
        extra_json_schema=told,
    )


# A step may be named by its number too, so an id never looks like one.
Slug = Annotated[
    str,
    shaped(
        r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        "small letters, digits and single hyphens, such as `what-a-tensor-is`",
        longest=60,
    ),
]
# How progress knows a lesson: its id, after the pack's name where it is from outside.
LessonKey = Annotated[
    str, Meta(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*/)?[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=121)
]
Line = Annotated[str, shaped(r"^[^\n]*\n?$", "text on one line", shortest=1, longest=300)]
Prose = Annotated[str, Meta(min_length=1, max_length=6_000)]
Code = Annotated[str, Meta(max_length=6_000, extra={"python": "exec"})]
Source = Annotated[str, Meta(min_length=1, max_length=6_000, extra={"python": "exec"})]
Expression = Annotated[str, Meta(min_length=1, max_length=6_000, extra={"python": "eval"})]
Identifier = Annotated[str, shaped(r"^[A-Za-z_][A-Za-z0-9_]*$", "a name, such as `row_means`", longest=80)]
Tolerance = Annotated[float, Meta(ge=0.0)]
TorchVersion = Annotated[str, shaped(r"^>=[0-9]+\.[0-9]+(\.[0-9]+)?$", 'a lowest version, such as `">=2.6"`')]


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Immutable, and strict about its fields."""
