"""Notebooks as blocks: cells with what they showed when they were last run."""

from __future__ import annotations

import json
import warnings
from typing import Any

from tutor.importing import markdown
from tutor.importing.blocks import NotATutorial, Place, Prose, Tutorial, cleaned, fenced
from tutor.importing.cells import of_cell
from tutor.importing.slim import Bytes, slim

LARGEST = 500_000_000
"""Bytes of the file, with its pictures."""
_LARGEST_SLIM = 20_000_000
"""Bytes without them."""
_MOST_CELLS = 5_000


def read(data: Bytes) -> Tutorial:
    """Raises NotATutorial for what is no notebook, or none of Python."""
    notebook = _notebook(data)
    language = str(_language(notebook)).lower()
    if not language.startswith(("python", "ipython")) and language:
        raise NotATutorial(f"it is a notebook of {cleaned(language)[:40]}; only those of Python can be imported")
    cells = notebook["cells"]
    if len(cells) > _MOST_CELLS:
        raise NotATutorial(f"it has {len(cells):,} cells; at most {_MOST_CELLS:,} can be imported: split it")
    tutorial = Tutorial()
    for number, cell in enumerate(cells, 1):
        place = Place(0, number)
        source = cleaned(str(cell["source"]))
        if cell["cell_type"] == "markdown":
            tutorial.add(markdown.read(source, Place(1, number)))
        elif cell["cell_type"] == "code":
            tutorial.add(of_cell(source, place, _recorded(cell)))
        elif source.strip():
            tutorial.blocks.append(Prose(fenced(source, ""), place))
    return tutorial


def _notebook(data: Bytes) -> Any:
    text = slim(data)
    if len(text) > _LARGEST_SLIM:
        size = f"{len(text) / 1e6:,.0f} MB without its pictures"
        raise NotATutorial(f"it is too large: {size}. Clear its outputs (jupyter nbconvert --clear-output) first")
    try:
        raw = json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotATutorial(f"it is not UTF-8 (byte {error.start:,})") from error
    except RecursionError as error:
        raise NotATutorial("it is no notebook: nested too deeply") from error
    except ValueError as error:
        raise NotATutorial(f"it is no notebook: not JSON: {error}") from error
    if not isinstance(raw, dict) or "nbformat" not in raw:
        raise NotATutorial("it is no notebook: a mapping with `nbformat` was expected")
    return _upgraded(raw)


def _upgraded(raw: dict[str, Any]) -> Any:
    """As nbformat 4, validated; older ones are converted."""
    import nbformat
    from nbformat import ValidationError

    version = raw["nbformat"]
    if version not in (1, 2, 3, 4):
        raise NotATutorial(f"it is a notebook of format {version!r:.20}; formats 1 to 4 are known")
    try:
        with warnings.catch_warnings():
            # Ids that are missing are of no use here.
            warnings.simplefilter("ignore")
            notebook = nbformat.convert(
                nbformat.versions[version].to_notebook_json(raw, minor=raw.get("nbformat_minor", 0)), 4
            )
            nbformat.validate(notebook, relax_add_props=True)
    except ValidationError as error:
        where = " → ".join(str(part) for part in getattr(error, "absolute_path", ()))
        message = cleaned(str(error.message)).replace("\n", " ")[:200]
        raise NotATutorial(f"it is no valid notebook: {where + ': ' if where else ''}{message}") from error
    except Exception as error:  # converting what was never validated can fail in any way
        why = f"{type(error).__name__}: {cleaned(str(error))[:100]}"
        raise NotATutorial(f"it is no valid notebook of format {version}: {why}") from error
    return notebook


def _language(notebook: Any) -> Any:
    metadata = notebook.get("metadata", {})
    return metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language") or ""


def _recorded(cell: Any) -> str | None:
    """What was printed and displayed, as text; None where nothing was kept of a run."""
    parts: list[str] = []
    for output in cell.get("outputs", ()):
        if output["output_type"] == "stream" and output["name"] == "stdout":
            parts.append(str(output["text"]))
        elif output["output_type"] == "execute_result":
            parts.append(str(output["data"].get("text/plain", "")))
    whole = cleaned("\n".join(part.rstrip("\n") for part in parts if part))
    return whole or None
