"""Finished work as a Python file, as Markdown, as a notebook."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable

from tutor import __version__
from tutor.handoff.parts import Work, shown

_WIDTH = 88
_ITEM = re.compile(r"\s*([-*]|\d+\.)\s+")
_FENCE = re.compile(r"^\s*(```|~~~)")


def python(work: Work) -> bytes:
    """A script in cells (``# %%``), as editors and ``tutor run`` know them; values are printed."""
    blocks = [_commented(_head(work))]
    for part in work.parts:
        if part.code:
            code = part.text if part.text.startswith("#") else shown(part.text)
            blocks.append("# %%\n" + _noted(part.note, code))
        else:
            blocks.append("# %% [markdown]\n" + _commented(part.text))
    return ("\n\n".join(blocks) + "\n").encode()


def markdown(work: Work) -> bytes:
    """Text with fenced code, in which values are printed."""
    blocks = [_head(work)]
    for part in work.parts:
        if part.code:
            code = _noted(part.note, part.text if part.text.startswith("#") else shown(part.text))
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
            blocks.append(f"{fence}python\n{code}\n{fence}")
        else:
            blocks.append(part.text)
    return ("\n\n".join(blocks) + "\n").encode()


def notebook(work: Work) -> bytes:
    """A Jupyter notebook without outputs. Raises ModuleNotFoundError where there is no nbformat."""
    import nbformat
    from nbformat import v4

    cells = [v4.new_markdown_cell(_head(work), id="head")]
    for number, part in enumerate(work.parts):
        # Ids that do not change make two exports easy to compare; nbformat's own are random.
        name = f"{part.step[:50] or 'start'}-{number}"
        if part.code:
            cells.append(v4.new_code_cell(_noted(part.note, part.text), id=name))
        else:
            cells.append(v4.new_markdown_cell(part.text, id=name))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    nbformat.validate(book)
    text: str = nbformat.writes(book)
    return (text + "\n").encode()


FORMATS: dict[str, Callable[[Work], bytes]] = {"py": python, "ipynb": notebook, "md": markdown}
"""By the ending of the file's name."""


def _head(work: Work) -> str:
    shown_too = f", {work.shown} shown" if work.shown else ""
    steps = len(work.lesson.steps)
    return (
        f"# {work.lesson.title.strip()}\n\nWork from the lesson `{work.lesson.id}` of tutor {__version__}: "
        f"{work.done} of {steps} steps done{shown_too}.{_needs(work)}"
    )


def _needs(work: Work) -> str:
    """What must be installed besides torch: data that the tutor ships is read through it."""
    if not any(part.code and "tutor.datasets" in part.text for part in work.parts):
        return ""
    return " Its data is read through `tutor.datasets`: it needs the package pytorch-tutor beside torch."


def _noted(note: str, code: str) -> str:
    return "\n".join(part for part in (f"# {note}" if note else "", code) if part)


def _commented(text: str) -> str:
    """Markdown as comments, in lines of a readable length; what is fenced stays as it is."""
    lines: list[str] = []
    fenced = False
    for paragraph in text.split("\n"):
        fenced ^= bool(_FENCE.match(paragraph))
        if fenced or not paragraph or paragraph.startswith(("    ", "```", "~~~", "|")):
            lines.append(paragraph)
        else:
            item = _ITEM.match(paragraph)
            hanging = " " * len(item[0]) if item else ""
            lines += textwrap.wrap(paragraph, _WIDTH - 2, subsequent_indent=hanging, break_on_hyphens=False) or [
                ""
            ]
    return "\n".join(f"# {line}".rstrip() for line in lines)
