"""Collects the texts of the interface: ``python -m tests.texts.collect`` writes template and ``.po``.

A text stands in a call of ``_``, ``mark`` or ``plural``, in a registry of keys, in a binding that the footer
shows, or names itself (tracks, grades).
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tutor.lesson.catalogue import Catalogue
from tutor.paths import assets_dir, lessons_dir, package_dir
from tutor.progress.reviews import Grade
from tutor.ui import actions, editor_keys, play_keys
from tutor.ui.editor_keys import EditorKey
from tutor.ui.panes import tensor_keys

LOCALE = assets_dir() / "locale"
TEMPLATE = LOCALE / "tutor.pot"
_HEADER = """\
# The interface of tutor. lessons/TRANSLATING.md says how to translate it.
#"""

_NOT_KEPT = tuple(
    f'"{name}' for name in ("POT-", "PO-Rev", "Report-", "Last-", "Language-Team", "Generated-", "Project-")
)

Text = str | tuple[str, str]
"""A text, or one thing and many."""


def collected() -> dict[Text, list[str]]:
    """Every text, and the files it stands in."""
    found: dict[Text, list[str]] = {}
    for text, place in (*_called(), *_registered()):
        places = found.setdefault(text, [])
        if place not in places:
            places.append(place)
    return found


def _called() -> Iterator[tuple[Text, str]]:
    root = package_dir()
    for file in sorted(root.rglob("*.py")):
        source = file.read_text("utf-8")
        wraps = "from tutor.texts import " in source
        for node in ast.walk(ast.parse(source)):
            text = _text(node, wraps=wraps) if isinstance(node, ast.Call) else None
            if text is not None:
                yield text, file.relative_to(root.parent).as_posix()


def _text(call: ast.Call, *, wraps: bool) -> Text | None:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    literals = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if wraps and name in ("_", "mark") and literals:
        return literals[0]
    if wraps and name == "plural" and len(literals) == 2:
        return literals[0], literals[1]
    hidden = any(word.arg == "show" for word in call.keywords)
    return literals[2] if name == "Binding" and len(literals) == 3 and not hidden else None


def _registered() -> Iterator[tuple[Text, str]]:
    place = "tutor/ui/actions.py"
    for action in vars(actions).values():
        if isinstance(action, actions.Action):
            yield from ((action.title, place), (action.help, place))
    for module in (editor_keys, tensor_keys, play_keys):
        place = f"{module.__name__.replace('.', '/')}.py"
        for keys in vars(module).values():
            for key in keys if isinstance(keys, tuple) else ():
                if isinstance(key, EditorKey):
                    yield from ((text, place) for text in (key.shown, key.help, key.title) if _worded(text))
    yield from ((lesson.track, "lessons") for lesson in Catalogue(lessons_dir()).load_all().lessons)
    yield from ((grade.name.lower(), "tutor/progress/reviews.py") for grade in Grade)


def _worded(text: str) -> bool:
    """Not the name of a key alone, such as ``r`` or ``[, ]``."""
    return any(len(word) > 1 and word.isalpha() for word in text.replace(",", " ").split())


def template() -> Catalog:
    catalog = Catalog(project="tutor", header_comment=_HEADER, fuzzy=False)
    for text, places in collected().items():
        flags = ["python-brace-format"] if "{" in "".join(text) else []
        catalog.add(text, locations=[(place, 1) for place in places], flags=flags)
    return catalog


def translations() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/tutor.po"))


def main() -> None:
    new = template()
    _write(TEMPLATE, new)
    for file in translations():
        with file.open("rb") as stream:
            old = read_po(stream, locale=file.parent.parent.name)
        old.update(new)
        _write(file, old)
        done = sum(1 for message in old if message.id and all(_forms(message.string)) and not message.fuzzy)
        print(f"{file}: {done} of {len(old)}")


def _forms(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (string or "",) if isinstance(string, str) or string is None else tuple(string)


def _write(file: Path, catalog: Catalog) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, catalog, width=110, ignore_obsolete=True, include_lineno=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    # Dates and addresses would change with every run, and say what the repository says better.
    file.write_text("".join(line for line in lines if not line.startswith(_NOT_KEPT)), "utf-8")


if __name__ == "__main__":
    main()
