"""Training runs as files for other programs."""

from __future__ import annotations

import csv
import io
import math
import xml.etree.ElementTree as ET
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.render.runs_samples import line, run_lines
from tutor.protocol.training import Curve, Figures
from tutor.render.run_files import as_csv, as_svg_curves, harmless
from tutor.render.runs import RunLine


def _read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_table_holds_every_point_of_every_curve_and_the_figures_at_looks() -> None:
    run = line("mine", steps=5)
    looks = (Figures(2, (0.5, None), (1e-3,), (0.1,)), Figures(5, (0.25, 2.0), (1e-4, 0.0), (0.05,)))
    second = Curve("aux", (2, 4), (7.0, math.nan))
    run = replace(
        run, training=replace(run.training, curves=(*run.training.curves, second)), paths=("w", "b"), looks=looks
    )
    rows = _read(as_csv([run]))
    assert [row["step"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert [float(row["loss"]) for row in rows] == list(run.training.curves[0].values)
    assert [row["aux"] for row in rows] == ["", "7.0", "", "nan", ""]
    assert [row["gradient norm w"] for row in rows] == ["", "0.5", "", "", "0.25"]
    assert [row["gradient norm b"] for row in rows] == ["", "", "", "", "2.0"]
    assert [row["update ratio w"] for row in rows] == ["", "0.001", "", "", "0.0001"]
    assert [row["learning rate"] for row in rows] == ["", "0.1", "", "", "0.05"]


def test_two_runs_share_their_columns() -> None:
    rows = _read(as_csv([line("a", steps=2), line("b", steps=3)]))
    assert [(row["run"], row["step"]) for row in rows] == [
        ("a", "1"),
        ("a", "2"),
        ("b", "1"),
        ("b", "2"),
        ("b", "3"),
    ]


def test_two_losses_of_one_name_are_told_apart() -> None:
    run = line("a", steps=1)
    twice = replace(run, training=replace(run.training, curves=run.training.curves * 2))
    assert set(_read(as_csv([twice]))[0]) == {"run", "step", "loss (1)", "loss (2)"}


@given(st.text(max_size=30) | st.sampled_from(["=1+1", "+1", "-2", "@SUM(A1)", " =x", "\t=x", "\x1b=x", "＝1"]))
def test_no_name_is_a_formula(text: str) -> None:
    assert not harmless(text).startswith(tuple("=+-@＝＋－＠\t\r\n"))


@given(st.lists(run_lines(), max_size=3))
def test_any_names_give_a_table_that_reads_back(runs: list[RunLine]) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(runs))))
    assert all(len(row) == len(rows[0]) for row in rows)
    assert not [cell for cell in rows[0] if cell.startswith(("=", "+", "-", "@"))]
    assert not [row[0] for row in rows if row[0].startswith(("=", "+", "-", "@"))]


@given(st.lists(run_lines(), max_size=3), st.text(max_size=20))
def test_a_picture_is_xml_that_fetches_nothing(runs: list[RunLine], title: str) -> None:
    picture = ET.fromstring(as_svg_curves(runs, title))
    assert {part.tag.rpartition("}")[2] for part in picture.iter()} <= {"svg", "rect", "text", "path", "polyline"}
    assert not [name for part in picture.iter() for name in part.attrib if "href" in name]
    for part in picture.iter("{http://www.w3.org/2000/svg}polyline"):
        places = [float(number) for pair in part.attrib["points"].split() for number in pair.split(",")]
        assert all(0 <= number <= 900 for number in places)


def test_a_picture_draws_each_curve_with_its_own_dashes_and_breaks_at_what_is_not_finite() -> None:
    run = line("a", steps=5)
    broken = replace(
        run,
        training=replace(run.training, curves=(Curve("loss", (1, 2, 3, 4, 5), (1, 0.5, math.nan, 0.25, 0.2)),)),
    )
    picture = ET.fromstring(as_svg_curves([run, broken], "T"))
    lines = list(picture.iter("{http://www.w3.org/2000/svg}polyline"))
    assert [part.attrib["stroke-dasharray"] for part in lines].count("none") == 1
    assert len(lines) == 3
    words = [part.text for part in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "a · loss: 0.2 after 5 steps" in words
