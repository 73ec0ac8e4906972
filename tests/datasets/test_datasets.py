"""The data that lessons use: shapes, ranges, licences named, the same draw for the same seed."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from tutor.datasets import digits, elements, glyphs, moons, penguins, spirals
from tutor.paths import assets_dir


def test_the_digits_are_whole_and_in_place() -> None:
    images, labels = digits()
    assert images.shape == (1797, 8, 8)
    assert images.dtype == torch.uint8
    assert (int(images.min()), int(images.max())) == (0, 16)
    # UCI's own table of the test set's classes.
    assert labels.bincount().tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    zero, one = images[labels == 0].float().mean(0), images[labels == 1].float().mean(0)
    assert zero[3:5, 3:5].mean() < 4 < 10 < one[3:5, 3:5].mean(), "a nought is empty in the middle, a one is not"


def test_the_elements_are_in_their_order() -> None:
    names = elements()
    assert len(names) == len(set(names)) == 118
    assert (names[0], names[5], names[25], names[78], names[117]) == (
        "hydrogen",
        "carbon",
        "iron",
        "gold",
        "oganesson",
    )
    assert all(name.isascii() and name.islower() for name in names)


def test_the_penguins_have_gaps_to_deal_with() -> None:
    with penguins().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 344
    assert {row["species"] for row in rows} == {"Adelie", "Gentoo", "Chinstrap"}
    assert sum(row["body_mass_g"] == "NA" for row in rows) == 2


def test_every_file_has_a_source_and_a_licence() -> None:
    told = (assets_dir() / "data" / "README.md").read_text(encoding="utf-8")
    files = sorted(path.name for path in (assets_dir() / "data").iterdir() if path.name != "README.md")
    assert files
    for name in files:
        (line,) = [line for line in told.splitlines() if line.startswith(f"| `{name}` ")]
        assert line.count("|") == 5
        assert "CC" in line or "MIT" in line


@pytest.mark.parametrize(("draw", "classes"), [(spirals, 3), (moons, 2), (glyphs, 10)])
def test_the_same_seed_draws_the_same_data_and_leaves_the_learners_generator_alone(
    draw: Callable[..., tuple[Tensor, Tensor]], classes: int
) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    data, labels = draw(500, seed=3)
    again, _ = draw(500, seed=3)
    other, _ = draw(500, seed=4)
    assert torch.equal(data, again)
    assert not torch.equal(data, other)
    assert torch.equal(torch.get_rng_state(), before)
    assert data.dtype == torch.float32
    assert labels.dtype == torch.int64
    assert len(data) == len(labels) == 500
    assert labels.unique().tolist() == list(range(classes))


def test_no_line_parts_the_spirals_but_a_nearest_neighbour_does() -> None:
    points, labels = spirals(600)
    fresh, truth = spirals(600, seed=1)
    nearest = labels[torch.cdist(fresh, points).argmin(dim=1)]
    assert (nearest == truth).float().mean() > 0.9
    line = torch.linalg.lstsq(torch.cat([points, torch.ones(600, 1)], 1), torch.eye(3)[labels]).solution
    told = (torch.cat([fresh, torch.ones(600, 1)], 1) @ line).argmax(dim=1)
    assert (told == truth).float().mean() < 0.6
