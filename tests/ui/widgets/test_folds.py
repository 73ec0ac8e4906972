"""Folding the end of a ring."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from tutor.ui.widgets.folds import Fold, Folds
from tutor.ui.widgets.lines import Line
from tutor.ui.widgets.ring import Ring


def filled(lines: int, *, limit: int = 10_000) -> tuple[Ring, Folds]:
    ring = Ring(limit)
    ring.append(Line("source", "source", Style.null()))
    ring.layout(80)
    folds = Folds(ring, "Esc u")
    folds.begin()
    ring.extend(f"line {n}" for n in range(lines))
    return ring, folds


def texts(ring: Ring) -> list[str]:
    return [ring[place].plain() for place in range(len(ring))]


def test_short_output_stays() -> None:
    ring, folds = filled(200)
    assert folds.fold() is None
    assert len(ring) == 201


def test_long_output_keeps_both_ends_and_says_how_much_is_between() -> None:
    ring, folds = filled(1_000)
    fold = folds.fold()
    assert fold is not None
    assert texts(ring)[:2] == ["source", "line 0"]
    assert texts(ring)[30:33] == ["line 29", "960 more lines · click or Esc u shows all", "line 990"]
    assert len(ring) == 42
    assert len(fold.whole) == 1_000
    ring.layout(80)
    assert ring.rows == 42


def test_wide_lines_count_by_their_rows() -> None:
    ring, folds = filled(0)
    ring.extend(["x" * 800] * 30)
    assert folds.fold() is not None
    assert len(ring) == 1 + 3 + 1 + 1


def test_one_endless_line_cannot_be_folded() -> None:
    ring, folds = filled(0)
    ring.extend(["x" * 20_000])
    assert folds.fold() is None


def test_each_piece_is_folded_by_itself() -> None:
    ring, folds = filled(150)
    assert folds.fold() is None
    ring.extend(["more"] * 150)
    assert folds.fold() is None
    ring.extend(["again"] * 300)
    assert folds.fold() is folds.latest
    assert "line 100" in texts(ring)


def test_a_flood_folds_what_is_kept() -> None:
    ring, folds = filled(50_000, limit=1_000)
    ring.trim()
    fold = folds.fold()
    assert fold is not None
    assert len(fold.whole) == 1_000
    assert texts(ring)[-1] == "line 49999"


def test_memory_of_all_folds_together_is_bounded() -> None:
    ring, folds = filled(0)
    made: list[Fold] = []
    for _ in range(10):
        ring.extend(["x"] * 9_000)
        fold = folds.fold()
        assert fold is not None
        made.append(fold)
    assert sum(len(fold.whole) for fold in made) <= 20_000
    assert not made[0].whole
    assert "no longer kept" in made[0].plain()
    assert len(made[-1].whole) == 9_000
    ring.extend([Line(Text("y" * 19_000), "text", Style.null())] * 300)
    assert folds.fold() is not None
    assert [bool(fold.whole) for fold in made] == [False] * 10


def test_clearing_forgets() -> None:
    ring, folds = filled(1_000)
    folds.fold()
    ring.clear()
    folds.clear()
    assert folds.latest is None
    ring.extend(["x"] * 300)
    assert folds.fold() is not None
