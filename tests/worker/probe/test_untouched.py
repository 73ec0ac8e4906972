"""What judging ran leaves no name behind, except those without which a recorded function could not be called."""

from __future__ import annotations

from typing import Any

from tutor.worker.probe.judging.untouched import Kept


def test_names_are_put_back() -> None:
    names: dict[str, Any] = {"x": 1, "rows": [1, 2]}
    with Kept(names).guard():
        names["y"] = 2
        names["rows"].append(3)
        del names["x"]
    assert names == {"x": 1, "rows": [1, 2]}


def test_what_torch_compile_recorded_stays() -> None:
    names: dict[str, Any] = {"x": 1}
    kept = Kept(names)
    for number in range(2):
        with kept.guard():
            names[f"__compiled_fn_{number}_ab12"] = number
            names["__resume_at_20_3"] = number
            names["y"] = names["x"] = 3
    assert names == {"x": 1, "__compiled_fn_0_ab12": 0, "__compiled_fn_1_ab12": 1, "__resume_at_20_3": 1}
