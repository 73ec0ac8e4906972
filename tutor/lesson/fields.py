"""The types of a lesson's fields, as YAML writes them.

``extra["expected"]`` of a type is how the loader names it to an author; a text with ``extra["python"]`` must
parse in that mode of :func:`ast.parse`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

# A step may be named by its number too, so an id never looks like one.
Slug = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        max_length=60,
        extra={"expected": "small letters, digits and single hyphens, such as `what-a-tensor-is`"},
    ),
]
# How progress knows a lesson: its id, after the pack's name where it is from outside.
LessonKey = Annotated[
    str, Meta(pattern=r"^([a-z0-9]+(-[a-z0-9]+)*/)?[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=121)
]
Line = Annotated[
    str, Meta(min_length=1, max_length=300, pattern=r"^[^\n]*\n?$", extra={"expected": "text on one line"})
]
Prose = Annotated[str, Meta(min_length=1, max_length=6_000)]
Code = Annotated[str, Meta(max_length=6_000, extra={"python": "exec"})]
Source = Annotated[str, Meta(min_length=1, max_length=6_000, extra={"python": "exec"})]
Expression = Annotated[str, Meta(min_length=1, max_length=6_000, extra={"python": "eval"})]
Identifier = Annotated[
    str,
    Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=80, extra={"expected": "a name, such as `row_means`"}),
]
Tolerance = Annotated[float, Meta(ge=0.0)]
TorchVersion = Annotated[
    str, Meta(pattern=r"^>=[0-9]+\.[0-9]+(\.[0-9]+)?$", extra={"expected": 'a lowest version, such as `">=2.6"`'})
]


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Immutable, and strict about its fields."""
