"""``tutor packs``: lessons from outside, and what was agreed to of them."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.text import Text

from tutor.cli.reports import plain_console
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.places import Pack, Places
from tutor.packs.trust import TooMuch, Trust, content_of
from tutor.protocol.text import plain


def show(places: Places, *, as_json: bool) -> None:
    """Print every pack, and what is wrong with those that cannot be used."""
    catalogue = Catalogue(places).load_all()
    trust = Trust()
    rows = [_row(pack, catalogue, trust) for pack in places.packs]
    # The tutor's own lessons are no matter of packs.
    problems = [
        told for told in catalogue.problems if places.own is None or not told.file.is_relative_to(places.own)
    ]
    if as_json:
        print(json.dumps({"packs": rows, "problems": [str(problem) for problem in problems]}, indent=2))
        return
    console = plain_console()
    if not rows and not problems:
        console.print("No packs: every lesson is the tutor's own. `tutor packs --help` tells of them.")
    for row in rows:
        many = "1 lesson" if row["lessons"] == 1 else f"{row['lessons']} lessons"
        console.print(Text(f"{row['name']:<24} {many:>12}   {_WORDS[row['agreed']]:<28} {row['origin']}"))
    for problem in problems:
        console.print(Text(f"✗ {problem}", style="red"))


_WORDS = {"yes": "runs: you agreed to it", "changed": "asks: it has changed", "no": "asks before it runs"}


def _row(pack: Pack, catalogue: Catalogue, trust: Trust) -> dict[str, Any]:
    try:
        content = content_of(pack)
    except (TooMuch, OSError):
        content = None
    agreed = "yes" if content and trust.allows(pack, content) else ("changed" if trust.knew(pack) else "no")
    return {
        "name": pack.name,
        "origin": plain(pack.origin),
        "folder": plain(str(pack.folder)),
        "lessons": sum(entry.pack == pack.name for entry in catalogue.entries),
        "content": content.digest if content else None,
        "agreed": agreed,
    }


def forget(name: str) -> None:
    """Take back what was agreed to."""
    if not Trust().forget(name):
        raise click.ClickException(f"nothing was agreed to for a pack `{name}`; `tutor packs` lists them.")
    print(f"The pack {name} asks again before its code runs.")


def require_agreement(pack: Pack) -> None:
    """Ends with a clear message unless the code of a pack may run; for where nobody can be asked."""
    try:
        allowed = Trust().allows(pack, content_of(pack))
    except (TooMuch, OSError) as why:
        raise click.ClickException(f"the pack {pack.name} cannot be used: {why}") from why
    if not allowed:
        raise click.ClickException(
            f"the pack {pack.name} ({plain(pack.origin)}) is from outside, and new or changed. "
            "Its code runs with your rights. Open it in a terminal, which asks, or add --trust."
        )
