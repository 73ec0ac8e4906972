"""The data of a lesson as YAML that is pleasant to read and to edit: long texts stand as they are."""

from __future__ import annotations

from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Indents the items of lists, and writes texts of several lines as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - lessons have no anchors
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # What cannot be a block (a blank before the end of a line, say) the dumper itself puts into quotes.
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def yaml_of(lesson: dict[str, Any], about: str = "") -> str:
    """``lesson`` as a file; ``about`` is a comment at its top. Read back, every text is the same."""
    head = {key: value for key, value in lesson.items() if key != "steps"}
    comment = f"# {' '.join(about.split())}\n" if about else ""
    steps = "\n".join(_dumped({"steps": [step]}).removeprefix("steps:\n") for step in lesson["steps"])
    return f"{comment}{_dumped(head)}steps:\n{steps}"


def _dumped(data: dict[str, Any]) -> str:
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**9, indent=2)
    return text
