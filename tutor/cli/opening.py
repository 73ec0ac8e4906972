"""Opens the app, or says why there is nothing to open it in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from tutor.cli.settings import lessons_of

if TYPE_CHECKING:
    from tutor.lesson.catalogue import Catalogue
    from tutor.lesson.places import Places
    from tutor.ui.app import Start


def open_app(
    settings: dict[str, Any], *, lesson: str = "", free: bool = False, play: str = "", review: bool = False
) -> None:
    visible = sys.stdin.isatty() and sys.stdout.isatty()
    catalogue = _require(lessons_of(settings), lesson, may_ask=visible or settings["trust"]) if lesson else None
    if not visible:
        from tutor.cli import reports

        reports.not_a_terminal(lessons_of(settings))
        return
    from tutor.paths import lessons_dir
    from tutor.ui.app import Start

    start = Start(
        lessons_dir(),
        lesson,
        free,
        play=play,
        threads=settings["threads"],
        review=review,
        find=lambda: lessons_of(settings),
        catalogue=catalogue,
        trust=bool(settings["trust"]),
    )
    run_app(settings, start)


def run_app(settings: dict[str, Any], start: Start) -> None:
    """The app, until it is left."""
    from tutor.ui.app import TutorApp

    def client(threads: int | None) -> Any:
        from tutor.session.client import ProcessClient

        return ProcessClient(settings["python"], threads=threads)

    app = TutorApp(start, client)
    app.run()
    sys.exit(app.return_code or 0)


def _require(lessons: Places, lesson: str, *, may_ask: bool) -> Catalogue:
    """All lessons. Ends with a message without such a lesson or step, or with nobody to ask if it may run."""
    from tutor.lesson.catalogue import Catalogue, NotFound

    catalogue = Catalogue(lessons).load_all()
    try:
        found, _ = catalogue.find(lesson)
    except NotFound as missing:
        raise click.ClickException(str(missing)) from missing
    if found.pack and not may_ask:
        from tutor.cli.pack_list import require_agreement

        require_agreement(catalogue.packs[found.pack])
    return catalogue
