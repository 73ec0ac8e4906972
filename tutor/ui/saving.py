"""Writes a drawing or a report where the person can find it."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from rich.text import Text

from tutor.render.export import as_plain, as_svg


def save(picture: Text, name: str) -> list[str]:
    """Write ``tutor-NAME-N.svg`` and ``.txt`` into the current folder, with the first free N; gives both names.

    Raises OSError.
    """
    for number in count(1):
        stem = f"tutor-{name}-{number}"
        svg, plain = Path(f"{stem}.svg"), Path(f"{stem}.txt")
        if svg.exists() or plain.exists():
            continue
        width = max((line.cell_len for line in picture.split("\n")), default=1)
        svg.write_text(as_svg(picture, max(width, 20), f"tutor · {name}"), encoding="utf-8")
        plain.write_text(as_plain(picture) + "\n", encoding="utf-8")
        return [str(svg), str(plain)]
    raise AssertionError("numbers never end")


def save_report(text: str, name: str) -> str:
    """Write ``tutor-report-NAME-N.md`` into the current folder, with the first free N; gives its whole path.

    Raises OSError.
    """
    for number in count(1):
        file = Path(f"tutor-report-{name}-{number}.md")
        try:
            with file.open("x", encoding="utf-8") as stream:
                stream.write(text)
        except FileExistsError:
            continue
        return str(file.resolve())
    raise AssertionError("numbers never end")
