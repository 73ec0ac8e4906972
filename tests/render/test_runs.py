"""Kept training runs beside each other."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.render.runs_samples import line, run_lines, training
from tests.render.strategies import looks
from tutor.protocol.training import Curve, Flag
from tutor.render.look import Look
from tutor.render.run_curves import overlay
from tutor.render.runs import MARKS, RunLine, runs_table

_WIDE, _NARROW = Look(110, 20), Look(38, 12)


@given(st.lists(run_lines(), max_size=4), looks)
def test_nothing_is_wider_than_its_place(runs: list[RunLine], look: Look) -> None:
    for drawn in (runs_table(runs, 0, look), overlay(runs, look)):
        assert all(cell_len(text) <= look.width for text in drawn.plain.split("\n"))
        assert drawn.plain.isascii() or look.unicode


def test_the_least_and_the_largest_numbers_there_are_can_be_drawn() -> None:
    for values in ((1.0, 5e-324), (0.0, 1.7976931348623157e308)):
        training = replace(line("a").training, curves=(Curve("loss", (1, 2), values),))
        picture = overlay([replace(line("a", MARKS[0]), training=training)], replace(_WIDE, colour=False)).plain
        assert MARKS[0] in picture


def _mean_row(picture: str, mark: str) -> float:
    rows = [number for number, text in enumerate(picture.split("\n")) for c in text.partition("│")[2] if c == mark]
    return sum(rows) / len(rows)


def test_each_curve_has_a_mark_and_lies_where_its_values_are() -> None:
    quick, slow = line("quick", MARKS[0], speed=8.0), line("slow", MARKS[1], speed=2.0)
    picture = overlay([quick, slow], replace(_WIDE, colour=False)).plain
    assert "log axis" in picture
    # Rows count from the top: what is lower down is less.
    assert _mean_row(picture, MARKS[0]) > _mean_row(picture, MARKS[1])


def test_where_curves_meet_it_is_said() -> None:
    same = [line("a", MARKS[0]), line("b", MARKS[1])]
    assert "# several curves" in overlay(same, replace(_WIDE, unicode=False)).plain
    assert "#" not in overlay(same[:1], replace(_WIDE, unicode=False)).plain
    drawn = overlay(same, _WIDE).plain
    assert drawn.count(MARKS[0]) > 3 < drawn.count(MARKS[1])


def test_a_run_alone_is_a_line_without_marks() -> None:
    rows = overlay([line("a", MARKS[0])], _WIDE).plain.split("\n")[1:-1]
    assert not any(MARKS[0] in row for row in rows)
    assert all(any("\u2800" < char <= "\u28ff" for char in row) for row in (rows[0], rows[-1]))


def test_a_shorter_run_ends_earlier_on_the_common_axis() -> None:
    picture = overlay(
        [line("short", MARKS[0], steps=50), line("long", MARKS[1], steps=200, speed=9.0)], _WIDE
    ).plain
    ends = {mark: max(text.rfind(mark) for text in picture.split("\n") if "│" in text) for mark in MARKS[:2]}
    assert ends[MARKS[0]] < 0.4 * ends[MARKS[1]]
    assert "step 200" in picture


def test_a_run_without_a_loss_is_not_drawn_and_is_said() -> None:
    run = line("a", MARKS[0])
    empty = replace(run, training=replace(run.training, curves=(Curve("loss", (), ()),)))
    assert "no loss" in overlay([empty], _WIDE).plain
    assert MARKS[0] in overlay([empty, run], _WIDE).plain


def test_of_a_run_alone_every_loss_is_drawn_with_a_mark_that_is_explained() -> None:
    run = line("race", MARKS[0], steps=50)
    slow, quick = (training(1, 50, speed=speed).curves[0] for speed in (1.0, 9.0))
    losses = replace(slow, name="loss, SGD"), replace(quick, name="loss, Adam")
    race = replace(run, training=replace(run.training, curves=losses))
    for look in (_WIDE, _NARROW):
        drawn = overlay([race], look).plain
        assert f"{MARKS[0]} loss, SGD" in drawn
        assert f"{MARKS[1]} loss, Adam" in drawn
        rows = [row.partition("│")[2] for row in drawn.split("\n")]
        assert any(MARKS[0] in row for row in rows)
        assert any(MARKS[1] in row for row in rows)
    beside = overlay([race, line("other", MARKS[2])], _WIDE).plain
    assert "loss, Adam" not in beside


def test_the_table_says_what_came_out() -> None:
    run = line("mine", MARKS[2], steps=1000, rate=0.05)
    flagged = replace(run, training=replace(run.training, flags=(Flag("stalled", "a", 3), Flag("dead", "b", 4))))
    wide = runs_table([run, flagged], 1, _WIDE).plain.split("\n")
    assert wide[0].split() == ["run", "steps", "loss", "best", "rate", "time", "flags"]
    assert wide[1].split() == ["x", "mine", "1,000", "0.01832", "0.01832", "0.05", "2.0", "s", "none"]
    assert wide[2].startswith("▸ x mine")
    assert wide[2].endswith("stalled +1")
    narrow = runs_table([flagged], 0, _NARROW).plain
    assert "loss 0.01832" in narrow
    assert "! stalled +1" in narrow


def test_an_unfinished_run_says_its_state() -> None:
    run = line("mine")
    paused = replace(run, training=replace(run.training, state="paused"))
    assert "mine (paused)" in runs_table([paused], 0, _NARROW).plain
