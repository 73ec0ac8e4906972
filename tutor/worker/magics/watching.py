"""``%watch`` and ``%unwatch``: the list is the UI's, so a magic only asks."""

from __future__ import annotations

from tutor.worker.magics.context import Context, UsageError
from tutor.worker.refusal import why_not


def watch(context: Context, arguments: str, _body: str) -> None:
    if not arguments:
        known = context.watched()
        print("\n".join(known) if known else "Nothing is watched. %watch x.mean(0) begins.")
        return
    reason = why_not(arguments, context.namespace)
    if reason:
        raise UsageError(f"This is not watched: {reason}.")
    context.watch(arguments, True)


def unwatch(context: Context, arguments: str, _body: str) -> None:
    known = context.watched()
    if arguments and arguments not in known:
        raise UsageError(
            f"{arguments} is not watched. {'Watched are: ' + ', '.join(known) if known else ''}".strip()
        )
    context.watch(arguments, False)
