"""``python -m tutor`` and the ``tutor`` command."""

from __future__ import annotations


def main() -> None:
    from tutor.cli import tutor

    tutor()


if __name__ == "__main__":
    main()
