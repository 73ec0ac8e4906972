"""The format as JSON Schema, for editors: made from the model, with what its docstrings say.

It says what types, keys and limits can say. What they cannot (code that parses, hints that do not tell) only
the loader knows. ``python -m tutor.lesson.json_schema`` writes it to ``assets/``.
"""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import json
import re
import textwrap
from typing import Any, get_args

import msgspec

from tutor.lesson import checks, model, steps
from tutor.paths import assets_dir

FILE_NAME = "lesson.schema.json"

_DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that editors' YAML servers know best."""

_OF_THE_STEP = ("id", "needs", "twin")
"""What a twin has of its step and must not say again."""

Schema = dict[str, Any]


def lesson_schema() -> Schema:
    """The schema of ``lesson.yaml``."""
    _, found = msgspec.json.schema_components([model.LessonFile], ref_template=_ref("{name}"))
    structs = {name: _struct(_class(name), schema) for name, schema in found.items()}
    lesson = structs.pop("LessonFile")
    step_names = [kind.__name__ for kind in get_args(steps.Step)]
    for name in step_names:
        structs[name]["dependencies"] = {"needs": ["twin"], "twin": ["needs"]}
    unions: dict[str, Schema] = {
        "Check": _by_kind([kind.__name__ for kind in get_args(checks.Check)], structs),
        "Step": _by_kind(step_names, structs),
        "Twin": _twin([structs[name] for name in step_names]),
    }
    head = {"$schema": _DRAFT, "title": "A lesson of tutor"}
    return {**head, **{k: v for k, v in lesson.items() if k != "title"}, "definitions": {**unions, **structs}}


def text_of_schema() -> str:
    """What ``assets/lesson.schema.json`` holds."""
    return json.dumps(lesson_schema(), indent=1, ensure_ascii=False) + "\n"


def _by_kind(names: list[str], structs: Schema) -> Schema:
    """One of these, as its ``kind`` says: an editor then tells what is wrong with that one, and not with all."""
    kinds = {tag: name for name in names for tag in structs[name]["properties"]["kind"]["enum"]}
    chosen = [
        {"if": {"required": ["kind"], "properties": {"kind": {"const": tag}}}, "then": {"$ref": _ref(name)}}
        for tag, name in kinds.items()
    ]
    kind = {"description": "What it is; the other keys depend on it.", "enum": list(kinds)}
    return {"type": "object", "required": ["kind"], "properties": {"kind": kind}, "allOf": chosen}


def _ref(name: str) -> str:
    return f"#/definitions/{name}"


def _class(name: str) -> type:
    """The struct of that name."""
    found: type = next(vars(room)[name] for room in (model, steps, checks) if name in vars(room))
    return found


def _struct(cls: type, schema: Schema) -> Schema:
    """msgspec's schema of a struct, with every field explained."""
    made = {**schema, "description": _prose(inspect.getdoc(cls) or "")}
    said = field_docs(cls)
    made["properties"] = {
        name: _explained(_field(field), said.get(name, "")) for name, field in schema["properties"].items()
    }
    return made


def _field(schema: Schema) -> Schema:
    """One field as YAML may write it."""
    if "discriminator" in schema:
        return {"$ref": _ref("Step" if "read" in schema["discriminator"]["mapping"] else "Check")}
    options = schema.get("anyOf", ())
    if any("discriminator" in option for option in options):
        # The file holds only what is different, and nothing is no twin.
        return {"$ref": _ref("Twin")}
    made = {name: value for name, value in schema.items() if name != "default" or value}
    if options:
        made["anyOf"] = [_field(option) for option in options]
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            made[name] = _field(schema[name])
    return _text(made) if schema.get("type") == "string" else made


def _text(schema: Schema) -> Schema:
    """A text may look like a number or a truth value: the loader takes it as it is spelt, if it may be that."""
    pattern = schema.get("pattern", "")
    looks = {"number": "1.5", "integer": "7", "boolean": "true"}
    types = [kind for kind, example in looks.items() if re.search(pattern, example)]
    if "number" in types:
        types.remove("integer")
    made = {**schema, "type": ["string", *types]}
    if schema.get("minLength"):
        # A text of blanks alone is no text.
        made["allOf"] = [{"pattern": r"\S"}]
    return made


def _explained(schema: Schema, said: str) -> Schema:
    if not said:
        return schema
    # What stands beside a reference is not read.
    inner = {"allOf": [schema]} if "$ref" in schema else schema
    return {"description": _prose(said), **inner}


def _twin(kinds: list[Schema]) -> Schema:
    """A mapping with any key a step may have: which of them fit is said by its kind, or its step's."""
    variants: dict[str, list[Schema]] = {}
    for kind in kinds:
        for name, schema in kind["properties"].items():
            known = variants.setdefault(name, [])
            if schema not in known:
                known.append(schema)
    tags = [tag for schema in variants.pop("kind") for tag in schema["enum"]]
    properties = {
        name: found[0] if len(found) == 1 else {"anyOf": found}
        for name, found in variants.items()
        if name not in _OF_THE_STEP
    }
    return {
        "description": "The step for machines without the device: only what is different.",
        "type": "object",
        "properties": {"kind": {"enum": tags}, **properties},
        "additionalProperties": False,
    }


@functools.cache
def field_docs(cls: type) -> dict[str, str]:
    """What the strings below the fields of a class say, those of its bases too."""
    said: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.startswith("tutor."):
            tree = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
            said |= _documented(tree.body if isinstance(tree, ast.ClassDef) else [])
    return said


def _documented(body: list[ast.stmt]) -> dict[str, str]:
    said = {}
    for field, below in itertools.pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = below.value if isinstance(below, ast.Expr) else None
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                said[field.target.id] = inspect.cleandoc(text.value)
    return said


def _prose(text: str) -> str:
    """A docstring as Markdown."""
    return text.replace("``", "`")


if __name__ == "__main__":
    (assets_dir() / FILE_NAME).write_text(text_of_schema(), encoding="utf-8")
